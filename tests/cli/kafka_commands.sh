#!/usr/bin/env bash
# The commands that talk to Kafka, where there is none: help, usage, configuration, a broker that does not answer.
cd "$(dirname "$0")/../.." || exit 1
area=kafka-commands
. tests/support/cli.sh
nobody=kafka.bootstrap.servers=127.0.0.1:9   # the discard port: refused on any machine that we have seen

# refuses CODE SENTENCE COMMAND…: the exit code, and the sentence on stderr.
refuses() {
    local code="$1" sentence="$2"
    shift 2
    exits "$code" "$@" && has "$work/err" "$sentence"
}

# Does not answer, so it is started first: within 15 s each says so. Their codes are in $work/NAME.code.
silent() {
    local name="$1"
    shift
    (
        timeout 60 "$CARAVAN" "$@" --set "$nobody" >"$work/$name.out" 2>"$work/$name.err" </dev/null
        echo $? >"$work/$name.code"
    ) &
}
"$CARAVAN" generate --trains 5 --oversized 0 -o "$work/events"
silent check topics check
silent create topics create --partitions 2
silent run run
silent tail tail clearances
silent produce produce "$work/events"
silent reset reset --yes
silent dry reset --dry-run
silent lag lag
silent doctor doctor
silent verify verify
silent redrive redrive --reason TOO_LATE

for name in run topics produce tail reset lag doctor verify redrive; do
    check "$name --help" exits 0 "$CARAVAN" "$name" --help
    check "$name --help says how it is used" has "$work/out" "usage: caravan $name"
    check "$name --help says its exit codes" has "$work/out" "Exit: 0"
    check "$name with an option that is not there: 2" refuses 2 "--nothing" "$CARAVAN" "$name" --nothing
    check "$name points to the help" has "$work/err" "--help"
done

check "topics without a verb: 2" refuses 2 "say \`create\` or \`check\`" "$CARAVAN" topics
check "topics with another verb: 2" refuses 2 "say \`create\` or \`check\`" "$CARAVAN" topics destroy
check "topics create without a count: 2" refuses 2 "--partitions N is missing" "$CARAVAN" topics create
for count in 0 -1 4x 100001; do
    check "topics create --partitions $count: 2" refuses 2 "\`$count\` is not a number from 1" \
        "$CARAVAN" topics create --partitions "$count"
done
check "tail without a topic: 2" refuses 2 "clearances, traffic, throughput, dead-letters or input" "$CARAVAN" tail
check "tail of something else: 2" refuses 2 "did you mean \`clearances\`?" "$CARAVAN" tail clearence
check "tail of the input has no status: 2" refuses 2 "--status goes with clearances" "$CARAVAN" tail input --status held
check "throughput has no port: 2" refuses 2 "--port goes with" "$CARAVAN" tail throughput --port CNAKL
check "tail --last and --from: 2" refuses 2 "give one of them" "$CARAVAN" tail traffic --last 3 --from -1h
check "tail --last of too many: 2" refuses 2 "more than 100000" "$CARAVAN" tail traffic --last 100001
for from in 2026-13-01 -1 -1fortnight 2026-11-27T25:00Z; do
    check "tail --from $from: 2" refuses 2 "\`$from\` is not beginning, end or an offset" "$CARAVAN" tail traffic --from "$from"
done
check "tail of two topics: 2" refuses 2 "say which one topic" "$CARAVAN" tail clearances traffic
check "tail --from a day: 2" refuses 2 "\`today\` is not beginning, end or an offset" "$CARAVAN" tail traffic --from today
check "tail --limit a word: 2" refuses 2 "\`ten\` is not a number" "$CARAVAN" tail traffic --limit ten
check "traffic has no trains: 2" refuses 2 "--train goes with clearances, dead-letters and input" "$CARAVAN" tail traffic --train X1
check "run takes no file: 2" refuses 2 "\`events\` is not an option" "$CARAVAN" run events
check "reset takes no group: 2" refuses 2 "\`group\` is not an option" "$CARAVAN" reset group
check "redrive without a reason: 2" refuses 2 "--reason is missing" "$CARAVAN" redrive
check "redrive for a reason that is not there: 2" refuses 2 "did you mean KEY_MISMATCH?" "$CARAVAN" redrive --reason KEY_MISSMATCH
check "redrive from the end: 2" refuses 2 "\`end\` is not beginning" "$CARAVAN" redrive --reason TOO_LATE --from end
check "lag takes no group: 2" refuses 2 "\`group\` is not an option" "$CARAVAN" lag group
check "a command that is not there: 2" refuses 2 "there is no command \`tial\`; did you mean \`tail\`?" "$CARAVAN" tial
check "an option that is misspelt: 2" refuses 2 "did you mean --partitions?" "$CARAVAN" topics create --partitons 3

