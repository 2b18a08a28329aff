#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "train/text.h"

Test(text, normalise) {
    static const struct {
        const char *raw, *normal;
    } ROWS[] = {
        {"", ""},
        {" ", ""},
        {"   ", ""},
        {"a", "a"},
        {"Ab C", "ab c"},
        {"  a  b   c ", "a b c"},
        {"a\xc2\xa0 B", "a\xc2\xa0 b"}, /* no-break space is no space */
        {"\xc3\x84 Z", "\xc3\x84 z"},   /* only ASCII letters */
        {"[@`{", "[@`{"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char out[32];
        size_t len = text_normalise(slice_of(ROWS[i].raw), out);
        cr_expect(slice_equal((struct slice){out, len}, slice_of(ROWS[i].normal)), "%s gives %.*s", ROWS[i].raw,
                  (int)len, out);
    }
}

/* One character at a time, as contract 5.3 says it. */
static size_t slowly(struct slice raw, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        if (c != ' ') {
            if (len > 0 && raw.data[i - 1] == ' ') {
                out[len++] = ' ';
            }
            out[len++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
    }
    return len;
}

/* Every byte, and spaces in every place of words of eight bytes. */
Test(text, long_ones_are_as_short_ones) {
    enum { LEN_MAX = 40, TEXTS = 200000 };
    static const char BYTES[] = "aZ@[`{ \x7f\x80\xc1\xda\xff";
    uint64_t state = 1;
    for (int i = 0; i < TEXTS; i++) {
        char raw[LEN_MAX], out[LEN_MAX], expected[LEN_MAX];
        size_t len = (size_t)i % (LEN_MAX + 1);
        for (size_t k = 0; k < len; k++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
            raw[k] = (state >> 33) % 4 == 0   ? ' '
                     : (state >> 40) % 8 == 0 ? (char)(state >> 50)
                                              : BYTES[(state >> 45) % 12];
        }
        size_t found = text_normalise((struct slice){raw, len}, out);
        size_t right = slowly((struct slice){raw, len}, expected);
        cr_assert(found == right && memcmp(out, expected, right) == 0, "%.*s", (int)len, raw);
    }
}
