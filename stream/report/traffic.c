/* A row is kept for each train, and rows are summed only when the report is written: a later record of a train replaces
 * its row, and the figures and the drawing tell rows apart in another way than the reader asked for. */
#include "report/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/json_put.h"
#include "event/pick.h"
#include "report/newest.h"
#include "report/sheet.h"
#include "report/traffic_rows.h"

/* By enum traffic_status. */
static const char *const STATUS_NAMES[TRAFFIC_STATUSES] = {"open", "cleared", "held", "incomplete"};

struct traffic {
    unsigned by;
    struct newest trains; /* pieces: struct traffic_row of the one train, told apart by everything */
};

struct traffic *traffic_new(unsigned by) {
    struct traffic *traffic = alloc_zeroed(1, sizeof *traffic);
    traffic->by = by;
    newest_init(&traffic->trains, sizeof(struct traffic_row));
    return traffic;
}

void traffic_free(struct traffic *traffic) {
    newest_release(&traffic->trains, NULL);
    free(traffic);
}

bool traffic_is_empty(const struct traffic *traffic) {
    return traffic->trains.count == 0;
}

/* ---- a record */

static int direction_of(const struct json_value *record) {
    int found = TRAFFIC_NONE;
    struct slice name;
    const struct json_value *declaration;
    for (struct json_walk walk = pick_walk(record, "declarations"); json_step(&walk, &name, &declaration);) {
        struct slice text = pick_text(declaration, "direction");
        for (int i = 0; i <= TRAFFIC_TRANSIT; i++) {
            if (slice_equal(text, slice_of(TRAFFIC_DIRECTION_NAMES[i]))) {
                /* Once mixed it stays so: no declaration has that direction. */
                found = found == TRAFFIC_NONE || found == i ? i : TRAFFIC_MIXED;
            }
        }
    }
    return found;
}

/* As counts of one train, so that rows add up; exactly one of them must be 1. */
static bool count_status(const struct json_value *record, struct traffic_row *row) {
    struct slice status = pick_text(record, "status");
    for (int i = 0; i < TRAFFIC_STATUSES; i++) {
        row->statuses[i] = slice_equal(status, slice_of(STATUS_NAMES[i]));
    }
    return row->statuses[TRAFFIC_OPEN] + row->statuses[TRAFFIC_CLEARED] + row->statuses[TRAFFIC_HELD] +
               row->statuses[TRAFFIC_INCOMPLETE] ==
           1;
}

/* Only the record of a cleared train says how long that took. */
static bool take_totals(const struct json_value *record, struct traffic_row *row) {
    const struct json_value *totals = pick(record, "totals");
    return decimal_parse_sum(pick_text(totals, "containers"), 0, &row->containers) &&
           decimal_parse_sum(pick_text(totals, "teu"), DECIMAL_TEU_PLACES, &row->teu) &&
           decimal_parse_sum(pick_text(totals, "gross_kg"), DECIMAL_MASS_PLACES, &row->gross_kg) &&
           (row->statuses[TRAFFIC_CLEARED] == 0 ||
            decimal_parse_sum(pick_text(record, "clearance_seconds"), 0, &row->seconds));
}

const char *traffic_take(struct traffic *traffic, const struct json_value *record) {
    struct newest_train *train = newest_of(&traffic->trains, record);
    if (train == NULL) {
        return "names no train";
    }
    struct newest_key key = newest_split(train->key);
    struct traffic_row row = {.direction = direction_of(record), .trains = 1};
    row.year = atoi(key.date.data); /* YYYY-MM-DD, and a NUL behind the key */
    row.month = atoi(key.date.data + 5);
    memcpy(row.port, key.port.data, TRAFFIC_PORT_BYTES);
    /* Before it replaces the row: a record that is refused changes nothing. */
    if (!count_status(record, &row) || !take_totals(record, &row)) {
        return "lacks its status or totals";
    }
    *(struct traffic_row *)newest_piece(&traffic->trains, train) = row;
    return NULL;
}

/* ---- rows */

