#!/usr/bin/env bash
# Help: of every command, within 80 columns.
cd "$(dirname "$0")/../.." || exit 1
area=help
. tests/support/cli.sh
export LC_ALL=C.UTF-8

narrow() { ! grep -nE '.{81}' "$work/out"; }
check "caravan --help" exits 0 "$CARAVAN" --help
check "caravan --help: 80 columns" narrow
commands="$(awk '/^commands:/ { on = 1; next } NF == 0 { on = 0 } on { print $1 }' "$work/out")"
for command in $commands; do
    check "$command --help" exits 0 "$CARAVAN" "$command" --help
    check "$command --help: how it is used" has "$work/out" "usage: caravan $command"
    check "$command --help: 80 columns" narrow
done
exit $failures
