#!/usr/bin/env bash
# caravan convert: every example gives its golden events and rejects, the events merge into their golden record, twice
# the same is a duplicate; options, inputs, outputs, counts, exit codes.
# To write the golden outputs anew, after reading them: CARAVAN_TEST_UPDATE=1 bash tests/cli/convert.sh
cd "$(dirname "$0")/../.." || exit 1
area=convert
. tests/support/cli.sh
export PYTHONUTF8=1
examples=schemas/convert/examples golden=tests/golden/convert
train='X8024|2020-12-16|CNAKL'

# golden FILE FOUND: what was found is what is wanted.
golden() {
    [ -z "${CARAVAN_TEST_UPDATE:-}" ] || cp "$2" "$golden/$1"
    diff "$golden/$1" "$2"
}
# converts EXAMPLE FORM OPTION…: into golden events, rejects and counts.
converts() {
    local name="$1" form="$2"
    shift 2
    "$CARAVAN" convert "$form" "$@" --rejects "$work/rejects" "$examples/$name" >"$work/events.$name" 2>"$work/err" || return 1
    golden "$name.events" "$work/events.$name" && golden "$name.rejects" "$work/rejects" && golden "$name.log" "$work/err"
}
smgs=(--zone +03:00 --place 33011503=CNXAG --place 33013801=CNAKL --train "$train")
sgln=(--train "$train" --place urn:epc:id:sgln:6901234.00001.0=CNXAG)
check "DCSA 2.2" converts dcsa-2.2.json dcsa --train "$train"
check "DCSA 3.0" converts dcsa-3.0.json dcsa --train "$train"
check "EPCIS document, JSON-LD" converts epcis-document.jsonld epcis "${sgln[@]}"
check "EPCIS query and single events, one a line" converts epcis-query.json epcis "${sgln[@]}"
check "CUSCAR" converts cuscar.edi edifact
check "IFTMIN of the railways" converts iftmin.edi edifact "${smgs[@]}"
check "IFTMCS that deletes" converts iftmcs-deleted.edi edifact
for example in "$examples"/*; do
    check "$(basename "$example") has golden outputs" test -e "$golden/$(basename "$example").events"
done

# What a worker makes of them.
merges() { # EVENTS…
    cat "$@" | "$CARAVAN" merge --rejects "$work/merge.rejects" --summary 2>"$work/merge.err" >"$work/record" &&
        [ ! -s "$work/merge.rejects" ]
}
all=("$work"/events.*)
check "the events are valid" merges "${all[@]}"
check "their record" golden records.jsonl "$work/record"
check "the reference makes the same record" bash -c "cat $work/events.* | python3 tests/reference/merge.py >'$work/reference' && diff '$work/reference' '$work/record'"
cp "$work/record" "$work/once"
check "twice and in another order the same record" merges "$work"/events.[f-z]* "${all[@]}" "$work"/events.[a-e]*
check "as before" same "$work/once" "$work/record"
check "a repeat is a duplicate" bash -c "sed -n 's/^ *duplicate *//p' '$work/merge.err' | grep -qvx 0"

# ---- where it comes from and goes to
plain="$work/events.dcsa-2.2.json"
same_events() { "$@" >"$work/a" 2>"$work/err" && cmp "$plain" "$work/a"; }
dcsa=("$CARAVAN" convert dcsa --train "$train")
check "standard input" same_events "${dcsa[@]}" <"$examples/dcsa-2.2.json"
check "standard input by name" same_events "${dcsa[@]}" - <"$examples/dcsa-2.2.json"
gzip -c "$examples/dcsa-2.2.json" >"$work/x.json.gz"
check ".gz" same_events "${dcsa[@]}" "$work/x.json.gz"
check "packed standard input" same_events "${dcsa[@]}" <"$work/x.json.gz"
check "-o" bash -c "'$CARAVAN' convert dcsa --train '$train' -o '$work/a' '$examples/dcsa-2.2.json' 2>/dev/null && cmp '$plain' '$work/a'"
python3 -c 'import json, sys
for event in json.load(sys.stdin): print(json.dumps(event))' <"$examples/dcsa-2.2.json" >"$work/lines"
check "one event a line gives the same" same_events "${dcsa[@]}" "$work/lines"
check "several files" bash -c "'$CARAVAN' convert dcsa --train '$train' $examples/dcsa-*.json 2>/dev/null | cmp - <(cat $work/events.dcsa-*)"
tr -d '\n' <"$examples/cuscar.edi" >"$work/one-line.edi"
check "EDIFACT in one line" bash -c "'$CARAVAN' convert edifact '$work/one-line.edi' 2>/dev/null | cmp - '$work/events.cuscar.edi'"
sed 's/$/\r/' "$examples/cuscar.edi" >"$work/crlf.edi"
check "EDIFACT with CR LF" bash -c "'$CARAVAN' convert edifact '$work/crlf.edi' 2>/dev/null | cmp - '$work/events.cuscar.edi'"
check "--source" bash -c "'$CARAVAN' convert dcsa --train '$train' --source /mine '$examples/dcsa-2.2.json' 2>/dev/null | cmp - <(sed 's#\"/dcsa\"#\"/mine\"#' '$plain')"
check "a train that is said goes before the message's" bash -c "'$CARAVAN' convert edifact --train 'Y1|2020-12-16|CNAKL' '$examples/cuscar.edi' 2>/dev/null | grep -q '\"number\":\"Y1\"'"

