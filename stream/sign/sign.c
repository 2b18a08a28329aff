/* Signatures of records (contract 6.9). A file of keys is read block by block: libcrypto's PEM_read_bio_PrivateKey
 * passes over blocks of another name in silence and asks the terminal for a password, so it could not say what is wrong
 * with a file. */
#include "sign/sign.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/printable.h"

#define PREFIX "ed25519;"
enum { SIGNATURE_BYTES = 64, BASE64_BYTES = 88, PREFIX_BYTES = sizeof PREFIX - 1 };
_Static_assert(SIGN_TEXT_BYTES == PREFIX_BYTES + SIGN_ID_BYTES + 1 + BASE64_BYTES, "the text is these parts");

struct sign_key {
    EVP_PKEY *pkey;
    char id[SIGN_ID_BYTES + 1];
};

struct sign_verifier {
    struct sign_key keys[SIGN_KEYS_MAX];
    size_t count;
};

/* ---- keys */

/* Of the public half, which a private key has too: both files give one id. */
static void set_id(struct sign_key *key) {
    unsigned char *der = NULL;
    unsigned char hash[SHA256_DIGEST_LENGTH];
    int len = i2d_PUBKEY(key->pkey, &der);
    assert(len > 0);
    SHA256(der, (size_t)len, hash);
    OPENSSL_free(der);
    for (size_t i = 0; i < SIGN_ID_BYTES / 2; i++) {
        snprintf(key->id + 2 * i, 3, "%02x", hash[i]);
    }
}

/* What a PEM block holds that we cannot use, and the way out; NULL when it should be a key of the wanted half. */
static const char *judge_name(const char *name, bool is_private) {
    if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0) {
        return "its private key is behind a password, and nobody is there to type it: take the password off with "
               "`openssl pkey -in FILE -out OTHER`, and let only the worker's user read that";
    }
    bool names_private = strcmp(name, "PRIVATE KEY") == 0;
    bool names_public = strcmp(name, "PUBLIC KEY") == 0;
    if (is_private && names_public) {
        return "holds a public key; to sign takes the private one";
    }
    if (!is_private && names_private) {
        return "holds a private key, which only the signer should have: `openssl pkey -in FILE -pubout` gives the "
               "public one";
    }
    if (!names_private && !names_public) {
        return "holds something else than an Ed25519 key: `openssl genpkey -algorithm ed25519 -out FILE` makes one";
    }
    return NULL;
}

/* NULL, or what is wrong. */
static const char *take_block(struct sign_key *key, const char *name, struct slice der, bool is_private) {
    const unsigned char *at = (const unsigned char *)der.data;
    const char *wrong = judge_name(name, is_private);
    if (wrong != NULL) {
        return wrong;
    }
    /* Any kind of key is read first: that one is of another kind says more than that it cannot be read. */
    key->pkey = is_private ? d2i_AutoPrivateKey(NULL, &at, (long)der.len) : d2i_PUBKEY(NULL, &at, (long)der.len);
    if (key->pkey == NULL) {
        return "its key is damaged";
    }
    if (EVP_PKEY_get_base_id(key->pkey) != EVP_PKEY_ED25519) {
        return "holds a key of another kind than Ed25519: `openssl genpkey -algorithm ed25519 -out FILE` makes one";
    }
    set_id(key);
    return NULL;
}

/* The next key of the text; false with *wrong where there is none or it is bad, *wrong NULL at the text's end. */
static bool next_key(BIO *text, bool is_private, struct sign_key *key, const char **wrong) {
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long len = 0;
    *wrong = NULL;
    if (PEM_read_bio(text, &name, &header, &der, &len) != 1) {
        /* Only the error tells a text that is over from one that is damaged. The queue of errors is the thread's, so
         * what is left in it would be taken for that of a later call. */
        bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        *wrong = at_end ? NULL : "is not whole PEM";
        ERR_clear_error();
        return false;
    }
    *wrong = take_block(key, name, (struct slice){(const char *)der, (size_t)len}, is_private);
    ERR_clear_error();
    OPENSSL_free(name);
    OPENSSL_free(header);
    /* It may have been the private key. */
    OPENSSL_clear_free(der, (size_t)len);
    return *wrong == NULL;
}

