#include <criterion/criterion.h>

#include "core/text.h"

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