printf '%s\t%s\n' TEXU3070079 "$train" CSQU3054383 "$train" >"$work/trains"
check "--trains" bash -c "'$CARAVAN' convert dcsa --trains '$work/trains' '$examples/dcsa-2.2.json' 2>/dev/null | cmp - '$plain'"
sed 's/+IFTMIN_SMGS/+IFTMIN_SMGS++++1/' "$examples/iftmin.edi" >"$work/test.edi"
check "a test is no fact" bash -c "[ -z \"\$('$CARAVAN' convert edifact ${smgs[*]@Q} '$work/test.edi' 2>/dev/null)\" ]"
check "--tests" bash -c "'$CARAVAN' convert edifact --tests ${smgs[*]@Q} '$work/test.edi' 2>/dev/null | cmp - '$work/events.iftmin.edi'"

# ---- what is lost is told
says() { exits 0 "$CARAVAN" convert "${@:2}" && has "$work/err" "$1"; }
check "no train" says "it does not say the train's number: --train does" dcsa "$examples/dcsa-2.2.json"
check "the closing count" says "10 inputs: 5 gave 7 events; 1 planned, estimated or tests, 1 withdrawn, 2 of other things, 1 rejected (--rejects FILE keeps them)" \
    dcsa --train "$train" "$examples/dcsa-2.2.json" "$examples/dcsa-3.0.json"
check "places that are not known" says "1 places have no UN/LOCODE and were left out (--place)" epcis --train "$train" "$examples/epcis-document.jsonld"
check "file, line, segment and byte" says "$examples/cuscar.edi:55: segment 54 (CNI), byte" edifact "$examples/cuscar.edi"
check "a file of another form" says "1 rejected" edifact "$examples/dcsa-2.2.json"
yes nonsense | head -n 500 >"$work/nonsense"
check "a flood of rejects is cut short" says "further ones are counted only" epcis "$work/nonsense"
check "and not longer than that" test "$(wc -l <"$work/err")" -le 110
sed 's/LOC+5+33011503/LOC+5+33\xe2\x80\xae/' "$examples/iftmin.edi" >"$work/steering.edi"
check "what is quoted steers nothing" says "$(printf '33\xef\xbf\xbd')" edifact --train "$train" "$work/steering.edi"
head -c 68000000 /dev/zero | tr '\0' '[' >"$work/brackets"
check "a document without end" says "a document of more than 64 MiB" dcsa "$work/brackets"
"$CARAVAN" convert dcsa --train "$train" --rejects "$work/r" "$work/nonsense" >/dev/null 2>&1
check "rejects keep every byte" bash -c "python3 -c 'import json, sys
print(\"\".join(json.loads(line)[\"value\"] for line in open(sys.argv[1])), end=\"\")' '$work/r' | cmp - '$work/nonsense'"

# ---- what is wrong
usage() { exits 2 "$CARAVAN" convert "${@:2}" && has "$work/err" "$1"; }
check "no form" usage "say what the files are: dcsa, epcis or edifact"
check "a form that is none" usage "\`x12\` is no form of them" x12
check "a train that is none" usage "is not a train's key" dcsa --train X8024
check "a place that is none" usage "a code and its UN/LOCODE" dcsa --place 33011503
check "a direction that is none" usage "exit, entry or transit" edifact --direction out
check "a zone that is none" usage "an offset as +08:00" edifact --zone 8
check "a charset that is none" usage "UNOA, UNOB, UNOC" edifact --charset latin1
check "options of another form" usage "--zone goes with edifact" dcsa --zone +08:00
check "--train and --trains" usage "say one" dcsa --train "$train" --trains "$work/trains"
check "--trains of another form" usage "--trains goes with dcsa and epcis" edifact --trains "$work/trains"
echo CSQU3054383 >"$work/no-trains"
no_trains() { exits 1 "$CARAVAN" convert dcsa --trains "$@" && has "$work/err" "$said"; }
said="no-trains:1: not a container and a key" check "trains that are none" no_trains "$work/no-trains" "$work/lines"
check "an output that is the trains' file" exits 2 "$CARAVAN" convert dcsa --trains "$work/trains" -o "$work/trains" "$work/lines"
check "an unknown option" exits 2 "$CARAVAN" convert dcsa --frm
check "an output that is an input" exits 2 "$CARAVAN" convert dcsa -o "$work/lines" "$work/lines"
check "a file that is not there" exits 1 "$CARAVAN" convert dcsa "$work/nothing"
check "it leaves no trace" exits 1 "$CARAVAN" convert dcsa -o "$work/none" "$examples/dcsa-2.2.json" "$work/nothing"
check "no output" test ! -e "$work/none"
exit "$failures"
