# What the tests of containers share, sourced behind support/cli.sh: the image's name, a Kafka to run it against, and that
# nothing is left behind.
. deploy/containers.sh
# Where run.sh finds and stops a Kafka that the stage's limit left behind.
rmdir "$work" && work="$(mktemp -d -p "${CARAVAN_TEST_TMP:-${TMPDIR:-/tmp}}")"
version="$(sed -n 's/^project(caravan VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
image="localhost/caravan:$version"

missing=
for tool in buildah podman runc; do
    command -v "$tool" >/dev/null || missing="$tool"
done
[ "$(id -u)" = 0 ] || missing="root (buildah and podman run as root here)"
if [ -z "$missing" ] && ! bash deploy/deps.sh image >"$work/deps.log" 2>&1; then
    missing="base for the image ($(tail -n 1 "$work/deps.log"))"
fi
if [ -n "$missing" ]; then
    echo "skip $area: there is no $missing: bash deploy/deps.sh image"
    return 1
fi

finish() {
    podman ps -aq --filter "name=caravan-test-$$" 2>/dev/null | xargs -r podman rm -f >/dev/null 2>&1
    [ ! -e "$work/kafka/env" ] || bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Sets BROKERS.
start_kafka() {
    bash deploy/kafka/broker.sh start "$work/kafka" >"$work/kafka.log" 2>&1 && . "$work/kafka/env"
}

# waits_until SECONDS COMMAND…
waits_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >"$work/waited" 2>&1; do
        [ "$SECONDS" -lt "$end" ] || { cat "$work/waited"; return 1; }
        sleep 0.5
    done
}
