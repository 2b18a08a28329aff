#!/usr/bin/env bash
# Holds the sources against the picture in stream/README.md: who may include whom, who calls whom, which library is used
# where, and the sizes that keep a file readable. One line a case. Who calls whom is read from the objects in build/, so
# build first.
set -uo pipefail
export LC_ALL=C.UTF-8   # columns are characters, not bytes
cd "$(dirname "$0")/.." || exit

failed=0

# case_is NAME FINDINGS: fine when nothing was found.
case_is() {
    if [ -z "$2" ]; then
        echo "ok layout/$1"
    else
        failed=1
        echo "not ok layout/$1"
        printf '%s\n' "$2" | sed 's/^/  /'
    fi
}

sources() { find stream tests bench -name '*.[ch]' 2>/dev/null | sort; }
sources_and_python() { sources; find tests bench -name '*.py' 2>/dev/null | sort; }

# room_includes ROOM ALLOWED_ROOM…: includes of other rooms' headers.
room_includes() {
    local room="$1" allowed
    allowed="$(IFS='|'; echo "$*")"
    grep -rnE '^#include "[a-z]+/' "stream/$room" 2>/dev/null | grep -vE "#include \"($allowed)/"
}

# only_in HEADER_REGEX FOLDER_REGEX: uses of a library's header in stream/ outside the folders that may.
only_in() { grep -rnE "^#include <($1)>" stream 2>/dev/null | grep -vE "^stream/($2)/"; }

# calls ROOM: pairs `file file` of a room, the first needing a symbol that the second defines, as its library tells.
calls() {
    nm -AP "build/stream/libcaravan_$1.a" | awk '
        { gsub(/.*\[|\.o\]:/, "", $1) }
        $3 == "U" { user[++needs] = $1; symbol[needs] = $2; next }
        $3 ~ /^[A-Z]$/ { home[$2] = $1 }
        END {
            for (i = 1; i <= needs; i++)
                if (symbol[i] in home && home[symbol[i]] != user[i]) print user[i], home[symbol[i]]
        }' | sort -u
}

# circle_case ROOM: no file of a room calls one that calls it back, directly or through others.
circle_case() {
    local library="build/stream/libcaravan_$1.a"
    if [ ! -e "$library" ]; then
        echo "skip layout/$1_has_no_circles there is no $library: build first"
    elif [ -n "$(find "stream/$1" -name '*.c' -newer "$library")" ]; then
        case_is "$1_has_no_circles" "$library is older than its sources: build first"
    else
        case_is "$1_has_no_circles" "$(calls "$1" | tsort 2>&1 >/dev/null)"
    fi
}

