#!/usr/bin/env bash
# What `cmake --install` puts where, and what is made from the program's own texts: man pages, completion, bill of
# materials, --version; and the systemd unit as systemd sees it.
cd "$(dirname "$0")/../.." || exit 1
area=install
. tests/support/cli.sh
root="$work/root"

installs() { DESTDIR="$root" cmake --install build --prefix /usr; }
check "cmake --install" installs
for file in bin/caravan share/man/man1/caravan.1 share/man/man1/caravan-run.1 share/man/man5/caravan.properties.5 \
    share/bash-completion/completions/caravan share/doc/caravan/LICENSE share/doc/caravan/NOTICE share/doc/caravan/CHANGELOG.md \
    share/doc/caravan/caravan.spdx.json lib/systemd/system/caravan@.service; do
    check "/usr/$file" test -s "$root/usr/$file"
done
check "/etc/caravan/worker.properties is for root alone" test "$(stat -c %a "$root/etc/caravan/worker.properties")" = 640
keeps_configuration() {
    echo '# mine' >"$root/etc/caravan/worker.properties"
    installs && [ "$(cat "$root/etc/caravan/worker.properties")" = '# mine' ]
}
check "a configuration that is there stays" keeps_configuration

# ---- --version

exits 0 "$CARAVAN" --version
version_line() { grep -qE "^caravan [0-9]+\.[0-9]+\.[0-9]+ \([^()]+\)$" <(head -n 1 "$work/out"); }
check "--version names version and commit" version_line
for library in 'librdkafka [0-9.]+ \(.*ssl.*\)' 'yyjson [0-9.]+' 'jansson [0-9.]+' 'zlib [0-9.]+' 'zstd [0-9.]+' 'OpenSSL [0-9.]+.*' 'xxHash [0-9.]+' \
    'Concurrency Kit [0-9.]+'; do
    check "--version names ${library%% [[]*}" grep -qxE "$library" "$work/out"
done

# ---- man pages

if command -v groff >/dev/null; then
    formatted() { groff -man -Tutf8 -ww "$1" 2>&1 >"$work/page" | tee "$work/said"; [ ! -s "$work/said" ] && [ -s "$work/page" ]; }
    for page in "$root"/usr/share/man/man[15]/*; do
        check "$(basename "$page") without a complaint" formatted "$page"
    done
else
    echo "skip $area: man pages: there is no groff: bash deploy/deps.sh test"
fi
mapfile -t commands < <("$CARAVAN" --help | awk '/^commands:/ { on = 1; next } NF == 0 { on = 0 } on { print $1 }')
# Every option that --help lists, in its page (where '-' is written "\-").
has_options() {
    local option page="$root/usr/share/man/man1/caravan-$1.1"
    for option in $("$CARAVAN" "$1" --help | grep -oE '^ {2,6}(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
        has "$page" "${option//-/\\-}" || return 1
    done
}
for command in "${commands[@]}"; do
    check "caravan-$command.1 has the options of --help" has_options "$command"
done
has_settings() {
    local name
    for name in $("$CARAVAN" run --help-markdown | sed -n 's/^| `\([a-z._]*\)` .*/\1/p'); do
        has "$root/usr/share/man/man5/caravan.properties.5" "\\fB$name\\fR" || return 1
    done
}
check "caravan.properties.5 has every option of a worker" has_settings

# ---- completion

# completes LINE WANTED: what a Tab at the end of LINE offers holds WANTED. Readline splits at '=' too.
completes() {
    bash -c '
        . "$1"
        read -r -a COMP_WORDS < <(sed "s/=/ = /g" <<<"$2")
        [[ "$2" != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _caravan
        printf "%s\n" "${COMPREPLY[@]}" | grep -qxF -e "$3" || { printf "offered: %s\n" "${COMPREPLY[*]}"; exit 1; }
    ' complete "$root/usr/share/bash-completion/completions/caravan" "$1" "$2"
}
check "completion: a command" completes 'caravan pro' produce
check "completion: what topics does" completes 'caravan topics ' check
check "completion: a topic of tail" completes 'caravan tail dead' dead-letters
check "completion: an option" completes 'caravan merge --rej' --rejects
check "completion: the name of a setting" completes 'caravan run --set merge.' merge.policy=
check "completion: its values" completes 'caravan run --set merge.policy=' applied
check "completion: one of its values" completes 'caravan run --set log.level=w' warning

# ---- bill of materials

bill() {
    python3 - "$root/usr/share/doc/caravan/caravan.spdx.json" "$CARAVAN" <<'END'
import hashlib, json, subprocess, sys
bill = json.load(open(sys.argv[1]))
packages = {package["SPDXID"]: package for package in bill["packages"]}
assert bill["spdxVersion"] == "SPDX-2.3" and len(packages) == len(bill["packages"]), "ids are unique"
for relation in bill["relationships"]:
    assert relation["relatedSpdxElement"] in packages, relation
    assert relation["spdxElementId"] in packages or relation["spdxElementId"] == "SPDXRef-DOCUMENT", relation
names = {package["name"]: package for package in packages.values()}
assert names["caravan"]["checksums"][0]["checksumValue"] == hashlib.sha256(open(sys.argv[2], "rb").read()).hexdigest()
assert all(package["versionInfo"] not in ("", "NOASSERTION") for package in packages.values()), "every version is known"
about = subprocess.run([sys.argv[2], "--version"], capture_output=True, text=True).stdout.splitlines()
assert any(line.startswith(f"librdkafka {names['librdkafka']['versionInfo']} ") for line in about), about
for name in ("Concurrency Kit", "libjansson4", "libzstd1", "libxxhash0", "zlib1g", "libc6"):
    assert name in names, f"{name} is missing"
END
}
if command -v dpkg-query >/dev/null; then
    check "the bill of materials names what is inside" bill
else
    echo "skip $area: the bill of materials: this is no Debian"
fi

# ---- the unit

if command -v systemd-analyze >/dev/null; then
    cp "$root/usr/lib/systemd/system/caravan@.service" "$work/caravan@1.service"
    unit_is_right() {
        sed -i "s|^ExecStart=[^ ]*|ExecStart=$CARAVAN|; /^Documentation=/d" "$work/caravan@1.service"
        systemd-analyze verify "$work/caravan@1.service" >"$work/said" 2>&1 && [ ! -s "$work/said" ] || { cat "$work/said"; return 1; }
    }
    unit_is_hardened() {
        local level
        level="$(systemd-analyze security --no-pager --offline=true "$work/caravan@1.service" | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')"
        echo "exposure level ${level:-unknown}"
        awk -v level="${level:-10}" 'BEGIN { exit !(level < 2.0) }'
    }
    check "the unit is one that systemd reads" unit_is_right
    check "the unit's exposure is below 2.0" unit_is_hardened
else
    echo "skip $area: the unit: there is no systemd-analyze: bash deploy/deps.sh test"
fi
exit $failures
