#!/usr/bin/env bash
# Shows what Caravan does, in under ten seconds once it is built: generates events of 60 trains, merges them into one
# clearance record a train, and shows three of the records and a summary. Leaves nothing behind but the build.
#
#   bash deploy/demo.sh [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."

seed="${1:-2020}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
caravan=build/caravan

title() { printf '\n== %s\n\n' "$*"; }

# Prints a command as a reader would type it in the demonstration's folder.
typed() { printf '$ %s\n' "$*"; }

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

generate_events() {
    title "Events: manifests, amendments, compositions, arrivals, controls, declarations; repeated and out of order"
    typed "caravan generate --preset small --seed $seed --shuffle window:2000 --truth truth.json -o events.jsonl"
    "$caravan" generate --preset small --seed "$seed" --shuffle window:2000 --truth "$work/truth.json" -o "$work/events.jsonl"
    printf '%d lines, %d KiB. One of them:\n\n' "$(wc -l <"$work/events.jsonl")" "$(($(wc -c <"$work/events.jsonl") / 1024))"
    grep -m 1 '"specversion":"1.0".*rail.train.arrived.*"arrived_at"' "$work/events.jsonl"
}

merge_files() {
    title "The merge: one clearance record a train"
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

show_summary() {
    title "Summary"
    cat "$work/summary"
    title "What the generator planned, which the merge has to find to the last digit"
    cat "$work/truth.json"
    printf '\nMore: build/caravan --help, and README.md.\n'
}

demo_files() {
    generate_events
    merge_files
    show_records
    show_summary
}

bash deploy/build.sh
demo_files
