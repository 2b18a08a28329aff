/* Signatures: the vectors of RFC 8032, 7.1; what a key's file may hold; what is no signature. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sign/sign.h"

/* The keys of the vectors' TEST 1 to 3 as PEM (the DER of RFC 8410 around the 32 bytes), and one behind a password
 * and one of P-256 beside them; none guards anything. */
#define PRIVATE(base64) "-----BEGIN PRIVATE KEY-----\n" base64 "\n-----END PRIVATE KEY-----\n"
#define PUBLIC(base64) "-----BEGIN PUBLIC KEY-----\n" base64 "\n-----END PUBLIC KEY-----\n"
static const char P256_PRIVATE[] = PRIVATE("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsTdcbYIWVaMuXz87\n"
                                           "Ob/d9XuruginCcxOcCmK4wWZkfOhRANCAASac4tKL14JLSN5tPNrlfCsTyCVL5ft\n"
                                           "blawazYqGLjJ2XPupdgeas6X7vdRtIXQ465VnIjs3iLZB1xV1XGQ+dGk");
static const char P256_PUBLIC[] = PUBLIC("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmnOLSi9eCS0jebTza5XwrE8glS+X\n"
                                         "7W5WsGs2Khi4ydlz7qXYHmrOl+73UbSF0OOuVZyI7N4i2QdcVdVxkPnRpA==");
static const char ENCRYPTED_PRIVATE[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                        "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhoFhWsWqAe2AICCAAw\n"
                                        "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIynblIzzRVQ63yniHfHqoUEQCkK\n"
                                        "6Sr6kF0hDtFAWp348io7h1w7REQywDvewza07WIP6b3aGKOKBFhJjA96IN9s6QOm\n"
                                        "q94Obri/lrZbkFTNXCk="
                                        "\n-----END ENCRYPTED PRIVATE KEY-----\n";

static const struct {
    const char *private_pem, *public_pem, *id, *message;
    size_t message_bytes;
    const char *base64;
} VECTORS[] = {
    {PRIVATE("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"),
     PUBLIC("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), "06e3fd8fda29bb60", "", 0,
     "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="},
    {PRIVATE("MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7"),
     PUBLIC("MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="), "deb2ded39dc26fce", "\x72", 1,
     "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA=="},
    {PRIVATE("MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3"),
     PUBLIC("MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="), "8d39ba50abe50f77", "\xaf\x82", 2,
     "YpHWV97sJAJIJ+acOr4BowzlSKKEdDpEXjaA19taw6wY/5tTjRbykK5n92CYTcZZSnwV6XFu0o3AJ77O6h7ECg=="},
};
enum { VECTOR_COUNT = sizeof VECTORS / sizeof VECTORS[0] };

static char error[SIGN_ERROR_BYTES];
static char path[] = "/tmp/caravan-sign-XXXXXX";

static void write_file(const char *pem) {
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, pem, strlen(pem)) == (ssize_t)strlen(pem));
    close(file);
}

static struct sign_key *private_of(const char *pem) {
    write_file(pem);
    struct sign_key *key = sign_key_read(path, error);
    unlink(path);
    return key;
}

static struct sign_verifier *public_of(const char *pem) {
    write_file(pem);
    struct sign_verifier *verifier = sign_verifier_read(path, error);
    unlink(path);
    return verifier;
}

static struct slice message_of(size_t i) {
    return (struct slice){VECTORS[i].message, VECTORS[i].message_bytes};
}

Test(sign, is_that_of_rfc_8032) {
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        char text[SIGN_TEXT_BYTES], wanted[SIGN_TEXT_BYTES + 1];
        struct sign_key *key = private_of(VECTORS[i].private_pem);
        struct sign_verifier *verifier = public_of(VECTORS[i].public_pem);
        cr_assert(key != NULL && verifier != NULL, "%s", error);
        cr_expect_str_eq(sign_key_id(key), VECTORS[i].id);
        snprintf(wanted, sizeof wanted, "ed25519;%s;%s", VECTORS[i].id, VECTORS[i].base64);
        for (int again = 0; again < 2; again++) {
            sign_write(key, message_of(i), text);
            cr_expect_arr_eq(text, wanted, SIGN_TEXT_BYTES);
        }
        cr_expect_eq(sign_verify(verifier, (struct slice){text, sizeof text}, message_of(i)), SIGN_GOOD);
        sign_key_free(key);
        sign_verifier_free(verifier);
    }
}

Test(sign, one_byte_is_enough_to_be_false) {
    char bytes[] = "{\"status\":\"cleared\"}", text[SIGN_TEXT_BYTES];
    struct slice record = {bytes, sizeof bytes - 1};
    struct sign_key *key = private_of(VECTORS[0].private_pem);
    struct sign_verifier *verifier = public_of(VECTORS[0].public_pem);
    sign_write(key, record, text);
    for (size_t i = 0; i < record.len; i++) {
        bytes[i] ^= 1;
        cr_expect_eq(sign_verify(verifier, (struct slice){text, sizeof text}, record), SIGN_FALSE);
        bytes[i] ^= 1;
    }
    cr_expect_eq(sign_verify(verifier, (struct slice){text, sizeof text}, (struct slice){bytes, 3}), SIGN_FALSE);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] ^= 1;
        cr_expect_neq(sign_verify(verifier, (struct slice){text, sizeof text}, record), SIGN_GOOD, "byte %zu", i);
        text[i] ^= 1;
    }
    cr_expect_eq(sign_verify(verifier, (struct slice){text, sizeof text}, record), SIGN_GOOD);
    sign_key_free(key);
    sign_verifier_free(verifier);
}

