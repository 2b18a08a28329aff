/* Any bytes as a message: decoding neither reads outside nor stops the program; what it takes
 * keeps every rule that the struct can show; the cheap look for the train's key never finds another key than decoding
 * does. */
#include <stdio.h>
#include <stdlib.h>

#include "event/decode.h"
#include "files/route.h"
#include "support/event_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_BYTES_MAX = 1 << 20, KEEP_BYTES_MAX = 1 << 20 };

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

static void check_taken(const struct event *event, struct slice message) {
    const char *broken = event_check(event);
    char key[TRAIN_KEY_BYTES_MAX];
    size_t len = route_scan(message, key);
    require(broken == NULL, broken);
    require(event->message_bytes == message.len, "message_bytes is the length");
    require(len == 0 || slice_equal((struct slice){key, len}, event->train_key), "the key that route_scan finds");
}

static void check_rejected(const struct reject *reject) {
    require(reject->reason >= REJECT_NOT_JSON && reject->reason <= REJECT_LIMIT_EXCEEDED, "a reason of these stages");
    require(reject->pointer[0] == '\0' || reject->pointer[0] == '/', "a JSON pointer");
    require((reject->pointer[0] == '\0') <= (reject->reason <= REJECT_BAD_ENVELOPE), "a place within the message");
    require(reject->message[0] != '\0', "a sentence");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct decoder *decoder;
    static struct arena arena;
    struct slice message = {(const char *)data, size};
    struct event event;
    struct reject reject;
    if (decoder == NULL) {
        decoder = decoder_new(MESSAGE_BYTES_MAX);
    }
    arena_reset(&arena, KEEP_BYTES_MAX);
    if (decode_event(decoder, message, &arena, &event, &reject)) {
        check_taken(&event, message);
    } else {
        check_rejected(&reject);
    }
    return 0;
}
