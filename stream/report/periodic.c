/* Of each train the lines of one party are kept as they are, and merged when the report is written: once by all that
 * tells lines apart, once by direction and currency for the totals. Adding up at once would not do, because a later
 * record of a train replaces its lines. */
#include "report/periodic.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "encode/json_put.h"
#include "event/pick.h"
#include "report/newest.h"
#include "report/periodic_lines.h"
#include "report/sheet.h"

struct share { /* of one train */
    /* Its own, because it is replaced as a whole. */
    struct arena memory;
    struct periodic_line *lines;
    size_t line_count;
    uint64_t declarations;
};

struct periodic {
    struct slice party;
    struct periodic_days days;
    struct newest trains; /* pieces: struct share */
};

struct periodic *periodic_new(const char *party, struct periodic_days days) {
    struct periodic *periodic = alloc_zeroed(1, sizeof *periodic);
    periodic->party = slice_of(party);
    periodic->days = days;
    newest_init(&periodic->trains, sizeof(struct share));
    return periodic;
}

static void release_share(void *piece) {
    struct share *share = piece;
    arena_release(&share->memory);
    free(share->lines);
    *share = (struct share){0};
}

void periodic_free(struct periodic *periodic) {
    newest_release(&periodic->trains, release_share);
    free(periodic);
}

/* ---- a record */

static bool is_of(const struct json_value *declaration, struct slice party) {
    return slice_equal(pick_text(pick(declaration, "party"), "code"), party);
}

static bool take_lines(struct share *share, const struct json_value *declaration) {
    struct slice unnamed, direction = pick_text(declaration, "direction");
    const struct json_value *entry;
    size_t count = pick_count(declaration, "lines");
    share->declarations++;
    /* One more than there are, so that a declaration without lines asks for an array as well. */
    share->lines = alloc_resize(share->lines, share->line_count + count + 1, sizeof *share->lines);
    for (struct json_walk walk = pick_walk(declaration, "lines"); json_step(&walk, &unnamed, &entry);) {
        if (!periodic_line_take(&share->lines[share->line_count++], direction, entry, &share->memory)) {
            return false;
        }
    }
    return true;
}

/* By the train's own date, which is part of its key: a record that comes later cannot move it out of the days. */
static bool is_counted(const struct periodic *periodic, const struct newest_train *train,
                       const struct json_value *record) {
    int32_t day = 0;
    return date_parse(newest_split(train->key).date, &day) && day >= periodic->days.from && day <= periodic->days.to &&
           pick_text(record, "arrived_at").len > 0;
}

const char *periodic_take(struct periodic *periodic, const struct json_value *record) {
    struct newest_train *train = newest_of(&periodic->trains, record);
    if (train == NULL) {
        return "names no train";
    }
    /* What an earlier record gave counts no more, also where this one is not counted. */
    if (train->piece != NULL) {
        release_share(train->piece);
    }
    if (!is_counted(periodic, train, record)) {
        return NULL;
    }
    struct slice unnamed;
    const struct json_value *declaration;
    for (struct json_walk walk = pick_walk(record, "declarations"); json_step(&walk, &unnamed, &declaration);) {
        if (is_of(declaration, periodic->party) && !take_lines(newest_piece(&periodic->trains, train), declaration)) {
            return "has a line of goods without its numbers";
        }
    }
    return NULL;
}

/* A train whose newest record has nothing of the party keeps a share that is empty. */
static const struct share *share_of(const struct periodic *periodic, size_t train) {
    const struct share *share = periodic->trains.trains[train]->piece;
    return share == NULL || share->declarations == 0 ? NULL : share;
}

bool periodic_is_empty(const struct periodic *periodic) {
    for (size_t i = 0; i < periodic->trains.count; i++) {
        if (share_of(periodic, i) != NULL) {
            return false;
        }
    }
    return true;
}

/* ---- the sheets */

enum { DIRECTION, HS, DESCRIPTION, PACKAGE_TYPE, CURRENCY, PACKAGES, GROSS, NET, VALUE, MERGED, TRAINS, COLUMN_COUNT };

/* The first five tell lines apart and sort them (contract 5.5); the others are sums. */
static const struct sheet_column COLUMNS[COLUMN_COUNT] = {
    [DIRECTION] = {"direction", "direction", SHEET_TEXT},
    [HS] = {"hs", "HS", SHEET_TEXT},
    [DESCRIPTION] = {"description", "description", SHEET_TEXT},
    [PACKAGE_TYPE] = {"package_type", "in", SHEET_TEXT},
    [CURRENCY] = {"currency", "currency", SHEET_TEXT},
    [PACKAGES] = {"packages", "packages", SHEET_NUMBER},
    [GROSS] = {"gross_kg", "gross kg", SHEET_NUMBER},
    [NET] = {"net_kg", "net kg", SHEET_NUMBER},
    [VALUE] = {"value", "value", SHEET_NUMBER},
    [MERGED] = {"merged", "merged", SHEET_NUMBER},
    [TRAINS] = {"trains", "trains", SHEET_NUMBER},
};

static void put_present(struct sheet *sheet, size_t column, struct slice text) {
    if (text.len > 0) {
        sheet_put_text(sheet, column, text);
    }
}