# configured NAME SENTENCE LINE: a file whose third line is wrong, of the line, the sentence.
configured() {
    printf '# a comment\nkafka.bootstrap.servers = 127.0.0.1:9\n%s\n' "$3" >"$work/worker.properties"
    for command in run "tail traffic"; do
        # shellcheck disable=SC2086
        check "$1 ($command): 2" refuses 2 "worker.properties:3: $2" "$CARAVAN" $command --config "$work/worker.properties"
    done
}
configured "a name that is not there" "unknown option 'merge.polcy'; did you mean 'merge.policy'?" 'merge.polcy = auto'
configured "a value that is not there" "merge.policy = 'sometimes': not one of: auto applied never" 'merge.policy = sometimes'
configured "a time without a unit" "commit.interval = '100': a time with its unit" 'commit.interval = 100'
configured "a size without a unit" "limits.train_bytes = '5': a size with its unit" 'limits.train_bytes = 5'
configured "a number out of its range" "retention.days = '0'" 'retention.days = 0'
configured "a line that is no setting" "" 'retention.days'
configured "a setting that librdkafka has not" "librdkafka has no setting 'sesion.timeout.ms'; did you mean kafka.session.timeout.ms?" \
    'kafka.sesion.timeout.ms = 1'
configured "a value that librdkafka refuses" "kafka.session.timeout.ms" 'kafka.session.timeout.ms = soon'
configured "a setting that is ours" "kafka.enable.idempotence cannot be set" 'kafka.enable.idempotence = false'
configured "a number with a unit" "kafka.session.timeout.ms: '10s' is not a number" 'kafka.session.timeout.ms = 10s'

# What only the making of a client finds wrong.
for command in run "topics check" "topics create --partitions 1" "tail traffic" "produce $work/events" "reset --yes"; do
    # shellcheck disable=SC2086
    check "a certificate that is not there ($command): 2" refuses 2 "ssl.ca.location" "$CARAVAN" $command --set "$nobody" \
        --set kafka.security.protocol=ssl --set kafka.ssl.ca.location=/nowhere/ca.pem
done
check "no user for SASL: 2" refuses 2 "sasl.username" "$CARAVAN" topics check --set "$nobody" \
    --set kafka.security.protocol=sasl_plaintext --set kafka.sasl.mechanism=PLAIN
for address in host:port host:90922 ssl://host:9093; do
    check "the address $address: 2" refuses 2 "'$address'" "$CARAVAN" topics check --set "kafka.bootstrap.servers=$address"
done
check "an empty address: 2" refuses 2 "kafka.bootstrap.servers is not set" env CARAVAN_KAFKA_BOOTSTRAP_SERVERS= "$CARAVAN" run
check "a configuration that is not there: 2" refuses 2 "cannot be opened" "$CARAVAN" run --config "$work/none"
check "--set without a value: 2" refuses 2 "there is no '='" "$CARAVAN" run --set group
check "no brokers: 2" refuses 2 "kafka.bootstrap.servers is not set" "$CARAVAN" run
check "a state bound below an empty partition: 2, with what it takes" refuses 2 "one partition without any train takes 17" \
    "$CARAVAN" run --set "$nobody" --set state.bytes_max=1MiB --set limits.train_bytes=1MiB
check "a bad environment: 2" refuses 2 "CARAVAN_MERGE_POLICY" env CARAVAN_MERGE_POLICY=x "$CARAVAN" run --set "$nobody"
check "a secret is not shown: 2" refuses 2 "" "$CARAVAN" run --set "$nobody" --set kafka.ssl.key.password=hunter2 --set x=y
check "nowhere" not_in "$work/err" hunter2

wait
for name in check create run tail produce reset dry lag doctor verify redrive; do
    check "$name, nobody answers: 1" [ "$(cat "$work/$name.code")" = 1 ]
    check "$name says who was asked" has "$work/$name.err" "no broker of kafka.bootstrap.servers (127.0.0.1:9) answered"
    check "$name says why" has "$work/$name.err" "Connection refused"
done
check "produce sent nothing" not_in "$work/produce.err" "messages,"
exit $failures
