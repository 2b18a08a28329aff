#!/usr/bin/env bash
# What surrounds a command: standard streams that are closed, full or without a reader, outputs that collide or fail,
# signals.
cd "$(dirname "$0")/../.." || exit 1
area=streams
. tests/support/cli.sh
commands=(merge show explain convert generate run health topics produce tail report reset)
nobody=kafka.bootstrap.servers=127.0.0.1:9   # the discard port: refused on any machine that we have seen

"$CARAVAN" generate --trains 12 --seed 3 -o "$work/events" || exit 1
"$CARAVAN" merge --rejects "$work/rejects" "$work/events" >"$work/records" 2>"$work/err" || exit 1

# ---- outputs that are inputs, two outputs in one file

# untouched COMMAND…: refused with 2, a sentence, the input as it was, and no file besides.
untouched() {
    local before code
    cp "$work/events" "$work/in/events"
    before="$(ls -A "$work/in")"
    (cd "$work/in" && "$@") >"$work/out" 2>"$work/err"
    code=$?
    [ "$code" = 2 ] || { echo "exit code $code"; cat "$work/err"; return 1; }
    grep -q "^caravan [a-z]*: .*own\|^caravan [a-z]*: .*over" "$work/err" || { echo "no sentence"; cat "$work/err"; return 1; }
    [ "$(ls -A "$work/in")" = "$before" ] || { echo "files: $(ls -A "$work/in")"; return 1; }
    cmp "$work/events" "$work/in/events"
}
mkdir "$work/in"
cp "$work/events" "$work/in/events"
ln "$work/in/events" "$work/in/hard"
ln -s events "$work/in/soft"
ln -s nowhere "$work/in/dangling"
for option in -o --rejects --facts; do
    for name in events ./events hard soft "$work/in/events"; do
        check "merge $option over its input as $(basename "$name")" untouched "$CARAVAN" merge $option "$name" events
    done
done
stdin_is() { "$CARAVAN" merge -o events - <events; }
check "merge over its standard input" untouched stdin_is
stdout_is() { "$CARAVAN" merge events >>events; }
check "merge >> its input" untouched stdout_is
stdout_device() { "$CARAVAN" merge -o /dev/stdout events >>events; }
check "merge -o /dev/stdout >> its input" untouched stdout_device
second() { "$CARAVAN" merge --rejects events "$work/records" events; }
check "merge over its second input" untouched second
check "two outputs that are not there yet" untouched "$CARAVAN" merge -o x --rejects ../in/x events
check "two outputs through a link that points nowhere" untouched "$CARAVAN" merge --facts dangling --rejects nowhere events
check "records and rejects on one standard output" untouched bash -c "'$CARAVAN' merge --rejects - events | cat; exit \${PIPESTATUS[0]}"
check "records on standard output, rejects in the same file" untouched bash -c "'$CARAVAN' merge --rejects '$work/both' events >'$work/both'"
check "generate with two outputs in one file" untouched "$CARAVAN" generate -o x --truth x
check "generate with both on standard output" untouched bash -c "'$CARAVAN' generate --truth /dev/fd/1 | cat; exit \${PIPESTATUS[0]}"
check "all into /dev/null" exits 0 "$CARAVAN" merge -o /dev/null --rejects /dev/null --facts /dev/null "$work/events"

# ---- outputs are whole or not there

cd "$work/in" || exit 1
rm -f -- *
echo old >old
chmod 640 old
check "a missing input leaves the output as it was" exits 1 "$CARAVAN" merge -o old --rejects new "$work/events" "$work/none"
check "untouched" grep -qx old old
check "and makes none" test ! -e new
gzip -c "$work/events" | head -c 2000 >cut.gz
check "so does an input that turns out to be damaged" exits 1 "$CARAVAN" merge -o old --rejects new "$work/events" cut.gz
check "untouched too" grep -qx old old
check "and makes none, nor leaves anything beside" test "$(ls -A)" = "cut.gz
old"
check "a file that may not be written: 1" exits 1 "$CARAVAN" merge -o /proc/version "$work/events"
ln -s old link
check "an output through a link" exits 0 "$CARAVAN" merge -o link "$work/events"
check "is in the file" same "$work/records" old
check "which keeps its rights" test "$(stat -c %a old)" = 640
check "and the link is still one" test -L link
ln old name
echo old >old
check "an output with two names" exits 0 "$CARAVAN" merge -o old "$work/events"
check "is under both" same "$work/records" name
check "an output is new" exits 0 bash -c "umask 027; exec '$CARAVAN' merge -o fresh '$work/events'"
check "and has the rights of a new file" test "$(stat -c %a fresh)" = 640
check "-o - is standard output" exits 0 "$CARAVAN" merge -o - "$work/events"
check "with the records" same "$work/records" "$work/out"
check "and no file called -" test ! -e ./-
(echo head; "$CARAVAN" merge -o /dev/stdout "$work/events"; echo foot) >ended 2>/dev/null
check "-o /dev/stdout writes on where standard output stands" test "$(sed -n '1p;$p' ended)" = "head
foot"
mkfifo pipe
cat pipe >read &
"$CARAVAN" merge -o pipe "$work/events" 2>"$work/err"
wait $!
check "an output into a pipe" same "$work/records" read
check "an output into a command" exits 0 bash -c "exec '$CARAVAN' merge -o >(cat >'$work/through') '$work/events'"
sleep 0.2
check "went through" same "$work/records" "$work/through"
cd "$OLDPWD" || exit 1

