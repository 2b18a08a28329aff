/* The messages of schemas/examples/ and what its index says becomes of them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "support/examples.h"
#include "support/partition_kit.h"
#include "support/verdict.h"

#define INDEX CARAVAN_SOURCE_DIR "/schemas/examples/invalid/index.tsv"

enum { COLUMNS = 7, ROWS_MAX = 256 };

struct row {
    const char *file, *reason, *pointer, *key, *timestamp_ms, *horizon, *train_bytes;
};

static struct examples valid, invalid;
static struct buffer index_text;
static struct row rows[ROWS_MAX];
static size_t row_count;

/* Cuts a line into its columns. */
static struct row row_of(char *line) {
    char *columns[COLUMNS];
    size_t count = 0;
    for (char *rest = line; rest != NULL;) {
        cr_assert_lt(count, COLUMNS, "%s", line);
        columns[count++] = strsep(&rest, "\t");
    }
    cr_assert_eq(count, COLUMNS, "%s has %zu columns", line, count);
    return (struct row){columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6]};
}

static void read_all(void) {
    examples_read(&valid, "valid");
    examples_read(&invalid, "invalid");
    examples_read_file(INDEX, &index_text);
    char *rest = index_text.data;
    strsep(&rest, "\n"); /* the names of the columns */
    while (rest != NULL && *rest != '\0') {
        cr_assert_lt(row_count, ROWS_MAX);
        rows[row_count++] = row_of(strsep(&rest, "\n"));
    }
}

static void forget_all(void) {
    examples_release(&valid);
    examples_release(&invalid);
    buffer_release(&index_text);
}

TestSuite(examples, .init = read_all, .fini = forget_all);

static bool is_given(const char *column) {
    return strcmp(column, "-") != 0;
}

/* A good event in another context. */
static bool needs_context(const struct row *row) {
    return is_given(row->key) || is_given(row->timestamp_ms) || is_given(row->horizon) || is_given(row->train_bytes);
}

static const struct example *file_of(const struct row *row) {
    for (size_t i = 0; i < invalid.count; i++) {
        if (strcmp(invalid.items[i].name, row->file) == 0) {
            return &invalid.items[i];
        }
    }
    cr_assert_fail("%s is in the index, but not there", row->file);
    return NULL;
}

/* "TYPE--WHAT.json" and "REASON--WHAT.json". */
static bool begins_with(const char *name, const char *what) {
    return strncmp(name, what, strlen(what)) == 0 && strncmp(name + strlen(what), "--", 2) == 0;
}

Test(examples, valid_ones_are_taken) {
    for (size_t i = 0; i < valid.count; i++) {
        const struct example *example = &valid.items[i];
        const char *verdict = verdict_of_bytes(buffer_slice(&example->text));
        cr_expect_str_eq(verdict, "ok", "%s: %s", example->name, verdict);
        cr_expect(begins_with(example->name, event_type_name(verdict_event()->type)), "%s", example->name);
    }
}

Test(examples, invalid_ones_are_rejected_as_the_index_says) {
    for (size_t i = 0; i < row_count; i++) {
        char expected[VERDICT_BYTES_MAX];
        snprintf(expected, sizeof expected, "%s %s", rows[i].reason, is_given(rows[i].pointer) ? rows[i].pointer : "");
        const char *verdict = verdict_of_bytes(buffer_slice(&file_of(&rows[i])->text));
        cr_expect_str_eq(verdict, needs_context(&rows[i]) ? "ok" : expected, "%s: %s", rows[i].file, verdict);
    }
}

Test(examples, the_index_is_whole) {
    cr_expect_eq(row_count, invalid.count, "%zu rows, %zu files", row_count, invalid.count);
    for (size_t i = 0; i < row_count; i++) {
        cr_expect(begins_with(rows[i].file, rows[i].reason), "%s is not %s", rows[i].file, rows[i].reason);
        cr_expect(i == 0 || strcmp(rows[i - 1].file, rows[i].file) < 0, "%s is out of order", rows[i].file);
    }
}

