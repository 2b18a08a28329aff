#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"

#define MARK "\xef\xbf\xbd"

static void expect_shown(struct slice text, const char *expected) {
    struct buffer out = {0};
    printable_append(&out, text);
    cr_expect(slice_equal(buffer_slice(&out), slice_of(expected)), "%.*s instead of %s", (int)out.len, out.data,
              expected);
    buffer_release(&out);
}

Test(printable, shows_what_people_write) {
    static const char *const texts[] = {"", "plain ~", "Nürnberg", "新疆丝路", "Минск", "\U0001f682", "עברית العربية"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        expect_shown(slice_of(texts[i]), texts[i]);
    }
}

/* Every character of Unicode: exactly these steer. */
Test(printable, hides_what_steers_a_terminal) {
    static const uint32_t ranges[][2] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
                                         {0x2028, 0x202e}, {0x2066, 0x206f}, {0xd800, 0xdfff}, {0xfffd, 0xfffd}};
    for (uint32_t code = 0; code < 0x110000; code++) {
        bool hidden = false;
        for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
            hidden = hidden || (code >= ranges[i][0] && code <= ranges[i][1]);
        }
        char text[4];
        size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        text[0] = (char)(len == 1 ? code : (0xf00 >> len & 0xff) | code >> 6 * (len - 1));
        for (size_t i = 1; i < len; i++) {
            text[i] = (char)(0x80 | (code >> 6 * (len - 1 - i) & 0x3f));
        }
        struct slice rest = {text, len};
        struct printable next;
        cr_assert(printable_next(&rest, &next));
        cr_assert_eq(next.character, hidden ? 0xfffd : code, "U+%04X: U+%04X", (unsigned)code,
                     (unsigned)next.character);
        cr_assert_eq(next.shown.len, hidden ? 3 : len);
    }
}

Test(printable, marks_each_byte_that_is_not_utf8) {
    expect_shown(SLICE("a\x9b"
                       "31mb"),
                 "a" MARK "31mb");
    expect_shown(SLICE("\xff\xfe"), MARK MARK);
    expect_shown(SLICE("\xc0\x9b"), MARK MARK);                   /* too long */
    expect_shown(SLICE("\xe0\x82\x9b"), MARK MARK MARK);          /* too long */
    expect_shown(SLICE("\xed\xa0\x80"), MARK MARK MARK);          /* half a surrogate pair */
    expect_shown(SLICE("\xf4\x90\x80\x80"), MARK MARK MARK MARK); /* beyond Unicode */
    expect_shown(SLICE("\xe6\x96x"), MARK MARK "x");              /* cut short */
    expect_shown(SLICE("x\xe6\x96"), "x" MARK MARK);
}

Test(printable, cuts_between_characters) {
    char out[8];
    printable_cut(SLICE("abcdefgh"), out, sizeof out);
    cr_expect_str_eq(out, "abcdefg");
    printable_cut(SLICE("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"), out, sizeof out);
    cr_expect_str_eq(out, "\xe4\xb8\xad\xe4\xb8\xad");
    printable_cut(SLICE("abcde\x1b"), out, sizeof out);
    cr_expect_str_eq(out, "abcde", "no room for the mark");
    printable_cut(SLICE(""), out, sizeof out);
    cr_expect_str_eq(out, "");
}

static char *printed;
static size_t printed_len;

static void expect_printed(FILE *to, const char *expected) {
    fclose(to);
    cr_expect_str_eq(printed, expected);
    cr_expect_eq(printed_len, strlen(expected));
    free(printed);
}

Test(printable, a_sentence_is_one_line) {
    FILE *to = open_memstream(&printed, &printed_len);
    printable_say(to, "caravan: %s: %d", "a\nERROR b\x1b[2J", 7);
    expect_printed(to, "caravan: a" MARK "ERROR b" MARK "[2J: 7\n");
}

Test(printable, lines_of_ours_stay_lines) {
    FILE *to = open_memstream(&printed, &printed_len);
    printable_put_lines(to, SLICE("one\r\n\ntwo\x7f"));
    expect_printed(to, "one" MARK "\n\ntwo" MARK);
}

Test(printable, json_keeps_its_value) {
    FILE *to = open_memstream(&printed, &printed_len);
    printable_put_json(to, SLICE("{\"a\":\"\xc2\x9b\x7f\xe2\x80\xae x \\n \xe6\x96\xb0\",\n\t\"b\":1}"));
    expect_printed(to, "{\"a\":\"\\u009b\\u007f\\u202e x \\n \xe6\x96\xb0\",  \"b\":1}\n");
}

Test(printable, bytes_that_are_no_json_steer_nothing_either) {
    FILE *to = open_memstream(&printed, &printed_len);
    printable_put_json(to, SLICE("\x1b[2J\x9b\xe6"));
    expect_printed(to, "\\u001b[2J\\ufffd\\ufffd\n");
}
