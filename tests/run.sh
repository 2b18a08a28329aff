#!/usr/bin/env bash
# Installs what is missing, builds Caravan in every way that finds errors, runs every test, and closes with one line:
# N passed, N failed, N skipped. See README.md for what the stages are.
#
#   bash tests/run.sh                          everything
#   CARAVAN_ONLY=release,cli bash tests/run.sh some stages (release builds what layout, schemas, cli and kafka use)
#
# Exit code 0: nothing failed (and, with CI=true, nothing was skipped); 1 otherwise. Logs: build/test/STAGE.log.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
root="$PWD"
out="$root/build/test"
cores="$(nproc)"

total_seconds=2700
stages=(deps release layout schemas cli kafka web image chart asan race clang fuzz)
declare -A limit=([deps]=900 [layout]=30 [release]=420 [schemas]=180 [cli]=420 [kafka]=1080 [asan]=600 [race]=240
    [clang]=300 [fuzz]=240 [image]=600 [chart]=300 [web]=300)

# ---- what a stage leaves behind: STAGE.count (passed failed skipped) and STAGE.failures (what to show) ----

passed=0 failed=0 skipped=0

fail() {
    failed=$((failed + 1))
    printf '%s\n' "$*" >>"$out/$stage.failures"
}

skip() {
    skipped=$((skipped + 1))
    printf 'skip %s\n' "$*" >>"$out/$stage.failures"
}

# The end of a log below a failure.
show_end() { tail -n "${2:-30}" "$1" | sed 's/^/    /' >>"$out/$stage.failures"; }

# build FOLDER TARGET CMAKE_ARG…
build() {
    local folder="$root/build/$1" target="$2" log="$out/$stage.build.log"
    shift 2
    mkdir -p "$folder"
    if ! cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCARAVAN_WERROR=ON "$@" >"$log" 2>&1 ||
        ! cmake --build "$folder" --target "$target" -- --quiet >>"$log" 2>&1; then
        fail "the build of ${folder#"$root"/} failed"
        grep -v '^-- ' "$log" | tail -n 40 | sed 's/^/    /' >>"$out/$stage.failures"
        return 1
    fi
}

# Counts Criterion's cases, and one for each plain program, from ctest's own log. A program that failed though none of
# its cases did (a leak, a crash outside a case, a time-out) is one failure more.
count_ctest() {
    awk '
        /^[0-9]+\/[0-9]+ Testing: / { cases = pass = bad = good = 0 }
        /^\[SKIP\]/ { skipped++ }
        /^\[====\] Synthesis:/ {
            gsub(/[^0-9]+/, " "); split($0, n, " ")
            cases += n[1]; pass += n[2]; bad += n[3] + n[4]
        }
        /^Test Passed\.$/ { good = 1 }
        /^"[^"]*" end time: / {
            programs++; passed += pass; failed += bad
            if (good && cases == 0) passed++
            if (!good && bad == 0) { failed++; if (pass > 0) passed-- }
        }
        END { print passed + 0, failed + 0, skipped + 0, programs + 0 }' "$1"
}

launcher=()   # what ctest is started through

# run_ctest FOLDER [CTEST_ARG…]
run_ctest() {
    local folder="$root/build/$1" log="$out/$stage.ctest.log" code ran counts
    shift
    "${launcher[@]}" ctest --test-dir "$folder" -j "$cores" --output-on-failure "$@" >"$log" 2>&1
    code=$?
    read -r -a counts < <(count_ctest "$folder/Testing/Temporary/LastTest.log")
    passed=$((passed + counts[0]))
    failed=$((failed + counts[1]))
    skipped=$((skipped + counts[2]))
    ran="$(sed -n 's/.* tests failed out of //p' "$log")"
    [ "${ran:-0}" -gt 0 ] || fail "ctest ran no test"
    # What ctest could not start at all is in its summary only.
    [ "${ran:-0}" -le "${counts[3]}" ] || fail "$((ran - counts[3])) test programs did not run"
    [ "$code" = 0 ] || [ "$failed" -gt 0 ] || fail "ctest ended with code $code"
    grep -hE '^\[SKIP\]' "$log" "$folder/Testing/Temporary/LastTest.log" | sort -u >>"$out/$stage.failures"
    [ "$failed" = 0 ] ||
        grep -E '\*\*\*|^\[(FAIL|----)\] ..*:|^\[CRASH\]|ERROR: |SUMMARY: |runtime error:' "$log" |
        sort -u | head -n 60 | sed 's/^/    /' >>"$out/$stage.failures"
}

