/* The report `traffic` as SVG: a panel each for trains, TEU and tonnes, bars by month stacked by direction, and one for
 * the mean hours to clearance beside the published ones. Coordinates are whole numbers, so that a drawing is the same
 * bytes everywhere. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "report/traffic_rows.h"

enum {
    /* In units of the viewBox, which a browser scales; the height is what the panels come to. */
    WIDTH = 960,
    LEFT = 90,
    RIGHT = 20,
    TOP = 60,
    PANEL = 150,
    GAP = 50,
    PANELS = 4,
    PLOT = WIDTH - LEFT - RIGHT,
    HEIGHT = TOP + PANELS * (PANEL + GAP),
    LABELS_MAX = 12
};

/* Told apart also by who does not see colours apart (Okabe and Ito). */
static const char *const COLOURS[TRAFFIC_DIRECTIONS] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#999999"};

struct panel {
    const char *title;
    int places; /* of what it measures */
    int top;
    uint128 max; /* the highest bar */
};

struct drawing {
    const struct traffic_row *rows;
    size_t count, periods;
    struct buffer *out;
};

static bool same_period(const struct traffic_row *a, const struct traffic_row *b) {
    return a->year == b->year && a->month == b->month;
}

static uint128 measure(const struct traffic_row *row, int panel) {
    switch (panel) {
    case 0: return row->trains;
    case 1: return row->teu;
    case 2: return row->gross_kg;
    /* Others have no published mean to be held against. */
    default: return row->direction <= TRAFFIC_EXIT ? traffic_hours(row) : 0;
    }
}

static uint128 larger(uint128 a, uint128 b) {
    return a > b ? a : b;
}

/* Of bars that are stacked the highest sum; hours stand side by side. */
static uint128 highest(const struct drawing *drawing, int panel) {
    /* Above 0 in any case, since lengths are divided by it; the published means have room too. */
    uint128 max = panel == PANELS - 1 ? traffic_reference(TRAFFIC_ENTRY) : 1, sum = 0;
    for (size_t i = 0; i < drawing->count; i++) {
        bool stacked = panel != PANELS - 1 && i > 0 && same_period(&drawing->rows[i - 1], &drawing->rows[i]);
        sum = (stacked ? sum : 0) + measure(&drawing->rows[i], panel);
        max = larger(max, sum);
    }
    return max;
}

/* Cut to whole numbers, so a stack is never longer than its panel. */
static int length_of(const struct panel *panel, uint128 value) {
    return (int)(value * PANEL / panel->max);
}

/* Two numbers are scale enough, the highest and 0: the others are in the titles of the bars. */
static void put_frame(const struct drawing *drawing, const struct panel *panel) {
    int bottom = panel->top + PANEL;
    buffer_printf(drawing->out, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>\n", LEFT, panel->top - 10,
                  panel->title);
    buffer_printf(drawing->out, "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#444\"/>\n", LEFT, panel->top, bottom,
                  WIDTH - RIGHT);
    buffer_printf(drawing->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT - 6, panel->top + 10);
    decimal_write(drawing->out, panel->max, panel->places);
    buffer_printf(drawing->out, "</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n", LEFT - 6, bottom);
}

static void put_period(struct buffer *out, const struct traffic_row *row) {
    buffer_printf(out, row->month == 0 ? "%d" : "%d-%02d", row->year, row->month);
}

/* `at`: left edge, foot and width. A browser shows the title to who points at the bar. */
static void put_bar(const struct drawing *drawing, const struct panel *panel, const struct traffic_row *row,
                    const int at[3], uint128 value) {
    int length = length_of(panel, value);
    buffer_printf(drawing->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"><title>", at[0],
                  at[1] - length, at[2], length, COLOURS[row->direction]);
    put_period(drawing->out, row);
    buffer_printf(drawing->out, " %s: ", TRAFFIC_DIRECTION_NAMES[row->direction]);
    decimal_write(drawing->out, value, panel->places);
    buffer_printf(drawing->out, "</title></rect>\n");
}

