#!/usr/bin/env bash
# caravan show and caravan explain as a user calls them.
cd "$(dirname "$0")/../.." || exit 1
area=show
. tests/support/cli.sh
counts() { equal="$(grep -c "$2" "$1")"; [ "$equal" = "$3" ] || { echo "$equal instead of $3"; return 1; }; }

"$CARAVAN" generate --seed 3 --trains 20 --oversized 0 | "$CARAVAN" merge -o "$work/records" 2>"$work/err" || exit 1

check "shows every record of a file" exits 0 "$CARAVAN" show "$work/records"
check "one head a record" counts "$work/out" '^[a-z]* *train X[0-9]* of 2020-[0-9-]* at CN' 20
cp "$work/out" "$work/file"
piped() { "$CARAVAN" show <"$work/records" | cmp - "$work/file"; }
check "reads standard input" piped
pretty() { "$CARAVAN" generate --seed 3 --trains 20 --oversized 0 | "$CARAVAN" merge --pretty 2>"$work/err" | cmp - "$work/file"; }
check "merge --pretty prints the same" pretty
check "no colours where nobody looks" counts "$work/file" "$(printf '\033')" 0

check "in short" exits 0 "$CARAVAN" show --brief "$work/records"
check "one head a record in short" counts "$work/out" '^[a-z]* *train ' 20
check "no containers in short" counts "$work/out" '^  containers$' 0
check "containers otherwise" counts "$work/file" '^  containers$' 20

key="$(sed -n 's/.*"train":{"date":"\([^"]*\)","number":"\([^"]*\)","port":"\([^"]*\)"}.*/\2|\1|\3/p;q' "$work/records")"
check "one train by its key" exits 0 "$CARAVAN" show "$work/records" --train "$key"
check "it is that train" has "$work/out" "train ${key%%|*} of"
check "and no other" counts "$work/out" '^[a-z]* *train ' 1
linked() {
    sed -n '1s/"links":\[[^]]*\]/"links":[{"role":"from","train":{"date":"2019-12-31","number":"L1","port":"CNAKL"}}]/p' "$work/records"
}
check "a train that another one links to is not shown for it: 1" \
    exits 1 "$CARAVAN" show --train 'L1|2019-12-31|CNAKL' <(linked)
check "nor for its number: 1" exits 1 "$CARAVAN" show --train L1 <(linked)
check "a train that is not there: 1" exits 1 "$CARAVAN" show "$work/records" --train 'X1|2020-01-01|CNAKL'
check "a file that is not there: 1" exits 1 "$CARAVAN" show "$work/none"
printf '{"schema":"rail.traffic.v1"}\n' >"$work/traffic"
check "something else than a record: 1" exits 1 "$CARAVAN" show "$work/traffic"
check "and says which line" has "$work/err" "line 1"
check "an option that is not there: 2" exits 2 "$CARAVAN" show --nothing
check "show --help" exits 0 "$CARAVAN" show --help

check "explain lists all" exits 0 "$CARAVAN" explain
for word in cleared conflict seal-changed TOO_LATE off_train register; do
    check "explain lists $word" has "$work/out" "$word ("
done
check "explain one" exits 0 "$CARAVAN" explain held
check "says what to do" has "$work/out" "What to do:"
check "explain an event type" exits 0 "$CARAVAN" explain rail.tally.reported.v1
check "by its rows" has "$work/out" "packages                optional  a whole number, 0 to 1000000000"
check "the nearest event type: 2" exits 2 "$CARAVAN" explain rail.taly.reported.v1
check "is told" has "$work/err" "rail.tally.reported.v1"
check "explain in any case" exits 0 "$CARAVAN" explain Not_json Conflict
check "explain what there is not: 2" exits 2 "$CARAVAN" explain seal-change
check "and names the nearest" has "$work/err" "\`seal-changed\` is the nearest"
check "nothing is near: 2" exits 2 "$CARAVAN" explain zzzzzzzz
exit $failures