Test(sign, says_what_is_no_signature) {
    char text[SIGN_TEXT_BYTES + 1] = "", why[SIGN_ERROR_BYTES];
    struct sign_key *key = private_of(VECTORS[0].private_pem);
    struct sign_verifier *verifier = public_of(VECTORS[1].public_pem);
    sign_write(key, SLICE("x"), text);
    struct slice whole = {text, SIGN_TEXT_BYTES};
    cr_expect_eq(sign_verify(verifier, (struct slice){0}, SLICE("x")), SIGN_NONE);
    cr_expect_eq(sign_verify(verifier, SLICE(""), SLICE("x")), SIGN_MALFORMED);
    cr_expect_eq(sign_verify(verifier, (struct slice){text, whole.len - 1}, SLICE("x")), SIGN_MALFORMED);
    cr_expect_eq(sign_verify(verifier, whole, SLICE("x")), SIGN_STRANGER);
    sign_explain(SIGN_STRANGER, whole, why);
    cr_expect_not_null(strstr(why, VECTORS[0].id), "%s", why);
    sign_explain(SIGN_NONE, (struct slice){0}, why);
    cr_expect_str_eq(why, "is not signed");
    /* base64 that decodes to the same bytes and is not what we write: spare bits, a blank in front */
    text[SIGN_TEXT_BYTES - 3] ^= 1;
    cr_expect_eq(sign_verify(verifier, whole, SLICE("x")), SIGN_MALFORMED);
    sign_key_free(key);
    sign_verifier_free(verifier);
}

Test(sign, verifies_with_any_key_of_the_file) {
    char both[2048], text[SIGN_TEXT_BYTES];
    snprintf(both, sizeof both, "the old one\n%s\nand its successor\n%s", VECTORS[0].public_pem, VECTORS[1].public_pem);
    struct sign_verifier *verifier = public_of(both);
    cr_assert(verifier != NULL, "%s", error);
    for (size_t i = 0; i < 2; i++) {
        struct sign_key *key = private_of(VECTORS[i].private_pem);
        sign_write(key, SLICE("x"), text);
        cr_expect_eq(sign_verify(verifier, (struct slice){text, sizeof text}, SLICE("x")), SIGN_GOOD);
        sign_key_free(key);
    }
    sign_verifier_free(verifier);
}

static void refuses(bool is_private, const char *pem, const char *why) {
    bool taken = is_private ? private_of(pem) != NULL : public_of(pem) != NULL;
    cr_assert(!taken, "%s was taken", why);
    cr_expect(strncmp(error, path, strlen(path)) == 0, "%s", error);
    cr_expect_not_null(strstr(error, why), "%s instead of: %s", error, why);
}

Test(sign, a_private_key_is_one_of_ed25519_alone) {
    char twice[1024];
    snprintf(twice, sizeof twice, "%s%s", VECTORS[0].private_pem, VECTORS[1].private_pem);
    refuses(true, "", "holds no key");
    refuses(true, "secret\n", "openssl genpkey");
    refuses(true, VECTORS[0].public_pem, "takes the private one");
    refuses(true, twice, "several keys");
    refuses(true, P256_PRIVATE, "another kind");
    refuses(true, PRIVATE("MC4CAQAwBQYDK2VwBCIEIJ1h"), "damaged");
    refuses(true, "-----BEGIN PRIVATE KEY-----\nMC4C\n", "not whole PEM");
    refuses(true, ENCRYPTED_PRIVATE, "password");
    refuses(true, "-----BEGIN CERTIFICATE-----\nMC4C\n-----END CERTIFICATE-----\n", "something else");
    cr_assert_null(sign_key_read("/nowhere/key.pem", error));
    cr_expect_str_eq(error, "/nowhere/key.pem: No such file or directory");
    cr_assert_null(sign_key_read("/dev/zero", error));
    cr_expect_str_eq(error, "/dev/zero: is larger than 64 KiB");
    cr_assert_null(sign_key_read("/", error));
    cr_expect_str_eq(error, "/: Is a directory");
}

Test(sign, a_verifier_takes_public_keys_only) {
    char many[17 * 200] = "";
    for (int i = 0; i < SIGN_KEYS_MAX + 1; i++) {
        strcat(many, VECTORS[0].public_pem);
    }
    refuses(false, "", "-pubout");
    refuses(false, VECTORS[0].private_pem, "only the signer should have");
    refuses(false, many, "more than 16");
    refuses(false, P256_PUBLIC, "another kind");
    refuses(false, PUBLIC("AAAA"), "damaged");
}
