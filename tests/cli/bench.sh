#!/usr/bin/env bash
# bench: what got slower between two results, the table and the drawings are functions of the results; the workload and the suite work.
cd "$(dirname "$0")/../.." || exit 1
area=bench
. tests/support/cli.sh
export PYTHONDONTWRITEBYTECODE=1

# result FILE MODEL FRESH FRESH FRESH P99: a made-up result.
result() {
    cat >"$1" <<END
{"schema": "caravan.bench.v1", "date": "2026-11-27", "commit": "abc1234", "quick": false,
 "machine": {"model": "$2", "processors": 2, "memory_gib": 24, "system": "Debian <12>", "kernel": "6.1", "load": "0.10"},
 "parts": {"a": {"title": "One core", "seconds": 60, "notes": ["A note."],
   "rows": [{"name": "fresh & new", "figures": {"events/s": [$3, $4, $5], "records": [7, 7, 7]}},
            {"name": "repeated", "figures": {"events/s": [5e6, 5e6, 5e6]}},
            {"name": "one round", "figures": {"p99 ms": [$6]}}],
   "ratios": [{"name": "fresh / yyjson", "values": [0.4, 0.5, 0.6], "least": 0.5},
              {"name": "slow / quick", "values": [3.0], "most": 2},
              {"name": "told only", "values": [1.0]}]}}}
END
}
compare() { bash bench/compare.sh "$@"; }
wellformed() { python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"; }

result "$work/old.json" machine-one 100000 101000 99000 200
result "$work/slower.json" machine-one 90000 91000 89000 200
result "$work/noise.json" machine-one 98500 103000 97000 205
result "$work/late.json" machine-one 100000 101000 99000 240
result "$work/faster.json" machine-one 120000 121000 119000 100
result "$work/other.json" machine-two 10000 10100 9900 2000

check "nothing got worse between a result and itself" exits 0 compare "$work/old.json" "$work/old.json"
check "slower beyond the noise: code 1" exits 1 compare "$work/old.json" "$work/slower.json"
check "it says what, from what to what" has "$work/out" "a. fresh & new, events/s: 100,000 -> 90,000 (-10 %)"
check "what stays within the noise is none" exits 0 compare "$work/old.json" "$work/noise.json"
check "one round alone takes a tenth" exits 1 compare "$work/old.json" "$work/late.json"
check "less is better for a latency" has "$work/out" "a. one round, p99 ms: 200 -> 240 (+20 %)"
check "faster is told, and is no fault" exits 0 compare "$work/old.json" "$work/faster.json"
check "what got better" has "$work/out" "better: 2"
check "two machines: ratios only" exits 0 compare "$work/old.json" "$work/other.json"
check "two machines: it says so" has "$work/out" "two machines (machine-one, machine-two): ratios only"
check "what is no result cannot be compared" exits 2 compare "$work/old.json" tests/cli/bench.sh
echo '{}' >"$work/empty.json"
check "what has no schema cannot be compared" exits 2 compare "$work/empty.json" "$work/old.json"
check "one file is wrong usage" exits 2 compare "$work/old.json"

python3 bench/suite/table.py "$work/old.json" >"$work/table"
check "table: a median and its spread" has "$work/table" "| fresh & new | 100,000 ±1 % | 7.00 |"
check "table: an aim that is met" has "$work/table" "| fresh / yyjson | 0.500 ±20 % | ≥ 0.500 | met |"
check "table: an aim that is missed" has "$work/table" "| slow / quick | 3.00 | ≤ 2.00 | missed |"
check "table: which aims are missed" has "$work/table" "Aims: 1 met, 1 missed: a. slow / quick."
check "table: the machine" has "$work/table" "machine-one, 2 processors, 24 GiB, Debian <12>"
printf 'before\n<!-- result -->\nstale\n<!-- end of result -->\nafter\n' >"$work/page"
python3 bench/suite/table.py "$work/old.json" "$work/page"
check "table: it goes into a page" has "$work/page" "### a. One core"
check "table: what it takes the place of is gone" not_in "$work/page" "stale"
check "table: the rest of the page stays" has "$work/page" "after"

python3 bench/suite/draw.py "$work/old.json" "$work/drawn"
python3 bench/suite/draw.py "$work/old.json" "$work/again"
check "drawing: a file a part" test -s "$work/drawn/old-a.svg"
check "drawing: it is XML" wellformed "$work/drawn/old-a.svg"
check "drawing: names are text" has "$work/drawn/old-a.svg" "fresh &amp; new"
check "drawing: an aim stands beside its ratio" has "$work/drawn/old-a.svg" "3.00 (at most 2.00)"
check "drawing: the same result gives the same bytes" cmp "$work/drawn/old-a.svg" "$work/again/old-a.svg"

check "an unknown part is wrong usage" exits 2 python3 bench/suite/main.py "$work" --only z
check "it names the parts" has "$work/err" "a, b, c, d, e, f, g, h"

# The programs, where they are built.
bench="$(dirname "$CARAVAN")/bench"
if [ -x "$bench/trains" ]; then
    "$bench/trains" --events 3000 --flight 20 >"$work/trains" 2>/dev/null
    "$bench/trains" --events 3000 --flight 20 >"$work/same" 2>/dev/null
    check "trains: so many events" test "$(wc -l <"$work/trains")" = 3000
    check "trains: the same options give the same bytes" cmp "$work/trains" "$work/same"
    "$CARAVAN" merge --keyed --summary "$work/trains" -o "$work/records" 2>"$work/summary"
    check "trains: one in a hundred is broken, and the keys are right" \
        awk '/^ *rejected/ { n = $2 } /KEY_MISMATCH/ { bad = 1 } END { exit bad || n < 10 || n > 60 }' "$work/summary"
    for program in "core $work/trains 1" "lanes $work/trains 2 1" "state $work/trains 500 2"; do
        # shellcheck disable=SC2086
        check "${program%% *}: prints one JSON object" sh -c "$bench/$program | python3 -m json.tool"
    done
fi
exit $failures
