#!/usr/bin/env bash
# Nothing that comes from outside steers the terminal of whoever looks: names of files, arguments, configuration, events.
cd "$(dirname "$0")/../.." || exit 1
area=terminal
. tests/support/cli.sh
export LC_ALL=C.UTF-8
esc="$(printf '\033]0;x\007\033[2J\302\2331m\233\342\200\256')" # OSC, CSI, CSI as one character and as one byte, a right-to-left override

# harmless FILE: no control character but LF, no C1, nothing that turns text, only UTF-8.
harmless() {
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null || { echo "not UTF-8: $1"; return 1; }
    ! LC_ALL=C grep -naP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xaf]' "$1"
}
# says CODE COMMAND…: it ends so, says something, and that is harmless.
says() { exits "$@" && [ -s "$work/err" ] && harmless "$work/err"; }

check "a file that is not there" says 1 "$CARAVAN" merge "$work/$esc"
check "the same for show" says 1 "$CARAVAN" show "$work/$esc"
printf 'x\n' >"$work/$esc.gz"
check "a file that is damaged" says 1 "$CARAVAN" merge "$work/$esc.gz"
check "an output that cannot be written" says 1 "$CARAVAN" merge -o "$work/none/$esc" /dev/null
printf '%s\n' "$esc" >"$work/no-records"
check "what is not a record" says 1 "$CARAVAN" show "$work/no-records"
check "a train that is not there" says 1 "$CARAVAN" show --train "$esc" /dev/null
check "an unknown command" says 2 "$CARAVAN" "$esc"
for command in merge show generate convert explain run topics produce tail report reset lag doctor verify redrive; do
    check "$command: an unknown option" says 2 "$CARAVAN" "$command" "--$esc"
done
check "a cluster of unknown letters" says 2 "$CARAVAN" merge "-$esc"
check "an unknown code" says 2 "$CARAVAN" explain "$esc"
check "a value that is none" says 2 "$CARAVAN" merge --jobs "$esc"
check "a rate that is none" says 2 "$CARAVAN" generate --trains "$esc"
printf 'topic.input = %s\n' "$esc" >"$work/$esc.conf"
check "a configuration" says 2 "$CARAVAN" topics check --config "$work/$esc.conf"
check "a configuration that is not there" says 2 "$CARAVAN" topics check --config "$work/none$esc"
check "a setting" says 2 "$CARAVAN" topics check --set "$esc=1"
check "a setting of librdkafka" says 2 "$CARAVAN" topics check --set "kafka.$esc=1"
check "a value of librdkafka" says 2 "$CARAVAN" topics check --set "kafka.acks=$esc"
check "a variable" says 2 env "CARAVAN_$esc=1" "$CARAVAN" topics check
# librdkafka's lines and our own, with what an operator's file says in them
says_much() {
    timeout 5 "$CARAVAN" run --set "kafka.bootstrap.servers=127.0.0.1:1" --set "kafka.client.id=$esc" --set log.level=debug \
        --set kafka.debug=broker 2>"$work/log" >/dev/null
    grep -q 'ERROR\|WARN' "$work/log" && harmless "$work/log"
}
check "the log" says_much

# An event may hold all but C0 and DEL. Records keep their bytes in files and pipes; a terminal gets the same JSON escaped.
csi="$(printf '\302\2331m\342\200\256')"
sed "s/Notebook computers/$csi/" tests/golden/records/cleared.events.jsonl >"$work/events"
check "merges them" exits 0 "$CARAVAN" merge -o "$work/records" "$work/events"
check "records keep their bytes" has "$work/records" "$csi"
check "shown" exits 0 "$CARAVAN" show "$work/records"
check "show is harmless" harmless "$work/out"
check "pretty" exits 0 "$CARAVAN" merge --pretty "$work/events"
check "merge --pretty is harmless" harmless "$work/out"
"$CARAVAN" merge "$work/events" 2>/dev/null | cmp - "$work/records" && piped=true || piped=false
check "a pipe gets the bytes of the file" $piped
on_a_terminal() {
    python3 - "$CARAVAN" "$work/events" >"$work/seen" <<'PYTHON'
import os, pty, sys
pid, side = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "merge", sys.argv[2]])
seen = b""
try:
    while piece := os.read(side, 65536):
        seen += piece
except OSError:
    pass
sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
PYTHON
    python3 -c 'import json, sys; sys.exit([json.loads(l) for l in open(sys.argv[1])] != [json.loads(l) for l in open(sys.argv[2])])' \
        "$work/seen" "$work/records" && harmless "$work/seen"
}
check "a terminal gets the same JSON, harmless" on_a_terminal

# as_wide COLUMNS: what show prints on a terminal of that width fits it.
as_wide() {
    python3 - "$1" "$CARAVAN" "$work/records" <<'PYTHON'
import fcntl, os, pty, re, struct, sys, termios
columns = int(sys.argv[1])
pid, side = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    os.environ["NO_COLOR"] = "1"
    os.execv(sys.argv[2], [sys.argv[2], "show", sys.argv[3]])
seen = b""
try:
    while piece := os.read(side, 65536):
        seen += piece
except OSError:
    pass
widest = max(len(line) for line in seen.decode().replace("\r", "").split("\n"))
sys.exit(not 0 < widest <= columns)
PYTHON
}
for columns in 80 132; do
    check "show on a terminal of $columns columns" as_wide $columns
done
exit $failures
