#!/usr/bin/env bash
# The image of deploy/Dockerfile: built without a daemon, looked into, and run against a real Kafka until a record is seen;
# SIGTERM ends it with 0. Prints a line a case.
cd "$(dirname "$0")/../.." || exit 1
area=image
. tests/support/cli.sh
. tests/image/containers.sh || exit 0

# ---- what it is

built() { bash deploy/image.sh "$image" >"$work/size" 2>"$work/build.log" || { tail -n 20 "$work/build.log"; return 1; }; }
check "it builds without a daemon" built
[ "$failures" = 0 ] || exit 1
bytes="$(podman image inspect --format '{{.Size}}' "$image")"
check "it is small: $((bytes / 1000 / 1000)) MB" test "$bytes" -lt 40000000
inspected() { podman image inspect --format "$1" "$image" | tee "$work/inspected" | grep -qxF -- "$2" || { cat "$work/inspected"; return 1; }; }
check "its user is nobody's" inspected '{{.User}}' 65532:65532
check "it is stopped by SIGTERM" inspected '{{index .Config.StopSignal}}' SIGTERM
check "it says its version" inspected '{{index .Labels "org.opencontainers.image.version"}}' "$version"
check "it says its licence" inspected '{{index .Labels "org.opencontainers.image.licenses"}}' Apache-2.0
check "it checks its health" inspected '{{index .Config.Healthcheck.Test}}' '[CMD /usr/bin/caravan health]'

podman create -q --name "caravan-test-$$-files" "$image" >/dev/null
podman export "caravan-test-$$-files" | tar -t | sort -u >"$work/files"
only_what_runs() {
    local more
    more="$(grep -vE '/$|^usr/bin/caravan$|^(usr/)?lib(64)?/.*\.so(\.[0-9]+)*$|^etc/(passwd|group|nsswitch\.conf|ssl/certs/ca-certificates\.crt)$|^usr/share/doc/|^var/lib/dpkg/status\.d/' "$work/files")"
    [ -z "$more" ] && grep -q '^usr/bin/caravan$' "$work/files" || { echo "also there: $more"; return 1; }
}
check "it holds nothing but what runs" only_what_runs
has_no_curl() { ! grep -E 'libcurl|libsasl' "$work/files"; }
check "without libcurl and what that brings along" has_no_curl
has_licences() { grep -q '^usr/share/doc/libc6/copyright$' "$work/files" && grep -q '^usr/share/doc/caravan/NOTICE$' "$work/files"; }
check "with the licences of what is inside" has_licences

# strict: as a cluster that takes security seriously runs it.
strict=(--read-only --cap-drop all --security-opt no-new-privileges --memory 512m --log-driver k8s-file)
caravan_in() { podman run --rm -i --network host "${strict[@]}" "$image" "$@"; }
check "--version" caravan_in --version
merges() {
    caravan_in merge - <tests/golden/records/cleared.events.jsonl >"$work/out" &&
        "$CARAVAN" merge tests/golden/records/cleared.events.jsonl | cmp - "$work/out"
}
check "merge from standard input" merges

# ---- against a Kafka

start_kafka || { echo "skip $area: a worker on Kafka: no Kafka could be started"; exit "$failures"; }
setting=(-e "CARAVAN_KAFKA_BOOTSTRAP_SERVERS=$BROKERS" -e CARAVAN_GROUP=image -e CARAVAN_KAFKA_GROUP_INSTANCE_ID=image-1
    -e CARAVAN_COMMIT_INTERVAL=50ms -e "CARAVAN_HTTP_LISTEN=127.0.0.1:$((20000 + RANDOM % 10000))")
on_kafka() { podman run --rm -i --network host "${strict[@]}" "${setting[@]}" "$image" "$@"; }
check "topics create" on_kafka topics create --partitions 2
sends() { on_kafka produce - <tests/golden/records/cleared.events.jsonl; }
check "produce" sends
worker="caravan-test-$$"
start_worker() { podman run -d --name "$worker" --network host "${strict[@]}" "${setting[@]}" "$image"; }
check "a worker starts" start_worker
sees_record() {
    local try
    for try in $(seq 60); do
        on_kafka tail clearances --json --from beginning --until-end >"$work/records" 2>"$work/err" && [ -s "$work/records" ] && break
        sleep 0.5
    done
    "$CARAVAN" merge tests/golden/records/cleared.events.jsonl | cmp - "$work/records"
}
check "its record is the one of the merge, byte for byte" sees_record
check "podman finds it healthy" waits_until 30 podman healthcheck run "$worker"
bounded() { on_kafka run --check >"$work/config" 2>&1; grep -F 'state.bytes_max = 320MiB' "$work/config" || { grep state.bytes "$work/config"; return 1; }; }
check "state.bytes_max follows the container's 512 MiB" bounded
is_first() { podman top "$worker" pid user comm | grep -qE '^1 .*caravan'; }
check "it is process 1" is_first
ends() {
    podman stop -t 30 "$worker" >/dev/null
    [ "$(podman inspect --format '{{.State.ExitCode}}' "$worker")" = 0 ] || { podman logs "$worker" 2>&1 | tail -n 5; return 1; }
}
check "SIGTERM ends it with 0" ends
exit $failures
