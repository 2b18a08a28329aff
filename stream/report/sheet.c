/* Cells hold their final text from when they are put. So the three forms differ only in what stands between the cells,
 * and a number has the same digits in all of them. */
#include "report/sheet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "encode/json_put.h"

void sheet_init(struct sheet *sheet, const struct sheet_column *columns, size_t column_count) {
    assert(column_count > 0 && column_count <= SHEET_COLUMNS_MAX);
    *sheet = (struct sheet){.columns = columns, .column_count = column_count};
}

void sheet_release(struct sheet *sheet) {
    arena_release(&sheet->memory);
    free(sheet->cells);
    sheet->cells = NULL;
    sheet->row_count = sheet->row_capacity = 0;
}

void sheet_row(struct sheet *sheet) {
    if (sheet->row_count == sheet->row_capacity) {
        sheet->row_capacity = sheet->row_capacity == 0 ? 16 : sheet->row_capacity * 2;
        sheet->cells = alloc_resize(sheet->cells, sheet->row_capacity, sheet->column_count * sizeof *sheet->cells);
    }
    /* All absent: no data is not the same as an empty text. */
    memset(sheet->cells + sheet->row_count++ * sheet->column_count, 0, sheet->column_count * sizeof *sheet->cells);
}

static const struct slice *cells_of(const struct sheet *sheet, size_t row) {
    return sheet->cells + row * sheet->column_count;
}

void sheet_put(struct sheet *sheet, size_t column, struct slice text) {
    assert(sheet->row_count > 0 && column < sheet->column_count);
    sheet->cells[(sheet->row_count - 1) * sheet->column_count + column] = arena_copy(&sheet->memory, text);
}

void sheet_put_text(struct sheet *sheet, size_t column, struct slice text) {
    assert(sheet->columns[column].kind == SHEET_TEXT);
    sheet_put(sheet, column, text);
}

void sheet_put_decimal(struct sheet *sheet, size_t column, uint128 value, int places) {
    struct buffer text = {0};
    assert(sheet->columns[column].kind == SHEET_NUMBER);
    decimal_write(&text, value, places);
    sheet_put(sheet, column, buffer_slice(&text));
    buffer_release(&text);
}

void sheet_put_count(struct sheet *sheet, size_t column, uint64_t count) {
    sheet_put_decimal(sheet, column, count, 0);
}

struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column) {
    assert(row < sheet->row_count && column < sheet->column_count);
    return cells_of(sheet, row)[column];
}

/* ---- text */

/* Characters, not bytes; wide ones count as one, so that columns of Chinese names may stand apart. */
static size_t width_of(struct slice text) {
    struct printable next;
    size_t width = 0;
    while (printable_next(&text, &next)) {
        width++;
    }
    return width;
}

static void pad(struct buffer *out, size_t count) {
    while (count-- > 0) {
        buffer_append_byte(out, ' ');
    }
}

struct layout {
    size_t widths[SHEET_COLUMNS_MAX];
    bool shown[SHEET_COLUMNS_MAX]; /* titled, and some row has it */
    size_t last;                   /* the last one shown: nothing is padded behind it */
};

/* All rows are looked at before the first is written: a column is as wide as its widest cell, and one that no row has
 * is not shown. */
static struct layout layout_of(const struct sheet *sheet) {
    struct layout layout = {.last = 0};
    for (size_t column = 0; column < sheet->column_count; column++) {
        const char *title = sheet->columns[column].title;
        layout.widths[column] = title == NULL ? 0 : strlen(title);
        for (size_t row = 0; title != NULL && row < sheet->row_count; row++) {
            struct slice cell = cells_of(sheet, row)[column];
            size_t width = width_of(cell);
            layout.shown[column] = layout.shown[column] || cell.data != NULL;
            layout.widths[column] = width > layout.widths[column] ? width : layout.widths[column];
        }
        layout.last = layout.shown[column] ? column : layout.last;
    }
    return layout;
}

