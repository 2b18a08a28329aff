#!/usr/bin/env bash
# caravan generate: the merge of each preset gives the reference totals of contract 6.8 to the last digit, duplicated
# and shuffled, whatever the noise; and the same options give the same bytes.
cd "$(dirname "$0")/../.." || exit 1
area=presets
. tests/support/cli.sh

truth() { sed -n "s/.*\"$1\":\([0-9.]*\)[,}].*/\1/p" "$work/truth"; }
summary() { sed -n "s/^ *$1  *\([0-9][0-9.]*\).*/\1/p" "$work/summary"; }
# A decimal with at most six places behind the point, times a million.
millionths() {
    local whole="${1%%.*}" rest=""
    case "$1" in *.*) rest="${1#*.}" ;; esac
    rest="${rest}000000"
    echo "$((10#$whole * 1000000 + 10#${rest:0:6}))"
}
equal() { [ -n "$2" ] && [ "$2" = "$3" ] || { echo "$1: $2 instead of $3"; return 1; }; }

# What the merge found is what the generator says that it must find.
agrees() {
    local reason
    equal trains "$(summary trains)" "$(truth trains)" &&
        equal open "$(summary open)" "$(truth unarrived)" &&
        equal waybills "$(summary waybills)" "$(truth waybills)" &&
        equal containers "$(summary containers)" "$(truth containers)" &&
        equal TEU "$(summary TEU)" "$(truth teu)" &&
        equal gross "$(millionths "$(summary gross)")" "$(($(millionths "$(truth gross_kg)") / 1000))" &&
        equal events "$(summary events)" "$(truth messages)" &&
        equal rejected "$(summary rejected)" "$(truth rejected)" || return 1
    for reason in $(sed 's/.*"rejects":{\(.*\)}}/\1/; s/[":,0-9]/ /g' "$work/truth"); do
        equal "$reason" "$(summary "$reason")" "$(truth "$reason")" || return 1
    done
}

# replay NAME GENERATE_OPTION…: generates and merges, one through a pipe into the other.
replay() {
    local name="$1"
    shift
    "$CARAVAN" generate --truth "$work/truth" "$@" | "$CARAVAN" merge --summary -o "$work/records" 2>"$work/summary"
    check "$name: the merge finds what was planned" agrees
}

replay "xinjiang-2020, all twice, shuffled as a whole" --preset xinjiang-2020 --scale 0.1 --duplicates 1 --shuffle all
check "xinjiang-2020: 10,051 trains" equal trains "$(summary trains)" 10051
check "xinjiang-2020: 7,262,800 t" equal gross "$(summary gross)" 7262800

replay "xinjiang-2020, much noise" --preset xinjiang-2020 --scale 0.05 --seed 9 --shuffle all --amendments 0.8 \
    --retransmissions 0.5 --deletes 0.5 --shared 0.4 --clashes 0.2 --mismatches 0.1 --missing 0.1 --invalid 0.1 --oversized 0
check "xinjiang-2020, much noise: 7,262,800 t" equal gross "$(summary gross)" 7262800

replay "china-2020, shuffled in a window" --preset china-2020 --scale 0.05 --tracking 0 --recompositions 0 --shuffle window:5000
check "china-2020: 12,400 trains" equal trains "$(summary trains)" 12400
check "china-2020: 1,135,000 TEU" equal TEU "$(summary TEU)" 1135000

replay "xinjiang-2011-2020, each train shuffled" --preset xinjiang-2011-2020 --scale 0.02 --shuffle train
check "xinjiang-2011-2020: 27,187 trains" equal trains "$(summary trains)" 27187
check "xinjiang-2011-2020: 18,722,800 t" equal gross "$(summary gross)" 18722800

replay "small" --seed 4
for status in open cleared held incomplete; do
    check "small has $status trains" test "$(summary $status)" -gt 0
done
for reason in TOO_LARGE NOT_JSON BAD_ENVELOPE UNKNOWN_TYPE MISSING_FIELD BAD_FIELD DUPLICATE_MEMBER LIMIT_EXCEEDED; do
    check "small has $reason" test "$(summary $reason)" -gt 0
done
replay "small, every message invalid besides" --invalid 1 --oversized 0.01
replay "small, 200 trains a day" --trains 73000 --waybills 1-2 --scale 0.02 --tracking 0

"$CARAVAN" generate --keyed --truth "$work/truth" | "$CARAVAN" merge --keyed --summary -o "$work/records" 2>"$work/summary"
check "keyed: the merge finds what was planned" agrees
check "keyed has KEY_MISMATCH" test "$(summary KEY_MISMATCH)" -gt 0

# ---- the same bytes, another order, and wrong usage

"$CARAVAN" generate --seed 5 >"$work/a"
"$CARAVAN" generate --seed 5 -o "$work/b"
check "there are events" test -s "$work/a"
check "the same seed gives the same bytes" cmp "$work/a" "$work/b"
differs() { ! cmp -s "$1" "$2"; }
"$CARAVAN" generate --seed 6 >"$work/b"
check "another seed gives other bytes" differs "$work/a" "$work/b"
LC_ALL=C sort "$work/a" >"$work/a.sorted"
for order in train window:100 all; do
    "$CARAVAN" generate --seed 5 --shuffle "$order" >"$work/b"
    check "--shuffle $order changes the order" differs "$work/a" "$work/b"
    LC_ALL=C sort "$work/b" >"$work/b.sorted"
    check "--shuffle $order changes nothing else" cmp "$work/a.sorted" "$work/b.sorted"
done

usage() {
    "$CARAVAN" generate "$@" >"$work/out" 2>"$work/err"
    [ "$?" = 2 ] && [ ! -s "$work/out" ] && [ -s "$work/err" ]
}
for wrong in "--preset none" "--seed x" "--trains 0" "--waybills 5" "--waybills 9-3" "--scale 0" "--scale 101" "--shuffle window:0" \
    "--shuffle some" "--duplicates 1.1" "--duplicates -1" "--invalid 1e-7" "--format csv" "--nothing" "argument"; do
    # shellcheck disable=SC2086
    check "generate $wrong is wrong usage" usage $wrong
done
unwritable() { "$CARAVAN" generate "$@" 2>"$work/err"; [ "$?" = 1 ] && [ -s "$work/err" ]; }
check "a file that cannot be written: 1" unwritable -o "$work/no/such/folder"
check "a truth file that cannot be written: 1" unwritable -o "$work/a" --truth "$work/no/such/folder"
check "a full disk: 1" unwritable -o /dev/full
exit $failures
