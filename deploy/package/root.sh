#!/usr/bin/env bash
# Fills a folder with all that a worker needs to run, as the root of an image: the stripped program, the libraries that it
# loads, certificates, its users, licences and the bill of materials.
#
#   root.sh BUILD FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
build="$1" out="$2"
certificates=/etc/ssl/certs/ca-certificates.crt
documents=usr/share/doc/caravan

mkdir -p "$out/usr/bin" "$out/$documents" "$out/etc" "$out/tmp" "$out/var/lib/dpkg/status.d"
chmod 1777 "$out/tmp"
strip -o "$out/usr/bin/caravan" "$build/caravan"
cp "$here/../../LICENSE" "$here/../NOTICE" "$out/$documents/"
cp "${XDG_CACHE_HOME:-$HOME/.cache}"/caravan/librdkafka-*/share/licenses/librdkafka/LICENSES.txt \
    "$out/$documents/librdkafka.LICENSES.txt"

# glibc loads libgcc_s by itself where a thread ends early.
mapfile -t libraries < <(ldd "$build/caravan" | sed -nE 's/.* => (\/[^ ]+).*/\1/p; s/^\t(\/[^ ]+) \(.*/\1/p')
libgcc="$(ldconfig -p | sed -n 's/.*libgcc_s\.so\.1 (.*x86-64.*) => //p; s/.*libgcc_s\.so\.1 (.*AArch64.*) => //p')"
cp -L --parents "${libraries[@]}" "${libgcc%%$'\n'*}" "$certificates" "$out/"

cat >"$out/etc/passwd" <<'END'
root:x:0:0:root:/:/sbin/nologin
caravan:x:65532:65532:caravan:/:/sbin/nologin
END
printf 'root:x:0:\ncaravan:x:65532:\n' >"$out/etc/group"
echo 'hosts: files dns' >"$out/etc/nsswitch.conf"

bash "$here/sbom.sh" "$out/usr/bin/caravan" "${libgcc%%$'\n'*}" "$certificates" >"$out/$documents/caravan.spdx.json"

# What scanners of images read: the packages that the files came from; and their licences. The authorities' certificates are
# made from those of their package.
sed -n 's/.*"referenceLocator": "pkg:deb\/debian\/\([^@]*\)@.*/\1/p' "$out/$documents/caravan.spdx.json" | { cat; echo ca-certificates; } |
    sort -u | while read -r package; do
    dpkg-query -s "$package" >"$out/var/lib/dpkg/status.d/$package"
    mkdir -p "$out/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$out/usr/share/doc/$package/"
done