/* Every so-manieth period has its name below, so that they do not run into each other. */
static void put_label(const struct drawing *drawing, const struct panel *panel, size_t period,
                      const struct traffic_row *row) {
    size_t step = (drawing->periods + LABELS_MAX - 1) / LABELS_MAX;
    if (period % step == 0) {
        buffer_printf(drawing->out, "<text x=\"%d\" y=\"%d\">", LEFT + (int)(period * PLOT / drawing->periods),
                      panel->top + PANEL + 16);
        put_period(drawing->out, row);
        buffer_printf(drawing->out, "</text>\n");
    }
}

static void put_bars(const struct drawing *drawing, const struct panel *panel, int number) {
    bool hours = number == PANELS - 1;
    size_t period = 0;
    int bottom = panel->top + PANEL;
    for (size_t i = 0; i < drawing->count; i++) {
        const struct traffic_row *row = &drawing->rows[i];
        bool begins = i == 0 || !same_period(&drawing->rows[i - 1], row);
        period += begins && i > 0;
        bottom = begins ? panel->top + PANEL : bottom;
        /* A fifth of a slot stays free between two periods; hours share the rest by two. */
        int slot = PLOT / (int)drawing->periods, width = slot * 4 / 5 / (hours ? 2 : 1);
        int left =
            LEFT + (int)(period * PLOT / drawing->periods) + (hours && row->direction == TRAFFIC_EXIT ? width : 0);
        uint128 value = measure(row, number);
        if (begins) {
            put_label(drawing, panel, period, row);
        }
        if (value > 0) {
            put_bar(drawing, panel, row, (const int[]){left, bottom, width > 0 ? width : 1}, value);
            bottom -= hours ? 0 : length_of(panel, value);
        }
    }
}

/* Over the whole width, in the colour of the bars that they are to be held against. */
static void put_references(const struct drawing *drawing, const struct panel *panel) {
    for (int direction = TRAFFIC_ENTRY; direction <= TRAFFIC_EXIT; direction++) {
        int y = panel->top + PANEL - length_of(panel, traffic_reference(direction));
        buffer_printf(drawing->out,
                      "<path d=\"M%d %dH%d\" stroke=\"%s\" stroke-dasharray=\"6 4\"><title>published, %s: ", LEFT, y,
                      WIDTH - RIGHT, COLOURS[direction], TRAFFIC_DIRECTION_NAMES[direction]);
        decimal_write(drawing->out, traffic_reference(direction), panel->places);
        buffer_printf(drawing->out, "</title></path>\n");
    }
}

static void put_legend(struct buffer *out) {
    for (int direction = 0; direction < TRAFFIC_DIRECTIONS; direction++) {
        int x = LEFT + 90 * direction;
        buffer_printf(out,
                      "<rect x=\"%d\" y=\"12\" width=\"12\" height=\"12\" fill=\"%s\"/><text x=\"%d\" "
                      "y=\"23\">%s</text>\n",
                      x, COLOURS[direction], x + 18, TRAFFIC_DIRECTION_NAMES[direction]);
    }
}

void traffic_draw(const struct traffic_row *rows, size_t count, struct buffer *out) {
    static const char *const titles[PANELS] = {"trains", "TEU", "tonnes",
                                               "mean hours to clearance (dashed: published)"};
    static const int places[PANELS] = {0, DECIMAL_TEU_PLACES, DECIMAL_MASS_PLACES + 3, 2};
    struct drawing drawing = {.rows = rows, .count = count, .out = out};
    for (size_t i = 0; i < count; i++) {
        /* Rows are sorted, so those of a period stand together. */
        drawing.periods += i == 0 || !same_period(&rows[i - 1], &rows[i]);
    }
    buffer_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
                  "font-size=\"12\">\n<title>Traffic by %s and direction</title>\n<rect width=\"%d\" height=\"%d\" "
                  "fill=\"white\"/>\n",
                  WIDTH, HEIGHT, count > 0 && rows[0].month == 0 ? "year" : "month", WIDTH, HEIGHT);
    put_legend(out);
    for (int number = 0; number < PANELS; number++) {
        const struct panel panel = {titles[number], places[number], TOP + number * (PANEL + GAP),
                                    highest(&drawing, number)};
        put_frame(&drawing, &panel);
        put_bars(&drawing, &panel, number);
        if (number == PANELS - 1) {
            put_references(&drawing, &panel);
        }
    }
    buffer_append_text(out, "</svg>\n");
}
