#!/usr/bin/env bash
# caravan merge as a user calls it: options, exit codes, inputs, rejects, facts, summary; the lanes change nothing.
cd "$(dirname "$0")/../.." || exit 1
area=merge
. tests/support/cli.sh

"$CARAVAN" generate --preset small --seed 11 -o "$work/events.jsonl" || exit 1
"$CARAVAN" generate --preset small --seed 11 --keyed -o "$work/events.keyed" || exit 1
lines="$(wc -l <"$work/events.jsonl")"
merge() { "$CARAVAN" merge "$@" 2>"$work/err"; }
merge --jobs 1 --rejects "$work/rejects" --facts "$work/facts" --summary "$work/events.jsonl" >"$work/records"
cp "$work/err" "$work/summary"

check "records are there" test -s "$work/records"
keys() { sed -n 's/.*"train":{"date":"\([^"]*\)","number":"\([^"]*\)","port":"\([^"]*\)"}.*/\2|\1|\3/p' "$1"; }
check "one record a line, sorted by train key" bash -c "$(declare -f keys); keys '$work/records' >'$work/keys' &&
    test \$(wc -l <'$work/keys') = \$(wc -l <'$work/records') && LC_ALL=C sort -cu '$work/keys'"

for jobs in 2 3 8; do
    merge --jobs $jobs --rejects "$work/rejects.$jobs" --facts "$work/facts.$jobs" --summary "$work/events.jsonl" >"$work/records.$jobs"
    check "records are the same with --jobs $jobs" same "$work/records" "$work/records.$jobs"
    check "rejects are the same with --jobs $jobs" same "$work/rejects" "$work/rejects.$jobs"
    check "facts are the same with --jobs $jobs" same "$work/facts" "$work/facts.$jobs"
    grep -v 'read and merged in' "$work/summary" >"$work/a"
    grep -v 'read and merged in' "$work/err" >"$work/b"
    check "counts are the same with --jobs $jobs" same "$work/a" "$work/b"
done

cat "$work/events.jsonl" | merge >"$work/records.stdin"
check "standard input" same "$work/records" "$work/records.stdin"
for packer in gzip zstd; do
    "$packer" -c "$work/events.jsonl" | merge >"$work/records.packed"
    check "standard input, packed by $packer" same "$work/records" "$work/records.packed"
    "$packer" -c "$work/events.jsonl" | (head -c 1; sleep 0.1; head -c 2; sleep 0.1; cat) | merge -o - - >"$work/records.packed"
    check "byte by byte ($packer), and -o -" same "$work/records" "$work/records.packed"
    check "a packed standard input that was cut ($packer)" bash -c \
        "! '$packer' -c '$work/events.jsonl' | head -c 500 | '$CARAVAN' merge 2>'$work/err' >/dev/null && grep -q '<stdin>.*ends too early' '$work/err'"
done
on_a_terminal() { # command…: what it says when nobody types
    python3 - "$@" <<'PYTHON'
import os, pty, sys
pid, side = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.write(side, b"\x04")
seen = b""
try:
    while piece := os.read(side, 4096):
        seen += piece
except OSError:
    pass
sys.exit(b"waiting for" not in seen)
PYTHON
}
check "merge waits for a terminal with a word" on_a_terminal "$CARAVAN" merge -o /dev/null
check "so does show" on_a_terminal "$CARAVAN" show
check "not where a file is read" bash -c "! '$CARAVAN' merge '$work/events.jsonl' 2>&1 >/dev/null | grep -q waiting"
gzip -k "$work/events.jsonl"
zstd -q -k "$work/events.jsonl"
merge "$work/events.jsonl.gz" >"$work/records.gz"
check ".gz" same "$work/records" "$work/records.gz"
merge "$work/events.jsonl.zst" >"$work/records.zst"
check ".zst" same "$work/records" "$work/records.zst"
zstd -q --long=31 -c <"$work/events.jsonl" >"$work/long.zst"
merge "$work/long.zst" >"$work/records.long"
check ".zst of zstd --long=31" same "$work/records" "$work/records.long"
{ cat "$work/events.jsonl.gz"; head -c 10240 /dev/zero; } >"$work/padded.gz"
merge "$work/padded.gz" >"$work/records.padded"
check ".gz padded with zeros" same "$work/records" "$work/records.padded"
merge "$work/events.jsonl" - "$work/events.jsonl.gz" <"$work/events.jsonl" >"$work/records.thrice"
check "the same events three times change nothing" same "$work/records" "$work/records.thrice"
shuf --random-source=<(yes) "$work/events.jsonl" >"$work/shuffled"
head -n $((lines / 2)) "$work/shuffled" >"$work/part1"
tail -n +$((lines / 2 + 1)) "$work/shuffled" >"$work/part2"
merge --jobs 2 "$work/part2" "$work/part1" >"$work/records.shuffled"
check "order and files change nothing" same "$work/records" "$work/records.shuffled"
merge --keyed "$work/events.keyed" >"$work/records.keyed"
check "--keyed with right keys changes nothing" same "$work/records" "$work/records.keyed"
{ sed 's/$/\r/' "$work/events.keyed"; printf '\r\n'; } >"$work/events.crlf"
merge --keyed --summary "$work/events.keyed" >"$work/records.keyed"
tail -n 1 "$work/err" >"$work/live.lf"
merge --keyed --summary "$work/events.crlf" >"$work/records.crlf"
tail -n 1 "$work/err" >"$work/live.crlf"
check "--keyed with CR LF gives the same records" same "$work/records.keyed" "$work/records.crlf"
check "and the same hashes" same "$work/live.lf" "$work/live.crlf"
sed 's/^[^\t]*\t/WRONG|2020-01-01|CNAKL\t/' "$work/events.keyed" | merge --keyed --rejects "$work/rejects.keyed" - >"$work/records.wrong"
check "--keyed with wrong keys gives no record" test ! -s "$work/records.wrong"
check "a wrong key is KEY_MISMATCH" has "$work/rejects.keyed" '"reason":"KEY_MISMATCH"'
merge -o "$work/records.file" "$work/events.jsonl"
check "--output" same "$work/records" "$work/records.file"
merge --policy never "$work/events.jsonl" >"$work/records.never"
check "--policy never is another record" bash -c "! cmp -s '$work/records' '$work/records.never' && grep -qF '\"rules\":{\"merge\":\"never\",\"recognised\":[],\"require\":\"summary\"}' '$work/records.never'"
merge --require full "$work/events.jsonl" >"$work/records.full"
check "--require full is in the record" has "$work/records.full" '"require":"full"'
merge --pretty "$work/events.jsonl" >"$work/pretty"
check "--pretty is for people" bash -c "test -s '$work/pretty' && ! grep -q '{\"alerts\"' '$work/pretty'"

