/* A table of a report and its three forms: aligned text for people, CSV, JSON. Cells are texts or exact plain decimals,
 * so that nothing is rounded on the way out. Pure. One owner. */
#ifndef CARAVAN_REPORT_SHEET_H
#define CARAVAN_REPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/decimal.h"

enum { SHEET_COLUMNS_MAX = 24 };

enum sheet_kind {
    SHEET_TEXT,
    SHEET_NUMBER /* a JSON number; stands to the right in text */
};

struct sheet_column {
    const char *name;  /* in CSV and JSON */
    const char *title; /* in text; NULL: not shown there */
    enum sheet_kind kind;
};

struct sheet {
    const struct sheet_column *columns;
    size_t column_count;
    struct slice *cells; /* row by row; data NULL: absent */
    size_t row_count, row_capacity;
    struct arena memory; /* of the cells' texts */
};

void sheet_init(struct sheet *sheet, const struct sheet_column *columns, size_t column_count);
void sheet_release(struct sheet *sheet);

/* Begins a row of absent cells; the row before is whole. */
void sheet_row(struct sheet *sheet);
/* Cells of the row begun last; texts are copied. */
void sheet_put(struct sheet *sheet, size_t column, struct slice value); /* a number: as written in a record */
void sheet_put_text(struct sheet *sheet, size_t column, struct slice text);
void sheet_put_count(struct sheet *sheet, size_t column, uint64_t count);
/* value / 10^places */
void sheet_put_decimal(struct sheet *sheet, size_t column, uint128 value, int places);

/* The cell; data NULL: absent. */
struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column);

/* A line of titles and a line a row, in columns; what would steer a terminal is U+FFFD. Nothing for a sheet without
 * rows. */
void sheet_write_text(const struct sheet *sheet, struct buffer *out);
/* RFC 4180, but that a line ends with LF: a line of names, a line a row; an absent cell is empty. A text that a
 * spreadsheet would take for a formula stays what it is: the file is data. */
void sheet_write_csv(const struct sheet *sheet, struct buffer *out);
/* An array of objects in canonical form, absent cells left out. */
void sheet_write_json(const struct sheet *sheet, struct buffer *out);
/* One of these objects. */
void sheet_write_json_row(const struct sheet *sheet, size_t row, struct buffer *out);

#endif
