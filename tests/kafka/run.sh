#!/usr/bin/env bash
# The tests on a real Apache Kafka: starts one on loopback (deploy/kafka/broker.sh), runs cases.py, stops it.
# Prints a line a case: ok NAME, not ok NAME, skip NAME REASON.
#
#   bash tests/kafka/run.sh [CASE…]      CASE: the beginning of a case's name, such as c-
#
#   CARAVAN_TEST_BROKERS=HOST:PORT   use a running Kafka; cases that stop or kill a broker are then skipped by name
#   CARAVAN_LONG=1                   more kills, more events
set -u
cd "$(dirname "$0")/../.." || exit 1
export CARAVAN="${CARAVAN:-$PWD/build/caravan}"
export PROBE="${PROBE:-$PWD/build/tests/kafka_probe}"
work="$(mktemp -d)"
finish() {
    bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
if ! bash deploy/kafka/broker.sh start "$work/kafka" >"$work/start.log" 2>&1; then
    tail -n 5 "$work/start.log"
    echo "skip kafka: all cases: no Kafka could be started ($(tail -n 1 "$work/start.log"))"
    exit 0
fi
# shellcheck disable=SC1091
. "$work/kafka/env"
export BROKERS MANAGED
export KAFKA_FOLDER="$work/kafka" KAFKA_SCRIPT="$PWD/deploy/kafka/broker.sh"
python3 tests/kafka/cases.py "$work" "$@"
