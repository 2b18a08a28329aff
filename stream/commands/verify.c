#include "commands/verify.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "kafka/source.h"

enum { SCRATCH_KEEP_BYTES = 64 * 1024 };

bool verify_open(struct verify *verify, const char *command) {
    char error[SIGN_ERROR_BYTES];
    if (verify->key_path == NULL) {
        return true;
    }
    verify->verifier = sign_verifier_read(verify->key_path, error);
    if (verify->verifier == NULL) {
        printable_say(stderr, "caravan %s: --verify-key %s", command, error);
    }
    return verify->verifier != NULL;
}

/* The header's value; data NULL: there is none. Of several the last counts, as whoever writes last adds it behind. */
static struct slice signature_of(struct verify *verify, const struct message *message) {
    struct slice found = {0};
    const struct message_header *headers = NULL;
    size_t count = kafka_message_headers(message, &verify->scratch, &headers);
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(headers[i].name, SLICE(SIGN_HEADER))) {
            found = headers[i].value;
        }
    }
    return found;
}

bool verify_message(struct verify *verify, const char *command, const char *topic, const struct message *message) {
    if (verify->verifier == NULL) {
        return true;
    }
    char why[SIGN_ERROR_BYTES];
    struct slice text = signature_of(verify, message);
    enum sign_verdict verdict = sign_verify(verify->verifier, text, message->value);
    if (verdict != SIGN_GOOD) {
        sign_explain(verdict, text, why);
        printable_say(stderr, "caravan %s: %s, partition %d, offset %" PRId64 ": the record of train %.*s %s", command,
                      topic, (int)message->partition, message->offset, (int)message->key.len,
                      message->key.data == NULL ? "" : message->key.data, why);
    }
    arena_reset(&verify->scratch, SCRATCH_KEEP_BYTES);
    return verdict == SIGN_GOOD;
}

void verify_close(struct verify *verify) {
    sign_verifier_free(verify->verifier);
    arena_release(&verify->scratch);
}
