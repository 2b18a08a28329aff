#!/usr/bin/env bash
# Builds the Debian package into FOLDER (default build/package): bash deploy/package/deb.sh [FOLDER]. Uses build/, and what
# deploy/deps.sh build installs.
#
# yyjson goes along in /usr/lib/caravan: Debian 12 has no package of it. All else comes from the system that the package is
# built on, so build it on the release that it is for.
set -euo pipefail
cd "$(dirname "$0")/../.."
out="${1:-build/package}"
librdkafka="${LIBRDKAFKA:-bundled}"

bash deploy/deps.sh build
yyjson="$(pkg-config --variable=libdir yyjson)/libyyjson.so.0"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DLIBRDKAFKA="$librdkafka" \
    -DCARAVAN_PRIVATE_LIBRARY="$yyjson" >/dev/null
cmake --build build --target caravan documents -- --quiet

# dpkg-shlibdeps wants a control file beside it.
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/debian"
printf 'Source: caravan\n\nPackage: caravan\nArchitecture: any\n' >"$scratch/debian/control"
needs="$(cd "$scratch" && dpkg-shlibdeps -O -xlibyyjson0 "$OLDPWD/build/caravan" | sed -n 's/^shlibs:Depends=//p')"

mkdir -p "$out"
log="$(mktemp -p "$scratch")"
(cd build && cpack --config CPackConfig.cmake -G DEB -B "$scratch/cpack" -D "CPACK_DEBIAN_PACKAGE_DEPENDS=$needs") >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
rm -f "$out"/caravan_*.deb
mv "$scratch"/cpack/caravan_*.deb "$out/"
ls "$out"/caravan_*.deb