static void put_line(struct sheet *sheet, const struct periodic_line *line) {
    sheet_row(sheet);
    put_present(sheet, DIRECTION, line->direction);
    put_present(sheet, HS, line->hs);
    put_present(sheet, DESCRIPTION, line->description);
    put_present(sheet, PACKAGE_TYPE, line->package_type);
    put_present(sheet, CURRENCY, line->currency);
    sheet_put_decimal(sheet, PACKAGES, line->packages, 0);
    sheet_put_decimal(sheet, GROSS, line->gross_kg, DECIMAL_MASS_PLACES);
    sheet_put_decimal(sheet, NET, line->net_kg, DECIMAL_MASS_PLACES);
    /* As in records: without a currency there is no value (contract 5.5). */
    if (line->currency.len > 0) {
        sheet_put_decimal(sheet, VALUE, line->value, DECIMAL_MONEY_PLACES);
    }
    sheet_put_decimal(sheet, MERGED, line->merged, 0);
    sheet_put_count(sheet, TRAINS, line->trains);
}

/* All lines, each with the number of its train; the caller frees them, the texts stay in their trains. */
static struct periodic_line *lines_of(const struct periodic *periodic, size_t *count) {
    /* Copies, since merging sorts and adds up in place. */
    struct periodic_line *lines = NULL;
    *count = 0;
    for (size_t i = 0; i < periodic->trains.count; i++) {
        const struct share *share = share_of(periodic, i);
        size_t more = share == NULL ? 0 : share->line_count;
        lines = alloc_resize(lines, *count + more + 1, sizeof *lines);
        for (size_t j = 0; j < more; j++) {
            lines[*count] = share->lines[j];
            /* Several lines of one train are one when trains are counted. */
            lines[(*count)++].train = i;
        }
    }
    return lines;
}

/* The lines once more, merged to a row for each direction and currency. */
static void fill_totals(const struct periodic *periodic, struct sheet *totals) {
    size_t count;
    struct periodic_line *lines = lines_of(periodic, &count);
    for (size_t i = 0; i < count; i++) {
        lines[i].hs = lines[i].description = lines[i].normalised = lines[i].package_type = SLICE("");
    }
    count = periodic_lines_merge(lines, count);
    for (size_t i = 0; i < count; i++) {
        put_line(totals, &lines[i]);
    }
    free(lines);
}

static void fill_lines(const struct periodic *periodic, struct sheet *sheet) {
    size_t count;
    struct periodic_line *lines = lines_of(periodic, &count);
    count = periodic_lines_merge(lines, count);
    for (size_t i = 0; i < count; i++) {
        put_line(sheet, &lines[i]);
    }
    free(lines);
}

/* ---- the forms */

struct head {
    char from[DATE_TEXT_BYTES], to[DATE_TEXT_BYTES];
    uint64_t trains, declarations;
};

static struct head head_of(const struct periodic *periodic) {
    struct head head = {.trains = 0};
    date_write(periodic->days.from, head.from);
    date_write(periodic->days.to, head.to);
    for (size_t i = 0; i < periodic->trains.count; i++) {
        const struct share *share = share_of(periodic, i);
        head.trains += share != NULL;
        head.declarations += share == NULL ? 0 : share->declarations;
    }
    return head;
}

/* Members by name, as in records. */
static void write_json(const struct periodic *periodic, const struct sheet *lines, const struct sheet *totals,
                       struct buffer *out) {
    const struct head head = head_of(periodic);
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "declarations", count, head.declarations);
    JSON_MEMBER(out, "from", text, ((struct slice){head.from, DATE_TEXT_BYTES}));
    JSON_NAME(out, "lines", "");
    sheet_write_json(lines, out);
    JSON_MEMBER(out, "party", text, periodic->party);
    JSON_MEMBER(out, "schema", word, "rail.report.periodic.v1");
    JSON_MEMBER(out, "to", text, ((struct slice){head.to, DATE_TEXT_BYTES}));
    JSON_NAME(out, "totals", "");
    sheet_write_json(totals, out);
    JSON_MEMBER(out, "trains", count, head.trains);
    JSON_PUT(out, "}\n");
}

static void write_text(const struct periodic *periodic, const struct sheet *lines, const struct sheet *totals,
                       struct buffer *out) {
    const struct head head = head_of(periodic);
    buffer_append_slice(out, periodic->party);
    buffer_printf(out, ": %llu declarations of %llu trains, %.*s to %.*s\n\n", (unsigned long long)head.declarations,
                  (unsigned long long)head.trains, DATE_TEXT_BYTES, head.from, DATE_TEXT_BYTES, head.to);
    sheet_write_text(lines, out);
    buffer_append_text(out, "\nall together\n");
    sheet_write_text(totals, out);
}

void periodic_write(struct periodic *periodic, enum report_form form, struct buffer *out) {
    struct sheet lines, totals;
    sheet_init(&lines, COLUMNS, COLUMN_COUNT);
    sheet_init(&totals, COLUMNS, COLUMN_COUNT);
    newest_sort(&periodic->trains);
    fill_lines(periodic, &lines);
    fill_totals(periodic, &totals);
    if (form == REPORT_CSV) {
        /* The totals are sums of what stands here, so CSV, which has room for one table, does without. */
        sheet_write_csv(&lines, out);
    } else if (form == REPORT_JSON) {
        write_json(periodic, &lines, &totals, out);
    } else {
        write_text(periodic, &lines, &totals, out);
    }
    sheet_release(&lines);
    sheet_release(&totals);
}
