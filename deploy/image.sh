#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile without a daemon, by buildah as root, and prints its name and size.
#
#   bash deploy/image.sh [NAME]              NAME: localhost/caravan:VERSION
#   bash deploy/image.sh --base              only prints the name of the Debian that it is built on
#
#   CARAVAN_IMAGE_BASE=IMAGE     the Debian to build on; not set: one that deploy/deps.sh made from apt, so that no registry
#                                is needed (deploy/deps.sh image)
#   OIDC=1, KERBEROS=1           build librdkafka with them
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/containers.sh

version="$(sed -n 's/^project(caravan VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
name="${1:-localhost/caravan:$version}"
commit="$(git describe --always --abbrev=12 --dirty=+ --exclude='*' 2>/dev/null || true)"

bash deploy/deps.sh image
base="${CARAVAN_IMAGE_BASE:-}"
if [ -z "$base" ]; then
    codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
    tar="${XDG_CACHE_HOME:-$HOME/.cache}/caravan/base-$codename.tar"
    base="localhost/caravan-base:$codename-$(stat -c %Y "$tar")"
    podman image exists "$base" || podman import -q "$tar" "$base" >/dev/null
fi
if [ "${1:-}" = --base ]; then
    echo "$base"
    exit 0
fi
# OCI's own format has no HEALTHCHECK, Docker's has. --layers: what did not change is not built again.
buildah bud --format docker --layers --isolation chroot --network host --build-arg "BASE=$base" --build-arg "COMMIT=$commit" \
    --build-arg "VERSION=$version" --build-arg "OIDC=${OIDC:-}" --build-arg "KERBEROS=${KERBEROS:-}" \
    -f deploy/Dockerfile -t "$name" . >&2
podman image inspect --format '{{index .RepoTags 0}} {{.Size}} bytes' "$name"
