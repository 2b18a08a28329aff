#!/usr/bin/env bash
# The Debian package: built, installed on a clean Debian by apt alone, run there, removed without a trace. Prints a line a
# case.
cd "$(dirname "$0")/../.." || exit 1
area=package
. tests/support/cli.sh
. tests/image/containers.sh || exit 0

built() { bash deploy/package/deb.sh "$work/package" || return 1; }
check "the .deb is built" built
[ "$failures" = 0 ] || exit 1
deb="$(ls "$work"/package/*.deb)"
holds() { dpkg-deb -c "$deb" | grep -qE " \./$1\$"; }
for file in usr/bin/caravan usr/share/man/man1/caravan-run.1 usr/share/bash-completion/completions/caravan \
    usr/lib/systemd/system/caravan@.service etc/caravan/worker.properties usr/share/doc/caravan/caravan.spdx.json; do
    check "it holds /$file" holds "$file"
done
leaves_to_debian() { dpkg-deb -f "$deb" Depends | tee "$work/depends" | grep -q libssl3 && ! grep -q yyjson "$work/depends"; }
check "it depends on what Debian has" leaves_to_debian

clean="$(buildah from "$(bash deploy/image.sh --base)")" || exit 1
finish_clean() { buildah rm "$clean" >/dev/null 2>&1; finish; }
trap finish_clean EXIT
in_clean() { buildah run --isolation chroot --network host "$clean" -- "$@"; }
buildah copy -q "$clean" "$deb" /caravan.deb >/dev/null
buildah copy -q "$clean" tests/golden/records/cleared.events.jsonl /events >/dev/null
installs() {
    in_clean sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 \
        install --no-install-recommends /caravan.deb'
}
check "apt installs it on a clean Debian" installs
check "it runs there" in_clean caravan --version
merges() { in_clean caravan merge /events >"$work/out" && "$CARAVAN" merge tests/golden/records/cleared.events.jsonl | cmp - "$work/out"; }
check "it merges there" merges
removes() {
    in_clean apt-get -qq -y -o Dpkg::Use-Pty=0 purge caravan &&
        in_clean sh -c '! find / -xdev -path /proc -prune -o -path "*caravan*" -print | grep -vE "^/(caravan.deb|var/(lib|log|cache)/(dpkg|apt)/.*)$"'
}
check "it is removed without a trace" removes
exit $failures
