#include <criterion/criterion.h>

#include "event/reject.h"

/* The names on the wire, in the order of the checks (contract 8.3). */
Test(reject, names_and_order) {
    static const char *const names[] = {
        "TOO_LARGE",        "NOT_JSON",       "BAD_ENVELOPE", "UNKNOWN_TYPE",   "MISSING_FIELD", "BAD_FIELD",
        "DUPLICATE_MEMBER", "LIMIT_EXCEEDED", "KEY_MISMATCH", "TIME_IN_FUTURE", "TOO_LATE",
    };
    cr_assert_eq(sizeof names / sizeof names[0], REJECT_REASON_COUNT);
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        cr_expect_str_eq(reject_name((enum reject_reason)i), names[i]);
        cr_expect_eq(reject_reason_of(slice_of(names[i])), i);
    }
}

Test(reject, no_other_name_is_one) {
    static const char *const others[] = {"", "bad_field", "BAD_FIELD ", "BAD_FIEL", "REJECT_BAD_FIELD"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        cr_expect_eq(reject_reason_of(slice_of(others[i])), -1, "%s", others[i]);
    }
}

Test(reject, texts_are_kept) {
    struct reject reject;
    reject_set(&reject, REJECT_BAD_FIELD, "/data/train", "%s is %d", "n", 7);
    cr_expect_eq(reject.reason, REJECT_BAD_FIELD);
    cr_expect_str_eq(reject.pointer, "/data/train");
    cr_expect_str_eq(reject.message, "n is 7");
}

/* `ascii` letters, then one character again and again up to beyond the bound: only whole ones remain. */
static void expect_cut(size_t ascii, const char *character, size_t left) {
    char text[REJECT_MESSAGE_BYTES_MAX * 2];
    size_t step = strlen(character);
    size_t len = ascii;
    memset(text, 'x', ascii);
    while (len <= REJECT_MESSAGE_BYTES_MAX) {
        memcpy(text + len, character, step);
        len += step;
    }
    text[len] = '\0';
    struct reject reject;
    reject_set(&reject, REJECT_BAD_FIELD, text, "%s", text);
    cr_expect_eq(strlen(reject.message), left, "%zu and %s: %zu", ascii, character, strlen(reject.message));
    cr_expect_eq(strlen(reject.pointer), left);
    cr_expect_eq(memcmp(reject.message, text, left), 0);
}

Test(reject, long_texts_are_cut_between_characters) {
    expect_cut(0, "x", 255);
    expect_cut(0, "\xc3\xa9", 254);
    expect_cut(1, "\xc3\xa9", 255);
    expect_cut(0, "\xe4\xb8\xad", 255);
    expect_cut(1, "\xe4\xb8\xad", 253);
    expect_cut(2, "\xe4\xb8\xad", 254);
    expect_cut(1, "\xe0\xa4\x95", 253);
    expect_cut(2, "\xe0\xa4\x95", 254);
    expect_cut(1, "\xdf\xbf", 255);
    expect_cut(1, "\xef\xbf\xbd", 253);
    for (size_t ascii = 0; ascii < 4; ascii++) {
        expect_cut(ascii, "\xf0\x9f\x9a\x82", 252 + ascii);
    }
}