# ---- full disks

full() { "$@" >/dev/full 2>"$work/err"; [ $? = 1 ] && grep -q "No space left" "$work/err" || { cat "$work/err"; return 1; }; }
check "--help on a full disk: 1" full "$CARAVAN" --help
check "--version on a full disk: 1" full "$CARAVAN" --version
check "explain on a full disk: 1" full "$CARAVAN" explain
check "run --help-markdown on a full disk: 1" full "$CARAVAN" run --help-markdown
check "show on a full disk: 1" full "$CARAVAN" show "$work/records"
check "merge on a full disk: 1" full "$CARAVAN" merge "$work/events"
check "merge --pretty on a full disk: 1" full "$CARAVAN" merge --pretty "$work/events"
check "generate on a full disk: 1" full "$CARAVAN" generate --trains 3
for name in "${commands[@]}"; do
    check "$name --help on a full disk: 1" full "$CARAVAN" "$name" --help
done
for option in -o --rejects --facts; do
    check "merge $option on a full disk: 1" full "$CARAVAN" merge $option /dev/full "$work/events"
done
check "generate --truth on a full disk: 1" full "$CARAVAN" generate --trains 3 --truth /dev/full
check "a summary on a full disk: 1" bash -c "'$CARAVAN' merge --summary '$work/events' >/dev/null 2>/dev/full; test \$? = 1"

# ---- readers that go away: quiet, and dead of SIGPIPE as a shell expects it

quiet() {
    "$@" 2>"$work/err" | head -n 1 >"$work/out"
    local code="${PIPESTATUS[0]}"
    [ "$code" = 141 ] && [ -s "$work/out" ] && [ ! -s "$work/err" ] || { echo "exit code $code"; cat "$work/err"; return 1; }
}
for ((i = 0; i < 12; i++)); do cat "$work/records"; done >"$work/many"
check "merge | head" quiet "$CARAVAN" merge --rejects "$work/r" "$work/events" "$work/events"
check "merge --pretty | head" quiet "$CARAVAN" merge --pretty --rejects "$work/r" "$work/events"
check "show | head" quiet "$CARAVAN" show "$work/many"
check "generate | head" quiet "$CARAVAN" generate
check "nobody reads standard error: records all the same" exits 0 bash -c \
    "'$CARAVAN' merge '$work/events' 2> >(exec true) >'$work/alone'; sleep 0.1; cmp '$work/alone' '$work/records'"

# ---- closed streams: never another file instead of them

check "no standard output: 1" bash -c "'$CARAVAN' merge '$work/events' >&- 2>'$work/err'; test \$? = 1"
check "and says so" has "$work/err" "standard output"
check "no standard output, --help: 1" bash -c "'$CARAVAN' --help >&- 2>/dev/null; test \$? = 1"
check "no standard output, a file: 0" exits 0 bash -c "exec '$CARAVAN' merge -o '$work/closed' '$work/events' >&-"
check "the file is right" same "$work/records" "$work/closed"
check "no standard error, a file: 0" exits 0 bash -c "exec '$CARAVAN' merge --summary -o '$work/closed' '$work/events' 2>&-"
check "the file is right, without messages" same "$work/records" "$work/closed"
check "none at all, a file: 0" exits 0 bash -c "exec '$CARAVAN' merge -o '$work/closed' '$work/events' <&- >&- 2>&-"
check "the file is right, all the same" same "$work/records" "$work/closed"
for name in "merge -" "show"; do
    # shellcheck disable=SC2086
    check "$name without standard input: 1" bash -c "'$CARAVAN' $name <&- >/dev/null 2>'$work/err'; test \$? = 1"
    check "$name says so" has "$work/err" "Bad file descriptor"
done

# ---- signals: at once, wherever it waits; also as process 1, which has no default action

