#!/usr/bin/env bash
# A real Apache Kafka on loopback, for the tests and the demonstration: a controller and one broker or several, each a
# process of its own, so that a broker alone can be killed and brought back.
#
#   broker.sh fetch                  get Kafka into the cache (start does it as well)
#   broker.sh start DIR [--brokers N] [--secure]
#                                    start on free ports with everything kept in DIR; DIR/env says where: BROKERS=…
#                                    Several brokers keep three copies of what is theirs, and want two to be there
#                                    (min.insync.replicas).
#                                    --secure: beside it a listener that wants TLS and SCRAM and lets nobody do what no
#                                    ACL allows; DIR/env then has SECURE=HOST:PORT and CA=FILE. Whoever comes to the
#                                    other one may do everything, and so makes users and ACLs.
#   broker.sh stop DIR               stop all of them (SIGTERM, then SIGKILL)
#   broker.sh stop-broker DIR [N]    SIGTERM to broker N (from 1, the default), and wait until it is gone
#   broker.sh kill-broker DIR [N]    SIGKILL to the broker
#   broker.sh restart-broker DIR [N] start it again, same port and data, once the controller has given the old one up
#   broker.sh tool DIR CLASS ARG…    one of Kafka's Java tools, such as org.apache.kafka.tools.TopicCommand
#   broker.sh topics|configs|acls|groups|offsets|delete-records|transactions|produce|consume DIR ARG…
#                                    the usual tools, with --bootstrap-server given
#
#   KAFKA_HOME=FOLDER                use the libs/ of this Kafka instead of getting one from Maven
#   CARAVAN_TEST_BROKERS=HOST:PORT   use a Kafka that runs already: start only writes DIR/env, stop leaves it alone, and
#                                    what stops, kills or restarts a broker is refused with exit code 3
#
# The logs are DIR/controller.log, DIR/broker.log and DIR/broker-2.log, …; settings are in DIR/broker.properties, …, and
# count from the next restart-broker on. Whoever calls start calls stop, at best from a trap.
set -euo pipefail

version=4.3.0
copy_dependencies=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
here="$(cd "$(dirname "$0")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
kafka="${KAFKA_HOME:-$cache/kafka-$version}"
archives="$cache/kafka-archives"
start_seconds=120

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
        start_servers "$dir" 1
        tool_options="-XX:ArchiveClassesAtExit=$dir/tool.jsa"
        tool "$dir" org.apache.kafka.tools.TopicCommand --bootstrap-server "$(addresses "$dir")" --list
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
node.id=0
controller.quorum.voters=0@127.0.0.1:$2
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:$2
log.dirs=$1/controller
broker.session.timeout.ms=3000
END
    [ -z "$secure" ] || write_authorizer >>"$1/controller.properties"
}

# ---- the listener of --secure

secure=

# Who comes without a password is ANONYMOUS: the controller, the broker itself, and tests as administrators.
write_authorizer() {
    echo 'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer'
    echo 'super.users=User:ANONYMOUS'
}

# make_certificates DIR: an authority (ca.pem), and what brokers show (broker.pem: key and certificate).
make_certificates() {
    local dir="$1"
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Caravan test authority' -keyout "$dir/ca.key" -out "$dir/ca.pem" &&
            openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout "$dir/broker.key" \
                -out "$dir/broker.csr" &&
            openssl x509 -req -in "$dir/broker.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
                -copy_extensions copyall -out "$dir/broker.crt"
    } >"$dir/certificates.log" 2>&1 || { cat "$dir/certificates.log" >&2; die "openssl could not make certificates."; }
    cat "$dir/broker.key" "$dir/broker.crt" >"$dir/broker.pem"
}

# write_secure_listener DIR PORT SECURE_PORT
write_secure_listener() {
    local both="PLAINTEXT://127.0.0.1:$2,SASL_SSL://127.0.0.1:$3"
    write_authorizer
    cat <<END
listeners=$both
advertised.listeners=$both
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=$1/broker.pem
END
}

