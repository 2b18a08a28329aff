#!/usr/bin/env bash
# caravan health where no worker is: what it says and how it ends. (tests/kafka/cases_http.py asks a running one.)
cd "$(dirname "$0")/../.." || exit 1
area=health
. tests/support/cli.sh

nobody() { exits 1 "$CARAVAN" health --set http.listen=127.0.0.1:9 && has "$work/err" "caravan health: 127.0.0.1:9 does not answer: "; }
check "nobody listens" nobody
off() { exits 2 "$CARAVAN" health --set http.listen= && has "$work/err" "http.listen is empty"; }
check "http.listen is off" off
wrong() { exits 2 "$CARAVAN" health --set http.listen=localhost && has "$work/err" "an IP address and a port are needed"; }
check "a wrong http.listen" wrong
times() { exits 2 "$CARAVAN" health --timeout 5 && has "$work/err" "a time such as 500ms or 5s is needed"; }
check "a wrong --timeout" times
word() { exits 2 "$CARAVAN" health now && has "$work/err" '`now` is not an option'; }
check "a word too many" word
help() { exits 0 "$CARAVAN" health --help && has "$work/out" "usage: caravan health"; }
check "help" help

# No HTTP behind the port, or one that never answers.
python3 - "$work" <<'PYTHON' &
import socket, sys
silent, rude = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + "/ports", "w") as ports:
    ports.write(f"{silent.getsockname()[1]} {rude.getsockname()[1]}\n")
connection, _ = rude.accept()
connection.recv(1000)
connection.sendall(b"220 smtp.example ESMTP\r\n")
connection.close()
PYTHON
listener=$!
for _ in $(seq 100); do
    [ ! -s "$work/ports" ] || break
    sleep 0.1
done
read -r silent rude <"$work/ports"
slow() { exits 1 "$CARAVAN" health --timeout 300ms --set "http.listen=127.0.0.1:$silent" && has "$work/err" "does not answer: Connection timed out"; }
check "one that never answers" slow
not_http() { exits 1 "$CARAVAN" health --set "http.listen=127.0.0.1:$rude" && has "$work/err" "is not HTTP"; }
check "one that does not speak HTTP" not_http
kill "$listener" 2>/dev/null
wait "$listener" 2>/dev/null
exit "$failures"
