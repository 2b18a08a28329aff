#!/usr/bin/env bash
# Holds the sources against the picture in stream/README.md: who may include whom, which library is used where, and
# the sizes that keep a file readable. One line a case.
set -uo pipefail
export LC_ALL=C.UTF-8   # columns are characters, not bytes
cd "$(dirname "$0")/.." || exit

# case_is NAME FINDINGS: fine when nothing was found.
case_is() {
    if [ -z "$2" ]; then
        echo "ok layout/$1"
    else
        echo "not ok layout/$1"
        printf '%s\n' "$2" | sed 's/^/  /'
    fi
}

sources() { find stream tests bench -name '*.[ch]' 2>/dev/null | sort; }

# room_includes ROOM ALLOWED_ROOM…: includes of other rooms' headers.
room_includes() {
    local room="$1" allowed
    allowed="$(IFS='|'; echo "$*")"
    grep -rnE '^#include "[a-z]+/' "stream/$room" 2>/dev/null | grep -vE "#include \"($allowed)/"
}

# only_in HEADER_REGEX FOLDER_REGEX: uses of a library's header in stream/ outside the folders that may.
only_in() { grep -rnE "^#include <($1)>" stream 2>/dev/null | grep -vE "^stream/($2)/"; }

case_is base_includes "$(room_includes base)"
case_is config_includes "$(room_includes config base)"
case_is event_includes "$(room_includes event base)"
case_is core_includes "$(room_includes core event base)"
case_is encode_includes "$(room_includes encode core event base)"
case_is checkpoint_includes "$(room_includes checkpoint core event base)"
case_is workload_includes "$(room_includes workload event base)"
case_is kafka_includes "$(room_includes kafka config base)"
case_is pipeline_includes "$(room_includes pipeline kafka checkpoint encode event core config base)"

case_is librdkafka_only_in_kafka "$(only_in 'librdkafka/.*' kafka)"
case_is yyjson_only_in_event "$(only_in 'yyjson\.h' event)"
case_is jansson_only_in_cold_code "$(only_in 'jansson\.h' 'commands|encode')"
case_is core_is_pure "$(grep -nE '^#include <(pthread|threads|time|sys/time|unistd|fcntl|ck_.*)\.h>' stream/core/*.[ch] \
    stream/checkpoint/*.[ch] 2>/dev/null)"

case_is lines_within_120_columns "$(sources | xargs grep -nE '.{121}' | cut -c 1-100)"
case_is sources_within_500_lines "$(sources | grep '\.c$' | xargs wc -l | awk '$2 != "total" && $1 > 500')"
case_is headers_within_150_lines "$(sources | grep '\.h$' | xargs wc -l | awk '$2 != "total" && $1 > 150')"
case_is no_tabs "$(sources | xargs grep -nP '\t' | head -n 20)"
case_is no_marks_left "$(sources | xargs grep -nE '\b(TODO|FIXME|XXX)\b' | head -n 20)"