# What broker N is called on the disk: broker, broker-2, broker-3, …
name_of() { [ "$1" = 1 ] && echo broker || echo "broker-$1"; }

# write_broker_properties DIR CONTROLLER_PORT NUMBER PORT BROKERS
# Short where a test would wait, small where a default is meant for a data centre, and nothing deleted for its age:
# the events of the tests are stamped years back.
write_broker_properties() {
    local copies=1 in_sync=1
    [ "$5" -lt 3 ] || copies=3 in_sync=2
    cat >"$1/$(name_of "$3").properties" <<END
process.roles=broker
node.id=$3
controller.quorum.voters=0@127.0.0.1:$2
controller.listener.names=CONTROLLER
log.dirs=$1/$(name_of "$3")
min.insync.replicas=$in_sync
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
auto.create.topics.enable=false
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=16777216
message.max.bytes=33554432
replica.fetch.max.bytes=33554432
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$in_sync
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$in_sync
group.initial.rebalance.delay.ms=0
quota.window.num=2
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=1000
END
    if [ -n "$secure" ]; then
        write_secure_listener "$1" "$4" "$(free_port)"
    else
        printf '%s=PLAINTEXT://127.0.0.1:%s\n' listeners "$4" advertised.listeners "$4"
    fi >>"$1/$(name_of "$3").properties"
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

# launch DIR controller|broker|broker-N [JAVA_OPTION]: starts it in a session of its own, away from the caller's Ctrl-C.
launch() {
    local dir="$1" name="$2" heap=256m
    [ "$name" = controller ] || [ -e "$dir/broker-2.properties" ] || heap=768m
    export here kafka archives
    export -f class_path archive share_option run_java die
    setsid bash -c 'run_java "$@"' launch server "-Xmx$heap" -Dcaravan.log.level=INFO ${3:+"$3"} \
        kafka.Kafka "$dir/$name.properties" >>"$dir/$name.log" 2>&1 </dev/null 8>&- &
    echo "$!" >"$dir/$name.pid"
}

# The process of a server of DIR, if it is still that one.
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

# start_brokers DIR NAME…: all at once, then waits for each.
start_brokers() {
    local dir="$1" name
    local -A before
    shift
    for name in "$@"; do
        before[$name]="$(count_lines "$dir/$name.log" 'Kafka Server started')"
        launch "$dir" "$name" ${broker_options:+"$broker_options"}
    done
    for name in "$@"; do
        wait_for_line "$dir/$name.log" 'Kafka Server started' $((before[$name] + 1)) "$start_seconds" "$dir" "$name" ||
            return 1
    done
}

broker_names() { (cd "$1" && ls broker.properties broker-*.properties 2>/dev/null) | sed 's/\.properties$//'; }

# start_servers DIR BROKERS
start_servers() {
    local dir="$1" number name names=() controller_port cluster job jobs=()
    controller_port="$(free_port)"
    [ -z "$secure" ] || make_certificates "$dir"
    write_controller_properties "$dir" "$controller_port"
    for ((number = 1; number <= $2; number++)); do
        write_broker_properties "$dir" "$controller_port" "$number" "$(free_port)" "$2"
        names+=("$(name_of "$number")")
    done
    # The first letter is fixed: an id that begins with a dash would be read as an option.
    cluster="C$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)"
    for name in controller "${names[@]}"; do
        format "$dir" "$cluster" "$name" &
        jobs+=("$!")
    done
    for job in "${jobs[@]}"; do
        wait "$job" || return 1
    done
    launch "$dir" controller
    start_brokers "$dir" "${names[@]}"
}

# addresses DIR [PROTOCOL]
addresses() { sed -nE "s/^advertised.listeners=(.*,)?${2:-PLAINTEXT}:\/\/([^,]*).*/\2/p" "$1"/broker*.properties | paste -sd, -; }

write_env() {
    {
        echo "BROKERS=${CARAVAN_TEST_BROKERS:-$(addresses "$1")}"
        if [ -n "${CARAVAN_TEST_BROKERS:-}" ]; then
            echo "MANAGED=no"
        else
            echo "MANAGED=yes"
        fi
        [ -z "$secure" ] || printf 'SECURE=%s\nCA=%s\n' "$(addresses "$1" SASL_SSL)" "$1/ca.pem"
    } >"$1/env.new"
    mv "$1/env.new" "$1/env"
}

# start DIR BROKERS
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
        if start_servers "$1" "$2"; then
            write_env "$1"
            return 0
        fi
        stop_all "$1"
        # Another program may have taken a port between our look and the start: only that is worth another try.
        grep -qs 'Address already in use' "$1"/*.log && [ "$try" -lt 3 ] || break
        rm -rf "$1"/controller "$1"/broker* "$1"/*.log
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
    local name job jobs=()
    for name in $(broker_names "$1"); do
        stop_server "$1" "$name" &
        jobs+=("$!")
    done
    for job in "${jobs[@]}"; do
        wait "$job" || true
    done
    stop_server "$1" controller
    rm -f "$1"/*.pid "$1/env"
}

require_ours() {
    # shellcheck disable=SC1091
    . "$1/env" 2>/dev/null || die "$1 holds no running Kafka."
    [ "$MANAGED" = yes ] || { say "this Kafka is not ours to stop"; exit 3; }
}

# The controller notes each change of a registration: fenced=1 when it gives a broker up, fenced=-1 when it takes it in.
given_up() {
    local number="${2#broker}"
    number="${number#-}"
    grep -oE "BrokerRegistrationChangeRecord\(brokerId=${number:-1},.*fenced=-?1," "$1/controller.log" | tail -n 1 |
        grep -q '=1,$'
}

restart_broker() {
    local end=$((SECONDS + 20))
    [ -z "$(server_pid "$1" "$2")" ] || die "$2 of $1 is running"
    until given_up "$1" "$2"; do
        [ "$SECONDS" -lt "$end" ] || die "the controller has not given the old $2 up"
        sleep 0.1
    done
    start_brokers "$1" "$2" || {
        tail -n 15 "$1/$2.log" >&2
        die "$2 did not come back"
    }
}

# broker_name DIR [NUMBER]
broker_name() {
    [ -e "$1/$(name_of "${2:-1}").properties" ] || die "$1 has no broker ${2:-1}"
    name_of "${2:-1}"
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
start)
    brokers=1
    [ "${1:-}" != --brokers ] || { brokers="${2:-}"; shift; shift; }
    [ "${1:-}" != --secure ] || { secure=yes; shift; }
    [ "$#" = 0 ] && [[ "$brokers" =~ ^[1-9]$ ]] || usage
    start "$dir" "$brokers"
    ;;
stop) stop_all "$dir" ;;
stop-broker | kill-broker | restart-broker)
    require_ours "$dir"
    name="$(broker_name "$dir" "$@")"
    case "$command" in
    stop-broker) stop_server "$dir" "$name" ;;
    kill-broker) signal_server "$dir" "$name" KILL 5 ;;
    restart-broker) restart_broker "$dir" "$name" ;;
    esac
    ;;
tool) tool "$dir" "$@" ;;
topics) tool_on "$dir" org.apache.kafka.tools.TopicCommand "$@" ;;
configs) tool_on "$dir" kafka.admin.ConfigCommand "$@" ;;
acls) tool_on "$dir" org.apache.kafka.tools.AclCommand "$@" ;;
groups) tool_on "$dir" org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" ;;
offsets) tool_on "$dir" org.apache.kafka.tools.GetOffsetShell "$@" ;;
delete-records) tool_on "$dir" org.apache.kafka.tools.DeleteRecordsCommand "$@" ;;
transactions) tool_on "$dir" org.apache.kafka.tools.TransactionsCommand "$@" ;;
produce) tool_on "$dir" org.apache.kafka.tools.ConsoleProducer "$@" ;;
consume) tool_on "$dir" org.apache.kafka.tools.consumer.ConsoleConsumer "$@" ;;
*) usage ;;
esac
