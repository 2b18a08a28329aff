#include "commands/paper.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

struct paper paper_on(FILE *to) {
    int descriptor = fileno(to);
    return (struct paper){.to = to,
                          .coloured = descriptor >= 0 && isatty(descriptor) == 1 && getenv("NO_COLOR") == NULL};
}

/* ---- characters */

/* The character at `text` (valid UTF-8) and its length. */
static uint32_t character_at(const char *text, size_t *len) {
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80) {
        *len = 1;
        return bytes[0];
    }
    *len = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t character = bytes[0] & (0x7fu >> *len);
    for (size_t i = 1; i < *len; i++) {
        character = character << 6 | (bytes[i] & 0x3fu);
    }
    return character;
}

/* The ranges that terminals show two columns wide, roughly: East Asian Wide and Fullwidth of Unicode. */
static bool is_wide(uint32_t character) {
    return (character >= 0x1100 && character <= 0x115f) || (character >= 0x2e80 && character <= 0xa4cf) ||
           (character >= 0xac00 && character <= 0xd7a3) || (character >= 0xf900 && character <= 0xfaff) ||
           (character >= 0xfe30 && character <= 0xfe6f) || (character >= 0xff00 && character <= 0xff60) ||
           (character >= 0xffe0 && character <= 0xffe6) || (character >= 0x1f300 && character <= 0x1faff) ||
           (character >= 0x20000 && character <= 0x3fffd);
}

static bool is_control(uint32_t character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
           (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

size_t paper_width(struct slice text) {
    size_t width = 0;
    for (size_t i = 0, len; i < text.len; i += len) {
        width += is_wide(character_at(text.data + i, &len)) ? 2 : 1;
    }
    return width;
}

/* ---- lines */

void paper_put(struct paper *paper, struct slice text) {
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t character = character_at(text.data + i, &len);
        if (is_control(character)) {
            fputs("\xef\xbf\xbd", paper->to);
        } else {
            fwrite(text.data + i, 1, len, paper->to);
        }
        paper->column += is_wide(character) ? 2 : 1;
    }
}

void paper_puts(struct paper *paper, const char *text) {
    paper_put(paper, slice_of(text));
}

static void put_spaces(struct paper *paper, size_t count) {
    fprintf(paper->to, "%*s", (int)count, "");
    paper->column += count;
}

void paper_left(struct paper *paper, struct slice text, size_t width) {
    size_t taken = paper_width(text);
    paper_put(paper, text);
    put_spaces(paper, taken < width ? width - taken : 0);
}

void paper_right(struct paper *paper, struct slice text, size_t width) {
    size_t taken = paper_width(text);
    put_spaces(paper, taken < width ? width - taken : 0);
    paper_put(paper, text);
}

void paper_tab(struct paper *paper, size_t column) {
    put_spaces(paper, paper->column < column ? column - paper->column : 1);
}

void paper_end(struct paper *paper) {
    fputc('\n', paper->to);
    paper->column = 0;
}

/* A line break, or spaces up to where a word of this width goes. */
static void make_room(struct paper *paper, size_t width) {
    if (paper->column > paper->indent && paper->column + 1 + width > PAPER_COLUMNS) {
        paper_end(paper);
    }
    if (paper->column < paper->indent) {
        put_spaces(paper, paper->indent - paper->column);
    } else if (paper->column > paper->indent) {
        put_spaces(paper, 1);
    }
}

static void wrap_word(struct paper *paper, struct slice word) {
    make_room(paper, paper_width(word));
    paper_put(paper, word);
}

void paper_wrap_pair(struct paper *paper, struct slice first, struct slice second) {
    make_room(paper, paper_width(first) + 1 + paper_width(second));
    paper_put(paper, first);
    put_spaces(paper, 1);
    paper_put(paper, second);
}

void paper_wrap(struct paper *paper, struct slice text) {
    for (size_t begin = 0; begin < text.len;) {
        const char *space = memchr(text.data + begin, ' ', text.len - begin);
        size_t end = space == NULL ? text.len : (size_t)(space - text.data);
        if (end > begin) {
            wrap_word(paper, (struct slice){text.data + begin, end - begin});
        }
        begin = end + 1;
    }
}

void paper_colour(struct paper *paper, enum paper_colour colour) {
    static const char *const codes[] = {"\x1b[0m", "\x1b[1m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m"};
    if (paper->coloured) {
        fputs(codes[colour], paper->to);
    }
}
