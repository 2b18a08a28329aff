#!/usr/bin/env bash
# The program against reference/merge.py, byte for byte, under every policy and level: on workloads dense in conflicts
# (reference/workload.py) and on what `caravan generate` makes. CARAVAN: the program; CARAVAN_TEST_TMP: a folder to work in;
# CARAVAN_SEEDS: how many workloads (default 6).
set -uo pipefail
cd "$(dirname "$0")/.." || exit
program="${CARAVAN:-../build/caravan}"
work="${CARAVAN_TEST_TMP:-$(mktemp -d)}/reference"
mkdir -p "$work"

# compare NAME EVENTS POLICY REQUIRE
compare() {
    local name="$1" events="$2" policy="$3" require="$4"
    if ! "$program" merge --policy "$policy" --require "$require" --rejects "$work/rejects" "$events" \
        >"$work/found" 2>"$work/error"; then
        echo "not ok $name"
        sed 's/^/  /' "$work/error"
        return
    fi
    python3 reference/merge.py --policy "$policy" --require "$require" --skip "$work/rejects" "$events" >"$work/expected"
    if [ -s "$work/expected" ] && cmp -s "$work/found" "$work/expected"; then
        echo "ok $name"
    else
        echo "not ok $name"
        diff "$work/found" "$work/expected" | cut -c 1-2000 | head -n 4 | sed 's/^/  /'
        cp "$events" "$work/failed-${name//\//-}.jsonl"
    fi
}

# every_rule NAME EVENTS
every_rule() {
    for policy in auto applied never; do
        for require in none summary full; do
            compare "$1/$policy-$require" "$2" "$policy" "$require"
        done
    done
}

for seed in $(seq 1 "${CARAVAN_SEEDS:-6}"); do
    python3 reference/workload.py "$seed" >"$work/events.jsonl"
    every_rule "reference/conflicts-$seed" "$work/events.jsonl"
    if "$program" merge --rejects "$work/rejects" "$work/events.jsonl" >/dev/null 2>&1 && [ ! -s "$work/rejects" ]; then
        echo "ok reference/conflicts-$seed/all-valid"
    else
        echo "not ok reference/conflicts-$seed/all-valid"
        head -n 2 "$work/rejects" | cut -c 1-500 | sed 's/^/  /'
    fi
done
