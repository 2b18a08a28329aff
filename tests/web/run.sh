#!/usr/bin/env bash
# The status page in a browser and the alerts against a running worker: a Kafka on loopback, a worker with work done, then
# headless Chromium (page.mjs), promtool, and names (names.py). Prints a line a case: ok NAME, not ok NAME, skip NAME REASON.
# Exit code 1 if one failed. What the page looked like is left in CARAVAN_TEST_SCREENSHOTS (default: build/test/web).
#
#   CARAVAN=FILE                     the program (default: build/caravan)
#   CARAVAN_TEST_BROKERS=HOST:PORT   use a running Kafka
#
# Needs Node.js 18 or newer, Chromium and promtool (deploy/deps.sh web); the driver comes from npm in the version of
# package-lock.json, once, into a cache.
set -u
cd "$(dirname "$0")/../.." || exit 1
export CARAVAN="${CARAVAN:-$PWD/build/caravan}"
export CARAVAN_TEST_SCREENSHOTS="${CARAVAN_TEST_SCREENSHOTS:-$PWD/build/test/web}"
here="$PWD/tests/web"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
work="$(mktemp -d -p "${CARAVAN_TEST_TMP:-${TMPDIR:-/tmp}}")"
failures=0
worker=

finish() {
    [ -z "$worker" ] || { kill -KILL "$worker" && wait "$worker"; } 2>/dev/null
    [ ! -e "$work/kafka/env" ] || bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
    echo "not ok $1"
    [ -z "${2:-}" ] || tail -n 20 "$2"
    failures=1
}

# check NAME COMMAND…
check() {
    local name="$1"
    shift
    if "$@" >"$work/check.log" 2>&1; then echo "ok $name"; else fail "$name" "$work/check.log"; fi
}

# A folder for exactly this version; made aside and renamed, so that it is whole or not there.
install_driver() {
    local version aside
    version="$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c 1-16)"
    modules="$cache/web/$version"
    [ ! -d "$modules/node_modules" ] || return 0
    mkdir -p "$cache/web"
    aside="$(mktemp -d "$cache/web/new.XXXXXX")"
    cp "$here/package.json" "$here/package-lock.json" "$aside"
    if ! npm ci --prefix "$aside" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/npm.log" 2>&1; then
        rm -rf "$aside"
        return 1
    fi
    mv -T "$aside" "$modules" 2>/dev/null || rm -rf "$aside"
}

start_worker() {
    BROKERS=
    bash deploy/kafka/broker.sh start "$work/kafka" >"$work/kafka.log" 2>&1 && . "$work/kafka/env" || return 1
    token="token-of-the-web-tests"
    echo "$token" >"$work/token"
    cat >"$work/worker.properties" <<PROPERTIES
worker.id = web-1
group = web-$$
kafka.bootstrap.servers = $BROKERS
kafka.transaction.timeout.ms = 6000
kafka.session.timeout.ms = 6000
retention.days = 36000
http.listen = 127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
http.token_file = $work/token
topic.input = web-$$.input
topic.clearances = web-$$.clearances
topic.traffic = web-$$.traffic
topic.dead_letters = web-$$.dead-letters
topic.checkpoints = web-$$.checkpoints
topic.throughput = web-$$.throughput
PROPERTIES
    page="http://$(sed -n 's/^http.listen = //p' "$work/worker.properties")/"
    "$CARAVAN" topics create --partitions 4 --replication 1 --config "$work/worker.properties" >"$work/topics.log" 2>&1 &&
        "$CARAVAN" generate --preset small --trains 120 --seed 7 --invalid 0.02 -o "$work/events" 2>>"$work/topics.log" || return 1
    "$CARAVAN" run --config "$work/worker.properties" 2>"$work/worker.log" &
    worker=$!
    "$CARAVAN" produce --config "$work/worker.properties" "$work/events" 2>"$work/produce.log" || return 1
    local _
    for _ in $(seq 300); do
        ! at_end || return 0
        sleep 0.2
    done
    return 1
}

# Ready, and every message that was sent is counted.
at_end() {
    "$CARAVAN" health --config "$work/worker.properties" >/dev/null 2>&1 &&
        curl -sf -H "Authorization: Bearer $token" "${page}metrics" >"$work/metrics" &&
        [ "$(awk '/^caravan_events_total/ { sum += $2 } END { print sum + 0 }' "$work/metrics")" = "$(sed -n 's/^caravan produce: \([0-9]*\) messages.*/\1/p' "$work/produce.log")" ]
}

promtool="$(command -v promtool || echo "$cache/promtool")"
if [ -x "$promtool" ]; then
    check "web: the alerts are rules that promtool takes" "$promtool" check rules deploy/prometheus/rules.yaml
    check "web: each alert fires when it should, and a healthy group is silent" "$promtool" test rules "$here/rules_test.yaml"
else
    echo "skip web: alerts: there is no promtool: bash deploy/deps.sh web"
fi

if ! start_worker; then
    fail "web: a worker on a Kafka" "$work/kafka.log"
    cat "$work"/*.log 2>/dev/null | tail -n 20
    exit 1
fi
[ ! -x "$promtool" ] || check "web: /metrics is what promtool takes, without a remark" sh -c "'$promtool' check metrics <'$work/metrics' && [ -z \"\$('$promtool' check metrics <'$work/metrics' 2>&1)\" ]"
check "web: every metric of rules and dashboard is on a running worker, every alert has its page" \
    python3 "$here/names.py" "$work/metrics"

chromium="$(command -v chromium || command -v chromium-browser || true)"
if [ -z "$chromium" ]; then
    echo "skip web: the page in a browser: there is no chromium: bash deploy/deps.sh web"
elif ! install_driver; then
    fail "web: npm could not install the browser's driver" "$work/npm.log"
else
    mkdir -p "$CARAVAN_TEST_SCREENSHOTS"
    DRIVER="$modules" CHROMIUM="$chromium" PAGE="$page" TOKEN="$token" WORKER="$worker" timeout 150 node "$here/page.mjs" || failures=1
fi
exit "$failures"
