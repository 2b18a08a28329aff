#!/usr/bin/env bash
# bench/kafka.sh [EVENTS]: what `caravan run` does on a real Kafka beside a bare consumer that only counts the same topic, in one run:
# events/s and CPU seconds per million events, restore from input and from checkpoints, checkpoint bytes per input byte, memory idle and with
# open waybills, the time from start to the first record. Default: a million events. Prints the machine and a line a figure.
set -euo pipefail
cd "$(dirname "$0")/.."
bash deploy/deps.sh kafka
bash deploy/build.sh caravan bench_drain kafka_probe >/dev/null
work="$(mktemp -d "${CARAVAN_TEST_TMP:-/tmp}/caravan-bench.XXXXXX")"
trap 'pkill -P $$ -x caravan 2>/dev/null || true; bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1; rm -rf "$work"' EXIT
bash deploy/kafka/broker.sh start "$work/kafka"
# shellcheck disable=SC1091
. "$work/kafka/env"
export BROKERS
echo "machine: $(nproc) processors, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load $(cut -d' ' -f1 /proc/loadavg)"
python3 bench/kafka.py "$work" "${1:-1000000}"