# run_cases NAME COMMAND…: a program that prints a line a case: ok NAME, not ok NAME, skip NAME REASON.
run_cases() {
    local name="$1" log="$out/$stage.$1.log" code good bad
    shift
    "$@" >"$log" 2>&1 </dev/null
    code=$?
    good="$(grep -c '^ok ' "$log")"
    bad="$(grep -c '^not ok ' "$log")"
    passed=$((passed + good))
    skipped=$((skipped + $(grep -c '^skip ' "$log")))
    grep -E '^(not ok|skip) ' "$log" >>"$out/$stage.failures"
    failed=$((failed + bad))
    if [ "$code" != 0 ] && [ "$bad" = 0 ]; then
        fail "$name ended with code $code"
    elif [ "$((good + bad))" = 0 ] && ! grep -q '^skip ' "$log"; then
        fail "$name ran no case"
    fi
    [ "$failed" = 0 ] || grep -vE '^(ok|not ok|skip) ' "$log" | tail -n 20 | sed 's/^/    /' >>"$out/$stage.failures"
}

require_program() { [ -x "$CARAVAN" ] || { fail "build/caravan is not there: run the release stage"; return 1; }; }

# ---- stages ----

stage_deps() {
    local group
    if ! bash deploy/deps.sh build test kafka >"$out/deps.apt.log" 2>&1; then
        fail "something that the tests need is missing"
        show_end "$out/deps.apt.log"
    fi
    # What cannot be had here is skipped by name in the stage that needs it.
    for group in image chart web; do
        bash deploy/deps.sh "$group" >"$out/deps.$group.log" 2>&1 || echo "no $group: $(tail -n 1 "$out/deps.$group.log")"
    done
}

stage_layout() { run_cases layout bash tests/layout.sh; }

stage_release() {
    build . all -DCARAVAN_TESTS=ON && run_ctest .
}

stage_schemas() {
    require_program && run_cases schemas bash tests/schemas/run.sh
}