static int compare(const void *left, const void *right) {
    const struct traffic_row *a = left, *b = right;
    int order = a->year != b->year ? a->year - b->year : a->month - b->month;
    order = order != 0 ? order : strcmp(a->port, b->port);
    return order != 0 ? order : a->direction - b->direction;
}

/* Sums of seconds and not of means: the mean of a sum is right whatever was added. */
static void add(struct traffic_row *sum, const struct traffic_row *row) {
    sum->trains += row->trains;
    for (int i = 0; i < TRAFFIC_STATUSES; i++) {
        sum->statuses[i] += row->statuses[i];
    }
    sum->containers += row->containers;
    sum->teu += row->teu;
    sum->gross_kg += row->gross_kg;
    sum->seconds += row->seconds;
}

/* All trains, told apart by `by` alone, sorted; the caller frees them. */
static struct traffic_row *rows_of(const struct traffic *traffic, unsigned by, size_t *count) {
    struct traffic_row *rows = alloc_zeroed(traffic->trains.count + 1, sizeof *rows);
    size_t read = 0;
    *count = 0;
    for (size_t i = 0; i < traffic->trains.count; i++) {
        const struct traffic_row *share = traffic->trains.trains[i]->piece;
        if (share != NULL) {
            struct traffic_row *row = &rows[read++];
            *row = *share;
            /* What was not asked for becomes the same in all rows, and so tells none apart. */
            row->year = by & TRAFFIC_BY_YEAR ? row->year : 0;
            row->month = by & TRAFFIC_BY_MONTH ? row->month : 0;
            row->direction = by & TRAFFIC_BY_DIRECTION ? row->direction : -1;
            memset(row->port, 0, by & TRAFFIC_BY_PORT ? 0 : sizeof row->port);
        }
    }
    qsort(rows, read, sizeof *rows, compare);
    for (size_t i = 0; i < read; i++) {
        if (*count > 0 && compare(&rows[*count - 1], &rows[i]) == 0) {
            add(&rows[*count - 1], &rows[i]);
        } else {
            rows[(*count)++] = rows[i];
        }
    }
    return rows;
}

/* ---- the sheet of rows */

enum {
    /* What tells rows apart, counts, sums, and at last the mean made of them beside the published one. A reader who
     * sums rows takes the seconds, which are exact. */
    YEAR,
    MONTH,
    PORT,
    DIRECTION,
    TRAINS,
    OPEN,
    CLEARED,
    HELD,
    INCOMPLETE,
    CONTAINERS,
    TEU,
    TONNES,
    SECONDS,
    HOURS,
    REFERENCE,
    COLUMN_COUNT
};
_Static_assert((int)OPEN + (int)TRAFFIC_INCOMPLETE == (int)INCOMPLETE, "statuses stand in their order");

static const struct sheet_column COLUMNS[COLUMN_COUNT] = {
    [YEAR] = {"year", "year", SHEET_NUMBER},
    [MONTH] = {"month", "month", SHEET_NUMBER},
    [PORT] = {"port", "port", SHEET_TEXT},
    [DIRECTION] = {"direction", "direction", SHEET_TEXT},
    [TRAINS] = {"trains", "trains", SHEET_NUMBER},
    [OPEN] = {"open", "open", SHEET_NUMBER},
    [CLEARED] = {"cleared", "cleared", SHEET_NUMBER},
    [HELD] = {"held", "held", SHEET_NUMBER},
    [INCOMPLETE] = {"incomplete", "incomplete", SHEET_NUMBER},
    [CONTAINERS] = {"containers", "containers", SHEET_NUMBER},
    [TEU] = {"teu", "TEU", SHEET_NUMBER},
    [TONNES] = {"tonnes", "tonnes", SHEET_NUMBER},
    [SECONDS] = {"clearance_seconds", NULL, SHEET_NUMBER},
    [HOURS] = {"clearance_hours", "hours", SHEET_NUMBER},
    [REFERENCE] = {"reference_hours", "reference", SHEET_NUMBER},
};

