#include <criterion/criterion.h>

#include "base/utf8.h"

/* Encodes a number in the given length, whether that is right or not. */
static struct slice encode(uint32_t code, size_t len, char out[4]) {
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; code >>= 6) {
        out[i] = (char)(0x80 | (code & 0x3f));
    }
    out[0] = (char)(leads[len] | code);
    return (struct slice){out, len};
}

/* Every character in every length: right in the shortest one alone. */
Test(utf8, every_character) {
    static const uint32_t beyond[] = {0, 0x80, 0x800, 0x10000, 0x200000};
    for (size_t len = 1; len <= 4; len++) {
        for (uint32_t code = 0; code < beyond[len]; code++) {
            char bytes[4];
            uint32_t found = 0;
            struct slice text = encode(code, len, bytes);
            bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
            bool right = code >= beyond[len - 1] && !is_surrogate && code <= 0x10ffff;
            cr_assert_eq(utf8_first(text, &found), right ? len : 0, "%x in %zu", (unsigned)code, len);
            cr_assert_eq(utf8_is_valid(text), right);
            cr_assert(!right || found == code);
        }
    }
}

Test(utf8, cut_or_continued_wrongly) {
    static const char *const wrong[] = {"\x80",      "\xc3",         "\xe2\x82", "\xf0\x9f\x98",
                                        "\xe2\x82 ", "\xc3\xc3\xa9", "\xff",     "\xf8\x88\x80\x80\x80",
                                        "ok\xe2\x82"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(utf8_is_valid(slice_of(wrong[i])), "%zu", i);
    }
    cr_expect(utf8_is_valid(SLICE("")));
    cr_expect(utf8_is_valid((struct slice){"a\0\xf0\x9f\x98\x80", 6}), "NUL is a character");
}
