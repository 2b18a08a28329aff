/* The rules of a row in words, for `caravan explain` and for what a rejected message is told: made from the row, so
 * that no page says other than what is checked. */
#include "event/shape_text.h"

#include "base/decimal.h"
#include "event/field.h"

void shape_write_classes(unsigned classes, struct buffer *out) {
    static const struct {
        unsigned bit;
        const char *text;
    } NAMES[] = {{CLASS_UPPER, " A-Z"}, {CLASS_LOWER, " a-z"}, {CLASS_DIGIT, " 0-9"},   {CLASS_DASH, " -"},
                 {CLASS_SLASH, " /"},   {CLASS_DOT, " ."},     {CLASS_UNDERSCORE, " _"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        buffer_append_text(out, (classes & NAMES[i].bit) != 0 ? NAMES[i].text : "");
    }
}

/* "1 to 70", or "4" where both are. */
static void write_range(const struct shape_member *member, struct buffer *out) {
    if (member->min < member->max) {
        buffer_printf(out, "%u to ", (unsigned)member->min);
    }
    buffer_printf(out, "%u", (unsigned)member->max);
}

static void write_token(const struct shape_member *member, struct buffer *out) {
    write_range(member, out);
    buffer_append_text(out, " of");
    shape_write_classes(member->classes, out);
}

/* Read as a sentence: "exit, entry or transit". */
static void write_choice(const struct shape_member *member, struct buffer *out) {
    for (uint32_t i = 0; i < member->max; i++) {
        buffer_append_text(out, i == 0 ? "" : i + 1 < member->max ? ", " : " or ");
        buffer_append_text(out, member->names[i]);
    }
}

static void write_amount(int digits, int places, struct buffer *out) {
    buffer_printf(out, "a number from 0 on, below 10^%d, at most %d digits behind the point", digits, places);
}

void shape_write_rule(const struct shape_member *member, struct buffer *out) {
    switch ((enum shape_kind)member->kind) {
    case SHAPE_TEXT: buffer_printf(out, "text of 1 to %u bytes", (unsigned)member->max); break;
    case SHAPE_TOKEN: write_token(member, out); break;
    case SHAPE_PLACE: buffer_append_text(out, "UN/LOCODE"); break;
    case SHAPE_CONTAINER: buffer_append_text(out, "container number: four letters, seven digits"); break;
    case SHAPE_SIZE_TYPE: buffer_append_text(out, "ISO 6346 size and type, such as 45G1"); break;
    case SHAPE_HS: buffer_append_text(out, "6, 8, 10 or 13 digits"); break;
    case SHAPE_DATE: buffer_append_text(out, "a calendar date YYYY-MM-DD"); break;
    case SHAPE_OTHER:
    case SHAPE_TRAIN: buffer_append_text(out, "a train: number, date, port"); break;
    case SHAPE_CHOICE: write_choice(member, out); break;
    case SHAPE_BOOLEAN: buffer_append_text(out, "true or false"); break;
    case SHAPE_TIME: buffer_append_text(out, "RFC 3339 time"); break;
    case SHAPE_COUNT:
        buffer_append_text(out, "a whole number, ");
        write_range(member, out);
        break;
    case SHAPE_MASS: write_amount(DECIMAL_MASS_DIGITS, DECIMAL_MASS_PLACES, out); break;
    case SHAPE_MONEY: write_amount(DECIMAL_MONEY_DIGITS, DECIMAL_MONEY_PLACES, out); break;
    case SHAPE_DEGREES:
        buffer_printf(out, "degrees, a number from -%u to %u", (unsigned)member->max, (unsigned)member->max);
        break;
    case SHAPE_OBJECT: buffer_append_text(out, "an object of"); break;
    case SHAPE_LIST:
        buffer_append_text(out, "a list of ");
        write_range(member, out);
        break;
    }
}