stage_cli() {
    local script
    require_program || return
    for script in tests/cli/*.sh; do
        run_cases "$(basename "$script" .sh)" bash "$script"
    done
}

stage_kafka() {
    require_program && run_cases kafka bash tests/kafka/run.sh
}

stage_web() {
    export CARAVAN_TEST_SCREENSHOTS="$out/web-pages"
    require_program && run_cases web bash tests/web/run.sh
}

stage_image() {
    require_program || return
    run_cases image bash tests/image/image.sh
    run_cases package bash tests/image/package.sh
    run_cases compose bash tests/image/compose.sh
}

stage_chart() {
    require_program && run_cases chart bash tests/chart/run.sh
}

stage_asan() {
    build asan all -DCARAVAN_SANITIZE=address -DCARAVAN_BENCH=OFF && run_ctest asan
}

# TSan cannot start under some kernels' address space randomisation.
stage_race() {
    compgen -G 'tests/race/*.c' >/dev/null || return 0
    build tsan race -DCARAVAN_SANITIZE=thread -DCARAVAN_BENCH=OFF || return
    ! setarch -R true 2>/dev/null || launcher=(setarch -R)
    run_ctest tsan -L race
}

# Everything once with clang: its warnings are others than gcc's, and libFuzzer is its own.
stage_clang() {
    CC=clang build clang all -DCARAVAN_FUZZ=ON -DCARAVAN_SANITIZE=address && passed=1
}

fuzz_seconds=20

fuzz_one() {
    local target="$1" corpus="$root/build/clang/corpus/$1" seeds=() options=() folder dictionary
    mkdir -p "$corpus"
    for folder in "tests/fuzz/seeds/$target" schemas/examples schemas/convert/examples; do
        [ ! -d "$folder" ] || seeds+=("$folder")
    done
    for dictionary in tests/fuzz/events.dict "tests/fuzz/$target.dict"; do
        [ ! -e "$dictionary" ] || options=("-dict=$dictionary")
    done
    ASAN_OPTIONS=detect_leaks=1 "build/clang/tests/$target" -max_total_time="$fuzz_seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -artifact_prefix="$out/$target-" -print_final_stats=1 \
        "${options[@]}" "$corpus" "${seeds[@]}" >"$out/$target.log" 2>&1
}

# As many at a time as there are cores.
stage_fuzz() {
    local source target targets=() at pids
    for source in tests/fuzz/fuzz_*.c; do
        [ ! -e "$source" ] || targets+=("$(basename "$source" .c)")
    done
    [ "${#targets[@]}" -gt 0 ] || return 0
    CC=clang build clang fuzz -DCARAVAN_FUZZ=ON -DCARAVAN_SANITIZE=address || return
    for ((at = 0; at < ${#targets[@]}; at += cores)); do
        pids=()
        for target in "${targets[@]:at:cores}"; do
            fuzz_one "$target" &
            pids+=("$!")
        done
        for target in "${targets[@]:at:cores}"; do
            if wait "${pids[0]}"; then
                passed=$((passed + 1))
            else
                fail "not ok $target (its input is in build/test/$target-*)"
                grep -E 'ERROR: |SUMMARY: | in [A-Za-z0-9_]+ /.*\.[ch]:[0-9]|Test unit written|Assertion' "$out/$target.log" |
                    cut -c 1-150 | sed 's/^/    /' >>"$out/$stage.failures"
            fi
            pids=("${pids[@]:1}")
        done
    done
}

# ---- one stage in a process of its own, so that a time limit ends all of it ----

if [ "${1:-}" = --stage ]; then
    stage="$2"
    export CARAVAN="$root/build/caravan" CARAVAN_TEST_TMP="$out/$stage.tmp"
    rm -rf "$CARAVAN_TEST_TMP"
    mkdir -p "$CARAVAN_TEST_TMP"
    "stage_$stage"
    echo "$passed $failed $skipped" >"$out/$stage.count"
    exit 0
fi

# A stage that was ended by its limit may have left a Kafka behind.
stop_brokers() {
    local env
    for env in "$out/$1.tmp"/env "$out/$1.tmp"/*/env "$out/$1.tmp"/*/*/env; do
        [ ! -e "$env" ] || bash deploy/kafka/broker.sh stop "$(dirname "$env")" >/dev/null 2>&1
    done
}

shown_max=60   # lines of a stage's failures

show_failures() {
    local more
    head -n "$shown_max" "$1" | cut -c 1-300 | sed 's/^/    /'
    more=$(($(wc -l <"$1") - shown_max))
    [ "$more" -le 0 ] || echo "    … and $more lines more in ${1#"$root"/}"
}

run_stage() {
    local name="$1" began="$SECONDS" seconds="${limit[$1]}" code counts=(0 0 0)
    [ "$seconds" -le $((total_seconds - SECONDS)) ] || seconds=$((total_seconds - SECONDS))
    [ "$seconds" -gt 0 ] || seconds=1
    rm -rf "$out/$name".*
    timeout -k 20 "$seconds" bash "$root/tests/run.sh" --stage "$name" >"$out/$name.log" 2>&1 &
    child=$!
    wait "$child"
    code=$?
    child=
    stop_brokers "$name"
    if [ -e "$out/$name.count" ]; then
        read -r -a counts <"$out/$name.count"
    else
        counts[1]=1
        [ "$code" != 124 ] || echo "not finished within its limit of $seconds s" >>"$out/$name.failures"
        tail -n 20 "$out/$name.log" >>"$out/$name.failures"
    fi
    passed=$((passed + counts[0]))
    failed=$((failed + counts[1]))
    skipped=$((skipped + counts[2]))
    printf '%-8s %4d s   %d passed, %d failed, %d skipped\n' "$name" $((SECONDS - began)) "${counts[@]}"
    [ ! -s "$out/$name.failures" ] || show_failures "$out/$name.failures"
}

child=
trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null; wait; exit 130' INT TERM

only="${CARAVAN_ONLY:-}"
for name in ${only//,/ }; do
    [ -n "${limit[$name]:-}" ] || { echo "'$name' is not a stage: ${stages[*]}" >&2; exit 2; }
done
mkdir -p "$out"
for name in "${stages[@]}"; do
    case ",${only:-$name}," in
    *",$name,"*) run_stage "$name" ;;
    esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && { [ "${CI:-}" != true ] || [ "$skipped" = 0 ]; }
