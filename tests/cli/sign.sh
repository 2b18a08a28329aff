#!/usr/bin/env bash
# sign.key and --verify-key before any broker is asked: which keys are taken, and what is said of others.
cd "$(dirname "$0")/../.." || exit 1
area=sign
. tests/support/cli.sh
openssl genpkey -algorithm ed25519 -out "$work/key" && openssl pkey -in "$work/key" -pubout -out "$work/public" || exit 1
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa" 2>/dev/null || exit 1
openssl pkey -in "$work/key" -aes256 -passout pass:secret -out "$work/locked" || exit 1
nowhere=(--set kafka.bootstrap.servers=127.0.0.1:1 --set http.listen=)

# refuses FILE SENTENCE: the worker ends with 2 before it asks a broker, and says so.
refuses() { exits 2 timeout 20 "$CARAVAN" run "${nowhere[@]}" --set "sign.key=$1" && has "$work/err" "$2" && not_in "$work/err" "WARN  kafka"; }
check "run: a public key does not sign" refuses "$work/public" "sign.key $work/public: holds a public key"
check "run: an RSA key does not sign" refuses "$work/rsa" "another kind than Ed25519"
check "run: nobody types a password" refuses "$work/locked" "openssl pkey -in FILE -out OTHER"
check "run: a key that is not there" refuses "$work/none" "sign.key $work/none: No such file or directory"
check "run: a folder is no key" refuses "$work" "Is a directory"

check "run --check: reads the key too" exits 2 "$CARAVAN" run --check "${nowhere[@]}" --set "sign.key=$work/public"
check "run --check: a key that is right" exits 0 "$CARAVAN" run --check "${nowhere[@]}" --set "sign.key=$work/key"

# The key is taken, its name is told, and then the cluster is not there.
id="$(openssl pkey -pubin -in "$work/public" -outform DER | sha256sum | cut -c 1-16)"
signs() {
    timeout -s TERM 3 "$CARAVAN" run "${nowhere[@]}" --set "sign.key=$work/key" >"$work/out" 2>"$work/err" </dev/null
    has "$work/err" "clearances are signed with key $id"
}
check "run: the key's name is that of signatures.md" signs

tail_refuses() { exits 2 timeout 20 "$CARAVAN" tail "$1" --verify-key "$2" "${nowhere[@]:0:2}" && has "$work/err" "$3"; }
check "tail: a private key does not verify" tail_refuses clearances "$work/key" "only the signer should have: \`openssl pkey"
check "tail: a key that is not there" tail_refuses clearances "$work/none" "--verify-key $work/none: No such file"
check "tail: only clearances are signed" tail_refuses traffic "$work/public" "--verify-key goes with clearances"
exit "$failures"
