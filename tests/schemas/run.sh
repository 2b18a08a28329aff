#!/usr/bin/env bash
# Checks schemas/ with an independent validator (ajv): the schemas themselves, the AsyncAPI document, the examples,
# and what the program writes. Prints a line a case: ok NAME, not ok NAME, skip NAME REASON. Exit code 1 if one failed.
#
#   CARAVAN=FILE               the program (default: build/caravan)
#   CARAVAN_SCHEMA_DOCS=DIR    more documents to check, such as those that the tests on Kafka record:
#                              SCHEMA-ANYTHING.json (one document) or SCHEMA-ANYTHING.jsonl (one a line); SCHEMA is
#                              event or a name in schemas/records
#
# Needs Node.js 18 or newer. The validator comes from npm in the versions of package-lock.json, once, into a cache.
set -euo pipefail
cd "$(dirname "$0")/../.."
caravan="${CARAVAN:-$PWD/build/caravan}"
export CARAVAN="$caravan"
here="$PWD/tests/schemas"

# A folder for exactly these versions; made aside and renamed, so that it is whole or not there.
install_validator() {
    local cache version
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan/schemas"
    version="$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c 1-16)"
    modules="$cache/$version"
    [ ! -d "$modules/node_modules" ] || return 0
    mkdir -p "$cache"
    local aside
    aside="$(mktemp -d "$cache/new.XXXXXX")"
    cp "$here/package.json" "$here/package-lock.json" "$aside"
    if ! npm ci --prefix "$aside" --ignore-scripts --no-audit --no-fund --loglevel=error >&2; then
        rm -rf "$aside"
        echo "not ok schemas: npm could not install the validator (see above)"
        exit 1
    fi
    mv -T "$aside" "$modules" 2>/dev/null || rm -rf "$aside"
}

# merged NAME MERGE_OPTION…: what the merge of the generated events gives.
merged() {
    local name="$1"
    shift
    "$caravan" merge "$@" --rejects "$work/rejects-$name.jsonl" --facts "$work/facts-$name.jsonl" \
        -o "$work/clearance-$name.jsonl" "$work/events.jsonl" 2>"$work/log" ||
        { echo "not ok schemas: caravan merge $*"; cat "$work/log"; exit 1; }
}

# converted FORM EXAMPLE…: what examples of another standard become.
converted() {
    local form="$1"
    shift
    (cd schemas/convert/examples && "$caravan" convert "$form" --train 'X8024|2020-12-16|CNAKL' -o "$work/event-$form.jsonl" \
        --rejects "$work/rejects-$form.jsonl" "$@" 2>"$work/log") ||
        { echo "not ok schemas: caravan convert $form"; cat "$work/log"; exit 1; }
}

produce() {
    "$caravan" generate --preset small --linked 0.2 --seed 7 -o "$work/events.jsonl" 2>"$work/log" ||
        { echo "not ok schemas: caravan generate"; cat "$work/log"; exit 1; }
    merged auto-summary
    merged applied-full --policy applied --require full
    merged never-none --policy never --require none
    converted dcsa dcsa-2.2.json dcsa-3.0.json
    converted epcis epcis-document.jsonld epcis-query.json
    converted edifact cuscar.edi iftmcs-deleted.edi
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
install_validator
if [ -x "$caravan" ]; then
    produce
else
    echo "skip schemas: what the program writes: there is no $caravan"
fi
# Documents that only a worker puts out; the unit tests of the same build leave some there.
folders=()
if [ -d "$(dirname "$caravan")/schema-docs" ]; then
    folders+=("$(dirname "$caravan")/schema-docs")
else
    echo "skip schemas: traffic and throughput as the program writes them: the unit tests of this build did not run yet"
fi
[ -z "${CARAVAN_SCHEMA_DOCS:-}" ] || folders+=("$CARAVAN_SCHEMA_DOCS")
node "$here/validate.mjs" "$modules" "$PWD" "$work" "${folders[@]}"
