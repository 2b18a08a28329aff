#!/usr/bin/env bash
# Installs what Caravan needs and is not there yet, on Debian 12 or newer.
#
#   bash deploy/deps.sh [build] [test] [kafka] [image] [chart] [web]  (none named: build)
#
#   build   compilers, libraries, a current librdkafka: what deploy/build.sh needs
#   test    Criterion, clang with its sanitizers, clang-format, Node.js, Python: what tests/run.sh needs
#   kafka   a Java runtime and Maven: what deploy/kafka/broker.sh needs
#   image   buildah, podman and podman-compose without a daemon, and a Debian to build the image on
#   chart   Helm (built once from its Go module, which takes minutes) and a validator of what it renders
#   web     Chromium with a Chinese font, and promtool (out of Debian's prometheus package, which is not installed)
#
# Looks at what is needed (a program, a library), not at package names, so that it also works where things came from
# elsewhere, and it does nothing, fast, when all is there. Needs root or sudo only when a package is missing.
#
#   CARAVAN_LIBRDKAFKA_SOURCE=FILE   build librdkafka from this upstream tarball instead of asking apt for it
#   CARAVAN_WITHOUT_LIBRDKAFKA=1     build without our own librdkafka (for -DLIBRDKAFKA=system)
#   CARAVAN_WITHOUT_OIDC=1           build our own librdkafka without libcurl, which brings some twenty libraries along
#   CARAVAN_WITHOUT_KERBEROS=1       build it without Cyrus SASL (PLAIN, SCRAM and OAUTHBEARER do not need it)
set -euo pipefail

librdkafka_min=2.12.0
librdkafka_suite=forky   # the first Debian suite with a librdkafka that is new enough
yyjson_suite=trixie      # its package needs libc >= 2.14 only, so it serves Debian 12 as well
cache="${XDG_CACHE_HOME:-$HOME/.cache}/caravan"
helm_version=3.12.3      # the newest that Debian 12's Go builds
helm="$cache/helm-$helm_version"
python_tools=(podman-compose==1.6.0 kubernetes-validate==1.37.0)

scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT

say() { printf 'deps: %s\n' "$*" >&2; }
die() { printf 'deps: %s\n' "$@" >&2; exit 1; }

make_scratch() {
    [ -n "$scratch" ] || scratch="$(mktemp -d)"
}

# ---- what is missing ----

missing=()

need_command() { command -v "$1" >/dev/null || missing+=("${2:-$1}"); }
need_module() { pkg-config --exists "$1" 2>/dev/null || missing+=("$2"); }
need_file() { compgen -G "$1" >/dev/null || missing+=("$2"); }

missing_for_build() {
    local program
    for program in gcc g++ cmake make git pkg-config; do
        need_command "$program"
    done
    need_command ninja ninja-build
    need_file '/usr/include/stdio.h' libc6-dev
    need_file '/etc/ssl/certs/ca-certificates.crt' ca-certificates
    if ! pkg-config --exists jansson libxxhash ck zlib libzstd libmicrohttpd openssl 2>/dev/null; then
        need_module jansson libjansson-dev
        need_module libxxhash libxxhash-dev
        need_module ck libck-dev
        need_module zlib zlib1g-dev
        need_module libzstd libzstd-dev
        need_module libmicrohttpd libmicrohttpd-dev
        need_module openssl libssl-dev
    fi
    [ -n "${CARAVAN_WITHOUT_KERBEROS:-}" ] || need_module libsasl2 libsasl2-dev
    [ -n "${CARAVAN_WITHOUT_OIDC:-}" ] || need_module libcurl libcurl4-openssl-dev
}

missing_for_test() {
    need_module criterion libcriterion-dev
    need_command clang
    need_file '/usr/lib/llvm-*/bin/llvm-symbolizer' llvm
    need_command node nodejs
    need_command npm
    need_command groff groff-base
    need_command pgrep procps
    need_command python3
    need_command systemd-analyze systemd
    need_command zstd
}

# The sanitizers' and libFuzzer's libraries are packaged by clang's version, which is known only once clang is there.
missing_for_clang() {
    local folder
    folder="$(clang -print-resource-dir)"
    need_file "$folder/lib/linux/libclang_rt.fuzzer-*.a" "libclang-rt-$(basename "$folder" | cut -d. -f1)-dev"
}

