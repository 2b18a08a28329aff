#!/usr/bin/env bash
# README.md tells the truth: the record that it shows is what the program writes, and what it points to is there.
cd "$(dirname "$0")/../.." || exit 1
area=readme
. tests/support/cli.sh

sed -n '/^<!-- record -->$/,/^```$/p' README.md | grep -v -e '^<!--' -e '^```' >"$work/shown"
command="$(sed -n 's/^    build\/caravan \(merge .*\)$/\1/p' README.md)"
# shellcheck disable=SC2086
"$CARAVAN" $command >"$work/written" 2>"$work/err"

# Sorted keys, numbers as written.
canonical() {
    python3 -c 'import json, sys
print(json.dumps(json.load(open(sys.argv[1]), parse_float=str, parse_int=str), sort_keys=True))' "$1"
}
same_record() {
    canonical "$work/shown" >"$work/a" && canonical "$work/written" >"$work/b" && [ -s "$work/a" ] && diff "$work/a" "$work/b"
}
check "the record shown is the one written" same_record
for file in $(sed -n 's/.*](\([a-z][^)]*\)).*/\1/p' README.md) $(grep -o 'bash [a-z]*/[a-z]*\.sh' README.md | sed 's/bash //' | sort -u); do
    check "$file is there" test -e "$file"
done
for command in $(grep -oE 'caravan [a-z]+' README.md | cut -d ' ' -f 2 | sort -u); do
    check "caravan $command is a command" exits 0 "$CARAVAN" "$command" --help
done
exit $failures
