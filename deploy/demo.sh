#!/usr/bin/env bash
# Shows what Caravan does: starts an Apache Kafka on loopback, makes the topics, sends a generated workload, runs two
# workers, kills one with -9 on the way, and proves that what came out is exact. Where Kafka cannot be had it says why and
# shows the merge over files. Leaves nothing behind but the build and what had to be installed.
#
#   bash deploy/demo.sh [SEED]            the real thing
#   bash deploy/demo.sh --files [SEED]    the merge over files only: seconds, once it is built
set -Eeuo pipefail
cd "$(dirname "$0")/.."

mode=kafka
if [ "${1:-}" = --files ]; then
    mode=files
    shift
fi
seed="${1:-2020}"
[[ "$seed" =~ ^[0-9]{1,18}$ ]] || { echo "usage: bash deploy/demo.sh [--files] [SEED]" >&2; exit 2; }

work="$(mktemp -d)"
caravan=build/caravan
declare -A worker=()   # name -> process
sender=                # a `caravan produce` that runs beside us
fetcher=               # getting Kafka, beside the build; a process group of its own

finish() {
    local pid
    for pid in "${worker[@]}" $sender; do
        { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
    done
    [ -z "$fetcher" ] || { kill -TERM -- "-$fetcher" && wait "$fetcher"; } 2>/dev/null || true
    [ ! -d "$work/kafka" ] || bash deploy/kafka/broker.sh stop "$work/kafka" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
trap 'echo "demo.sh: line $LINENO failed: $BASH_COMMAND" >&2' ERR
unset CARAVAN_TEST_BROKERS

title() { printf '\n== %s\n\n' "$*"; }

say() { printf '%s\n' "$*"; }

# Prints a command as a reader would type it in the demonstration's folder.
typed() { printf '$ %s\n' "$*"; }

fail() {
    printf '\nNOT AS PROMISED: %s\n' "$*" >&2
    exit 1
}

# ---- the merge over files ----

# first_with FILE REGEX…: the first record in which all of them are found.
first_with() {
    local file="$1" found
    shift
    found="$(<"$file")"
    for regex in "$@"; do
        found="$(grep -E "$regex" <<<"$found")" || return 0
    done
    head -n 1 <<<"$found"
}

# The train key of a record.
key_of() { sed 's/.*"train":{"date":"\([^"]*\)","number":"\([^"]*\)","port":"\([^"]*\)"}.*/\2|\1|\3/' <<<"$1"; }

# generate_events OPTION…
generate_events() {
    title "Events: manifests, amendments, compositions, arrivals, controls, declarations; repeated and out of order"
    set -- --preset small --seed "$seed" --shuffle window:2000 "$@"
    typed "caravan generate $* --truth truth.json -o events.jsonl"
    "$caravan" generate "$@" --truth "$work/truth.json" -o "$work/events.jsonl"
    printf '%d lines, %d KiB. One of them:\n\n' "$(wc -l <"$work/events.jsonl")" "$(($(wc -c <"$work/events.jsonl") / 1024))"
    grep -m 1 '"specversion":"1.0".*rail.train.arrived.*"arrived_at"' "$work/events.jsonl"
}

merge_files() {
    title "The merge over files: one clearance record a train"
    typed "caravan merge --summary --rejects rejects.jsonl -o records.jsonl events.jsonl"
    "$caravan" merge --rejects "$work/rejects.jsonl" --summary -o "$work/records.jsonl" "$work/events.jsonl" 2>"$work/summary"
}

# show_record HEADING REGEX…: the first such record, in short.
show_record() {
    local heading="$1" record
    shift
    record="$(first_with "$work/records.jsonl" "$@")"
    [ -n "$record" ] || return 0
    title "$heading"
    typed "caravan show --brief --train '$(key_of "$record")' records.jsonl"
    echo
    "$caravan" show --brief - <<<"$record"
}

show_records() {
    show_record "A train that is cleared" '"status":"cleared"' '"direction":"entry"'
    show_record "A train that is held: two facts contradict each other" '"status":"held"' \
        '"kind":"(seal-changed|container-claimed-twice)"'
    show_record "A train that waits for something" '"status":"incomplete"' '"(containers|declaration)-missing"'
    typed "caravan explain containers-missing"
    echo
    "$caravan" explain containers-missing
}

demo_files() {
    generate_events
    merge_files
    show_records
    title "Summary"
    cat "$work/summary"
    title "What the generator planned, which the merge has to find to the last digit"
    cat "$work/truth.json"
}

# ---- Kafka: topics, workers, events ----

broker() {
    local verb="$1"
    shift
    bash deploy/kafka/broker.sh "$verb" "$work/kafka" "$@"
}

# Installs Java and Maven where they are missing, and begins to get Kafka into the cache where it is not there.
fetch_kafka() {
    bash deploy/deps.sh kafka 2>&1 | tee "$work/start.log" || return 0
    set -m
    bash deploy/kafka/broker.sh fetch >>"$work/start.log" 2>&1 &
    fetcher=$!
    set +m
}

# Always one of our own: the demonstration stops it at the end.
start_kafka() {
    local got=0
    [ -n "$fetcher" ] || return 1
    title "A Kafka on loopback"
    wait "$fetcher" || got=$?
    fetcher=
    [ "$got" = 0 ] && broker start >>"$work/start.log" 2>&1 || return 1
    # shellcheck disable=SC1091
    . "$work/kafka/env"
    say "Apache Kafka listens at $BROKERS."
}

# What deps.sh or broker.sh said in the end, as one sentence.
why_no_kafka() { sed -n 's/^\(deps\|broker\): //p' "$work/start.log" | grep -vE '^(installing|getting|making) ' | tail -n 2 | tr '\n' ' '; }

# Sessions and transactions end early, so that nobody waits long for what a killed worker held.
configure() {
    cat >"$work/worker.properties" <<END_OF_PROPERTIES
group = demo
retention.days = 36500
checkpoint.bytes = 256KiB
counters.interval = 1s
kafka.bootstrap.servers = $BROKERS
kafka.session.timeout.ms = 3000
kafka.heartbeat.interval.ms = 500
kafka.transaction.timeout.ms = 3000
END_OF_PROPERTIES
}

on_kafka() {
    local command="$1"
    shift
    "$caravan" "$command" --config "$work/worker.properties" "$@"
}

make_topics() {
    title "The topics, and the configuration that every command below is given with --config"
    cat "$work/worker.properties"
    echo
    typed "caravan topics create --partitions 4"
    on_kafka topics create --partitions 4 | sed 's/,* *cleanup.policy.*//'
}

start_worker() {
    "$caravan" run --config "$work/worker.properties" --set "worker.id=$1" >>"$work/$1.log" 2>&1 &
    worker[$1]=$!
}

restored() { grep -c 'goes on at offset' "$work/$1.log" || true; }

# wait_for SECONDS WHAT COMMAND…: until the command is true.
wait_for() {
    local end=$((SECONDS + $1)) what="$2" name
    shift 2
    until "$@"; do
        for name in "${!worker[@]}"; do
            kill -0 "${worker[$name]}" 2>/dev/null || { tail -n 5 "$work/$name.log" >&2; fail "$name ended by itself"; }
        done
        [ "$SECONDS" -lt "$end" ] || fail "not within the time allowed: $what"
        sleep 0.2
    done
}

both_work() { [ "$(restored worker-1)" -ge 2 ] && [ "$(restored worker-2)" -ge 2 ]; }

start_workers() {
    title "Two workers share the partitions"
    typed "caravan run --set worker.id=worker-1 &"
    typed "caravan run --set worker.id=worker-2 &"
    start_worker worker-1
    start_worker worker-2
    wait_for 40 "both workers have partitions" both_work
}

# send PART: a third of the events.
send() {
    typed "caravan produce part-$1.jsonl"
    on_kafka produce "$work/part-$1.jsonl"
}

look_at_group() {
    broker groups --describe --group demo 2>"$work/groups.log" |
        awk '$1 == "demo" { printf "  partition %s: committed %s of %s, lag %s\n", $3, $4, $5, $6 }' | sort >"$work/group"
}

group_is_done() {
    look_at_group && [ "$(wc -l <"$work/group")" = 4 ] && ! grep -qv 'lag 0$' "$work/group"
}

work_and_kill() {
    title "A third of the events; two records as people read them"
    send 1
    echo
    typed "caravan tail clearances --from beginning --limit 2"
    on_kafka tail clearances --from beginning --limit 2
    title "The second third, and in the middle of it worker-1 is killed"
    typed "caravan produce part-2.jsonl &"
    on_kafka produce "$work/part-2.jsonl" &
    sender=$!
    sleep 0.4
    typed "kill -9 worker-1"
    { kill -KILL "${worker[worker-1]}" && wait "${worker[worker-1]}"; } 2>/dev/null || true
    unset 'worker[worker-1]'
    wait "$sender" || fail "produce ended with $?"
    sender=
    look_at_group
    say "Where the group stands, as Kafka's own tool sees it:"
    cat "$work/group"
}

start_again() {
    local before
    title "worker-1 is started again under its name, as a supervisor would, and gets the last third with the other"
    before="$(restored worker-1)"
    start_worker worker-1
    send 3
    again() { [ "$(restored worker-1)" -gt "$before" ]; }
    wait_for 40 "worker-1 has partitions again" again
    say "What worker-1 says of its way back:"
    grep 'goes on at offset' "$work/worker-1.log" | tail -n +$((before + 1)) | sed 's/.*restore: /  /'
    wait_for 90 "the group is at the end" group_is_done
    say "The group is at the end:"
    cat "$work/group"
}

# read_all TOPIC: all that a read_committed reader sees of it.
read_all() { on_kafka tail "$1" --json --from beginning --until-end; }

look_around() {
    title "Traffic totals and dead letters as people read them"
    typed "caravan tail traffic --from beginning --limit 3"
    on_kafka tail traffic --from beginning --limit 3
    echo
    typed "caravan tail dead-letters --from beginning --limit 2"
    on_kafka tail dead-letters --from beginning --limit 2
}

stop_workers() {
    local name code
    title "Both workers are told to stop (SIGTERM); each leaves a checkpoint of all it holds"
    kill -TERM "${worker[@]}"
    for name in "${!worker[@]}"; do
        code=0
        wait "${worker[$name]}" || code=$?
        [ "$code" = 0 ] || fail "$name ended with $code: $(tail -n 1 "$work/$name.log")"
        unset "worker[$name]"
        say "$name ended with exit code 0."
    done
}

# ---- Kafka: the proof ----

# latest REGEX…: of the lines that agree in what the regexes find, the last one.
latest() {
    awk -v first="$1" -v second="${2:-$1}" '
        function found(regex) { return match($0, regex) ? substr($0, RSTART, RLENGTH) : "" }
        { last[found(first) found(second)] = $0 }
        END { for (key in last) print last[key] }'
}

# sum AFTER NAME…: the sums of numeric members, each the first of its name after a text in its line; exact to 3 decimals.
sum() {
    local after="$1"
    shift
    awk -v after="$after" -v names="$*" '
        function thousandths(text, part) { split(text, part, "."); return part[1] * 1000 + substr(part[2] "000", 1, 3) }
        BEGIN { count = split(names, name, " ") }
        {
            rest = substr($0, index($0, after))
            for (i = 1; i <= count; i++)
                if (match(rest, "\"" name[i] "\":[0-9.]+")) {
                    start = length(name[i]) + 3
                    total[i] += thousandths(substr(rest, RSTART + start, RLENGTH - start))
                }
        }
        END { for (i = 1; i <= count; i++) printf "%s %.3f\n", name[i], total[i] / 1000 }'
}

# Adds "N S" lines: S modulo 2^128, as four 32-bit limbs.
add_live() {
    local count=0 limbs=(0 0 0 0) n s i carry
    while read -r n s; do
        count=$((count + n))
        carry=0
        for i in 3 2 1 0; do
            carry=$((carry + limbs[i] + 16#${s:i * 8:8}))
            limbs[i]=$((carry & 0xffffffff))
            carry=$((carry >> 32))
        done
    done
    printf '%d %08x%08x%08x%08x\n' "$count" "${limbs[@]}"
}

# committed_live MS: N and S out of the texts of the committed offsets, as Kafka's own tool reads them until nothing comes
# for so long.
committed_live() {
    broker consume --topic __consumer_offsets --from-beginning --isolation-level read_committed --timeout-ms "$1" \
        --formatter org.apache.kafka.tools.consumer.OffsetsMessageFormatter 2>"$work/consume.log" |
        grep -o '"partition":[0-9]*}},"value":{[^}]*"metadata":"2 [^"]*"' | latest '"partition":[0-9]+' |
        sed 's/.*"metadata":"//' | cut -d ' ' -f 7,8 | add_live
}

check_records() {
    read_all clearances | latest '"train":[{][^}]*' | LC_ALL=C sort >"$work/kafka.records"
    grep -v '"status":"open"' "$work/records.jsonl" | LC_ALL=C sort >"$work/file.records"
    cmp "$work/kafka.records" "$work/file.records" || fail "the records differ"
    say "ok  the last record of each of $(wc -l <"$work/kafka.records") trains on Kafka is the one over files, byte for byte"
}

# A busy machine may need more than a second to begin reading.
check_live() {
    local kafka='' files wait_ms
    files="$(sed -n 's/^live: //p' "$work/summary")"
    for wait_ms in 1000 3000 10000; do
        [ "$kafka" = "$files" ] || kafka="$(committed_live "$wait_ms" || true)"
    done
    [ "$kafka" = "$files" ] || fail "the live events differ: $kafka on Kafka, $files over files"
    say "ok  N and S agree: ${files% *} live events, sum of their hashes ${files#* }"
}

status_counts() {
    local status
    printf 'trains %d.000\n' "$(wc -l <"$work/records.jsonl")"
    for status in open cleared held incomplete; do
        printf '%s %d.000\n' "$status" "$(grep -c "\"status\":\"$status\"" "$work/records.jsonl")"
    done
}

# The totals of the traffic topic, and the same out of the records over files.
check_traffic() {
    local sums=(waybills declarations containers teu gross_kg)
    read_all traffic | latest '"date":"[^"]*"' '"partition":[0-9]+,"port":"[^"]*"' >"$work/rows"
    sum '' trains open cleared held incomplete "${sums[@]}" <"$work/rows" >"$work/kafka.totals"
    { status_counts; sum '"totals":{' "${sums[@]}" <"$work/file.records"; } >"$work/file.totals"
    diff "$work/kafka.totals" "$work/file.totals" || fail "the traffic totals differ"
    say "ok  the $(wc -l <"$work/rows") rows of the traffic topic sum up to the totals over files, to the last digit"
}

check_rejects() {
    read_all dead-letters >"$work/letters"
    [ "$(wc -l <"$work/letters")" = "$(wc -l <"$work/rejects.jsonl")" ] || fail "the numbers of rejects differ"
    say "ok  $(wc -l <"$work/letters") messages were rejected and lie in the dead letters, as many as over files"
}

total() { sed -n "s/^$1 \([0-9]*\)\.000$/\1/p; s/^$1 \([0-9]*\.[0-9]*\)$/\1/p" "$work/kafka.totals" | head -n 1; }

row() { printf '%-34s %14s\n' "$1" "$2"; }

show_table() {
    local name waybills declarations
    waybills="$(total waybills)"
    declarations="$(total declarations)"
    title "Summary of what the topics hold"
    row trains "$(total trains)"
    for name in open cleared held incomplete; do
        row "  $name" "$(total "$name")"
    done
    row "waybills of arrived trains" "$waybills"
    row "declarations" "$declarations"
    row "declarations saved" "$((waybills - declarations))"
    row "TEU" "$(total teu)"
    row "tonnes" "$(total gross_kg | awk '{ printf "%.3f", $1 / 1000 }')"
    row "events" "$(wc -l <"$work/events.jsonl")"
    row "  duplicates (found over files)" "$(awk '$1 == "duplicate" { print $2 }' "$work/summary")"
    row "  rejects" "$(wc -l <"$work/letters")"
}

demo_kafka() {
    configure
    make_topics
    generate_events --trains 600 --oversized 0
    split -n l/3 --numeric-suffixes=1 -a 1 --additional-suffix=.jsonl "$work/events.jsonl" "$work/part-"
    start_workers
    work_and_kill
    start_again
    look_around
    stop_workers
    merge_files
    title "Is it exact?"
    check_records
    check_live
    check_traffic
    check_rejects
    show_table
}

[ "$mode" = files ] || fetch_kafka
bash deploy/build.sh
if [ "$mode" = kafka ] && ! start_kafka; then
    printf '\nNo Kafka could be started, so this shows the merge over files. %s\n' "$(why_no_kafka)"
    mode=files
fi
"demo_$mode"
printf '\nMore: build/caravan --help, and README.md.\n'
