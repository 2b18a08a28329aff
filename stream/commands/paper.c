/* Wrapping and columns need a character's width, so text is cut into characters as it will be shown: base/printable.h
 * replaces what would steer a terminal (contract 9.1) first, and only then is it counted. Colours are the only escape
 * sequences that go out here, and they are static. */
#include "commands/paper.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/printable.h"

/* Elsewhere than on a terminal the width is fixed, so that a file or a pipe gets the same bytes on every machine.
 * NO_COLOR is a convention of many programs: whatever its value, no colours. */
struct paper paper_on(FILE *to) {
    int descriptor = fileno(to);
    bool is_terminal = descriptor >= 0 && isatty(descriptor) == 1;
    struct winsize size;
    struct paper paper = {.to = to, .columns = PAPER_COLUMNS, .coloured = is_terminal && getenv("NO_COLOR") == NULL};
    if (is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        /* Tables need some room; what is narrower wraps by itself. */
        paper.columns = size.ws_col < PAPER_COLUMNS_MIN ? PAPER_COLUMNS_MIN : size.ws_col;
    }
    return paper;
}

/* ---- characters */

/* The ranges that terminals show two columns wide, roughly: East Asian Wide and Fullwidth of Unicode. wcwidth would
 * need a locale, which a container often has none of. Characters that combine with the one before count a column here:
 * a line is then a little shorter than it could be, never longer. */
static bool is_wide(uint32_t character) {
    return (character >= 0x1100 && character <= 0x115f) || (character >= 0x2e80 && character <= 0xa4cf) ||
           (character >= 0xac00 && character <= 0xd7a3) || (character >= 0xf900 && character <= 0xfaff) ||
           (character >= 0xfe30 && character <= 0xfe6f) || (character >= 0xff00 && character <= 0xff60) ||
           (character >= 0xffe0 && character <= 0xffe6) || (character >= 0x1f300 && character <= 0x1faff) ||
           (character >= 0x20000 && character <= 0x3fffd);
}

static size_t columns_of(uint32_t character) {
    return is_wide(character) ? 2 : 1;
}

size_t paper_width(struct slice text) {
    size_t width = 0;
    for (struct printable next; printable_next(&text, &next);) {
        width += columns_of(next.character);
    }
    return width;
}

/* ---- lines */

void paper_put(struct paper *paper, struct slice text) {
    for (struct printable next; printable_next(&text, &next);) {
        fwrite(next.shown.data, 1, next.shown.len, paper->to);
        paper->column += columns_of(next.character);
    }
}

void paper_puts(struct paper *paper, const char *text) {
    paper_put(paper, slice_of(text));
}

static void put_spaces(struct paper *paper, size_t count) {
    fprintf(paper->to, "%*s", (int)count, "");
    paper->column += count;
}

/* Not fprintf's width: that counts bytes. */
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

/* One space even where the column has passed: two values must never run together. */
void paper_tab(struct paper *paper, size_t column) {
    put_spaces(paper, paper->column < column ? column - paper->column : 1);
}

void paper_end(struct paper *paper) {
    fputc('\n', paper->to);
    paper->column = 0;
}

/* A line break, or spaces up to where a word of this width goes. A word at the indent stays there even when it is too
 * long: a break would not make more room. */
static void make_room(struct paper *paper, size_t width) {
    if (paper->column > paper->indent && paper->column + 1 + width > paper->columns) {
        paper_end(paper);
    }
    if (paper->column < paper->indent) {
        put_spaces(paper, paper->indent - paper->column);
    } else if (paper->column > paper->indent) {
        put_spaces(paper, 1);
    }
}

static void wrap_word(struct paper *paper, struct slice word) {
    size_t width = paper_width(word);
    make_room(paper, width);
    if (width + paper->indent <= paper->columns) {
        paper_put(paper, word);
        return;
    }
    /* No line is long enough: it goes on in the next ones. */
    for (struct printable next; printable_next(&word, &next);) {
        if (paper->column + columns_of(next.character) > paper->columns) {
            paper_end(paper);
            put_spaces(paper, paper->indent);
        }
        fwrite(next.shown.data, 1, next.shown.len, paper->to);
        paper->column += columns_of(next.character);
    }
}

/* For a number and its unit, which one reads together. */
void paper_wrap_pair(struct paper *paper, struct slice first, struct slice second) {
    make_room(paper, paper_width(first) + 1 + paper_width(second));
    paper_put(paper, first);
    put_spaces(paper, 1);
    paper_put(paper, second);
}

/* Blanks are places to break and nothing else: several count as one, and those at the ends vanish. */
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
