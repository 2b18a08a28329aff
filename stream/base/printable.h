/* Text for people. What comes from outside (messages, headers, names of files, answers of a broker) may hold what
 * steers a terminal: escape sequences, C1 controls, bytes that are not UTF-8, marks that turn the direction of text.
 * Whatever is printed for a person goes through here, and each of these comes out as U+FFFD (contract 9.1). Any
 * thread. */
#ifndef CARAVAN_BASE_PRINTABLE_H
#define CARAVAN_BASE_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/slice.h"

struct printable {
    uint32_t character; /* U+FFFD for what is not shown */
    struct slice shown; /* its UTF-8: in the text itself, or static */
};

/* Takes the next character off *rest; false at the end. A byte that belongs to no character counts as one. */
bool printable_next(struct slice *rest, struct printable *out);

/* Appends `text` as it can be shown, on one line. */
void printable_append(struct buffer *out, struct slice text);
/* The same into `out`, which holds `capacity` bytes with the NUL: as many whole characters as fit. */
void printable_cut(struct slice text, char *out, size_t capacity);
/* The same to a file. */
void printable_put(FILE *to, struct slice text);
/* The same, but LF ends a line: for text whose lines are ours. */
void printable_put_lines(FILE *to, struct slice text);
/* A sentence on a line of its own, written whole: formatted, made fit to be shown, LF. */
void printable_say(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON text for machines, on a line of its own: what would not be shown is escaped (\u009b), which does not change
 * its value. Bytes that are not UTF-8, which no JSON text has, become \ufffd. */
void printable_put_json(FILE *to, struct slice json);

#endif
