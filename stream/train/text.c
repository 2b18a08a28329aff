/* Contract 5.3: ASCII and U+0020 alone, so that no table of letters, which changes with the years, decides a merge. */
#include "train/text.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The highest bit of each byte that is a space. */
static uint64_t spaces_in(uint64_t word) {
    uint64_t other = word ^ EACH(' ');
    return ~(((other & EACH(0x7f)) + EACH(0x7f)) | other) & EACH(0x80);
}

/* Letters A to Z in lower case, eight bytes at once: adding brings a byte to 0x80 when it is at or above a letter. */
static uint64_t lower_word(uint64_t word) {
    uint64_t ascii = word & EACH(0x7f);
    uint64_t letters = ((ascii + EACH(0x80 - 'A')) & ~(ascii + EACH(0x80 - 'Z' - 1))) & ~word & EACH(0x80);
    return word + (letters >> 2); /* 0x80 >> 2 is 'a' - 'A' */
}

/* The beginning of `raw`, as far as whole words go, no space of which stands beside another or begins the text; how
 * long it is. Nearly all texts are so. */
static size_t take_words(struct slice raw, char *out) {
    size_t at = 0;
    uint64_t before = 1; /* whether the byte before is a space, or there is none */
    uint64_t word;
    for (; at + sizeof word <= raw.len; at += sizeof word) {
        memcpy(&word, raw.data + at, sizeof word);
        word = le64toh(word);
        uint64_t spaces = spaces_in(word) >> 7;
        if ((spaces & (spaces << 8 | before)) != 0) {
            break;
        }
        before = spaces >> 56;
        word = htole64(lower_word(word));
        memcpy(out + at, &word, sizeof word);
    }
    /* A space at the end waits for what comes. */
    return at - (at > 0 && raw.data[at - 1] == ' ');
}

size_t text_normalise(struct slice raw, char *out) {
    size_t len = take_words(raw, out);
    bool space = false; /* one is due before the next character */
    for (size_t i = len; i < raw.len; i++) {
        char c = raw.data[i];
        if (c == ' ') {
            space = len > 0;
            continue;
        }
        if (space) {
            out[len++] = ' ';
            space = false;
        }
        out[len++] = lower(c);
    }
    return len;
}
