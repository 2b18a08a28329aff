#!/usr/bin/env bash
# caravan report over files: golden outputs, the reference in Python over what customs exchange, and what is refused.
# To write the golden outputs anew, after reading them: CARAVAN_TEST_UPDATE=1 bash tests/cli/report.sh
cd "$(dirname "$0")/../.." || exit 1
area=report
. tests/support/cli.sh
export PYTHONUTF8=1
golden=tests/golden/reports

# is FILE OPTION…: the golden records give this output.
is() {
    local wanted="$golden/$1"
    shift
    "$CARAVAN" report "$@" "$golden/records.jsonl" >"$work/out" || return 1
    [ -z "${CARAVAN_TEST_UPDATE:-}" ] || cp "$work/out" "$wanted"
    diff "$wanted" "$work/out"
}
check "traffic: text" is traffic.txt traffic
check "traffic: CSV" is traffic.csv traffic --csv
check "traffic: JSON" is traffic.json traffic --json
check "traffic: SVG" is traffic.svg traffic --svg
check "traffic: by port" is traffic-port.txt traffic --by port
check "traffic: by year, drawn" is traffic-year.svg traffic --by year --svg
check "journey: text" is journey.txt journey CSQU3054383
check "journey: CSV" is journey.csv journey CSQU3054383 --csv
check "journey: JSON" is journey.json journey CSQU3054383 --json
year=(--from 2019-12-01 --to 2020-01-31)
check "periodic: text" is periodic.txt periodic 91650100MA775 "${year[@]}"
check "periodic: CSV" is periodic.csv periodic 91650100MA775 "${year[@]}" --csv
check "periodic: JSON" is periodic.json periodic 91650100MA775 "${year[@]}" --json
check "the drawing is XML" python3 -c 'import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])' "$golden/traffic.svg"

"$CARAVAN" generate --preset small --seed 21 --trains 80 | "$CARAVAN" merge >"$work/records" 2>/dev/null || exit 1
python_agrees() { # REPORT WHAT [OPTION…]
    python3 tests/reference/report.py "$1" "$2" <"$work/records" >"$work/wanted" &&
        "$CARAVAN" report "$1" "${@:3}" --csv "$work/records" >"$work/found" && diff "$work/wanted" "$work/found"
}
periodic_agrees() { # PARTY FROM,TO
    python3 tests/reference/report.py periodic "$1,$2" <"$work/records" >"$work/wanted" || return 1
    "$CARAVAN" report periodic "$1" --from "${2%,*}" --to "${2#*,}" --csv "$work/records" >"$work/found" 2>/dev/null
    # Nothing brought is no report: exit code 1, and the reference has its line of names alone.
    [ $? = 0 ] || { [ ! -s "$work/found" ] && [ "$(wc -l <"$work/wanted")" = 1 ]; return; }
    diff "$work/wanted" "$work/found"
}
for by in year,month,port,direction direction,port month year; do
    check "traffic by $by: as the reference says" python_agrees traffic $by --by $by
done

# Three trains that become one and three again, and what is shared, left behind and sealed anew.
"$CARAVAN" generate --preset small --seed 22 --trains 60 --linked 0.5 --left-behind 0.5 --mismatches 0.3 --tallies 0.5 | "$CARAVAN" merge >"$work/records" 2>/dev/null || exit 1
boxes="$(grep -oE '[A-Z]{4}[0-9]{7}"' "$work/records" | tr -d '"' | sort | uniq -c | sort -rn | awk 'NR <= 12 { print $2 }')"
grep -oE '"off_train":\["[A-Z]{4}[0-9]{7}|"missing":\["[A-Z]{4}[0-9]{7}' "$work/records" | grep -oE '[A-Z]{4}[0-9]{7}' | head -n 4 >"$work/odd"
for box in $boxes $(cat "$work/odd"); do
    check "journey of $box: as the reference says" python_agrees journey $box $box
done

# The parties of the most declarations, over the year, a quarter, a day.
parties="$(grep -oE '"party":\{[^}]*"code":"[^"]*"|"code":"[^"]*","country"' "$work/records" | grep -oE '"code":"[^"]*"' | cut -d'"' -f4 |
    sort | uniq -c | sort -rn | awk 'NR <= 4 { print $2 }')"
for party in $parties; do
    for days in 2020-01-01,2020-12-31 2020-04-01,2020-06-30 2020-05-02,2020-05-02; do
        check "periodic of $party, $days: as the reference says" periodic_agrees $party "$days"
    done
done

# Order within a train counts, the files' and the lines' between trains do not.
shuf --random-source=<(yes) "$work/records" >"$work/shuffled"
split -n l/2 "$work/shuffled" "$work/part."
same_report() { "$CARAVAN" report traffic --json "$@" >"$work/b" && cmp "$work/a" "$work/b"; }
"$CARAVAN" report traffic --json "$work/records" >"$work/a"
check "files in any order" same_report "$work/part.ab" "$work/part.aa"
gzip -k "$work/records"
check ".gz" same_report "$work/records.gz"
check "standard input" same_report - <"$work/records"
check "-o" bash -c "'$CARAVAN' report traffic --json -o '$work/b' '$work/records' && cmp '$work/a' '$work/b'"

no_record() { printf '%s\n' "$1" >"$work/bad"; exits 1 "$CARAVAN" report traffic "$golden/records.jsonl" "$work/bad" && has "$work/err" "$2" && [ ! -s "$work/out" ]; }
check "what is no JSON: file and line" no_record 'x' "$work/bad: line 1 is not a clearance record"
check "what is no record" no_record '{"schema":"rail.traffic.v1"}' "line 1 is not a clearance record"
check "a record without totals" no_record '{"schema":"rail.clearance.v1","train":{"number":"X","date":"2020-01-01","port":"CNAKL"},"status":"open"}' \
    "line 1 lacks its status or totals"
check "no records at all" exits 1 "$CARAVAN" report traffic /dev/null
usage() { exits 2 "$CARAVAN" report "${@:2}" && has "$work/err" "$1"; }
check "no report named" usage "say which one"
check "a report that is none" usage "say which one" transit
check "journey of no container" usage "four letters and seven digits" journey csqu3054383
check "journey drawn" usage "go with traffic" journey CSQU3054383 --svg
check "journey that nobody knows" exits 1 "$CARAVAN" report journey TEXU3070079 "$golden/records.jsonl"
check "periodic without days" usage "--from and --to which date" periodic P
check "periodic backwards" usage "--from and --to which date" periodic P --from 2020-02-01 --to 2020-01-31
check "a day that is none" usage "\`2020-02-30\` is not a date" periodic P --from 2020-02-30 --to 2020-03-01
check "days of another report" usage "go with periodic" traffic --from 2020-01-01
check "periodic of a party that nobody knows" exits 1 "$CARAVAN" report periodic P "${year[@]}" "$golden/records.jsonl"
check "two forms" usage "say one" traffic --csv --json
check "--by what is none" usage "\`week\` is none of" traffic --by year,week
check "--verify-key without --topic" usage "in files there are no signatures" traffic --verify-key x
check "files and --topic" usage "not from both" traffic --topic "$work/records"
check "an output that is an input" usage "report" traffic -o "$work/records" "$work/records"
exit "$failures"