# long_parameters ROOM: functions, declared or defined, that take more than five. What librdkafka and libmicrohttpd call
# takes what they give.
long_parameters() {
    find "stream/$1" -name '*.[ch]' | sort | xargs awk '
        { sub(/__attribute__\(\([a-z_]+(\([^()]*\))?\)\) */, "") }
        FNR == 1 { text = ""; at = 0 }
        /^static (rd_kafka_resp_err_t on_|enum MHD_Result )/ { next }
        text == "" && /^[a-z][A-Za-z0-9_ *]*[ *][a-z0-9_]+\(/ && !/=/ { at = FNR }
        text != "" || at == FNR { text = text " " $0 }
        text != "" && /[{;]$/ {
            depth = commas = 0
            for (i = index(text, "("); i <= length(text); i++) {
                c = substr(text, i, 1)
                depth += (c == "(") - (c == ")")
                commas += c == "," && depth == 1
                if (depth == 0) break
            }
            if (commas >= 5) print FILENAME ":" at ":" substr(text, 1, index(text, "(") - 1) ": " commas + 1
            text = ""
        }'
}

# The sources lie as clang-format 14 lays them, which is Debian 12's; later ones break some lines elsewhere.
format_case() {
    local tool
    for tool in clang-format-14 clang-format none; do
        "$tool" --version 2>/dev/null | grep -q ' version 14\.' && break
    done
    if [ "$tool" = none ]; then
        echo "skip layout/sources_are_formatted there is no clang-format 14: bash deploy/deps.sh test"
    else
        case_is sources_are_formatted "$(sources | xargs -P "$(nproc)" -n 20 "$tool" --dry-run 2>&1 |
            sed -n "s/^\([^:]*\):.*code should be clang-formatted.*/$tool -i \1/p" | sort -u)"
    fi
}

case_is base_includes "$(room_includes base)"
case_is flow_includes "$(room_includes flow base)"
case_is config_includes "$(room_includes config flow base)"
case_is event_includes "$(room_includes event base)"
case_is train_includes "$(room_includes train event base)"
case_is record_includes "$(room_includes record train event base)"
case_is encode_includes "$(room_includes encode record train event base)"
case_is checkpoint_includes "$(room_includes checkpoint record train event flow base)"
case_is workload_includes "$(room_includes workload event base)"
case_is kafka_includes "$(room_includes kafka config flow base)"
case_is report_includes "$(room_includes report encode train event base)"
case_is convert_includes "$(room_includes convert encode event base)"
case_is sign_includes "$(room_includes sign base)"
case_is partition_includes "$(room_includes partition sign checkpoint encode record train event flow base)"
case_is lanes_includes "$(room_includes lanes partition sign checkpoint encode record train event flow base)"
case_is files_includes "$(room_includes files lanes partition sign checkpoint encode record train event flow base)"
case_is http_includes "$(room_includes http worker lanes kafka partition sign checkpoint encode record train event config flow base)"
case_is worker_includes "$(room_includes worker kafka lanes partition sign checkpoint encode record train event config flow base)"

for room in $(find stream -mindepth 1 -maxdepth 1 -type d -printf "%f\n" | sort); do
    circle_case "$room"
    case_is "$room"_takes_five_parameters_at_most "$(long_parameters "$room")"
done

case_is librdkafka_only_in_kafka "$(only_in 'librdkafka/.*' kafka)"
case_is yyjson_only_in_event "$(only_in 'yyjson\.h' event)"
case_is libmicrohttpd_only_in_http "$(only_in 'microhttpd\.h' http)"
case_is libcrypto_only_in_sign "$(only_in 'openssl/.*' sign)"
case_is jansson_only_in_commands "$(only_in 'jansson\.h' commands)"
case_is merging_is_pure "$(grep -rnE '^#include (<(pthread|threads|stdatomic|semaphore|time|sys/time|unistd|fcntl|ck_.*)\.h>|"flow/(bell|ring)\.h")' \
    stream/{train,record,encode,checkpoint,partition} 2>/dev/null)"

# What is quoted on stderr, and so by getopt, goes through base/printable.h.
case_is quotes_are_made_printable "$(grep -rnE 'fprintf\(stderr.*%[-.*0-9]*s|perror\(|[^_]getopt_long\(' stream \
    | grep -v '^stream/commands/arguments\.[ch]:')"

# tests/unit/ROOM/test_FILE.c or test_FILE_SUBJECT.c has a stream/ROOM/FILE.
case_is unit_tests_mirror_the_sources "$(for test in tests/unit/*/test_*.c; do
    room="$(basename "$(dirname "$test")")" name="$(basename "$test" .c)"
    find "stream/$room" -name '*.[ch]' 2>/dev/null | sed 's|.*/||; s|\.[ch]$||' |
        awk -v "name=${name#test_}_" 'index(name, $0 "_") == 1 { found = 1 } END { exit !found }' || echo "$test"
done)"

case_is comments_cite_what_exists "$(python3 tests/citations.py 2>&1 | head -n 40)"

case_is lines_within_120_columns "$(sources | xargs grep -nE '.{121}' | cut -c 1-100)"
case_is sources_within_500_lines "$(sources | grep '\.c$' | xargs wc -l | awk '$2 != "total" && $1 > 500')"
case_is headers_within_150_lines "$(sources | grep '\.h$' | xargs wc -l | awk '$2 != "total" && $1 > 150')"
case_is kafka_cases_within_400_lines "$(wc -l tests/kafka/*.py | awk '$2 != "total" && $1 > 400')"
format_case
case_is no_tabs "$(sources_and_python | xargs grep -nP '\t' | head -n 20)"
case_is no_marks_left "$(sources_and_python | xargs grep -nE '\b(TODO|FIXME|XXX)\b' | head -n 20)"
exit "$failed"
