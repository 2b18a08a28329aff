#!/usr/bin/env bash
# The program against reference/merge.py, byte for byte, under every policy and level, and fact for fact, and against
# reference/check.py, reject for reject: on workloads dense in conflicts (reference/workload.py), on what
# `caravan generate` makes, on both damaged a little, and on the examples of schemas/.
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

# judged NAME EVENTS: what became of them message by message, as the reference judges it.
judged() {
    if python3 reference/check.py "$2" "$work/rejects" >"$work/found"; then
        echo "ok $1-judged"
        return
    fi
    failed=1
    echo "not ok $1-judged"
    head -n 4 "$work/found" | sed 's/^/  /'
    cp "$2" "${CARAVAN_TEST_TMP:-/tmp}/reference-$(basename "$1").jsonl"
}

# everything NAME EVENTS RECOGNISED
everything() {
    local name="$1" events="$2" recognised="$3" rules
    "$program" merge --rejects "$work/rejects" --facts "$work/facts" --summary "$events" \
        >"$work/records" 2>"$work/error"
    rm -rf "$work/expected"
    mkdir "$work/expected"
    judged "$name" "$events"
    python3 reference/merge.py --skip "$work/rejects" --recognised "$recognised" --all "$work/expected" "$events"
    facts >"$work/found"
    verdict "$name-facts" "$events" "$work/expected/facts"
    for rules in {auto,applied,never}-{none,summary,full,release}; do
        "$program" merge --policy "${rules%-*}" --require "${rules#*-}" --recognised "$recognised" "$events" \
            >"$work/found" 2>"$work/error"
        verdict "$name-$rules" "$events" "$work/expected/$rules"
    done
    "$program" merge --jobs 3 --recognised "$recognised" "$events" >"$work/found" 2>"$work/error"
    verdict "$name-jobs-3" "$events" "$work/expected/auto-summary"
}

# mutated NAME EVENTS RECOGNISED: the same events, some of them damaged.
mutated() {
    python3 reference/workload.py "$seed" mutate <"$2" >"$work/mutated.jsonl" || failed=1
    everything "$1" "$work/mutated.jsonl" "$3"
}

if python3 reference/check.py --examples ../schemas/examples >"$work/found"; then
    echo "ok reference/examples"
else
    failed=1
    echo "not ok reference/examples"
    head -n 20 "$work/found" | sed 's/^/  /'
fi

if python3 reference/check.py --table golden/cloudevents.tsv >"$work/found"; then
    echo "ok reference/cloudevents"
else
    failed=1
    echo "not ok reference/cloudevents"
    head -n 20 "$work/found" | sed 's/^/  /'
fi

recognised="$(python3 reference/workload.py recognised)"
for seed in $(seq 1 "${CARAVAN_SEEDS:-4}"); do
    python3 reference/workload.py "$seed" >"$work/events.jsonl"
    everything "reference/conflicts-$seed" "$work/events.jsonl" "$recognised"
    if [ ! -s "$work/rejects" ]; then
        echo "ok reference/conflicts-$seed-all-valid"
    else
        failed=1
        echo "not ok reference/conflicts-$seed-all-valid"
        head -n 2 "$work/rejects" | cut -c 1-500 | sed 's/^/  /'
    fi
    mutated "reference/conflicts-mutated-$seed" "$work/events.jsonl" "$recognised"
    "$program" generate --preset small --trains 20 --linked 0.2 --seed "$seed" >"$work/events.jsonl"
    everything "reference/generated-$seed" "$work/events.jsonl" ""
    mutated "reference/mutated-$seed" "$work/events.jsonl" "aeo:DE:2000-01-01"
done
exit "$failed"
