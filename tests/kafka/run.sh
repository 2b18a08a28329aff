#!/usr/bin/env bash
# The tests on a real Apache Kafka: runs the cases of cases_*.py, each on a Kafka of one broker or of three that is started
# for them on loopback (deploy/kafka/broker.sh). Prints a line a case: ok NAME, not ok NAME, skip NAME REASON.
#
#   bash tests/kafka/run.sh [CASE…]      CASE: the beginning of a case's name, such as c-
#
#   CARAVAN_TEST_BROKERS=HOST:PORT   use a running Kafka; cases that stop or kill a broker are then skipped by name
#   CARAVAN_LONG=1                   more kills, more events
set -u
cd "$(dirname "$0")/../.." || exit 1
export CARAVAN="${CARAVAN:-$PWD/build/caravan}"
export PROBE="${PROBE:-$PWD/build/tests/kafka_probe}"
export LEADERS="${LEADERS:-$PWD/build/tests/kafka_leaders}"
export SENDER="${SENDER:-$PWD/build/tests/kafka_sender}"
export KAFKA_SCRIPT="$PWD/deploy/kafka/broker.sh"
work="$(mktemp -d -p "${CARAVAN_TEST_TMP:-${TMPDIR:-/tmp}}")"
finish() {
    local env
    for env in "$work"/kafka-*/env; do
        [ ! -e "$env" ] || bash "$KAFKA_SCRIPT" stop "$(dirname "$env")" >/dev/null 2>&1
    done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
python3 tests/kafka/cases.py "$work" "$@"