mkfifo "$work/never"
sleep 300 >"$work/never" &
never=$!
mkfifo "$work/stuck"
sleep 300 <"$work/stuck" &   # a reader that never reads: the pipe becomes full
stuck=$!
# ends SIGNAL CODE COMMAND…: started, given the signal while it waits, gone soon with this code.
ends() {
    local signal="$1" wanted="$2" pid code i
    shift 2
    "$@" >"$work/sig.out" 2>"$work/sig.err" &
    pid=$!
    for ((i = 0; i < 50; i++)); do
        [ "$i" -gt 3 ] && [ "$(cut -d ' ' -f 3 "/proc/$pid/stat" 2>/dev/null)" = S ] && break
        sleep 0.05
    done
    local began; began="$(date +%s%N)"
    kill "-$signal" "$pid"
    wait "$pid"
    code=$?
    [ $((($(date +%s%N) - began) / 1000000)) -lt 1500 ] || { echo "only after $((($(date +%s%N) - began) / 1000000)) ms"; return 1; }
    [ "$code" = "$wanted" ] || { echo "exit code $code instead of $wanted"; cat "$work/sig.err"; return 1; }
}
from_never() { exec "$CARAVAN" "$@" <"$work/never"; }
into_stuck() { exec "$CARAVAN" "$@" >"$work/stuck"; }
for signal in "TERM 143" "INT 130" "HUP 129"; do
    # shellcheck disable=SC2086
    check "SIG${signal% *}: merge waits for input" ends $signal from_never merge -
done
check "SIGTERM: show waits for input" ends TERM 143 from_never show
check "SIGTERM: show waits for its reader" ends TERM 143 into_stuck show "$work/many"
check "SIGTERM: generate waits for its reader" ends TERM 143 into_stuck generate
check "SIGTERM: merge with files under way" ends TERM 143 from_never merge -o "$work/in/late" --facts "$work/in/facts" -
check "leaves none of them" bash -c "! ls -A '$work/in' | grep -e late -e facts"
check "nohup: SIGHUP is ignored" bash -c "trap '' HUP; '$CARAVAN' merge - <'$work/never' >/dev/null 2>&1 & sleep 0.2
    kill -HUP \$!; sleep 0.2; kill -0 \$! && kill \$!"
for name in "topics check" "topics create --partitions 1" "produce $work/events" "tail traffic" "reset --yes" run; do
    code=143
    [ "$name" != run ] && [ "$name" != "tail traffic" ] || code=0
    # shellcheck disable=SC2086
    check "SIGTERM: $name waits for a broker" ends TERM $code "$CARAVAN" $name --set "$nobody"
done
check "SIGTERM: produce waits for input" ends TERM 143 from_never produce - --set "$nobody"
check "SIGTERM: reset waits for an answer" ends TERM 143 from_never reset --set "$nobody"
hangup() {
    "$CARAVAN" run --set "$nobody" >/dev/null 2>&1 &
    sleep 0.3
    kill -HUP $!
    sleep 0.3
    kill -0 $! && kill $!
}
check "SIGHUP: run goes on" hangup

# as_first SIGNAL ARG…: caravan as process 1 of a PID namespace; the signal goes to it, not to unshare.
as_first() {
    local signal="$1"
    shift
    "${namespace[@]}" "$CARAVAN" "$@" <"$work/never" >/dev/null 2>&1 &
    local outer=$! inner i
    for ((i = 0; i < 50; i++)); do
        inner="$(pgrep -P "$outer" -x caravan)" && break
        sleep 0.05
    done
    [ -n "$inner" ] || { echo "it has not begun to wait"; return 1; }
    sleep 0.3
    kill "-$signal" "$inner"
    for ((i = 0; i < 20; i++)); do
        kill -0 "$inner" 2>/dev/null || { wait "$outer"; return 0; }
        sleep 0.05
    done
    kill -9 "$inner"
    return 1
}
namespace=(unshare -pf --mount-proc)
"${namespace[@]}" true 2>/dev/null || namespace=(unshare -Urpf --mount-proc)
if "${namespace[@]}" true 2>/dev/null; then
    for signal in TERM INT; do
        for words in "merge -" "show" "tail traffic --set $nobody" "topics check --set $nobody"; do
            # shellcheck disable=SC2086
            check "SIG$signal: $words as process 1" as_first "$signal" $words
        done
    done
    check "merge | head as process 1 ends quietly" bash -c \
        "${namespace[*]} '$CARAVAN' merge --rejects '$work/r' '$work/events' 2>'$work/err' | head -n 1 >/dev/null; test ! -s '$work/err'"
else
    echo "skip streams: signals as process 1: this machine gives no PID namespace"
fi
kill "$never" "$stuck"
exit $failures
