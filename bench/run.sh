#!/usr/bin/env bash
# bench/run.sh [--quick] [--only PART,…] [--budget MINUTES]: measures, prints a table, and writes
# bench/results/DATE-MACHINE.json with a drawing a part. bench/README.md says what the parts are and how long they take.
#
#   --quick            everything small and once: a few minutes; that it works, not how fast it is
#   --only PART,…      these parts; others of the same day, machine and commit stay in the file
#   --budget MINUTES   fewer rounds, at least one of each
#
#   BUILD=FOLDER       use what is built there, instead of building into build/
#   BENCH_TMP=FOLDER   where the workloads and the broker's data lie while it runs (20 GB); default /tmp
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${BUILD:-}" ] || bash deploy/build.sh all >/dev/null
work="$(mktemp -d "${BENCH_TMP:-/tmp}/caravan-bench.XXXXXX")"
finish() {
    [ ! -e "$work/kafka/env" ] || bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
python3 bench/suite/main.py "$work" "$@" &
driver=$!
trap 'kill "$driver" 2>/dev/null; wait "$driver"; exit 130' INT TERM
wait "$driver"
