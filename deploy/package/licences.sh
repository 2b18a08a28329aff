# The licence of each third party by the name of its package, as deploy/NOTICE lists them: sourced by sbom.sh.
licence_of() {
    case "$1" in
    librdkafka*) echo 'BSD-2-Clause' ;;
    'Concurrency Kit' | libxxhash0) echo 'BSD-2-Clause' ;;
    libyyjson0 | libjansson4) echo 'MIT' ;;
    libzstd1) echo 'BSD-3-Clause OR GPL-2.0-only' ;;
    zlib1g) echo 'Zlib' ;;
    libssl3*) echo 'Apache-2.0' ;;
    libcurl4*) echo 'curl' ;;
    libmicrohttpd12*) echo 'LGPL-2.1-or-later' ;;
    libc6) echo 'LGPL-2.1-or-later' ;;
    *) echo NOASSERTION ;;
    esac
}
