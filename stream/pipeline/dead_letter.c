#include "pipeline/dead_letter.h"

#include <inttypes.h>
#include <stdio.h>

#define PREFIX "__caravan.errors."

enum { OWN_HEADERS = 7, NUMBER_BYTES = 24 };

static struct slice number(struct outbox *outbox, int64_t value) {
    char text[NUMBER_BYTES];
    int len = snprintf(text, sizeof text, "%" PRId64, value);
    return outbox_keep(outbox, (struct slice){text, (size_t)len});
}

static struct slice kept_text(struct outbox *outbox, const char *text) {
    return outbox_keep(outbox, slice_of(text));
}

void dead_letter_put(struct outbox *outbox, const struct message *message, const struct reject *reject,
                     struct slice topic, message_headers *headers) {
    const struct message_header *old = NULL;
    size_t old_count = headers == NULL ? 0 : headers(message, &outbox->memory, &old);
    struct message_header *all = arena_take(&outbox->memory, (old_count + OWN_HEADERS) * sizeof *all);
    if (old_count > 0) {
        memcpy(all, old, old_count * sizeof *all);
    }
    const struct message_header own[OWN_HEADERS] = {
        {SLICE(PREFIX "reason"), slice_of(reject_name(reject->reason))},
        {SLICE(PREFIX "pointer"), kept_text(outbox, reject->pointer)},
        {SLICE(PREFIX "message"), kept_text(outbox, reject->message)},
        {SLICE(PREFIX "topic"), outbox_keep(outbox, topic)},
        {SLICE(PREFIX "partition"), number(outbox, message->partition)},
        {SLICE(PREFIX "offset"), number(outbox, message->offset)},
        {SLICE(PREFIX "timestamp"), number(outbox, message->timestamp_ms)},
    };
    memcpy(all + old_count, own, sizeof own);
    outbox_put(outbox, &(struct output){
                           .topic = OUTPUT_DEAD_LETTERS,
                           .input_partition = message->partition,
                           .key = outbox_keep(outbox, message->key),
                           .value = outbox_keep(outbox, message->value),
                           .headers = all,
                           .header_count = old_count + OWN_HEADERS,
                       });
}

struct slice dead_letter_header(const struct output *letter, const char *name) {
    size_t prefix = sizeof PREFIX - 1;
    for (size_t i = letter->header_count; i > 0; i--) {
        struct slice full = letter->headers[i - 1].name;
        if (full.len > prefix && memcmp(full.data, PREFIX, prefix) == 0 &&
            slice_equal((struct slice){full.data + prefix, full.len - prefix}, slice_of(name))) {
            return letter->headers[i - 1].value;
        }
    }
    return (struct slice){NULL, 0};
}

int64_t dead_letter_number(const struct output *letter, const char *name) {
    struct slice text = dead_letter_header(letter, name);
    bool minus = text.len > 0 && text.data[0] == '-';
    int64_t value = 0;
    for (size_t i = minus ? 1 : 0; i < text.len; i++) {
        value = value * 10 + (text.data[i] - '0');
    }
    return minus ? -value : value;
}
