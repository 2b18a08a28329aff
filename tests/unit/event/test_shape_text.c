/* What a row says for a person. */
#include <criterion/criterion.h>

#include "event/field.h"
#include "event/shape_text.h"

static void expect_rule(const struct shape_member *member, const char *expected) {
    struct buffer text = {0};
    shape_write_rule(member, &text);
    buffer_append_byte(&text, '\0');
    cr_expect_str_eq(text.data, expected);
    buffer_release(&text);
}

Test(shape_text, rules) {
    static const char *const names[] = {"one", "two", "three"};
    expect_rule(&(struct shape_member){.kind = SHAPE_TEXT, .min = 1, .max = 32}, "text of 1 to 32 bytes");
    expect_rule(&(struct shape_member){.kind = SHAPE_TOKEN, .min = 4, .max = 4, .classes = CLASS_DIGIT}, "4 of 0-9");
    expect_rule(&(struct shape_member){.kind = SHAPE_TOKEN,
                                       .min = 1,
                                       .max = 9,
                                       .classes = CLASS_UPPER | CLASS_LOWER | CLASS_DASH | CLASS_SLASH | CLASS_DOT |
                                                  CLASS_UNDERSCORE},
                "1 to 9 of A-Z a-z - / . _");
    expect_rule(&(struct shape_member){.kind = SHAPE_CHOICE, .names = names, .max = 3}, "one, two or three");
    expect_rule(&(struct shape_member){.kind = SHAPE_CHOICE, .names = names, .max = 2}, "one or two");
    expect_rule(&(struct shape_member){.kind = SHAPE_COUNT, .min = 1, .max = 120}, "a whole number, 1 to 120");
    expect_rule(&(struct shape_member){.kind = SHAPE_DEGREES, .max = 90}, "degrees, a number from -90 to 90");
    expect_rule(&(struct shape_member){.kind = SHAPE_LIST, .min = 0, .max = 4}, "a list of 0 to 4");
}

/* No row is without words. */
static void expect_words(const struct shape *shape) {
    for (size_t i = 0; i < shape->count; i++) {
        struct buffer text = {0};
        shape_write_rule(&shape->members[i], &text);
        cr_expect_gt(text.len, 0, "%s", shape->members[i].name);
        buffer_release(&text);
        if (shape->members[i].of != NULL) {
            expect_words(shape->members[i].of);
        }
    }
}

Test(shape_text, every_row_has_words) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        expect_words(&EVENT_TYPES[type].data);
    }
}
