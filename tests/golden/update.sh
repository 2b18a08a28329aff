#!/usr/bin/env bash
# Writes the expected records anew with the reference implementation, never with the program under test: a change must
# be argued from schemas/contract.md, and is reviewed as a diff of these files.
#
# NAME.events.jsonl are the events; NAME.POLICY-REQUIRE[-expired].json is the record that they must give, where
# NAME.recognised is there with that list as `recognised`.
set -euo pipefail
cd "$(dirname "$0")/records"

record() { # NAME POLICY REQUIRE [expired]
    local recognised=""
    [ ! -f "$1.recognised" ] || recognised="$(cat "$1.recognised")"
    python3 ../../reference/merge.py --policy "$2" --require "$3" --recognised "$recognised" ${4:+--$4} \
        "$1.events.jsonl" > "$1.$2-$3${4:+-$4}.json"
}

for events in *.events.jsonl; do
    record "${events%.events.jsonl}" auto summary
done
for policy in applied never; do
    record policies "$policy" summary
done
for require in none full release; do
    for name in cleared decisions incomplete policies released; do
        record "$name" auto "$require"
    done
done
record released applied release
record expired auto summary expired