static void put_row(struct sheet *sheet, const struct traffic_row *row) {
    sheet_row(sheet);
    /* Absent where rows are not told apart by it. */
    if (row->year != 0) {
        sheet_put_count(sheet, YEAR, (uint64_t)row->year);
    }
    if (row->month != 0) {
        sheet_put_count(sheet, MONTH, (uint64_t)row->month);
    }
    if (row->port[0] != '\0') {
        sheet_put_text(sheet, PORT, slice_of(row->port));
    }
    if (row->direction >= 0) {
        sheet_put_text(sheet, DIRECTION, slice_of(TRAFFIC_DIRECTION_NAMES[row->direction]));
    }
    sheet_put_count(sheet, TRAINS, row->trains);
    for (size_t i = 0; i < TRAFFIC_STATUSES; i++) {
        sheet_put_count(sheet, OPEN + i, row->statuses[i]);
    }
    sheet_put_decimal(sheet, CONTAINERS, row->containers, 0);
    sheet_put_decimal(sheet, TEU, row->teu, DECIMAL_TEU_PLACES);
    /* Three places more make tonnes of kilograms, without a division. */
    sheet_put_decimal(sheet, TONNES, row->gross_kg, DECIMAL_MASS_PLACES + 3);
    sheet_put_decimal(sheet, SECONDS, row->seconds, 0);
    if (row->statuses[TRAFFIC_CLEARED] != 0) {
        sheet_put_decimal(sheet, HOURS, traffic_hours(row), 2);
    }
    if (traffic_reference(row->direction) != 0) {
        sheet_put_decimal(sheet, REFERENCE, traffic_reference(row->direction), 2);
    }
}

/* ---- the sheet of reference figures (contract 6.8) */

enum measure { MEASURE_TRAINS, MEASURE_TEU, MEASURE_TONNES };

/* A published figure, and which rows are to give it. */
struct figure {
    const char *name;
    int first_year, last_year;
    bool xinjiang; /* of its two ports; else of all of China's */
    enum measure measure;
    uint64_t published;
};

static const struct figure FIGURES[] = {
    {"trains through the ports of Xinjiang, 2020", 2020, 2020, true, MEASURE_TRAINS, 10051},
    {"tonnes through the ports of Xinjiang, 2020", 2020, 2020, true, MEASURE_TONNES, 7262800},
    {"trains through all ports of China, 2020", 2020, 2020, false, MEASURE_TRAINS, 12400},
    {"TEU through all ports of China, 2020", 2020, 2020, false, MEASURE_TEU, 1135000},
    {"trains through the ports of Xinjiang, 2011 to 2020", 2011, 2020, true, MEASURE_TRAINS, 27187},
    {"tonnes through the ports of Xinjiang, 2011 to 2020", 2011, 2020, true, MEASURE_TONNES, 18722800},
};

enum { FIGURE_NAME, FIGURE_FOUND, FIGURE_PUBLISHED, FIGURE_COLUMNS };

static const struct sheet_column FIGURE_SHEET[FIGURE_COLUMNS] = {
    [FIGURE_NAME] = {"figure", "figure", SHEET_TEXT},
    [FIGURE_FOUND] = {"found", "here", SHEET_NUMBER},
    [FIGURE_PUBLISHED] = {"published", "published", SHEET_NUMBER},
};

static bool is_of(const struct figure *figure, const struct traffic_row *row) {
    /* Alashankou and Horgos; a place begins with the code of its country (contract 1.7). */
    bool in_xinjiang = strcmp(row->port, "CNAKL") == 0 || strcmp(row->port, "CNHRS") == 0;
    return row->year >= figure->first_year && row->year <= figure->last_year &&
           (figure->xinjiang ? in_xinjiang : strncmp(row->port, "CN", 2) == 0);
}

static void put_figure(struct sheet *sheet, const struct figure *figure, const struct traffic_row *sum) {
    sheet_row(sheet);
    sheet_put_text(sheet, FIGURE_NAME, slice_of(figure->name));
    sheet_put_count(sheet, FIGURE_PUBLISHED, figure->published);
    switch (figure->measure) {
    case MEASURE_TRAINS: sheet_put_count(sheet, FIGURE_FOUND, sum->trains); break;
    case MEASURE_TEU: sheet_put_decimal(sheet, FIGURE_FOUND, sum->teu, DECIMAL_TEU_PLACES); break;
    case MEASURE_TONNES: sheet_put_decimal(sheet, FIGURE_FOUND, sum->gross_kg, DECIMAL_MASS_PLACES + 3); break;
    }
}

