#!/usr/bin/env bash
# Writes the expected records anew with the reference implementation, never with the program under test: a change must
# be argued from the spec, and is reviewed as a diff of these files.
#
# NAME.events.jsonl are the events; NAME.POLICY-REQUIRE[-expired].json is the record that they must give.
set -euo pipefail
cd "$(dirname "$0")/records"

record() { # NAME POLICY REQUIRE [expired]
    python3 ../../reference/merge.py --policy "$2" --require "$3" ${4:+--$4} "$1.events.jsonl" \
        > "$1.$2-$3${4:+-$4}.json"
}

for events in *.events.jsonl; do
    record "${events%.events.jsonl}" auto summary
done
for policy in applied never; do
    record policies "$policy" summary
done
for require in none full; do
    record cleared auto "$require"
    record incomplete auto "$require"
    record policies auto "$require"
done
record expired auto summary expired
