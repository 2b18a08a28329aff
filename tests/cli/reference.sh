#!/usr/bin/env bash
# The program against reference/merge.py, byte for byte, under every policy and level, and fact for fact: on workloads dense in
# conflicts (reference/workload.py) and on what `caravan generate` makes. CARAVAN: the program; CARAVAN_SEEDS: how many
# workloads of each kind (default 4); CARAVAN_TEST_TMP: where inputs that failed are kept.
set -uo pipefail
export PYTHONUTF8=1
cd "$(dirname "$0")/.." || exit
program="${CARAVAN:-../build/caravan}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0

# verdict NAME EVENTS: compares $work/found with $work/expected.
verdict() {
    if [ -s "$work/expected" ] && cmp -s "$work/found" "$work/expected"; then
        echo "ok $1"
        return
    fi
    failed=1
    echo "not ok $1"
    head -n 3 "$work/error" | sed 's/^/  /'
    diff "$work/found" "$work/expected" | cut -c 1-2000 | head -n 4 | sed 's/^/  /'
    cp "$2" "${CARAVAN_TEST_TMP:-/tmp}/reference-$(basename "$1").jsonl"
}

# records NAME EVENTS POLICY REQUIRE [MERGE_OPTION…]
records() {
    local name="$1" events="$2" policy="$3" require="$4"
    shift 4
    "$program" merge --policy "$policy" --require "$require" --rejects "$work/rejects" "$@" "$events" \
        >"$work/found" 2>"$work/error"
    python3 reference/merge.py --policy "$policy" --require "$require" --skip "$work/rejects" "$events" \
        >"$work/expected"
    verdict "$name-$policy-$require" "$events"
}

# The program's --facts and last line of --summary in the form of the reference's.
facts() {
    "$program" merge --rejects "$work/rejects" --facts "$work/facts" --summary "$2" 2>"$work/error" >"$work/records"
    python3 - "$work/facts" >"$work/found" <<'END'
import json, sys
for line in open(sys.argv[1], "rb"):
    fact = json.loads(line)
    del fact["file"]
    fact["registers"].sort(key=lambda name: name.encode())
    print(json.dumps(fact, ensure_ascii=False, sort_keys=True))
END
    tail -n 1 "$work/error" >>"$work/found"
    python3 reference/merge.py --facts --skip "$work/rejects" "$2" >"$work/expected"
    verdict "$1-facts" "$2"
}

# everything NAME EVENTS
everything() {
    for policy in auto applied never; do
        for require in none summary full; do
            records "$1" "$2" "$policy" "$require"
        done
    done
    records "$1-jobs-3" "$2" auto summary --jobs 3
    facts "$1" "$2"
}

for seed in $(seq 1 "${CARAVAN_SEEDS:-4}"); do
    python3 reference/workload.py "$seed" >"$work/events.jsonl"
    everything "reference/conflicts-$seed" "$work/events.jsonl"
    if [ ! -s "$work/rejects" ]; then
        echo "ok reference/conflicts-$seed-all-valid"
    else
        failed=1
        echo "not ok reference/conflicts-$seed-all-valid"
        head -n 2 "$work/rejects" | cut -c 1-500 | sed 's/^/  /'
    fi
    "$program" generate --preset small --seed "$seed" >"$work/events.jsonl"
    everything "reference/generated-$seed" "$work/events.jsonl"
    python3 reference/workload.py "$seed" mutate <"$work/events.jsonl" >"$work/mutated.jsonl"
    everything "reference/mutated-$seed" "$work/mutated.jsonl"
done
exit "$failed"
