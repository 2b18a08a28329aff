/* The headers of a dead letter both ways: letter_each gives them, the others find them again behind whatever headers
 * the message had itself. */
#include "flow/letter.h"

#include <inttypes.h>
#include <stdio.h>

struct slice letter_header_name(enum letter_header header) {
    static const struct slice names[LETTER_HEADER_COUNT] = {
#define LETTER_NAME(suffix, name) [LETTER_##suffix] = {LETTER_PREFIX name, sizeof(LETTER_PREFIX name) - 1},
        LETTER_MAP(LETTER_NAME)
#undef LETTER_NAME
    };
    return names[header];
}

void letter_each(const struct letter *letter, void (*put)(void *context, struct slice name, struct slice value),
                 void *context) {
    /* Room for a sign, 19 digits and the NUL. */
    enum { NUMBER_BYTES = 24 };
    char partition[NUMBER_BYTES], offset[NUMBER_BYTES], timestamp[NUMBER_BYTES];
    snprintf(partition, sizeof partition, "%" PRId32, letter->partition);
    snprintf(offset, sizeof offset, "%" PRId64, letter->offset);
    snprintf(timestamp, sizeof timestamp, "%" PRId64, letter->timestamp_ms);
    const struct slice values[LETTER_FIXED_COUNT] = {
        [LETTER_REASON] = letter->reason,         [LETTER_POINTER] = letter->pointer,
        [LETTER_MESSAGE] = letter->message,       [LETTER_TOPIC] = letter->topic,
        [LETTER_PARTITION] = slice_of(partition), [LETTER_OFFSET] = slice_of(offset),
        [LETTER_TIMESTAMP] = slice_of(timestamp),
    };
    /* In the order of the enumeration, in which `find` looks for them from the end. */
    for (int i = 0; i < LETTER_FIXED_COUNT; i++) {
        put(context, letter_header_name((enum letter_header)i), values[i]);
    }
}

/* Finds each of ours from the end; true when all that must be there are. */
static bool find(const struct message_header *headers, size_t count, const struct message_header *found[],
                 size_t *own_count) {
    /* From the end: whoever sends a message may name headers of his own like ours, but not behind ours. */
    size_t left = count;
    for (int header = LETTER_HEADER_COUNT - 1; header >= 0; header--) {
        bool here = left > 0 && slice_equal(headers[left - 1].name, letter_header_name((enum letter_header)header));
        /* All or none: a letter that lacks one was not written by this program. */
        if (!here && header < LETTER_FIXED_COUNT) {
            return false;
        }
        found[header] = here ? &headers[--left] : NULL;
    }
    *own_count = left;
    return true;
}

size_t letter_own_count(const struct message_header *headers, size_t count) {
    const struct message_header *found[LETTER_HEADER_COUNT];
    size_t own_count;
    return find(headers, count, found, &own_count) ? own_count : count;
}

struct slice letter_value(const struct message_header *headers, size_t count, enum letter_header header) {
    const struct message_header *found[LETTER_HEADER_COUNT];
    size_t own_count;
    bool there = find(headers, count, found, &own_count) && found[header] != NULL;
    return there ? found[header]->value : (struct slice){NULL, 0};
}
