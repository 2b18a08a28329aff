#!/usr/bin/env bash
# The table of options in schemas/options.md is the one that the program prints from its option table.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${CARAVAN:=$PWD/build/caravan}"
name="options: the table in schemas/options.md is the program's"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

"$CARAVAN" run --help-markdown >"$work/printed" 2>"$work/error" || {
    echo "not ok $name"
    head -n 3 "$work/error"
    exit 1
}
awk '/^<!-- \/options -->$/ { inside = 0 } inside { print } /^<!-- options -->$/ { inside = 1 }' schemas/options.md >"$work/written"
if [ -s "$work/printed" ] && diff "$work/written" "$work/printed" >"$work/difference"; then
    echo "ok $name"
else
    echo "not ok $name"
    head -n 20 "$work/difference"
    echo "To bring it up to date: put what \`caravan run --help-markdown\` prints between the two marks."
    exit 1
fi
