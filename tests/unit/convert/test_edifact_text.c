/* Charsets of EDIFACT. */
#include <criterion/criterion.h>

#include "convert/edifact_text.h"

static void expect(enum edifact_charset charset, const char *bytes, const char *wanted) {
    struct buffer out = {0};
    const char *wrong = edifact_text_put(&out, charset, slice_of(bytes));
    cr_expect_eq(wrong == NULL, wanted != NULL, "%s: %s", bytes, wrong);
    cr_expect(wanted == NULL || slice_equal(buffer_slice(&out), slice_of(wanted)), "%.*s", (int)out.len, out.data);
    buffer_release(&out);
}

Test(edifact_text, names) {
    enum edifact_charset charset;
    cr_expect(edifact_charset_of(SLICE("UNOA"), &charset) && charset == EDIFACT_ASCII);
    cr_expect(edifact_charset_of(SLICE("UNOY"), &charset) && charset == EDIFACT_UTF8);
    cr_expect_not(edifact_charset_of(SLICE("UNOD"), &charset));
    cr_expect_not(edifact_charset_of((struct slice){NULL, 0}, &charset));
}

Test(edifact_text, to_utf8) {
    expect(EDIFACT_ASCII, "Ab", "Ab");
    expect(EDIFACT_ASCII, "\xfc", NULL);
    expect(EDIFACT_ASCII, "\x85", NULL);
    expect(EDIFACT_LATIN1, "G\xfcter \xa0\xff", "Güter \xc2\xa0ÿ");
    expect(EDIFACT_LATIN1, "\x85", NULL);
    expect(EDIFACT_CYRILLIC, "\xb3\xe0\xe3\xd7 \xf0\xfd\xa1\xff", "Груз №§Ёџ");
    expect(EDIFACT_UTF8, "Груз", "Груз");
    expect(EDIFACT_UTF8, "\xfc", NULL);
}

Test(edifact_text, no_control_characters) {
    for (int charset = EDIFACT_ASCII; charset <= EDIFACT_UTF8; charset++) {
        expect((enum edifact_charset)charset, "a\tb", NULL);
        expect((enum edifact_charset)charset, "\x7f", NULL);
    }
}