static size_t take_keys(struct slice pem, bool is_private, struct sign_key *keys, size_t keys_max, const char **wrong) {
    size_t count = 0;
    struct sign_key key = {0};
    /* A view: the bytes of the key stay where they are wiped. */
    BIO *text = BIO_new_mem_buf(pem.data, (int)pem.len);
    assert(text != NULL);
    while (next_key(text, is_private, &key, wrong)) {
        if (count == keys_max) {
            *wrong = is_private ? "holds several keys: to sign takes one" : "holds more than 16 keys";
            break;
        }
        keys[count++] = key;
        key = (struct sign_key){0};
    }
    BIO_free(text);
    /* One too many, or of another kind; NULL otherwise. */
    EVP_PKEY_free(key.pkey);
    if (*wrong == NULL && count == 0) {
        *wrong = is_private ? "holds no key in PEM: `openssl genpkey -algorithm ed25519 -out FILE` makes one"
                            : "holds no key in PEM: `openssl pkey -in KEY -pubout -out FILE` takes the public one";
    }
    return count;
}

static void free_keys(struct sign_key *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        EVP_PKEY_free(keys[i].pkey);
    }
}

/* How many keys; 0 with the error. */
static size_t read_keys(const char *path, bool is_private, struct sign_key *keys, size_t keys_max,
                        char error[SIGN_ERROR_BYTES]) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(error, SIGN_ERROR_BYTES, "%s: %s", path, strerror(errno));
        return 0;
    }
    char *pem = alloc_bytes(SIGN_FILE_BYTES_MAX + 1);
    /* Unbuffered: no copy of the key is left behind in the stream's memory. */
    setvbuf(file, NULL, _IONBF, 0);
    errno = 0;
    /* One byte more than a file may have tells one that is larger. */
    size_t len = fread(pem, 1, SIGN_FILE_BYTES_MAX + 1, file);
    const char *wrong = ferror(file) ? strerror(errno) : len > SIGN_FILE_BYTES_MAX ? "is larger than 64 KiB" : NULL;
    fclose(file);
    size_t count = wrong != NULL ? 0 : take_keys((struct slice){pem, len}, is_private, keys, keys_max, &wrong);
    /* A memset would be left out by the compiler, since nobody reads these bytes again. */
    OPENSSL_cleanse(pem, len);
    free(pem);
    if (wrong != NULL) {
        snprintf(error, SIGN_ERROR_BYTES, "%s: %s", path, wrong);
        free_keys(keys, count);
        return 0;
    }
    return count;
}

struct sign_key *sign_key_read(const char *path, char error[SIGN_ERROR_BYTES]) {
    struct sign_key *key = alloc_zeroed(1, sizeof *key);
    if (read_keys(path, true, key, 1, error) == 0) {
        free(key);
        return NULL;
    }
    return key;
}

void sign_key_free(struct sign_key *key) {
    if (key != NULL) {
        free_keys(key, 1);
        free(key);
    }
}

const char *sign_key_id(const struct sign_key *key) {
    return key->id;
}

struct sign_verifier *sign_verifier_read(const char *path, char error[SIGN_ERROR_BYTES]) {
    struct sign_verifier *verifier = alloc_zeroed(1, sizeof *verifier);
    verifier->count = read_keys(path, false, verifier->keys, SIGN_KEYS_MAX, error);
    if (verifier->count == 0) {
        free(verifier);
        return NULL;
    }
    return verifier;
}

void sign_verifier_free(struct sign_verifier *verifier) {
    if (verifier != NULL) {
        free_keys(verifier->keys, verifier->count);
        free(verifier);
    }
}

/* ---- signatures */

/* Only memory can be missing: the key was proved when it was read. */
static void must(int good, const char *what) {
    if (good != 1) {
        printable_say(stderr, "caravan: libcrypto could not %s: out of memory?", what);
        abort();
    }
}

/* libcrypto is given an address also for nothing at all. */
static const unsigned char *bytes_of(struct slice bytes) {
    return (const unsigned char *)(bytes.len == 0 ? "" : bytes.data);
}

