/* Plain text for people: words wrapped at the terminal's width (100 columns elsewhere) with an indent, columns counted
 * as a terminal shows them (Chinese characters take two). Nothing that a record holds can steer a terminal
 * (base/printable.h). One owner. */
#ifndef CARAVAN_COMMANDS_PAPER_H
#define CARAVAN_COMMANDS_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/slice.h"

enum { PAPER_COLUMNS = 100, PAPER_COLUMNS_MIN = 60 };

enum paper_colour { PAPER_PLAIN, PAPER_BOLD, PAPER_GREEN, PAPER_YELLOW, PAPER_RED };

struct paper {
    FILE *to;
    size_t columns;        /* a line has; PAPER_COLUMNS but on a terminal */
    size_t column, indent; /* indent: where wrapped text goes on */
    bool coloured;         /* only where `to` is a terminal and NO_COLOR is not set */
};

struct paper paper_on(FILE *to);

/* Text without wrapping. */
void paper_put(struct paper *paper, struct slice text);
void paper_puts(struct paper *paper, const char *text);
/* The same, padded with spaces to `width` columns: behind the text, or before it. */
void paper_left(struct paper *paper, struct slice text, size_t width);
void paper_right(struct paper *paper, struct slice text, size_t width);
/* Spaces up to `column`; at least one when the line is there already. */
void paper_tab(struct paper *paper, size_t column);
/* Words, each in front of or behind a line break as there is room; one that no line has room for is broken. */
void paper_wrap(struct paper *paper, struct slice text);
/* Two words that a line break does not part. */
void paper_wrap_pair(struct paper *paper, struct slice first, struct slice second);
/* Ends the line. */
void paper_end(struct paper *paper);
/* What is put until the next call has this colour. */
void paper_colour(struct paper *paper, enum paper_colour colour);

/* Columns of a text. */
size_t paper_width(struct slice text);

#endif
