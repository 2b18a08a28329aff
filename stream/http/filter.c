/* One table holds how each argument is read and the sentence for a value that does not fit, so the two cannot drift
 * apart. Values are checked by their form before lanes see them, which compare bytes: a value that no train can have
 * would find nothing, and whoever mistyped it would take that for an answer. */
#include "http/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "record/record_kinds.h"
#include "train/train.h"

/* One argument: what it sets, and what is needed when it cannot. */
struct argument {
    const char *name;
    bool (*read)(const char *value, struct question_filter *out);
    const char *needed;
};

/* -1 also stands for "any" in a filter; so its callers make an unknown name an error. */
static int index_of(const char *const *names, int count, const char *value) {
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            return i;
        }
    }
    return -1;
}

static bool read_status(const char *value, struct question_filter *out) {
    out->status = index_of(STATUS_NAMES, STATUS_COUNT, value);
    return out->status >= 0;
}

static bool read_reason(const char *value, struct question_filter *out) {
    out->reason = index_of(REASON_NAMES, REASON_COUNT, value);
    return out->reason >= 0;
}

/* The characters of a place (contract 1.7). That the first two must be letters is not checked; no train matches
 * otherwise. */
static bool read_port(const char *value, struct question_filter *out) {
    bool good = strlen(value) == PLACE_BYTES && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789") == PLACE_BYTES;
    memcpy(out->port, value, good ? PLACE_BYTES : 0);
    return good;
}

/* A day of the calendar (contract 1.6): 2020-02-30 is told, not silently empty. */
static bool read_date(const char *value, struct question_filter *out) {
    int32_t days;
    bool good = date_parse(slice_of(value), &days);
    memcpy(out->date, value, good ? DATE_TEXT_BYTES : 0);
    return good;
}

/* The characters of a train's number; with the NUL there is room for the 17 that contract 2.5 allows. */
static bool read_number(const char *value, struct question_filter *out) {
    size_t len = strlen(value);
    bool good = len > 0 && len < sizeof out->number && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
    memcpy(out->number, value, good ? len : 0);
    return good;
}

/* Pages go on behind a key and not at a count: trains that come or go in between make none come twice or be missed. */
static bool read_after(const char *value, struct question_filter *out) {
    int32_t days;
    size_t len = strlen(value);
    bool good = len < sizeof out->after && train_key_parse(slice_of(value), &days);
    memcpy(out->after, value, good ? len : 0);
    return good;
}

/* Three digits at most, which atoi takes safely; anything else becomes 0, which is out of range. */
static bool read_limit(const char *value, struct question_filter *out) {
    size_t len = strlen(value);
    out->limit = len > 0 && len <= 3 && strspn(value, "0123456789") == len ? (size_t)atoi(value) : 0;
    return out->limit >= 1 && out->limit <= QUESTION_LINES_MAX;
}

static const struct argument ARGUMENTS[] = {
    {"status", read_status, "open, cleared, held or incomplete"},
    {"reason", read_reason, "a reason of a record, such as conflict or control-open (`caravan explain` lists them)"},
    {"port", read_port, "a UN/LOCODE such as CNAKL"},
    {"date", read_date, "a date such as 2020-12-18"},
    {"number", read_number, "a train's number such as X8024"},
    {"after", read_after, "the `next` of the page before"},
    {"limit", read_limit, "a number from 1 to 500"},
};

static const struct argument *argument_of(const char *name) {
    for (size_t i = 0; i < sizeof ARGUMENTS / sizeof ARGUMENTS[0]; i++) {
        if (strcmp(ARGUMENTS[i].name, name) == 0) {
            return &ARGUMENTS[i];
        }
    }
    return NULL;
}

/* An unknown argument is refused rather than ignored: a misspelled filter would list everything as if all of it
 * matched. Of one that is given twice the last counts. Quoted values are cut so that the end of the sentence, which
 * says what to do, has room; reply_error mends a character that was cut. */
bool filter_read(const struct http_request *request, struct question_filter *out, char wrong[HTTP_ERROR_BYTES]) {
    *out = (struct question_filter){.status = -1, .reason = -1, .limit = FILTER_LIMIT};
    for (size_t i = 0; i < request->argument_count; i++) {
        const struct http_argument *given = &request->arguments[i];
        const struct argument *argument = argument_of(given->name);
        if (argument == NULL) {
            snprintf(wrong, HTTP_ERROR_BYTES,
                     "there is no argument `%.40s`: status, reason, port, date, number, after and limit", given->name);
            return false;
        }
        if (!argument->read(given->value, out)) {
            snprintf(wrong, HTTP_ERROR_BYTES, "%s=%.40s: %s is needed", given->name, given->value, argument->needed);
            return false;
        }
    }
    return true;
}

bool filter_equal(const struct question_filter *a, const struct question_filter *b) {
    return a->status == b->status && a->reason == b->reason && strcmp(a->port, b->port) == 0 &&
           strcmp(a->date, b->date) == 0 && strcmp(a->number, b->number) == 0 && strcmp(a->after, b->after) == 0 &&
           a->limit == b->limit;
}
