#!/usr/bin/env bash
# deploy/compose.yaml: what is ours of it is run by podman-compose on a real Kafka until two workers have merged what the
# generator sent; Prometheus' configuration is read by promtool. Prints a line a case.
cd "$(dirname "$0")/../.." || exit 1
area=compose
. tests/support/cli.sh
. tests/image/containers.sh || exit 0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
python="$cache/python-tools/bin/python"
compose="$cache/python-tools/bin/podman-compose"

promtool="$(command -v promtool || echo "$cache/promtool")"
if [ -x "$promtool" ]; then
    mkdir "$work/prometheus"
    cp deploy/compose/prometheus.yml deploy/prometheus/rules.yaml "$work/prometheus/"
    check "Prometheus' configuration" "$promtool" check config "$work/prometheus/prometheus.yml"
else
    echo "skip $area: Prometheus' configuration: there is no promtool: bash deploy/deps.sh web"
fi
mounts_exist() {
    local file
    for file in $(sed -n 's|^ *- \./\([^:]*\):.*|\1|p' deploy/compose.yaml); do
        [ -e "deploy/$file" ] || { echo "deploy/$file is missing"; return 1; }
    done
}
check "what it mounts is there" mounts_exist

podman image exists "$image" || bash deploy/image.sh "$image" >"$work/build.log" 2>&1 || { echo "skip $area: no image"; exit 1; }
start_kafka || { echo "skip $area: no Kafka could be started"; exit "$failures"; }
project="caravan-test-$$"
"$python" tests/image/compose.py deploy/compose.yaml "$BROKERS" $((20000 + RANDOM % 5000)) $((25000 + RANDOM % 5000)) >"$work/compose.yaml"
composed() { CARAVAN_IMAGE="$image" TRAINS=40 RATE=2000 "$compose" -p "$project" -f "$work/compose.yaml" "$@"; }
finish_compose() { composed down -v -t 1 >/dev/null 2>&1; finish; }
trap finish_compose EXIT
check "podman-compose starts it" composed up -d
all_merged() {
    local expected
    podman run --rm --network host -v "${project}_events:/events:ro" "$image" merge /events/season.jsonl >"$work/merged" &&
        "$CARAVAN" tail clearances --set "kafka.bootstrap.servers=$BROKERS" --json --from beginning --until-end >"$work/records" 2>"$work/err" || return 1
    # Of the versions of a record the last one counts; trains that have not arrived are not on the topic.
    "$python" - "$work/merged" "$work/records" <<'END'
import json, sys
merged, records = ({(train["number"], train["date"], train["port"]): line for line in open(path)
                    for train in [json.loads(line)["train"]]} for path in sys.argv[1:])
arrived = {key: line for key, line in merged.items() if json.loads(line)["status"] != "open"}
assert len(arrived) > 20, len(arrived)
late = {key for key in arrived if records.get(key) != arrived[key]}
assert not late, f"{len(late)} of {len(arrived)} records are not there or not the merge's"
END
}
check "the workers merge all that the generator sends" waits_until 60 all_merged
both_work() {
    local name
    for name in worker-1 worker-2; do
        podman logs "${project}_${name}_1" 2>&1 | grep -q 'is live: ' || { echo "$name has no partition"; return 1; }
    done
}
# One may have merged everything before the other has joined.
check "both workers have partitions" waits_until 30 both_work
check "it stops" composed down -v -t 30
exit $failures
