/* One input at a time. Its events are made in `ready` and go out together, so that half a conversion never does. What
 * is written is decoded as a worker would decode it: the checks of the contract are not told a second time here, and no
 * standard that is read loosely can get past them. */
#include "convert/convert.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "encode/json_put.h"
#include "event/decode.h"

enum { EVENT_BYTES_MAX = 1024 * 1024, ID_BYTES_MAX = 128, SCRATCH_KEEP_BYTES = 1024 * 1024 };

struct convert {
    const struct convert_options *options;
    const struct convert_sink *sink;
    struct convert_counts counts;
    struct decoder *decoder;
    struct arena scratch;
    struct convert_origin origin;
    struct buffer event; /* being written */
    struct buffer ready; /* lines of the input's events */
    uint64_t ready_count;
    bool refused, passed;
    enum convert_fate fate;
    struct reject reject;
};

struct convert *convert_new(const struct convert_options *options, const struct convert_sink *sink) {
    struct convert *convert = alloc_zeroed(1, sizeof *convert);
    convert->options = options;
    convert->sink = sink;
    /* The default of limits.message_bytes (contract 8.2): what it lets through a worker takes. */
    convert->decoder = decoder_new(EVENT_BYTES_MAX);
    return convert;
}

void convert_free(struct convert *convert) {
    decoder_free(convert->decoder);
    arena_release(&convert->scratch);
    buffer_release(&convert->event);
    buffer_release(&convert->ready);
    free(convert);
}

const struct convert_options *convert_options(const struct convert *convert) {
    return convert->options;
}

const struct convert_counts *convert_counts(const struct convert *convert) {
    return &convert->counts;
}

void convert_begin(struct convert *convert, const struct convert_origin *origin) {
    convert->origin = *origin;
    convert->counts.found++;
    convert->refused = convert->passed = false;
    convert->ready_count = 0;
    buffer_clear(&convert->ready);
}

/* ---- one event */

static void put_train(struct convert *convert, const struct convert_train *named) {
    const struct convert_train *given = &convert->options->train;
    const struct convert_train *train = given->number.data != NULL ? given : named;
    const char *lacks = train->number.data == NULL ? "number" : train->date.data == NULL ? "date" : "port";
    if (train->number.data == NULL || train->date.data == NULL || train->port.data == NULL) {
        convert_refuse(convert, REJECT_MISSING_FIELD, "/data/train", "it does not say the train's %s: --train does",
                       lacks);
    }
    JSON_NAME(&convert->event, "train", "{");
    JSON_OPTIONAL(&convert->event, "number", train->number);
    JSON_OPTIONAL(&convert->event, "date", train->date);
    JSON_OPTIONAL(&convert->event, "port", train->port);
    JSON_PUT(&convert->event, "}");
}

/* An id of another standard may be longer than ours (contract 2.4). */
static void put_id(struct buffer *out, struct slice id) {
    if (id.len <= ID_BYTES_MAX) {
        JSON_MEMBER(out, "id", text, id);
    } else {
        JSON_MEMBER(out, "id", hash, hash_of(id));
    }
}

struct buffer *convert_event(struct convert *convert, const struct convert_envelope *envelope) {
    struct buffer *out = &convert->event;
    struct slice given = convert->options->source;
    buffer_clear(out);
    JSON_PUT(out, "{");
    JSON_NAME(out, "specversion", "\"1.0\"");
    put_id(out, envelope->id);
    JSON_MEMBER(out, "source", text, given.data != NULL ? given : envelope->source);
    JSON_MEMBER(out, "type", word, event_type_name(envelope->type));
    JSON_OPTIONAL(out, "time", envelope->time);
    JSON_NAME(out, "data", "{");
    put_train(convert, &envelope->train);
    return out;
}

