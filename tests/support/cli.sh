# What the scripts in cli/ that check many things share: sourced with `area` set, from the root of the repository.
# Gives $CARAVAN, a scratch folder $work that goes away, $failures for the exit code, and the functions below.
set -u
: "${CARAVAN:=$PWD/build/caravan}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failures=0

# check NAME COMMAND…: the command must succeed.
check() {
    local name="$1"
    shift
    if "$@" >"$work/check.log" 2>&1; then
        echo "ok $area: $name"
    else
        echo "not ok $area: $name"
        head -n 10 "$work/check.log"
        failures=1
    fi
}

# exits CODE COMMAND…: what it prints is then in $work/out and $work/err.
exits() {
    local wanted="$1" code
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    [ "$code" = "$wanted" ] || { echo "exit code $code instead of $wanted"; cat "$work/err"; return 1; }
}

same() { cmp "$1" "$2"; }
has() { grep -qF -- "$2" "$1" || { echo "no \"$2\" in:"; head -n 5 "$1"; return 1; }; }
not_in() { ! grep -qF -- "$2" "$1" || { echo "\"$2\" is in it:"; grep -F -- "$2" "$1" | head -n 5; return 1; }; }