static void write_line(const struct sheet *sheet, const struct layout *layout, const struct slice *cells,
                       struct buffer *out) {
    for (size_t column = 0; column <= layout->last; column++) {
        if (layout->shown[column]) {
            struct slice cell = cells == NULL ? slice_of(sheet->columns[column].title) : cells[column];
            size_t blank = layout->widths[column] - width_of(cell);
            /* Numbers end under each other. */
            bool right = sheet->columns[column].kind == SHEET_NUMBER;
            pad(out, right ? blank : 0);
            printable_append(out, cell);
            pad(out, column == layout->last ? 0 : (right ? 0 : blank) + 2);
        }
    }
    /* An absent last cell leaves the blanks before it. The line before ends in LF, where this stops. */
    while (out->len > 0 && out->data[out->len - 1] == ' ') {
        out->len--;
    }
    buffer_append_byte(out, '\n');
}

void sheet_write_text(const struct sheet *sheet, struct buffer *out) {
    if (sheet->row_count > 0) {
        const struct layout layout = layout_of(sheet);
        write_line(sheet, &layout, NULL, out);
        for (size_t row = 0; row < sheet->row_count; row++) {
            write_line(sheet, &layout, cells_of(sheet, row), out);
        }
    }
}

/* ---- CSV */

/* In quotes only where RFC 4180 asks for them, so that most lines read as they are. */
static void write_field(struct slice text, struct buffer *out) {
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        plain = plain && text.data[i] != ',' && text.data[i] != '"' && text.data[i] != '\n' && text.data[i] != '\r';
    }
    if (plain) {
        buffer_append_slice(out, text);
        return;
    }
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') {
            buffer_append_byte(out, '"');
        }
        buffer_append_byte(out, text.data[i]);
    }
    buffer_append_byte(out, '"');
}

void sheet_write_csv(const struct sheet *sheet, struct buffer *out) {
    for (size_t column = 0; column < sheet->column_count; column++) {
        buffer_append_text(out, column == 0 ? "" : ",");
        /* Programs read this: a name stays, a title may change. */
        buffer_append_text(out, sheet->columns[column].name);
    }
    buffer_append_byte(out, '\n');
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t column = 0; column < sheet->column_count; column++) {
            buffer_append_text(out, column == 0 ? "" : ",");
            write_field(cells_of(sheet, row)[column], out);
        }
        buffer_append_byte(out, '\n');
    }
}

/* ---- JSON */

/* The columns by name, as canonical form wants members. */
static void sort_columns(const struct sheet *sheet, size_t order[SHEET_COLUMNS_MAX]) {
    for (size_t i = 0; i < sheet->column_count; i++) {
        size_t at = i;
        /* By insertion: they are SHEET_COLUMNS_MAX at most. */
        for (; at > 0 && strcmp(sheet->columns[order[at - 1]].name, sheet->columns[i].name) > 0; at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

void sheet_write_json_row(const struct sheet *sheet, size_t row, struct buffer *out) {
    size_t order[SHEET_COLUMNS_MAX];
    sort_columns(sheet, order);
    JSON_PUT(out, "{");
    for (size_t i = 0; i < sheet->column_count; i++) {
        const struct sheet_column *column = &sheet->columns[order[i]];
        struct slice cell = cells_of(sheet, row)[order[i]];
        /* As records leave out what is absent (contract 5.14). */
        if (cell.data == NULL) {
            continue;
        }
        json_put_name(out, slice_of(column->name));
        if (column->kind == SHEET_NUMBER) {
            /* A plain decimal is a JSON number as it stands. */
            buffer_append_slice(out, cell);
        } else {
            json_put_text(out, cell);
        }
    }
    JSON_PUT(out, "}");
}

void sheet_write_json(const struct sheet *sheet, struct buffer *out) {
    JSON_PUT(out, "[");
    for (size_t row = 0; row < sheet->row_count; row++) {
        json_put_next(out);
        sheet_write_json_row(sheet, row, out);
    }
    JSON_PUT(out, "]");
}