# The sources are formatted by the version of Debian 12; later ones break some lines elsewhere. Where it cannot be had,
# tests/layout.sh skips that case.
missing_for_format() {
    command -v clang-format-14 >/dev/null || ! apt_has clang-format-14 || missing+=(clang-format-14)
}

missing_for_kafka() {
    need_command java default-jre-headless
    need_command mvn maven
    need_command ps procps
}

missing_for_image() {
    local program
    for program in buildah podman runc skopeo mmdebstrap catatonit; do
        need_command "$program"
    done
    need_file '/usr/lib/cni/host-local' containernetworking-plugins
    need_python
}

missing_for_web() {
    command -v chromium-browser >/dev/null || need_command chromium
    need_file '/usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc' fonts-noto-cjk
    need_command curl
    need_command node nodejs
    need_command npm
    need_command python3
}

missing_for_chart() {
    need_python
    [ -x "$helm" ] || need_command go golang-go
}

# A Python that can make environments.
need_python() {
    need_command python3
    ! command -v python3 >/dev/null || python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
}

# ---- apt ----

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_is_fresh=

apt_refresh() {
    [ -z "$apt_is_fresh" ] || return 0
    as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 ||
        die "apt-get update failed (see above): check the network and this machine's apt sources."
    apt_is_fresh=yes
}

require_apt() {
    command -v apt-get >/dev/null ||
        die "These are missing and there is no apt-get here to install them: $*" \
            "Install what your system calls them, then run this again."
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        die "These packages are missing, and only root can install them (there is no sudo here): $*" \
            "Run as root: apt-get install --no-install-recommends $*"
}

apt_has() {
    local policy
    policy="$(apt-cache policy "$1" 2>/dev/null)"
    grep -q 'Candidate: [^(]' <<<"$policy"
}

# Without recommended packages: each one needed is named above.
apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" \
        </dev/null >"$scratch/apt.log" 2>&1 && return 0
    tail -n 20 "$scratch/apt.log" >&2
    die "apt-get could not install $* (its last words are above)."
}

install_missing() {
    [ "${#missing[@]}" -gt 0 ] || return 0
    local package absent=()
    require_apt "${missing[@]}"
    make_scratch
    apt_refresh
    for package in "${missing[@]}"; do
        apt_has "$package" || absent+=("$package")
    done
    [ "${#absent[@]}" = 0 ] ||
        die "These packages cannot be had: ${absent[*]}" \
            "The apt sources of this machine do not have them. Caravan is built on Debian 12 and newer; on another" \
            "system install what it calls them, then run this again."
    say "installing ${missing[*]}"
    apt_install "${missing[@]}"
    missing=()
}

# ---- one more suite, beside the machine's own apt ----
#
# The suite is read into lists of its own in a scratch folder and never becomes one of the machine's sources, so that
# nothing else can be upgraded from it. Where it is comes from what apt knows of this machine's Debian sources (in
# whatever format they are written); sources of other vendors have another Origin.

suite_apt=()

