/* What scanning needs beside the rows: members that nobody asks for, escapes, odd numbers, sets. All of it reads up to
 * the zero bytes behind the message at most, since these are in no JSON. */
#include <string.h>

#include "base/utf8.h"
#include "event/scan_block.h"
#include "event/scan_state.h"

enum { SURROGATE_BEGIN = 0xd800, SURROGATE_LOW = 0xdc00, SURROGATE_END = 0xe000 };

static const char *skip_spaces(const char *at) {
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') {
        at++;
    }
    return at;
}

/* ---- numbers */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at) {
    if (!is_digit(*at)) {
        return NULL;
    }
    while (is_digit(*at)) {
        at++;
    }
    return at;
}

/* By the grammar of RFC 8259. */
static const char *skip_number(const char *at) {
    at += *at == '-';
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (at != NULL && *at == '.') {
        at = skip_digits(at + 1);
    }
    if (at != NULL && (*at == 'e' || *at == 'E')) {
        at++;
        at = skip_digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

const char *scan_spelling(const char *at, struct slice *text) {
    text->data = at;
    while (is_digit(*at) || *at == '.' || *at == '-' || *at == '+' || *at == 'e' || *at == 'E') {
        at++;
    }
    text->len = (size_t)(at - text->data);
    return at;
}

/* ---- strings */

static const char *string_end(const char *at) {
    struct scan_look look;
    while (look = scan_look(at), look.ends == 0) {
        at += SCAN_BLOCK_BYTES;
    }
    return at + scan_first(look.ends);
}

/* Four hexadecimal digits; -1: they are none. */
static int32_t hex4(const char *at) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* Behind `\u`: the character, of a pair of surrogates too; -1: none, or half a pair. */
static int32_t escaped_code(const char **at) {
    int32_t code = hex4(*at);
    if (code < 0) {
        return -1;
    }
    *at += 4;
    if (code < SURROGATE_BEGIN || code >= SURROGATE_END) {
        return code;
    }
    int32_t low = code < SURROGATE_LOW && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2) : -1;
    if (low < SURROGATE_LOW || low >= SURROGATE_END) {
        return -1;
    }
    *at += 6;
    return 0x10000 + ((code - SURROGATE_BEGIN) << 10) + (low - SURROGATE_LOW);
}

/* UTF-8; behind its last byte. */
static char *put_code(char *out, int32_t code) {
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    static const int LEAD[] = {0, 0xc0, 0xe0, 0xf0};
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    *out++ = (char)(LEAD[more] | code >> (6 * more));
    while (more-- > 0) {
        *out++ = (char)(0x80 | (code >> (6 * more) & 0x3f));
    }
    return out;
}

/* The escape behind a backslash; behind it in the message, NULL where there is none such. */
static const char *take_escape(const char *at, char **out) {
    int32_t code = *at;
    if (code == 'u') {
        at++;
        code = escaped_code(&at);
    } else if (code == '"' || code == '\\' || code == '/') {
        at++;
    } else {
        return NULL; /* no escape, or a control character */
    }
    if (code <= SCAN_CONTROL_LAST || code == SCAN_DELETE) {
        return NULL;
    }
    *out = put_code(*out, code);
    return at;
}

/* An escape never becomes longer than it was, so there is room for the rest of the string as it stands. Whether all of
 * it is UTF-8 is looked at once: what escapes give is, and so no piece beside them becomes so by it. */
const char *scan_unescape(const char *text, const char *at, struct arena *arena, struct slice *out) {
    const char *end = at;
    while (*end == '\\') {
        end = string_end(end + 1 + (end[1] == '\\' || end[1] == '"'));
    }
    if (*end != '"') {
        return NULL;
    }
    char *begin = arena_take(arena, (size_t)(end - text) + sizeof(uint64_t));
    char *to = begin;
    while (text < end) {
        memcpy(to, text, (size_t)(at - text));
        to += at - text;
        text = at;
        if (at < end) {
            text = take_escape(at + 1, &to);
            if (text == NULL) {
                return NULL;
            }
            at = string_end(text);
        }
    }
    *out = (struct slice){begin, (size_t)(to - begin)};
    return utf8_is_valid(*out) ? end + 1 : NULL;
}

/* Of a string that nobody reads. */
static const char *skip_string(const char *at, struct arena *arena) {
    const char *end = string_end(at + 1);
    struct slice text = {at + 1, (size_t)(end - at - 1)};
    if (*end == '\\') {
        return scan_unescape(at + 1, end, arena, &text);
    }
    return *end == '"' && utf8_is_valid(text) ? end + 1 : NULL;
}

/* ---- values */

static const char *skip_word(const char *at, const char *word) {
    size_t len = strlen(word);
    return strncmp(at, word, len) == 0 ? at + len : NULL;
}

/* Behind its opening bracket. */
static const char *skip_list(const char *at, int depth, struct arena *arena) {
    bool object = at[-1] == '{';
    char close = object ? '}' : ']';
    at = skip_spaces(at);
    if (*at == close) {
        return at + 1;
    }
    for (;;) {
        if (object) {
            at = *at == '"' ? skip_string(at, arena) : NULL;
            at = at == NULL ? NULL : skip_spaces(at);
            if (at == NULL || *at != ':') {
                return NULL;
            }
            at = skip_spaces(at + 1);
        }
        at = scan_skip(at, depth - 1, arena);
        at = at == NULL ? NULL : skip_spaces(at);
        if (at == NULL || *at != ',') {
            return at != NULL && *at == close ? at + 1 : NULL;
        }
        at = skip_spaces(at + 1);
    }
}

const char *scan_skip(const char *at, int depth, struct arena *arena) {
    switch (*at) {
    case '"': return skip_string(at, arena);
    case '{':
    case '[': return depth == 0 ? NULL : skip_list(at + 1, depth, arena);
    case 't': return skip_word(at, "true");
    case 'f': return skip_word(at, "false");
    case 'n': return skip_word(at, "null");
    default: return skip_number(at);
    }
}

/* ---- sets */

enum { NUMBER_BITS = 20 };

#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

void scan_set_open(struct scan_set *set) {
    set->used = 0;
}

static bool put_slot(struct scan_set *set, uint64_t hash) {
    uint64_t entry = (hash & ~NUMBER_MASK) | set->number;
    size_t at = hash >> NUMBER_BITS & (SCAN_SET_SLOTS - 1);
    while ((set->slots[at] & NUMBER_MASK) == set->number) {
        if (set->slots[at] == entry) {
            return false;
        }
        at = (at + 1) & (SCAN_SET_SLOTS - 1);
    }
    set->slots[at] = entry;
    return true;
}

static bool open_slots(struct scan_set *set) {
    bool distinct = true;
    set->number = (set->number + 1) & NUMBER_MASK;
    if (set->number == 0) {
        /* Slots of a million sets ago would seem to be in use. */
        memset(set->slots, 0, sizeof set->slots);
        set->number = 1;
    }
    for (size_t i = 0; i < SCAN_SET_FEW; i++) {
        distinct = put_slot(set, set->few[i]) && distinct;
    }
    return distinct;
}

bool scan_set_add(struct scan_set *set, uint64_t hash) {
    size_t used = set->used++;
    if (used < SCAN_SET_FEW) {
        set->few[used] = hash;
        for (size_t i = 0; i < used; i++) {
            if (set->few[i] == hash) {
                return false;
            }
        }
        return true;
    }
    return used < SCAN_SET_SLOTS / 2 && (used > SCAN_SET_FEW || open_slots(set)) && put_slot(set, hash);
}
