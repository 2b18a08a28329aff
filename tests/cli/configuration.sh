#!/usr/bin/env bash
# Configuration as people try it: run --check, SIGHUP, log formats, where the file and the brokers are named.
cd "$(dirname "$0")/../.." || exit 1
area=configuration
. tests/support/cli.sh
unset CARAVAN_CONFIG
nobody=127.0.0.1:9

# refuses SENTENCE COMMAND…: exit code 2, and the sentence on stderr.
refuses() {
    local sentence="$1"
    shift
    exits 2 "$@" && has "$work/err" "$sentence"
}
file="$work/worker.properties"
printf 'kafka.bootstrap.servers = %s\nkafka.sasl.password = hunter2\nlog.level = warn\ncommit.interval = 250ms\nhttp.listen =\n' \
    "$nobody" >"$file"

# ---- run --check
check "run --check" exits 0 "$CARAVAN" run --check --config "$file"
cp "$work/out" "$work/in-force"
check "it prints what the file sets" has "$work/in-force" "commit.interval = 250ms"
check "and what is by default" has "$work/in-force" "retention.days = 75"
check "warn is warning" has "$work/in-force" "log.level = warning"
check "and librdkafka's" has "$work/in-force" "kafka.bootstrap.servers = $nobody"
check "a secret is not shown" not_in "$work/in-force" hunter2
check "it asks nobody" [ ! -s "$work/err" ]
grep -v 'kafka.sasl.password' "$work/in-force" >"$work/again.properties"
check "what it prints is a file" exits 0 "$CARAVAN" run --check -c "$work/again.properties"
check "a wrong file" refuses "emit = 'never'" "$CARAVAN" run --check -c "$file" --set emit=never
check "a certificate that is not there" refuses "ssl.ca.location" "$CARAVAN" run --check -c "$file" \
    --set kafka.security.protocol=ssl --set kafka.ssl.ca.location=/nowhere/ca.pem
check "a token that is not there" refuses "/nowhere/token" "$CARAVAN" run --check -c "$file" --set http.listen=:1 \
    --set http.token_file=/nowhere/token
check "too little room" refuses "state.bytes_max" "$CARAVAN" run --check -c "$file" --set state.bytes_max=1MiB --set limits.train_bytes=1MiB

# ---- where the file and the brokers are named
check "-c" exits 0 "$CARAVAN" run --check -c "$file"
check "CARAVAN_CONFIG" exits 0 env "CARAVAN_CONFIG=$file" "$CARAVAN" run --check
check "takes its file" has "$work/out" "commit.interval = 250ms"
check "an empty CARAVAN_CONFIG is none" refuses "kafka.bootstrap.servers is not set" env CARAVAN_CONFIG= "$CARAVAN" run --check
check "a CARAVAN_CONFIG that is not there" refuses "/nowhere: cannot be opened" env CARAVAN_CONFIG=/nowhere "$CARAVAN" tail traffic
check "-c stands above CARAVAN_CONFIG" exits 0 env CARAVAN_CONFIG=/nowhere "$CARAVAN" run --check -c "$file"
check "-b" exits 0 "$CARAVAN" run --check -b 127.0.0.1:10 -c "$file"
check "-b stands above the file" has "$work/out" "kafka.bootstrap.servers = 127.0.0.1:10"
for words in "topics check" "tail traffic" "produce $file" "reset --yes"; do
    # shellcheck disable=SC2086
    check "-b: $words" refuses "'host:port'" "$CARAVAN" $words -b host:port
done
printf 'emit = ready\n# comment\nemit = always\n' >"$work/twice"
check "an option twice: both lines" refuses "twice:3: emit was set in line 1 already" "$CARAVAN" run --check -c "$work/twice"
check "Java's JAAS" refuses "kafka.sasl.username and kafka.sasl.password" "$CARAVAN" run --check -c "$file" \
    --set 'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";'
check "does not show it" not_in "$work/err" hunter2

# ---- a worker's log
# started FILE ARG…: a worker without brokers; its log is $work/log, its id $worker.
started() {
    "$CARAVAN" run "$@" 2>"$work/log" >/dev/null &
    worker=$!
}
# logs TEXT: within two seconds.
logs() {
    for ((i = 0; i < 40; i++)); do
        grep -qF -- "$1" "$work/log" && return 0
        sleep 0.05
    done
    head -n 5 "$work/log"
    return 1
}
ended() { kill "$worker" 2>/dev/null; wait "$worker" 2>/dev/null; }

started -c "$file" --set log.level=info --set worker.id=w-1
check "a start says in one line what it runs" logs \
    "runs worker w-1 of group caravan: rail.manifest-events to rail.clearances on $nobody; options changed: 5"
check "and which command it is to brokers" logs "caravan-run-w-1#producer-1"
check "not all options" not_in "$work/log" "config: retention.days"
ended
started -c "$file" --set log.level=debug
check "all options at debug" logs "config: retention.days = 75"
check "but for secrets" not_in "$work/log" hunter2
ended
sed 's/warn/error/' "$file" >"$work/moving"
started -c "$work/moving" --set kafka.debug=broker
sleep 0.3
check "log.level = error" [ ! -s "$work/log" ]
printf 'log.level = debug\n' >"$work/more"
grep -v log.level "$file" >>"$work/more" && cp "$work/more" "$work/moving"
kill -HUP "$worker"
check "SIGHUP: log.level is read again" logs "SIGHUP: log.level is debug"
check "and is in force" logs "DEBUG kafka"
printf 'log.level = no\n' >"$work/moving"
kill -HUP "$worker"
check "SIGHUP: what is wrong is said" logs "SIGHUP: nothing is changed: $work/moving:1: log.level = 'no'"
rm "$work/moving"
kill -HUP "$worker"
check "SIGHUP without the file" logs "moving: cannot be opened"
check "and the worker lives" kill -0 "$worker"
ended
started -c "$file" --set log.format=json --set log.level=info
check "JSON" logs '"level":"warning","area":"kafka","message":"'
ended
check "each line is JSON" python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/log"
started -c "$file" --set log.format=logfmt --set log.level=info
check "logfmt" logs ' level=warning area=kafka message="'
ended
exit $failures
