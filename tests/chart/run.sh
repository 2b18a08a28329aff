#!/usr/bin/env bash
# The Helm chart: linted, rendered over several values files, what comes out held against Kubernetes' schemas and against
# itself; values that cannot work are refused with a sentence; the rendered pod runs against a real Kafka. Prints a line a
# case.
cd "$(dirname "$0")/../.." || exit 1
area=chart
. tests/support/cli.sh
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
helm="$(ls "$cache"/helm-* 2>/dev/null | tail -n 1)"
validate="$cache/python-tools/bin/kubernetes-validate"
python="$cache/python-tools/bin/python"
if [ -z "$helm" ] || [ ! -x "$validate" ]; then
    echo "skip $area: there is no Helm or kubernetes-validate: bash deploy/deps.sh chart"
    exit 0
fi

rendered() { "$helm" template caravan deploy/helm --kube-version "$1" -f "$2"; }
valid() {
    rendered "$1" "$2" >"$work/manifests.yaml" 2>"$work/err" || { cat "$work/err"; return 1; }
    "$validate" --strict -k "$1" "$work/manifests.yaml" >"$work/said" 2>&1 || { grep -v ^INFO "$work/said"; return 1; }
    # What Kubernetes itself does not know are the two kinds of other operators.
    ! grep -v ^INFO "$work/said" | grep -vE 'find schema for kind (PodMonitor|ScaledObject) '
}
for values in tests/chart/good/*.yaml; do
    of="$(basename "$values" .yaml)"
    check "$of: lint" "$helm" lint --strict deploy/helm -f "$values"
    for kubernetes in 1.25.0 1.31.0 1.37.0; do
        check "$of: valid for Kubernetes $kubernetes" valid "$kubernetes" "$values"
    done
    rendered 1.31.0 "$values" >"$work/$of.yaml" 2>/dev/null
    check "$of: its parts fit together" "$python" tests/chart/fit.py "$work/$of.yaml" "$work/$of.properties"
    accepted() { "$CARAVAN" topics check --config "$work/$of.properties" --set kafka.bootstrap.servers=127.0.0.1:9 \
        --set kafka.ssl.ca.location=/etc/ssl/certs/ca-certificates.crt --set kafka.sasl.password=x; [ $? = 1 ]; }
    check "$of: a worker takes its configuration" accepted
done
refused() {
    ! rendered 1.31.0 "$1" >"$work/out" 2>"$work/err" && has "$work/err" "$(sed -n 's/^# says: //p' "$1")"
}
for values in tests/chart/bad/*.yaml; do
    check "$(basename "$values" .yaml) is refused with a sentence" refused "$values"
done
check "values.yaml and its schema know the same names" "$python" tests/chart/fit.py --names deploy/helm

# ---- the pod, as rendered

. tests/image/containers.sh || exit "$failures"
podman image exists "$image" || bash deploy/image.sh "$image" >"$work/build.log" 2>&1 || { echo "skip $area: the pod: no image"; exit 1; }
start_kafka || { echo "skip $area: the pod: no Kafka could be started"; exit "$failures"; }
settings=(-e "CARAVAN_KAFKA_BOOTSTRAP_SERVERS=$BROKERS")
on_kafka() { podman run --rm -i --network host "${settings[@]}" "$image" "$@"; }
{ on_kafka topics create --partitions 2 && on_kafka produce - <tests/golden/records/cleared.events.jsonl; } >"$work/out" 2>&1 || cat "$work/out"
pod="caravan-test-$$"
plays() {
    printf 'kafka: {bootstrapServers: "%s"}\nhttp: {port: %s}\nconfig: {commit.interval: 50ms}\n' "$BROKERS" "$port" >"$work/values.yaml"
    rendered 1.31.0 "$work/values.yaml" | "$python" tests/chart/fit.py --pod "$pod" >"$work/pod.yaml" &&
        podman play kube --network host "$work/pod.yaml"
}
port=$((20000 + RANDOM % 10000))
check "podman plays the rendered pod" plays
sees_record() {
    on_kafka tail clearances --json --from beginning --until-end >"$work/records" &&
        "$CARAVAN" merge tests/golden/records/cleared.events.jsonl | cmp - "$work/records"
}
check "its record is the one of the merge" waits_until 40 sees_record
for probe in startup liveness readiness; do
    mapfile -t command < <("$python" tests/chart/fit.py --probe "$probe" <"$work/pod.yaml")
    check "its $probe probe" waits_until 20 podman exec "$pod-worker" "${command[@]}"
done
is_static() { podman logs "$pod-worker" 2>&1 | grep -qF "worker $pod of group caravan is running"; }
check "its worker is called like the pod" is_static
ends() {
    podman stop -t 40 "$pod-worker" >/dev/null
    [ "$(podman inspect --format '{{.State.ExitCode}}' "$pod-worker")" = 0 ] || { podman logs "$pod-worker" 2>&1 | tail -n 5; return 1; }
}
check "SIGTERM ends it with 0" ends
podman pod rm -f "$pod" >/dev/null 2>&1
exit $failures
