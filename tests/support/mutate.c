#include "support/mutate.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define WORD(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

static const struct slice WORDS[] = {
    WORD("\""),
    WORD("{"),
    WORD("}"),
    WORD("["),
    WORD("]"),
    WORD(","),
    WORD(":"),
    WORD("null"),
    WORD("true"),
    WORD("false"),
    WORD("0"),
    WORD("-0"),
    WORD("1e3"),
    WORD("1.5000"),
    WORD("00"),
    WORD(".5"),
    WORD("1."),
    WORD("1e400"),
    WORD("\\u0000"),
    WORD("\\u001f"),
    WORD("\\u007f"),
    WORD("\\u00e9"),
    WORD("\\ud83d\\ude82"),
    WORD("\\\""),
    WORD("\\\\"),
    WORD("\\/"),
    WORD("\\n"),
    WORD("\\x"),
    WORD("\\u12"),
    WORD("\\"),
    WORD("\\ud83d"),
    WORD("\\ude82"),
    WORD("\\uD800\\u0041"),
    WORD("\xed\xa0\x80"),
    WORD("\xc0\x80"),
    WORD("\xff"),
    WORD("\xc3"),
    WORD("\xe4\xb8"),
    WORD("\xf4\x90\x80\x80"),
    WORD("\xe4\xb8\xad"),
    WORD("\xef\xbb\xbf"),
    WORD("\0"),
    WORD("\n"),
    WORD("\t"),
    WORD(" "),
    WORD("\x7f"),
    WORD("\"\":"),
    WORD("\"train\":"),
    WORD("\"train\":{}"),
    WORD("\"number\":\"X1\""),
    WORD("\"date\":\"2020-12-18\""),
    WORD("\"port\":\"CNAKL\""),
    WORD("\"id\":\"i\","),
    WORD("12345678901234567890123"),
    WORD("{\"a\":1,\"a\":2}"),
    WORD("NaN"),
    WORD("//"),
};

/* Puts `piece` where `taken` bytes from `at` on stand. `piece` may lie in `text`. */
static void replace(struct buffer *text, size_t at, size_t taken, struct slice piece) {
    struct buffer changed = {0};
    buffer_append(&changed, text->data, at);
    buffer_append_slice(&changed, piece);
    buffer_append(&changed, text->data + at + taken, text->len - at - taken);
    buffer_release(text);
    *text = changed;
}

static size_t at_random(struct random *random, const struct buffer *text) {
    return random_below(random, text->len + 1);
}

/* A piece of `text` of up to `max` bytes. */
static struct slice some(struct random *random, struct slice text, size_t max) {
    size_t at = random_below(random, text.len + 1);
    size_t left = text.len - at;
    return (struct slice){text.data + at, random_below(random, (left < max ? left : max) + 1)};
}

/* From one quote to another, with both; may be a string, what stands between two, or nothing. */
static struct slice quoted(struct random *random, struct slice text) {
    struct slice from = some(random, text, text.len);
    const char *open = from.len == 0 ? NULL : memchr(from.data, '"', from.len);
    if (open == NULL) {
        return (struct slice){text.data, 0};
    }
    size_t left = text.len - (size_t)(open - text.data);
    const char *close = left < 2 ? NULL : memchr(open + 1, '"', left - 1);
    return (struct slice){open, close == NULL ? 1 : (size_t)(close - open) + 1};
}

static void nest(struct random *random, struct buffer *text) {
    static const struct slice opens[] = {WORD("["), WORD("{\"a\":"), WORD("[[],")};
    static const struct slice closes[] = {WORD("]"), WORD("}"), WORD("]")};
    size_t kind = random_below(random, COUNT(opens)), depth = 1 + random_below(random, 130);
    struct buffer brackets = {0};
    for (size_t i = 0; i < depth; i++) {
        buffer_append_slice(&brackets, opens[kind]);
    }
    buffer_append_byte(&brackets, '1');
    depth -= random_below(random, 8) == 0;
    for (size_t i = 0; i < depth; i++) {
        buffer_append_slice(&brackets, closes[kind]);
    }
    /* In the place of a value, if one is found. */
    struct slice value = quoted(random, buffer_slice(text));
    replace(text, value.len == 0 ? 0 : (size_t)(value.data - text->data), value.len, buffer_slice(&brackets));
    buffer_release(&brackets);
}

static void change_byte(struct random *random, struct buffer *text) {
    char byte = (char)random_next(random);
    size_t at = at_random(random, text);
    switch (random_below(random, 3)) {
    case 0: replace(text, at, 0, (struct slice){&byte, 1}); break;
    case 1: replace(text, at, at < text->len, (struct slice){NULL, 0}); break;
    default:
        if (at < text->len) {
            text->data[at] = (char)(text->data[at] ^ (1 << random_below(random, 8)));
        }
    }
}

static void change_piece(struct random *random, struct slice other, struct buffer *text) {
    struct slice from = random_below(random, 2) == 0 ? other : buffer_slice(text);
    struct slice to;
    switch (random_below(random, 4)) {
    case 0: /* put in */ replace(text, at_random(random, text), 0, some(random, from, 64)); break;
    case 1: /* the rest of another */
        to = some(random, buffer_slice(text), text->len);
        replace(text, (size_t)(to.data - text->data), to.len, some(random, from, from.len));
        break;
    default: /* a name or value for another */
        to = quoted(random, buffer_slice(text));
        if (to.len > 0) {
            replace(text, (size_t)(to.data - text->data), to.len, quoted(random, from));
        }
    }
}

static void change(struct random *random, struct slice other, struct buffer *text) {
    struct slice word = WORDS[random_below(random, COUNT(WORDS))], value;
    switch (random_below(random, 8)) {
    case 0:
    case 1: change_byte(random, text); break;
    case 2: change_piece(random, other, text); break;
    case 3: /* cut at an end */
        value = some(random, buffer_slice(text), text->len);
        replace(text, random_below(random, 2) == 0 ? 0 : text->len - value.len, value.len, (struct slice){NULL, 0});
        break;
    case 4: nest(random, text); break;
    case 5: /* a word in the place of a string */
        value = quoted(random, buffer_slice(text));
        replace(text, value.len == 0 ? 0 : (size_t)(value.data - text->data), value.len, word);
        break;
    default: replace(text, at_random(random, text), 0, word);
    }
}

void mutate(struct random *random, struct slice other, struct buffer *text) {
    size_t changes = 1 + random_below(random, 4);
    if (other.data == NULL) {
        other = SLICE("");
    }
    for (size_t i = 0; i < changes; i++) {
        if (text->data == NULL) {
            buffer_reserve(text, 1);
        }
        change(random, other, text);
        text->len = text->len < MUTATE_BYTES_MAX ? text->len : MUTATE_BYTES_MAX;
    }
}
