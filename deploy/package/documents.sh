#!/usr/bin/env bash
# Man pages and bash completion, made from what the program says of itself: `caravan --help`, `caravan COMMAND --help`,
# and for the options of a worker `caravan run --help-markdown`, which is its option table.
#
#   documents.sh CARAVAN FOLDER     writes FOLDER/man/*.1, FOLDER/man/caravan.properties.5 and FOLDER/completion/caravan
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
caravan="$1" out="$2"
export LC_ALL=C.UTF-8

version="$("$caravan" --version | sed -n '1s/^caravan \([^ ]*\).*/\1/p')"
help="$("$caravan" --help)"
table="$("$caravan" run --help-markdown)"
mapfile -t commands < <(awk '/^commands:/ { on = 1; next } NF == 0 { on = 0 } on { print $1 }' <<<"$help")
[ "${#commands[@]}" -gt 0 ] || { echo "documents: $caravan --help lists no command" >&2; exit 1; }

rm -rf "$out/man" "$out/completion"
mkdir -p "$out/man" "$out/completion"

# ---- man pages

page() { awk -f "$here/man.awk" -v "version=$version" "$@"; }

page -v name=caravan -v section=1 -v "commands=${commands[*]}" \
    -v about='merges events of freight trains into one clearance record a train' <<<"$help" >"$out/man/caravan.1"
for command in "${commands[@]}"; do
    about="$(sed -n "s/^  $command  *//p" <<<"$help")"
    "$caravan" "$command" --help | page -v "name=caravan-$command" -v section=1 -v "about=$about" \
        >"$out/man/caravan-$command.1"
done
page -v name=caravan.properties -v section=5 -v table=1 \
    -v about='configuration of caravan' <<<"$table" >"$out/man/caravan.properties.5"

# ---- completion: tables from the same texts, in front of the function that reads them

# What stands behind "usage: caravan COMMAND": create and check of topics, the topics that tail knows.
words_of() {
    "$caravan" "$1" --help | sed -n "s/^\(usage: \|       \)caravan $1 \([a-z][a-z|-]*\) .*/\2/p" | tr '|\n' '  '
}
options_of() { "$caravan" "$1" --help | sed -nE 's/^ {2,6}(-[a-zA-Z], )?(--[a-z-]+).*/\2/p' | tr '\n' ' '; }

{
    echo "# Bash completion of caravan $version, made from its --help by deploy/package/documents.sh."
    echo "declare -A _caravan_options=() _caravan_words=() _caravan_values=()"
    echo "_caravan_commands='${commands[*]}'"
    for command in "${commands[@]}"; do
        printf "_caravan_options[%s]='%s'\n" "$command" "$(options_of "$command" | sed 's/ $//')"
        words="$(words_of "$command" | sed 's/ *$//')"
        [ -z "$words" ] || printf "_caravan_words[%s]='%s'\n" "$command" "$words"
    done
    # An option whose values are words, as "auto, applied or never", offers them.
    awk -F ' *\\| *' '$2 ~ /^`/ && $2 !~ /NAME/ {
        gsub(/`/, "", $2)
        values = $3 ~ / or / ? $3 : ""
        gsub(/, | or /, " ", values)
        printf "_caravan_values[%s]='\''%s'\''\n", $2, values
    }' <<<"$table"
    cat "$here/completion.bash"
} >"$out/completion/caravan"
