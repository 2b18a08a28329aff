/* Signatures of records: Ed25519 (RFC 8032) by OpenSSL's libcrypto, told in one line of text (contract 6.9). Who holds
 * the private key signs, who holds the public one can prove what was said. A signature is a function of key and bytes,
 * so what is sent again is equal. Keys are immutable once read: any thread may use one at any time. */
#ifndef CARAVAN_SIGN_SIGN_H
#define CARAVAN_SIGN_SIGN_H

#include "base/slice.h"

/* The header of a clearance that carries the text. */
#define SIGN_HEADER "caravan-signature"

enum {
    SIGN_ERROR_BYTES = 512,
    SIGN_ID_BYTES = 16,                           /* of a key: hex digits */
    SIGN_TEXT_BYTES = 8 + SIGN_ID_BYTES + 1 + 88, /* ed25519;KEYID;BASE64 */
    SIGN_KEYS_MAX = 16,                           /* that one verifier holds */
    SIGN_FILE_BYTES_MAX = 64 * 1024               /* of a file of keys */
};

struct sign_key;

/* The private key of a PEM file, without a password. NULL with a sentence that begins with `path`, shows nothing of the
 * key, and says what to do: no such file, no or several keys in it, only the public one, another kind of key, one
 * behind a password. Give it to sign_key_free. */
struct sign_key *sign_key_read(const char *path, char error[SIGN_ERROR_BYTES]);
void sign_key_free(struct sign_key *key);
/* KEYID: the first 16 hex digits of SHA-256 over the public key's DER (SubjectPublicKeyInfo). */
const char *sign_key_id(const struct sign_key *key);
/* Writes the text; no NUL behind it. Aborts without memory, as base/alloc.h does. */
void sign_write(const struct sign_key *key, struct slice bytes, char out[SIGN_TEXT_BYTES]);

struct sign_verifier;

/* The public keys of a PEM file, up to SIGN_KEYS_MAX one behind the other (an old one and its successor). NULL with a
 * sentence as above. Give it to sign_verifier_free. */
struct sign_verifier *sign_verifier_read(const char *path, char error[SIGN_ERROR_BYTES]);
void sign_verifier_free(struct sign_verifier *verifier);

enum sign_verdict {
    SIGN_GOOD,
    SIGN_NONE,      /* there is no signature: data NULL */
    SIGN_MALFORMED, /* it is no text of this form */
    SIGN_STRANGER,  /* by a key that the verifier does not hold */
    SIGN_FALSE      /* by a key that it holds, but not of these bytes */
};

/* What `text` (a header's value) is worth as a signature of `bytes`. */
enum sign_verdict sign_verify(const struct sign_verifier *verifier, struct slice text, struct slice bytes);
/* The verdict as a predicate of the record, with the key's id where there is one: "is not signed". The id is what the
 * header says, so print it as something that came from outside. */
void sign_explain(enum sign_verdict verdict, struct slice text, char out[SIGN_ERROR_BYTES]);

/* Which libcrypto runs, as `caravan --version` tells it. */
const char *sign_about(void);

#endif
