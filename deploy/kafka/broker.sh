#!/usr/bin/env bash
# A real Apache Kafka on loopback, for the tests and the demonstration: a controller and one broker, each a process of
# its own, so that the broker alone can be killed and brought back.
#
#   broker.sh fetch                  get Kafka into the cache (start does it as well)
#   broker.sh start DIR              start on free ports with everything kept in DIR; DIR/env says where: BROKERS=…
#   broker.sh stop DIR               stop both (SIGTERM, then SIGKILL)
#   broker.sh stop-broker DIR        SIGTERM to the broker, and wait until it is gone
#   broker.sh kill-broker DIR        SIGKILL to the broker
#   broker.sh restart-broker DIR     start it again, same ports and data, once the controller has given the old one up
#   broker.sh tool DIR CLASS ARG…    one of Kafka's Java tools, such as org.apache.kafka.tools.TopicCommand
#   broker.sh topics|configs|groups|offsets|delete-records|transactions|produce|consume DIR ARG…
#                                    the usual tools, with --bootstrap-server given
#
#   KAFKA_HOME=FOLDER                use the libs/ of this Kafka instead of getting one from Maven
#   CARAVAN_TEST_BROKERS=HOST:PORT   use a Kafka that runs already: start only writes DIR/env, stop leaves it alone, and
#                                    what stops, kills or restarts a broker is refused with exit code 3
#
# The logs are DIR/controller.log and DIR/broker.log. Whoever calls start calls stop, at best from a trap.
set -euo pipefail

version=4.3.0
copy_dependencies=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
here="$(cd "$(dirname "$0")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
kafka="${KAFKA_HOME:-$cache/kafka-$version}"
archives="$cache/kafka-archives"
start_seconds=60

say() { printf 'broker: %s\n' "$*" >&2; }
die() { printf 'broker: %s\n' "$@" >&2; exit 1; }

# ---- Kafka's jars, and a class archive that halves the start of every JVM ----

fetch_jars() {
    [ -z "${KAFKA_HOME:-}" ] && [ ! -d "$kafka/libs" ] || return 0
    command -v mvn >/dev/null || die "Maven is missing, so Kafka cannot be had: run \`bash deploy/deps.sh kafka\`," \
        "or set KAFKA_HOME to an unpacked Kafka, or CARAVAN_TEST_BROKERS to a running one."
    say "getting Kafka $version from Maven into $kafka"
    rm -rf "$kafka.partial"
    mkdir -p "$kafka.partial"
    mvn -q -B -f "$here/pom.xml" "$copy_dependencies" -DincludeScope=runtime \
        -DoutputDirectory="$kafka.partial/libs" >"$kafka.partial/maven.log" 2>&1 || {
        grep -m 3 ERROR "$kafka.partial/maven.log" | cut -c 1-400 >&2 || true
        die "Kafka $version could not be got from Maven (what it says is above)."
    }
    rm -rf "$kafka"
    mv "$kafka.partial" "$kafka"
}