void sign_write(const struct sign_key *key, struct slice bytes, char out[SIGN_TEXT_BYTES]) {
    unsigned char signature[SIGNATURE_BYTES];
    unsigned char base64[BASE64_BYTES + 1];
    size_t len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL, "make room for a signature");
    /* No digest is named: Ed25519 hashes by itself, takes the bytes in one call, and draws nothing at random, so a
     * record that is sent again has the same signature. */
    must(EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey), "begin a signature");
    must(EVP_DigestSign(context, signature, &len, bytes_of(bytes), bytes.len), "sign");
    EVP_MD_CTX_free(context);
    assert(len == SIGNATURE_BYTES);
    EVP_EncodeBlock(base64, signature, SIGNATURE_BYTES);
    memcpy(out, PREFIX, PREFIX_BYTES);
    memcpy(out + PREFIX_BYTES, key->id, SIGN_ID_BYTES);
    out[PREFIX_BYTES + SIGN_ID_BYTES] = ';';
    memcpy(out + PREFIX_BYTES + SIGN_ID_BYTES + 1, base64, BASE64_BYTES);
}

/* Exactly what sign_write writes: of the spellings that base64 lets through, one is right. */
static bool read_text(struct slice text, unsigned char signature[SIGNATURE_BYTES]) {
    /* EVP_DecodeBlock counts padding as zero bytes and takes white space at the ends; what does not come out again as
     * it went in is another spelling. */
    unsigned char raw[BASE64_BYTES / 4 * 3], again[BASE64_BYTES + 1];
    if (text.len != SIGN_TEXT_BYTES || memcmp(text.data, PREFIX, PREFIX_BYTES) != 0 ||
        text.data[PREFIX_BYTES + SIGN_ID_BYTES] != ';') {
        return false;
    }
    const unsigned char *base64 = (const unsigned char *)text.data + PREFIX_BYTES + SIGN_ID_BYTES + 1;
    if (EVP_DecodeBlock(raw, base64, BASE64_BYTES) != (int)sizeof raw) {
        return false;
    }
    EVP_EncodeBlock(again, raw, SIGNATURE_BYTES);
    memcpy(signature, raw, SIGNATURE_BYTES);
    return memcmp(again, base64, BASE64_BYTES) == 0;
}

/* Neither ids nor signatures are secret, so no comparison here needs constant time. */
static const struct sign_key *find(const struct sign_verifier *verifier, const char *id) {
    for (size_t i = 0; i < verifier->count; i++) {
        if (memcmp(verifier->keys[i].id, id, SIGN_ID_BYTES) == 0) {
            return &verifier->keys[i];
        }
    }
    return NULL;
}

enum sign_verdict sign_verify(const struct sign_verifier *verifier, struct slice text, struct slice bytes) {
    unsigned char signature[SIGNATURE_BYTES];
    if (text.data == NULL) {
        return SIGN_NONE;
    }
    if (!read_text(text, signature)) {
        return SIGN_MALFORMED;
    }
    const struct sign_key *key = find(verifier, text.data + PREFIX_BYTES);
    if (key == NULL) {
        return SIGN_STRANGER;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL, "make room for a signature");
    must(EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey), "begin a check");
    /* 0 says false, below 0 that it could not be checked: neither proves anything, so only 1 is good. */
    int good = EVP_DigestVerify(context, signature, SIGNATURE_BYTES, bytes_of(bytes), bytes.len);
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good == 1 ? SIGN_GOOD : SIGN_FALSE;
}

void sign_explain(enum sign_verdict verdict, struct slice text, char out[SIGN_ERROR_BYTES]) {
    const char *sentence = "";
    switch (verdict) {
    case SIGN_GOOD: sentence = "is signed"; break;
    case SIGN_NONE: sentence = "is not signed"; break;
    case SIGN_MALFORMED: sentence = "has a " SIGN_HEADER " that is not `ed25519;KEYID;BASE64`"; break;
    case SIGN_STRANGER: sentence = "is signed by a key that is not among those to verify with"; break;
    case SIGN_FALSE: sentence = "is not what was signed: it or its signature was changed"; break;
    }
    /* In the header no NUL stands behind the id, hence its length below. */
    bool has_id = verdict == SIGN_GOOD || verdict == SIGN_STRANGER || verdict == SIGN_FALSE;
    snprintf(out, SIGN_ERROR_BYTES, "%s%s%.*s%s", sentence, has_id ? " (key " : "", has_id ? SIGN_ID_BYTES : 0,
             has_id ? text.data + PREFIX_BYTES : "", has_id ? ")" : "");
}

const char *sign_about(void) {
    return OpenSSL_version(OPENSSL_VERSION);
}