check "the last line of --summary is live: N S" bash -c "tail -n 1 '$work/summary' | grep -qE '^live: [0-9]+ [0-9a-f]{32}$'"
check "N is the number of --facts lines" bash -c "test \$(tail -n 1 '$work/summary' | cut -d' ' -f2) = \$(wc -l <'$work/facts')"
check "every event is accepted, duplicate, stale or rejected" bash -c "awk '
    \$1 == \"events\" { all = \$2 } \$1 == \"accepted\" || \$1 == \"duplicate\" || \$1 == \"stale\" || \$1 == \"rejected\" { sum += \$2 }
    END { exit !(all > 0 && all == sum) }' '$work/summary'"
check "--rejects has a line for each reject" bash -c "test \$(awk '\$1 == \"rejected\" { print \$2 }' '$work/summary') = \$(wc -l <'$work/rejects')"
reject_line="$(sed -n '1s/.*"line":\([0-9]*\).*/\1/p' "$work/rejects")"
check "a reject names its line" bash -c "sed -n '${reject_line}p' '$work/events.jsonl' | '$CARAVAN' merge --rejects '$work/r1' - && test -s '$work/r1'"

printf '\xff\xfe{}\n\nnull\n' >"$work/bad"
check "only rejects still exit 0" exits 0 "$CARAVAN" merge --rejects "$work/bad.rejects" "$work/bad"
check "and are counted" has "$work/err" "2 of 2 events were rejected"
check "bytes that are not UTF-8 are base64" has "$work/bad.rejects" '"value_base64":"//57fQ=="'
check "text is text" has "$work/bad.rejects" '"line":3,"value":"null"'
head -c $((1024 * 1024 + 1)) /dev/zero | tr '\0' 'x' >"$work/huge"
check "a huge line is rejected" exits 0 "$CARAVAN" merge --rejects "$work/huge.rejects" "$work/huge"
check "as TOO_LARGE" has "$work/huge.rejects" '"reason":"TOO_LARGE"'

check "a missing file exits 1" exits 1 "$CARAVAN" merge "$work/events.jsonl" /nowhere/x
check "and is named" has "$work/err" "/nowhere/x"
check "an unwritable output exits 1" exits 1 "$CARAVAN" merge -o /nowhere/x "$work/bad"
check "a full device exits 1" exits 1 bash -c "exec '$CARAVAN' merge '$work/events.jsonl' >/dev/full"
head -c 100 "$work/events.jsonl.gz" >"$work/cut.gz"
check "a cut .gz exits 1" exits 1 "$CARAVAN" merge "$work/cut.gz"
check "an unknown option exits 2" exits 2 "$CARAVAN" merge --bogus
check "a bad policy exits 2" exits 2 "$CARAVAN" merge --policy sometimes
check "and says what is allowed" has "$work/err" "auto, applied or never"
check "a level that is none exits 2" exits 2 "$CARAVAN" merge --require relaese
check "what is recognised is checked" exits 2 "$CARAVAN" merge --recognised control:KZ:rsik
check "and the nearest right spelling told" bash -c "'$CARAVAN' merge --recognised control:KZ:rsik 2>&1 </dev/null | grep -q \"did you mean 'risk'\""
merge --recognised control:KZ:risk --recognised aeo:DE:2020-01-01,control:KZ:risk --require release "$work/events.jsonl" >"$work/records.recognised"
check "--recognised adds up, sorted, each once" grep -qF '"rules":{"merge":"auto","recognised":["aeo:DE:2020-01-01","control:KZ:risk"],"require":"release"}' "$work/records.recognised"
check "bad --jobs exit 2" exits 2 "$CARAVAN" merge --jobs 0
check "--help exits 0" exits 0 "$CARAVAN" merge --help
check "an unknown command exits 2" exits 2 "$CARAVAN" frobnicate
check "no command exits 2" exits 2 "$CARAVAN"
check "--version" exits 0 "$CARAVAN" --version
exit $failures