class_path() {
    local jars=("$kafka"/libs/*.jar)
    [ -e "${jars[0]}" ] || die "$kafka/libs holds no jars."
    (IFS=:; echo "${jars[*]}")
}

# An archive fits one Java and one class path, so both are in its name.
archive() {
    local key
    key="$( (stat -L -c '%n %Y' "$(readlink -f "$(command -v java)")"; class_path) | cksum | cut -d' ' -f1)"
    echo "$archives/$1-$key.jsa"
}

share_option() {
    local file
    file="$(archive "$1")"
    [ ! -r "$file" ] || echo "-XX:SharedArchiveFile=$file"
}

# Runs Kafka once with Java noting the classes it loads. Not having an archive costs time, nothing else.
train_archives() {
    [ ! -e "$(archive server)" ] && [ ! -e "$(archive server).failed" ] || return 0
    local dir
    mkdir -p "$archives"
    rm -f "$archives"/*
    dir="$(mktemp -d)"
    say "making a class archive for faster starts (once)"
    if ! (
        trap 'stop_all "$dir"' EXIT
        broker_options="-XX:ArchiveClassesAtExit=$dir/server.jsa"
        start_servers "$dir"
        tool_options="-XX:ArchiveClassesAtExit=$dir/tool.jsa"
        tool "$dir" org.apache.kafka.tools.TopicCommand --bootstrap-server "$(broker_address "$dir")" --list
        stop_server "$dir" broker
        mv "$dir/tool.jsa" "$(archive tool)"
        mv "$dir/server.jsa" "$(archive server)"
    ) >"$dir/log" 2>&1; then
        touch "$(archive server).failed"
        say "no class archive ($(tail -n 1 "$dir/log")): starts take longer"
    fi
    rm -rf "$dir"
}

fetch() {
    mkdir -p "$cache"
    exec 8>"$cache/kafka.lock"
    flock 8
    command -v java >/dev/null || die "There is no Java to run Kafka: run \`bash deploy/deps.sh kafka\`."
    fetch_jars
    train_archives
    exec 8>&-
}

# ---- servers ----

broker_options=
tool_options=

# In a range below the ones that systems hand out by themselves.
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 10000))
        if ! (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return 0
        fi
    done
    die "no free port was found on loopback"
}

write_controller_properties() {
    cat >"$1/controller.properties" <<END
process.roles=controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$2
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:$2
log.dirs=$1/controller
broker.session.timeout.ms=3000
END
}

# Short where a test would wait, small where a default is meant for a data centre, and nothing deleted for its age:
# the events of the tests are stamped years back.
write_broker_properties() {
    cat >"$1/broker.properties" <<END
process.roles=broker
node.id=2
controller.quorum.voters=1@127.0.0.1:$2
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$3
advertised.listeners=PLAINTEXT://127.0.0.1:$3
log.dirs=$1/broker
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
auto.create.topics.enable=false
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=16777216
message.max.bytes=33554432
replica.fetch.max.bytes=33554432
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=1000
END
}

run_java() {
    local share
    share="$(share_option "$1")"
    shift
    exec java -XX:+UseSerialGC -Xlog:disable -Xlog:all=error:stderr "-Dlog4j2.configurationFile=$here/log4j2.properties" \
        -cp "$(class_path)" ${share:+"$share"} "$@"
}

format() {
    (run_java tool -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format -t "$2" -c "$1/$3.properties") \
        >"$1/format-$3.log" 2>&1 || {
        cat "$1/format-$3.log" >&2
        return 1
    }
}

# launch DIR controller|broker [JAVA_OPTION]: starts it in a session of its own, away from the caller's Ctrl-C.
launch() {
    local dir="$1" name="$2" heap=256m
    [ "$name" = controller ] || heap=768m
    export here kafka archives
    export -f class_path archive share_option run_java die
    setsid bash -c 'run_java "$@"' launch server "-Xmx$heap" -Dcaravan.log.level=INFO ${3:+"$3"} \
        kafka.Kafka "$dir/$name.properties" >>"$dir/$name.log" 2>&1 </dev/null 8>&- &
    echo "$!" >"$dir/$name.pid"
}

# The process of DIR's controller or broker, if it is still that one.
server_pid() {
    local pid
    pid="$(cat "$1/$2.pid" 2>/dev/null)" || return 1
    grep -qsF "$1/$2.properties" "/proc/$pid/cmdline" && echo "$pid"
}

count_lines() { grep -cE "$2" "$1" 2>/dev/null || true; }

# wait_for_line FILE REGEX COUNT SECONDS DIR NAME: until the log has the line COUNT times, or the process has ended.
wait_for_line() {
    local end=$((SECONDS + $4))
    until [ "$(count_lines "$1" "$2")" -ge "$3" ]; do
        if [ "$SECONDS" -ge "$end" ] || ! kill -0 "$(cat "$5/$6.pid")" 2>/dev/null; then
            return 1
        fi
        sleep 0.1
    done
}

start_broker() {
    local before
    before="$(count_lines "$1/broker.log" 'Kafka Server started')"
    launch "$1" broker ${broker_options:+"$broker_options"}
    wait_for_line "$1/broker.log" 'Kafka Server started' $((before + 1)) "$start_seconds" "$1" broker
}

start_servers() {
    local dir="$1" controller_port broker_port cluster
    controller_port="$(free_port)"
    broker_port="$(free_port)"
    write_controller_properties "$dir" "$controller_port"
    write_broker_properties "$dir" "$controller_port" "$broker_port"
    # The first letter is fixed: an id that begins with a dash would be read as an option.
    cluster="C$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)"
    format "$dir" "$cluster" broker &
    format "$dir" "$cluster" controller && wait "$!" || return 1
    launch "$dir" controller
    start_broker "$dir"
}

broker_address() { sed -n 's/^advertised.listeners=PLAINTEXT:\/\///p' "$1/broker.properties"; }

write_env() {
    {
        echo "BROKERS=${CARAVAN_TEST_BROKERS:-$(broker_address "$1")}"
        if [ -n "${CARAVAN_TEST_BROKERS:-}" ]; then
            echo "MANAGED=no"
        else
            echo "MANAGED=yes"
            echo "CONTROLLER_PID=$(cat "$1/controller.pid")"
            echo "BROKER_PID=$(cat "$1/broker.pid")"
        fi
    } >"$1/env.new"
    mv "$1/env.new" "$1/env"
}

start() {
    local try log
    mkdir -p "$1"
    if [ -n "${CARAVAN_TEST_BROKERS:-}" ]; then
        fetch_jars
        write_env "$1"
        return 0
    fi
    [ ! -e "$1/controller.pid" ] || die "$1 holds a Kafka already: stop it first and use a new folder."
    fetch
    trap 'stop_all "$dir"; exit 130' INT TERM
    for try in 1 2 3; do
        if start_servers "$1"; then
            write_env "$1"
            return 0
        fi
        stop_all "$1"
        # Another program may have taken a port between our look and the start: only that is worth another try.
        grep -qs 'Address already in use' "$1"/*.log && [ "$try" -lt 3 ] || break
        rm -rf "$1"/controller "$1"/broker "$1"/*.log
    done
    for log in "$1"/*.log; do
        tail -n 15 "$log" >&2
    done
    die "Kafka did not start within $start_seconds seconds (the ends of its logs are above)."
}

# signal_server DIR NAME SIGNAL SECONDS: true once it is gone.
signal_server() {
    local pid end=$((SECONDS + $4))
    pid="$(server_pid "$1" "$2")" || return 0
    kill "-$3" "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        # A killed child of a caller that does not wait stays as a zombie: gone all the same.
        ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status" || return 0
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

stop_server() {
    signal_server "$1" "$2" TERM 20 || signal_server "$1" "$2" KILL 5
}

stop_all() {
    stop_server "$1" broker
    stop_server "$1" controller
    rm -f "$1/broker.pid" "$1/controller.pid" "$1/env"
}

require_ours() {
    # shellcheck disable=SC1091
    . "$1/env" 2>/dev/null || die "$1 holds no running Kafka."
    [ "$MANAGED" = yes ] || { say "this Kafka is not ours to stop"; exit 3; }
}

# The controller notes each change of a registration: fenced=1 when it gives a broker up, fenced=-1 when it takes it in.
given_up() {
    grep -oE 'BrokerRegistrationChangeRecord\(brokerId=2,.*fenced=-?1,' "$1/controller.log" | tail -n 1 | grep -q '=1,$'
}

restart_broker() {
    local end=$((SECONDS + 20))
    [ -z "$(server_pid "$1" broker)" ] || die "the broker of $1 is running"
    until given_up "$1"; do
        [ "$SECONDS" -lt "$end" ] || die "the controller has not given the old broker up"
        sleep 0.1
    done
    start_broker "$1" || {
        tail -n 15 "$1/broker.log" >&2
        die "the broker did not come back"
    }
    write_env "$1"
}

# ---- tools ----

tool() {
    local class="$2"
    shift 2
    (run_java tool -Xmx256m -XX:TieredStopAtLevel=1 ${tool_options:+"$tool_options"} "$class" "$@")
}

tool_on() {
    local dir="$1" class="$2"
    shift 2
    # shellcheck disable=SC1091
    . "$dir/env" 2>/dev/null || die "$dir holds no running Kafka."
    tool "$dir" "$class" --bootstrap-server "$BROKERS" "$@"
}

usage() { sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2; }

[ "$#" -ge 1 ] || usage
command="$1"
shift
if [ "$command" != fetch ]; then
    [ "$#" -ge 1 ] || usage
    [ "$command" != start ] || mkdir -p "$1"
    dir="$(cd "$1" && pwd)" || die "$1 is no folder"
    shift
fi
case "$command" in
fetch) fetch ;;
start) start "$dir" ;;
stop) stop_all "$dir" ;;
stop-broker) require_ours "$dir"; stop_server "$dir" broker ;;
kill-broker) require_ours "$dir"; signal_server "$dir" broker KILL 5 ;;
restart-broker) require_ours "$dir"; restart_broker "$dir" ;;
tool) tool "$dir" "$@" ;;
topics) tool_on "$dir" org.apache.kafka.tools.TopicCommand "$@" ;;
configs) tool_on "$dir" kafka.admin.ConfigCommand "$@" ;;
groups) tool_on "$dir" org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" ;;
offsets) tool_on "$dir" org.apache.kafka.tools.GetOffsetShell "$@" ;;
delete-records) tool_on "$dir" org.apache.kafka.tools.DeleteRecordsCommand "$@" ;;
transactions) tool_on "$dir" org.apache.kafka.tools.TransactionsCommand "$@" ;;
produce) tool_on "$dir" org.apache.kafka.tools.ConsoleProducer "$@" ;;
consume) tool_on "$dir" org.apache.kafka.tools.consumer.ConsoleConsumer "$@" ;;
*) usage ;;
esac