# suite_open TYPE SUITE: TYPE is deb or deb-src.
suite_open() {
    local place keyring=/usr/share/keyrings/debian-archive-keyring.gpg option=
    make_scratch
    apt_refresh
    place="$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' \
        'Created-By: Packages' 'Component: main' |
        awk -v codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" \
            '$1 == "Debian" && $2 == codename { print $3; exit }')"
    [ -n "$place" ] || return 1
    [ ! -e "$keyring" ] || option="[signed-by=$keyring] "
    rm -rf "$scratch/apt"
    mkdir -p "$scratch/apt/lists/partial" "$scratch/apt/archives/partial" "$scratch/apt/parts"
    chmod 755 "$scratch"
    printf '%s %s%s %s main\n' "$1" "$option" "$place" "$2" >"$scratch/apt/parts/suite.list"
    suite_apt=(-qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$scratch/apt/parts"
        -o "Dir::State::Lists=$scratch/apt/lists" -o "Dir::Cache=$scratch/apt" -o APT::Sandbox::User=root
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
    apt-get "${suite_apt[@]}" -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::= update >&2
}

# ---- yyjson ----

have_yyjson() { pkg-config --exists yyjson 2>/dev/null; }

install_yyjson() {
    ! have_yyjson || return 0
    require_apt libyyjson-dev libyyjson0
    make_scratch
    apt_refresh
    if apt_has libyyjson-dev; then
        say "installing libyyjson-dev"
        apt_install libyyjson-dev
        return 0
    fi
    say "installing libyyjson-dev and libyyjson0 of Debian $yyjson_suite"
    suite_open deb "$yyjson_suite" &&
        (cd "$scratch" && apt-get "${suite_apt[@]}" download libyyjson0 libyyjson-dev >&2) ||
        die "libyyjson-dev cannot be had: it is not in this machine's suite, and Debian $yyjson_suite could not be" \
            "read from where this machine's Debian sources are (a mirror pinned to an old day does not have it)." \
            "Install yyjson 0.10 or newer with its pkg-config file, then run this again."
    apt_install "$scratch"/libyyjson0_*.deb "$scratch"/libyyjson-dev_*.deb
}

# ---- librdkafka ----

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

have_librdkafka() {
    local header version
    for header in "$cache"/librdkafka-*/include/librdkafka/rdkafka.h; do
        version="${header#"$cache"/librdkafka-}"
        if [ -e "$header" ] && at_least "$librdkafka_min" "${version%%/*}"; then
            return 0
        fi
    done
    return 1
}

# Prints the path of the upstream tarball. Debian's patches are left out: they do not build on Debian 12.
librdkafka_tarball() {
    if [ -n "${CARAVAN_LIBRDKAFKA_SOURCE:-}" ]; then
        echo "$CARAVAN_LIBRDKAFKA_SOURCE"
        return 0
    fi
    command -v apt-get >/dev/null && suite_open deb-src "$librdkafka_suite" &&
        (cd "$scratch" && apt-get "${suite_apt[@]}" source --download-only "librdkafka/$librdkafka_suite" >&2) ||
        return 1
    echo "$scratch"/librdkafka_*.orig.tar.*
}

librdkafka_version() {
    sed -n 's/^#define RD_KAFKA_VERSION *0x\(..\)\(..\)\(..\).*/0x\1 0x\2 0x\3/p' "$1/src/rdkafka.h" |
        while read -r major minor revision; do
            printf '%d.%d.%d\n' "$major" "$minor" "$revision"
        done
}

build_librdkafka() {
    local source="$scratch/librdkafka" version="$1" log="$scratch/librdkafka.log" oidc=ON kerberos=ON
    [ -z "${CARAVAN_WITHOUT_OIDC:-}" ] || oidc=OFF
    [ -z "${CARAVAN_WITHOUT_KERBEROS:-}" ] || kerberos=OFF
    # 2.14.2 asks whether the macro is there, and it is also when it is 0: without curl's header that does not compile.
    sed -i 's/^#ifdef WITH_OAUTHBEARER_OIDC$/#if WITH_OAUTHBEARER_OIDC/' "$source/src/rdkafka_conf.c"
    cmake -S "$source" -B "$source/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$cache/librdkafka-$version" -DCMAKE_INSTALL_LIBDIR=lib \
        -DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF -DRDKAFKA_BUILD_TESTS=OFF -DENABLE_LZ4_EXT=OFF \
        -DWITH_SSL=ON -DWITH_SASL=$kerberos -DWITH_ZLIB=ON -DWITH_ZSTD=ON -DWITH_CURL=$oidc >"$log" 2>&1 &&
        cmake --build "$source/build" >>"$log" 2>&1 &&
        cmake --install "$source/build" --prefix "$cache/partial" >>"$log" 2>&1 && return 0
    tail -n 20 "$log" >&2
    return 1
}

install_librdkafka() {
    local tarball version
    [ -z "${CARAVAN_WITHOUT_LIBRDKAFKA:-}" ] && ! have_librdkafka || return 0
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    ! have_librdkafka || return 0
    make_scratch
    say "building librdkafka once into $cache (about a minute)"
    tarball="$(librdkafka_tarball)" && [ -e "$tarball" ] ||
        die "librdkafka $librdkafka_min or newer cannot be had: the source package of Debian $librdkafka_suite could" \
            "not be read from where this machine's Debian sources are. Give an upstream tarball with" \
            "CARAVAN_LIBRDKAFKA_SOURCE=FILE, or install one yourself, set CARAVAN_WITHOUT_LIBRDKAFKA=1 and configure" \
            "with -DLIBRDKAFKA=system."
    mkdir "$scratch/librdkafka"
    tar -xf "$tarball" -C "$scratch/librdkafka" --strip-components=1
    version="$(librdkafka_version "$scratch/librdkafka")"
    [ -n "$version" ] && at_least "$librdkafka_min" "$version" ||
        die "librdkafka ${version:-without a version} in $tarball is too old: Caravan needs $librdkafka_min or newer."
    rm -rf "$cache/partial"
    build_librdkafka "$version" || die "librdkafka $version did not build (the end of its log is above)."
    rm -rf "$cache/librdkafka-$version"
    mv "$cache/partial" "$cache/librdkafka-$version"
    exec 9>&-
}

# ---- the image's base, Python's tools, Helm: each made once, in the cache ----

# once FILE COMMAND…: makes it unless it is there or another process is just making it.
once() {
    local file="$1"
    shift
    [ ! -e "$file" ] || return 0
    mkdir -p "$cache"
    exec 9>"$cache/once.lock"
    flock 9
    [ -e "$file" ] || "$@" "$file"
    exec 9>&-
}

# Debian as this machine's apt has it (its sources, its proxy, whether it minds the age of an index), for where no registry
# has an image of it.
make_base() {
    local codename
    make_scratch
    apt_refresh
    apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) main' 'Created-By: Packages' 'Component: main' \
        'Origin: Debian' | sort -u >"$scratch/sources.list"
    apt-config dump | grep -E '^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy) ' >"$scratch/apt.conf" || true
    codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
    say "making a minimal Debian $codename for the image to be built on (once)"
    as_root mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$scratch/apt.conf" "$codename" "$1.partial.tar" \
        "$scratch/sources.list" >"$scratch/base.log" 2>&1 || {
        tail -n 20 "$scratch/base.log" >&2
        die "the image's base could not be made (mmdebstrap's last words are above)."
    }
    mv "$1.partial.tar" "$1"
}