void convert_event_end(struct convert *convert) {
    struct event event;
    struct reject reject;
    JSON_PUT(&convert->event, "}}");
    arena_reset(&convert->scratch, SCRATCH_KEEP_BYTES);
    if (!decode_event(convert->decoder, buffer_slice(&convert->event), &convert->scratch, &event, &reject)) {
        convert_refuse(convert, reject.reason, reject.pointer, "%s%s%s", reject.pointer,
                       reject.pointer[0] == '\0' ? "" : ": ", reject.message);
        return;
    }
    buffer_append_slice(&convert->ready, buffer_slice(&convert->event));
    buffer_append_byte(&convert->ready, '\n');
    convert->ready_count++;
}

/* ---- what becomes of an input */

void convert_refuse(struct convert *convert, enum reject_reason reason, const char *pointer, const char *format, ...) {
    char sentence[REJECT_FORMATTED_BYTES];
    if (convert->refused) {
        return;
    }
    convert->refused = true;
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    struct slice where = convert->origin.where;
    reject_set(&convert->reject, reason, pointer, "%.*s%s%s", (int)where.len, where.data == NULL ? "" : where.data,
               where.len == 0 ? "" : ": ", sentence);
}

void convert_pass(struct convert *convert, enum convert_fate fate) {
    convert->passed = true;
    convert->fate = fate;
}

static void give_reject(struct convert *convert) {
    convert->counts.rejected++;
    convert->sink->rejected(convert->sink->context, &(struct line_reject){
                                                        .reason = slice_of(reject_name(convert->reject.reason)),
                                                        .pointer = slice_of(convert->reject.pointer),
                                                        .message = slice_of(convert->reject.message),
                                                        .line = convert->origin.line,
                                                        .value = convert->origin.value,
                                                    });
}

void convert_end(struct convert *convert) {
    struct convert_counts *counts = &convert->counts;
    if (convert->refused) {
        give_reject(convert);
    } else if (convert->passed) {
        assert(convert->ready_count == 0);
        counts->forecast += convert->fate == CONVERT_FORECAST;
        counts->withdrawn += convert->fate == CONVERT_WITHDRAWN;
        counts->other += convert->fate == CONVERT_OTHER;
    } else {
        assert(convert->ready_count > 0);
        counts->converted++;
        counts->events += convert->ready_count;
        convert->sink->events(convert->sink->context, buffer_slice(&convert->ready));
    }
}

void convert_unreadable(struct convert *convert, const struct convert_origin *origin, enum reject_reason reason,
                        const char *what) {
    convert_begin(convert, origin);
    convert_refuse(convert, reason, "", "%s", what);
    convert_end(convert);
}

/* ---- what the options say */

bool convert_train_of(const struct convert *convert, struct slice container, struct convert_train *train) {
    const struct convert_options *options = convert->options;
    size_t from = 0, to = options->box_count;
    *train = (struct convert_train){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = slice_compare(options->boxes[middle].container, container);
        if (order == 0) {
            *train = options->boxes[middle].train;
            return true;
        }
        from = order < 0 ? middle + 1 : from;
        to = order < 0 ? to : middle;
    }
    return options->boxes == NULL;
}

/* Two letters, three of A-Z and 2-9 (contract 1.7). */
static bool is_locode(struct slice code) {
    for (size_t i = 0; i < code.len; i++) {
        bool letter = code.data[i] >= 'A' && code.data[i] <= 'Z';
        bool digit = i >= COUNTRY_BYTES && code.data[i] >= '2' && code.data[i] <= '9';
        if (!letter && !digit) {
            return false;
        }
    }
    return code.len == PLACE_BYTES;
}

struct slice convert_place(const struct convert *convert, struct slice code) {
    const struct convert_options *options = convert->options;
    for (size_t i = 0; i < options->place_count; i++) {
        if (slice_equal(options->places[i].code, code)) {
            return options->places[i].place;
        }
    }
    return is_locode(code) ? code : (struct slice){NULL, 0};
}

void convert_lose_place(struct convert *convert) {
    convert->counts.unknown_places++;
}
