#!/usr/bin/env bash
# Installs what is missing and builds Caravan: Release, with CMake and Ninja, into build/. The program is build/caravan.
#
#   bash deploy/build.sh [TARGET...]                  (none named: caravan)
#
#   CARAVAN_WERROR=OFF       let the build pass with warnings (for compilers that we have not seen)
#   LIBRDKAFKA=system        use the system's librdkafka, 2.12 or newer, instead of our own
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$#" -gt 0 ] || set -- caravan
librdkafka="${LIBRDKAFKA:-bundled}"
[ "$librdkafka" != system ] || export CARAVAN_WITHOUT_LIBRDKAFKA=1
bash deploy/deps.sh build

tests=ON
pkg-config --exists criterion || tests=OFF
mkdir -p build
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCARAVAN_WERROR="${CARAVAN_WERROR:-ON}" \
    -DCARAVAN_TESTS="$tests" -DLIBRDKAFKA="$librdkafka" >build/configure.log 2>&1 || {
    cat build/configure.log >&2
    exit 1
}
cmake --build build --target "$@" -- --quiet
