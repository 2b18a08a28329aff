#include <criterion/criterion.h>
#include <stdio.h>

#include "flow/letter.h"

enum { ROOM = 32 };

static struct message_header headers[ROOM];
static size_t count;

static void put(const char *name, const char *value) {
    cr_assert(count < ROOM);
    headers[count++] = (struct message_header){slice_of(name), slice_of(value)};
}

/* Ours, with values that begin with `mark`; those that say what was left out only up to `last`. */
static void put_ours(char mark, enum letter_header last) {
    static char values[2][LETTER_HEADER_COUNT][8];
    static unsigned round;
    round++;
    for (int i = 0; i <= (int)last; i++) {
        char *value = values[round % 2][i];
        snprintf(value, 8, "%c%d", mark, i);
        put(letter_header_name((enum letter_header)i).data, value);
    }
}

static bool is(enum letter_header header, const char *expected) {
    struct slice value = letter_value(headers, count, header);
    return expected == NULL ? value.data == NULL : slice_equal(value, slice_of(expected));
}

Test(letter, names_are_those_of_the_contract) {
    static const char *const names[] = {"reason", "pointer",   "message", "topic",        "partition",
                                        "offset", "timestamp", "bytes",   "header_bytes", "key_bytes"};
    cr_assert_eq(sizeof names / sizeof names[0], LETTER_HEADER_COUNT);
    for (int i = 0; i < LETTER_HEADER_COUNT; i++) {
        char full[64];
        snprintf(full, sizeof full, "__caravan.errors.%s", names[i]);
        cr_expect(slice_equal(letter_header_name((enum letter_header)i), slice_of(full)), "%s", full);
    }
}

Test(letter, ours_stand_behind_the_messages_own) {
    put("trace", "t1");
    put_ours('a', LETTER_TIMESTAMP);
    cr_expect_eq(letter_own_count(headers, count), 1);
    cr_expect(is(LETTER_REASON, "a0"));
    cr_expect(is(LETTER_TIMESTAMP, "a6"));
    cr_expect(is(LETTER_BYTES, NULL));
}

/* What a message claims in headers of our names, in front or as a whole block, is its own. */
Test(letter, headers_of_the_message_are_never_taken_for_ours) {
    put(LETTER_PREFIX "bytes", "\x1b[2J");
    put(LETTER_PREFIX "key_bytes", "7");
    put_ours('b', LETTER_KEY_BYTES);
    put(LETTER_PREFIX "bytes", "8");
    size_t own = count;
    put_ours('a', LETTER_TIMESTAMP);
    cr_expect_eq(letter_own_count(headers, count), own);
    cr_expect(is(LETTER_REASON, "a0"));
    cr_expect(is(LETTER_BYTES, NULL));
    cr_expect(is(LETTER_KEY_BYTES, NULL));
}

Test(letter, each_of_what_was_left_out_may_be_missing) {
    for (unsigned mask = 0; mask < 8; mask++) {
        count = 0;
        put("trace", "t1");
        put_ours('a', LETTER_TIMESTAMP);
        for (int i = LETTER_BYTES; i < LETTER_HEADER_COUNT; i++) {
            if (mask >> (i - LETTER_BYTES) & 1) {
                put(letter_header_name((enum letter_header)i).data, "9");
            }
        }
        cr_expect_eq(letter_own_count(headers, count), 1);
        for (int i = LETTER_BYTES; i < LETTER_HEADER_COUNT; i++) {
            cr_expect(is((enum letter_header)i, mask >> (i - LETTER_BYTES) & 1 ? "9" : NULL));
        }
        cr_expect(is(LETTER_OFFSET, "a5"));
    }
}

Test(letter, what_does_not_end_in_ours_is_none) {
    cr_expect_eq(letter_own_count(NULL, 0), 0);
    cr_expect(is(LETTER_REASON, NULL));
    put_ours('a', LETTER_TIMESTAMP);
    put("trace", "t1");
    cr_expect_eq(letter_own_count(headers, count), count);
    cr_expect(is(LETTER_REASON, NULL));
    count = 0;
    put_ours('a', LETTER_OFFSET); /* no timestamp */
    cr_expect_eq(letter_own_count(headers, count), count);
}

static void put_each(void *context, struct slice name, struct slice value) {
    static char values[LETTER_FIXED_COUNT][24];
    size_t *at = context;
    cr_assert(count < ROOM && *at < LETTER_FIXED_COUNT);
    snprintf(values[*at], sizeof values[*at], "%.*s", (int)value.len, value.data);
    headers[count++] = (struct message_header){name, slice_of(values[(*at)++])};
}

/* What is sent is what a reader finds. */
Test(letter, as_headers) {
    size_t at = 0;
    const struct letter letter = {SLICE("NOT_JSON"), SLICE("/a"), SLICE("byte 0"), SLICE("in"), 3, 77, -1};
    static const char *const expected[LETTER_FIXED_COUNT] = {"NOT_JSON", "/a", "byte 0", "in", "3", "77", "-1"};
    put("trace", "t1");
    letter_each(&letter, put_each, &at);
    cr_expect_eq(count, 1 + LETTER_FIXED_COUNT);
    cr_expect_eq(letter_own_count(headers, count), 1);
    for (int i = 0; i < LETTER_FIXED_COUNT; i++) {
        cr_expect(is((enum letter_header)i, expected[i]), "%s", expected[i]);
    }
}