# An environment knows its own place, so it is made where it stays, and `made` says that it is whole.
make_python_tools() {
    local place
    place="$(dirname "$1")"
    say "installing ${python_tools[*]} into $place"
    rm -rf "$place"
    python3 -m venv "$place" && "$place/bin/pip" install -q "${python_tools[@]}" >&2 ||
        die "${python_tools[*]} cannot be had from PyPI (what pip says is above)."
    touch "$1"
}

make_promtool() {
    make_scratch
    apt_refresh
    say "taking promtool out of Debian's prometheus package"
    (cd "$scratch" && apt-get -qq download prometheus >"$scratch/promtool.log" 2>&1) &&
        dpkg-deb --fsys-tarfile "$scratch"/prometheus_*.deb | tar -x -C "$scratch" ./usr/bin/promtool || {
        tail -n 5 "$scratch/promtool.log" >&2
        die "promtool cannot be had: apt-get download prometheus failed (its last words are above)."
    }
    mv "$scratch/usr/bin/promtool" "$1"
}

make_helm() {
    make_scratch
    say "building Helm $helm_version once into $1 (several minutes)"
    GOTOOLCHAIN=local GOPATH="$scratch/go" GOBIN="$scratch/go-bin" GOFLAGS=-modcacherw CGO_ENABLED=0 \
        nice -n 19 go install -trimpath -ldflags '-s -w' "helm.sh/helm/v3/cmd/helm@v$helm_version" \
        >"$scratch/helm.log" 2>&1 || {
        tail -n 10 "$scratch/helm.log" >&2
        die "Helm $helm_version could not be built from its Go module (Go's last words are above)."
    }
    mv "$scratch/go-bin/helm" "$1"
}

# ---- groups ----

[ "$#" -gt 0 ] || set -- build
for group in "$@"; do
    case "$group" in
    build) missing_for_build ;;
    test) missing_for_test ;;
    kafka) missing_for_kafka ;;
    image) missing_for_image ;;
    chart) missing_for_chart ;;
    web) missing_for_web ;;
    *) die "'$group' is not a group: build, test, kafka, image, chart or web." ;;
    esac
done
install_missing
for group in "$@"; do
    case "$group" in
    build) install_yyjson; install_librdkafka ;;
    test) missing_for_clang; missing_for_format; install_missing ;;
    image)
        once "$cache/base-$(. /etc/os-release && echo "$VERSION_CODENAME").tar" make_base
        once "$cache/python-tools/made" make_python_tools
        ;;
    web) command -v promtool >/dev/null || once "$cache/promtool" make_promtool ;;
    chart)
        once "$cache/python-tools/made" make_python_tools
        once "$helm" make_helm
        ;;
    esac
done
