#!/usr/bin/env bash
# The program against reference/merge.py, byte for byte, under every policy and level, and fact for fact: on workloads
# dense in conflicts (reference/workload.py), on what `caravan generate` makes, and on the latter damaged a little.
# CARAVAN: the program; CARAVAN_SEEDS: how many workloads of each kind (default 4); CARAVAN_TEST_TMP: where inputs that
# failed are kept.
set -uo pipefail
export PYTHONUTF8=1
cd "$(dirname "$0")/.." || exit
program="${CARAVAN:-../build/caravan}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0

# verdict NAME EVENTS EXPECTED: compares $work/found.
verdict() {
    if [ -s "$3" ] && cmp -s "$work/found" "$3"; then
        echo "ok $1"
        return
    fi
    failed=1
    echo "not ok $1"
    head -n 3 "$work/error" | sed 's/^/  /'
    diff "$work/found" "$3" | cut -c 1-2000 | head -n 4 | sed 's/^/  /'
    cp "$2" "${CARAVAN_TEST_TMP:-/tmp}/reference-$(basename "$1").jsonl"
}

# The program's --facts and last line of --summary in the form of the reference's.
facts() {
    python3 - "$work/facts" <<'END'
import json, sys
for line in open(sys.argv[1], "rb"):
    fact = json.loads(line)
    del fact["file"]
    fact["registers"].sort(key=lambda name: name.encode())
    print(json.dumps(fact, ensure_ascii=False, sort_keys=True))
END
    tail -n 1 "$work/error"
}

# everything NAME EVENTS
everything() {
    local name="$1" events="$2" rules
    "$program" merge --rejects "$work/rejects" --facts "$work/facts" --summary "$events" \
        >"$work/records" 2>"$work/error"
    rm -rf "$work/expected"
    mkdir "$work/expected"
    python3 reference/merge.py --skip "$work/rejects" --all "$work/expected" "$events"
    facts >"$work/found"
    verdict "$name-facts" "$events" "$work/expected/facts"
    for rules in {auto,applied,never}-{none,summary,full}; do
        "$program" merge --policy "${rules%-*}" --require "${rules#*-}" "$events" >"$work/found" 2>"$work/error"
        verdict "$name-$rules" "$events" "$work/expected/$rules"
    done
    "$program" merge --jobs 3 "$events" >"$work/found" 2>"$work/error"
    verdict "$name-jobs-3" "$events" "$work/expected/auto-summary"
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
    "$program" generate --preset small --trains 20 --seed "$seed" >"$work/events.jsonl"
    everything "reference/generated-$seed" "$work/events.jsonl"
    python3 reference/workload.py "$seed" mutate <"$work/events.jsonl" >"$work/mutated.jsonl"
    everything "reference/mutated-$seed" "$work/mutated.jsonl"
done
exit "$failed"
