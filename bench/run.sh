#!/usr/bin/env bash
# bench/run.sh [--quick]: what Caravan does on one core, beside bare parsing and hashing of the same bytes in the same run.
# --quick: some 200,000 events, a minute. Without: a million events and more rounds. Prints the machine, the command and the table.
set -euo pipefail
cd "$(dirname "$0")/.."
trains=8000 rounds=11
case "${1:-}" in
    --quick) trains=1600 rounds=5 ;;
    "") ;;
    *) echo "usage: bench/run.sh [--quick]" >&2; exit 2 ;;
esac
bash deploy/build.sh caravan bench_core >/dev/null
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
echo "machine: $(nproc) processors, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load $(cut -d' ' -f1 /proc/loadavg)"
build/caravan generate --seed 1 --trains "$trains" --shuffle window:5000 --keyed -o "$work/events.keyed"
build/bench/core "$work/events.keyed" "$rounds"
events="$(wc -l <"$work/events.keyed")"
began="$(date +%s.%N)"
build/caravan merge --keyed --jobs 1 "$work/events.keyed" -o "$work/records"
ended="$(date +%s.%N)"
awk -v n="$events" -v a="$began" -v b="$ended" \
    'BEGIN { printf "whole program, caravan merge --keyed --jobs 1: %.2f s, %.0f events/s of wall time\n", b - a, n / (b - a) }'
