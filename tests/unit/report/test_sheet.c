/* One table in its three forms. */
#include <criterion/criterion.h>

#include "report/sheet.h"

enum { NAME, COUNT, MASS, HIDDEN, COLUMN_COUNT };

static const struct sheet_column COLUMNS[COLUMN_COUNT] = {
    [NAME] = {"name", "who", SHEET_TEXT},
    [COUNT] = {"count", "count", SHEET_NUMBER},
    [MASS] = {"a_mass", "kg", SHEET_NUMBER},
    [HIDDEN] = {"hidden", NULL, SHEET_TEXT},
};

static struct sheet sheet;
static struct buffer out;

static void open_sheet(void) {
    sheet_init(&sheet, COLUMNS, COLUMN_COUNT);
}

static void close_sheet(void) {
    sheet_release(&sheet);
    buffer_release(&out);
}

TestSuite(sheet, .init = open_sheet, .fini = close_sheet);

static void expect(void (*write)(const struct sheet *, struct buffer *), const char *wanted) {
    buffer_clear(&out);
    write(&sheet, &out);
    cr_expect(slice_equal(buffer_slice(&out), slice_of(wanted)), "%.*s\ninstead of\n%s", (int)out.len, out.data,
              wanted);
}

static void fill(void) {
    sheet_row(&sheet);
    sheet_put_text(&sheet, NAME, SLICE("plain"));
    sheet_put_count(&sheet, COUNT, 7);
    sheet_row(&sheet);
    sheet_put_text(&sheet, NAME, SLICE("says \"no, thanks\""));
    sheet_put_decimal(&sheet, MASS, (uint128)UINT64_MAX * 1000000 + 500000, 6);
    sheet_put_text(&sheet, HIDDEN, SLICE(""));
}

Test(sheet, text_is_aligned_and_safe) {
    fill();
    sheet_row(&sheet);
    sheet_put_text(&sheet, NAME, SLICE("\033[2J\xe4\xb8\xad"));
    expect(sheet_write_text, "who                count                      kg\n"
                             "plain                  7\n"
                             "says \"no, thanks\"         18446744073709551615.5\n"
                             "\xef\xbf\xbd[2J\xe4\xb8\xad\n");
}

Test(sheet, csv_quotes_what_it_must) {
    fill();
    expect(sheet_write_csv, "name,count,a_mass,hidden\n"
                            "plain,7,,\n"
                            "\"says \"\"no, thanks\"\"\",,18446744073709551615.5,\n");
}

Test(sheet, json_is_canonical_and_leaves_absent_cells_out) {
    fill();
    expect(sheet_write_json,
           "[{\"count\":7,\"name\":\"plain\"},"
           "{\"a_mass\":18446744073709551615.5,\"hidden\":\"\",\"name\":\"says \\\"no, thanks\\\"\"}]");
}

Test(sheet, without_rows) {
    expect(sheet_write_text, "");
    expect(sheet_write_csv, "name,count,a_mass,hidden\n");
    expect(sheet_write_json, "[]");
}

Test(sheet, columns_that_no_row_has_are_not_shown_in_text) {
    sheet_row(&sheet);
    sheet_put_count(&sheet, COUNT, 12);
    expect(sheet_write_text, "count\n   12\n");
}
