#!/usr/bin/env bash
# The bill of materials of a built program, as SPDX 2.3 in JSON: the program, what is compiled into it, and every shared
# library that it loads, with the Debian package that the library belongs to.
#
#   sbom.sh CARAVAN [FILE…] >caravan.spdx.json     FILE: others that go out with it, such as certificates
set -euo pipefail
export LC_ALL=C.UTF-8
caravan="$1"
shift

. "$(dirname "$0")/licences.sh"   # licence_of PACKAGE

about="$("$caravan" --version)"
version="$(sed -n '1s/^caravan \([^ ]*\).*/\1/p' <<<"$about")"
commit="$(sed -n '1s/^caravan .*(\(.*\))$/\1/p' <<<"$about")"
libraries="$(ldd "$caravan")"
digest="$(sha256sum "$caravan" | cut -d ' ' -f 1)"

quoted() { printf '"%s"' "$(sed 's/\\/\\\\/g; s/"/\\"/g' <<<"$1")"; }

packages=() relations=() known=' '

# package NAME VERSION RELATION [PURL [SUPPLIER]]
package() {
    local id="SPDXRef-$(tr -c 'A-Za-z0-9.\n' - <<<"$1")" reference='' licence
    case "$known" in *" $id "*) return ;; esac
    known="$known$id "
    licence="$(licence_of "$1")"
    [ -z "${4:-}" ] || reference=", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\",
      \"referenceType\": \"purl\", \"referenceLocator\": $(quoted "$4")}]"
    packages+=("    {\"SPDXID\": \"$id\", \"name\": $(quoted "$1"), \"versionInfo\": $(quoted "$2"),
      \"supplier\": $(quoted "${5:-NOASSERTION}"), \"downloadLocation\": \"NOASSERTION\", \"filesAnalyzed\": false,
      \"licenseConcluded\": \"$licence\", \"licenseDeclared\": \"$licence\", \"copyrightText\": \"NOASSERTION\"$reference}")
    relations+=("    {\"spdxElementId\": \"SPDXRef-caravan\", \"relationshipType\": \"$3\", \"relatedSpdxElement\": \"$id\"}")
}

# What is compiled in says its version through the program; a shared one comes below, with its package.
compiled_in() {
    local name found
    for name in librdkafka 'Concurrency Kit'; do
        found="$(sed -n "s/^$name \([^ ]*\).*/\1/p" <<<"$about")"
        grep -q "$name\.so" <<<"$libraries" || package "$name" "$found" STATIC_LINK
    done
}

distribution="$(. /etc/os-release 2>/dev/null && echo "${ID:-linux}-${VERSION_ID:-0}" || echo linux-0)"

# owned RELATION FILE…: each by the package that brought it. dpkg knows a file by the path that it was installed under, of
# which there may be several where /lib is a link; all are asked for at once, since each question takes a tenth of a second.
owned() {
    local relation="$1" file owner paths=() owners
    local -A owner_of=() version_of=()
    shift
    for file in "$@"; do
        paths+=("$file" "$(readlink -f "$file")" "/usr$file")
    done
    while IFS=: read -r owner file; do
        owner_of[${file##* }]="$owner"
    done < <(dpkg-query -S "${paths[@]}" 2>/dev/null)
    mapfile -t owners < <(printf '%s\n' "${owner_of[@]}" | sort -u)
    while read -r owner file; do
        version_of[$owner]="$file"
    done < <(dpkg-query -W -f '${Package} ${Version}?arch=${Architecture}\n' "${owners[@]}" 2>/dev/null)
    for file in "$@"; do
        owner="${owner_of[$file]:-${owner_of[$(readlink -f "$file")]:-${owner_of[/usr$file]:-}}}"
        if [ -z "$owner" ]; then
            package "$(basename "$file")" NOASSERTION "$relation"
        else
            package "$owner" "${version_of[$owner]%%\?*}" "$relation" \
                "pkg:deb/debian/$owner@${version_of[$owner]}&distro=$distribution" 'Organization: Debian'
        fi
    done
}

compiled_in
mapfile -t files < <(sed -nE 's/.* => (\/[^ ]+).*/\1/p; s/^\t(\/[^ ]+) \(.*/\1/p' <<<"$libraries" | sort)
owned DYNAMIC_LINK "${files[@]}"
[ "$#" = 0 ] || owned DEPENDS_ON "$@"

joined() { local out; out="$(printf '%s,\n' "$@")"; printf '%s\n' "${out%,}"; }

cat <<END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "caravan-$version",
  "documentNamespace": "https://spdx.invalid/caravan-$version-$digest",
  "creationInfo": {"created": "$(date -u -r "$caravan" +%Y-%m-%dT%H:%M:%SZ)", "creators": ["Tool: caravan-sbom.sh"]},
  "documentDescribes": ["SPDXRef-caravan"],
  "packages": [
    {"SPDXID": "SPDXRef-caravan", "name": "caravan", "versionInfo": $(quoted "$version"),
      "sourceInfo": $(quoted "commit $commit"), "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
      "primaryPackagePurpose": "APPLICATION", "checksums": [{"algorithm": "SHA256", "checksumValue": "$digest"}],
      "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"},
$(joined "${packages[@]}")
  ],
  "relationships": [
    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-caravan"},
$(joined "${relations[@]}")
  ]
}
END