/* Among the figures, but counted over the cleared trains alone and over all years. */
static void put_hours(struct sheet *sheet, int direction, const struct traffic_row *sum) {
    char name[64];
    snprintf(name, sizeof name, "mean hours to clearance on %s", TRAFFIC_DIRECTION_NAMES[direction]);
    sheet_row(sheet);
    sheet_put_text(sheet, FIGURE_NAME, slice_of(name));
    sheet_put_decimal(sheet, FIGURE_PUBLISHED, traffic_reference(direction), 2);
    sheet_put_decimal(sheet, FIGURE_FOUND, traffic_hours(sum), 2);
}

/* Those that the records have something of. */
static void put_figures(const struct traffic *traffic, struct sheet *sheet) {
    size_t count;
    /* By everything, whatever was asked for: a figure picks its own years and ports. */
    struct traffic_row *rows = rows_of(traffic, TRAFFIC_BY_ALL, &count);
    for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++) {
        struct traffic_row sum = {0};
        for (size_t j = 0; j < count; j++) {
            if (is_of(&FIGURES[i], &rows[j])) {
                add(&sum, &rows[j]);
            }
        }
        if (sum.trains > 0) {
            put_figure(sheet, &FIGURES[i], &sum);
        }
    }
    /* Of these two a mean is published; trains in transit and mixed ones have none to stand beside. */
    for (int direction = TRAFFIC_ENTRY; direction <= TRAFFIC_EXIT; direction++) {
        struct traffic_row sum = {0};
        for (size_t j = 0; j < count; j++) {
            if (rows[j].direction == direction) {
                add(&sum, &rows[j]);
            }
        }
        if (sum.statuses[TRAFFIC_CLEARED] > 0) {
            put_hours(sheet, direction, &sum);
        }
    }
    free(rows);
}

/* ---- the forms */

static void write_forms(const struct traffic *traffic, enum report_form form, struct buffer *out) {
    struct sheet rows, total, figures;
    size_t count;
    /* The sum is of all directions: -1, because 0 would say entry. */
    struct traffic_row *found = rows_of(traffic, traffic->by, &count), sum = {.direction = -1};
    sheet_init(&rows, COLUMNS, COLUMN_COUNT);
    sheet_init(&total, COLUMNS, COLUMN_COUNT);
    sheet_init(&figures, FIGURE_SHEET, FIGURE_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        put_row(&rows, &found[i]);
        add(&sum, &found[i]);
    }
    put_row(&total, &sum);
    put_figures(traffic, &figures);
    if (form == REPORT_CSV) {
        sheet_write_csv(&rows, out);
    } else if (form == REPORT_JSON) {
        /* Members by name, as in records. */
        JSON_PUT(out, "{\"figures\":");
        sheet_write_json(&figures, out);
        JSON_PUT(out, ",\"rows\":");
        sheet_write_json(&rows, out);
        JSON_PUT(out, ",\"schema\":\"rail.report.traffic.v1\",\"total\":");
        sheet_write_json_row(&total, 0, out);
        JSON_PUT(out, "}\n");
    } else {
        sheet_write_text(&rows, out);
        buffer_append_text(out, "\nall together\n");
        sheet_write_text(&total, out);
        buffer_append_text(out, figures.row_count > 0 ? "\n" : "");
        sheet_write_text(&figures, out);
    }
    sheet_release(&rows);
    sheet_release(&total);
    sheet_release(&figures);
    free(found);
}

void traffic_write(struct traffic *traffic, enum report_form form, struct buffer *out) {
    if (form != REPORT_SVG) {
        write_forms(traffic, form, out);
        return;
    }
    size_t count;
    /* Always by direction, which gives the colours; ports are summed. */
    unsigned by = TRAFFIC_BY_YEAR | TRAFFIC_BY_DIRECTION | (traffic->by & TRAFFIC_BY_MONTH);
    struct traffic_row *rows = rows_of(traffic, by, &count);
    traffic_draw(rows, count, out);
    free(rows);
}