static bool any_begins_with(const struct examples *examples, const char *what) {
    for (size_t i = 0; i < examples->count; i++) {
        if (begins_with(examples->items[i].name, what)) {
            return true;
        }
    }
    return false;
}

Test(examples, there_is_one_of_each) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        cr_expect(any_begins_with(&valid, event_type_name((enum event_type)type)), "no %s",
                  event_type_name((enum event_type)type));
    }
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
        bool found = any_begins_with(&invalid, reject_name((enum reject_reason)reason));
        cr_expect_eq(found, reason != REJECT_TOO_LARGE, "%s", reject_name((enum reject_reason)reason));
    }
}

/* ---- in the partition that they come to */

/* An event of another train, so late that the horizon becomes `date`. */
static void raise_horizon(const char *date) {
    char train[64];
    int32_t days;
    cr_assert(date_parse(slice_of(date), &days));
    snprintf(train, sizeof train, "X1|%s|CNAKL", date);
    int64_t time_ms = (days + kit.options.limits.retention_days) * TIMESTAMP_DAY_MS;
    cr_assert_eq(OFFER(EVENTS_ARRIVAL, train, time_ms, 1), OFFER_ACCEPTED);
}

static struct slice key_of(const struct row *row) {
    if (strcmp(row->key, "none") == 0) {
        return (struct slice){NULL, 0};
    }
    return slice_of(row->key);
}

/* A partition of its own for each. */
static void open_context(const struct row *row) {
    kit_open();
    if (is_given(row->train_bytes)) {
        kit.options.limits.train_bytes = strtoull(row->train_bytes, NULL, 10);
    }
    if (is_given(row->horizon)) {
        raise_horizon(row->horizon);
    }
}

Test(examples, invalid_ones_in_their_context) {
    for (size_t i = 0; i < row_count; i++) {
        const struct row *row = &rows[i];
        open_context(row);
        int64_t timestamp_ms =
            is_given(row->timestamp_ms) ? strtoll(row->timestamp_ms, NULL, 10) : MESSAGE_NO_TIMESTAMP;
        enum offer_result result = kit_offer_raw(key_of(row), buffer_slice(&file_of(row)->text), timestamp_ms);
        cr_expect_eq(result, OFFER_REJECTED, "%s", row->file);
        cr_expect_str_eq(reject_name(kit.reject.reason), row->reason, "%s: %s", row->file, kit.reject.message);
        cr_expect_str_eq(kit.reject.pointer, is_given(row->pointer) ? row->pointer : "", "%s", row->file);
        kit_close();
    }
}

/* The same ones but for what their context makes wrong. */
Test(examples, context_is_what_is_wrong) {
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (!needs_context(&rows[i])) {
            continue;
        }
        struct slice text = buffer_slice(&file_of(&rows[i])->text);
        cr_assert_str_eq(verdict_of_bytes(text), "ok");
        kit_open();
        cr_expect_eq(kit_offer_raw(verdict_event()->train_key, text, MESSAGE_NO_TIMESTAMP), OFFER_ACCEPTED, "%s",
                     rows[i].file);
        kit_close();
        count++;
    }
    cr_expect_geq(count, 4);
}

/* Too large to be a file here: the smallest message that is. */
Test(examples, the_limit_of_a_message) {
    struct buffer text = {0};
    buffer_append_slice(&text, buffer_slice(&valid.items[0].text));
    while (text.len < VERDICT_MESSAGE_BYTES_MAX) {
        buffer_append_byte(&text, ' ');
    }
    cr_expect_str_eq(verdict_of_bytes(buffer_slice(&text)), "ok");
    buffer_append_byte(&text, ' ');
    cr_expect_str_eq(verdict_of_bytes(buffer_slice(&text)), "TOO_LARGE ");
    buffer_release(&text);
}
