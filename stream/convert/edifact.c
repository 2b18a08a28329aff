/* A message is read as a whole before any of it goes out, since what stands at its end may change what stood at its
 * beginning (containers behind goods), and its UNT says whether it is whole. An interchange is not: what its UNZ finds
 * missing is told, and what came stands, as each message is a fact of its own. */
#include "convert/edifact.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "convert/edifact_event.h"
#include "convert/edifact_message.h"
#include "convert/edifact_reader.h"
#include "convert/edifact_time.h"

enum {
    WHERE_BYTES = 64,
    WHAT_BYTES = 200,
    REFERENCE_DIGITS = 14, /* of interchange and message references (0020, 0062) */
    KEEP_BYTES = 1024 * 1024
};

struct edifact {
    struct convert *convert;
    struct edifact_reader *reader;
    /* The interchange. */
    bool open, test;
    char trouble[WHAT_BYTES]; /* why none of its messages can be read; "": none */
    struct buffer source, reference;
    int64_t time_ms;
    bool timed;
    uint64_t messages, groups;
    /* The message. */
    bool in_message, known;
    char wrong[WHAT_BYTES]; /* the first thing that makes it no message; "": none */
    enum reject_reason reason;
    struct buffer raw, message_reference;
    uint64_t segments, first, offset, line; /* of UNH */
    struct arena arena;
    struct edifact_message message;
};

struct edifact *edifact_new(struct convert *convert) {
    struct edifact *edifact = alloc_zeroed(1, sizeof *edifact);
    edifact->convert = convert;
    edifact->reader = edifact_reader_new(convert_options(convert)->charset);
    edifact->message.zone_minutes = convert_options(convert)->zone_minutes;
    return edifact;
}

void edifact_free(struct edifact *edifact) {
    edifact_reader_free(edifact->reader);
    buffer_release(&edifact->source);
    buffer_release(&edifact->reference);
    buffer_release(&edifact->raw);
    buffer_release(&edifact->message_reference);
    arena_release(&edifact->arena);
    free(edifact);
}

static bool is_tag(const struct edifact_segment *segment, const char *tag) {
    return memcmp(segment->tag, tag, EDIFACT_TAG_BYTES) == 0;
}

/* ---- what is told */

/* A segment that is part of no message. */
static void reject_segment(struct edifact *edifact, const struct edifact_segment *segment, const char *what) {
    char where[WHERE_BYTES];
    int len = snprintf(where, sizeof where, "segment %" PRIu64 " (%s), byte %" PRIu64, segment->number, segment->tag,
                       segment->offset);
    const struct convert_origin origin = {segment->line, {where, (size_t)len}, segment->raw};
    convert_unreadable(edifact->convert, &origin, REJECT_BAD_ENVELOPE, what);
}

/* The first fault of a message counts; the rest of it is read past. */
__attribute__((format(printf, 3, 4))) static void spoil(struct edifact *edifact, enum reject_reason reason,
                                                        const char *format, ...) {
    if (edifact->wrong[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(edifact->wrong, sizeof edifact->wrong, format, args);
        va_end(args);
        edifact->reason = reason;
    }
}

/* ---- references */

/* References count up. Filled up with zeros they sort as they count, so that of two messages of one minute the later
 * one is newer (contract 3.1). */
static void put_reference(struct buffer *out, struct slice reference) {
    bool number = reference.len > 0;
    for (size_t i = 0; i < reference.len; i++) {
        number = number && reference.data[i] >= '0' && reference.data[i] <= '9';
    }
    for (size_t i = reference.len; number && i < REFERENCE_DIGITS; i++) {
        buffer_append_byte(out, '0');
    }
    buffer_append_slice(out, reference);
}

static void keep_reference(struct buffer *to, struct slice reference) {
    buffer_clear(to);
    put_reference(to, reference);
}

static bool is_reference(const struct buffer *kept, struct slice reference) {
    struct buffer other = {0};
    put_reference(&other, reference);
    bool same = slice_equal(buffer_slice(kept), buffer_slice(&other));
    buffer_release(&other);
    return same;
}

/* A count of segments or messages; another number than `counted`, or none, is a mistake. */
static bool is_count(struct slice text, uint64_t counted) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > UINT32_MAX) {
            return false;
        }
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return text.len > 0 && value == counted;
}

/* ---- messages */

static void give_consignments(struct edifact *edifact) {
    struct edifact_message *message = &edifact->message;
    struct buffer reference = {0};
    buffer_append_slice(&reference, buffer_slice(&edifact->reference));
    buffer_append_byte(&reference, '/');
    buffer_append_slice(&reference, buffer_slice(&edifact->message_reference));
    const struct edifact_sender sender = {buffer_slice(&edifact->source), buffer_slice(&reference)};
    edifact_message_count_users(message);
    for (const struct edifact_consignment *at = message->consignments; at != NULL; at = at->next) {
        char where[WHERE_BYTES];
        int len = snprintf(where, sizeof where, "segment %" PRIu64 " (%s), byte %" PRIu64, at->segment,
                           message->is_report ? "CNI" : "UNH", at->offset);
        size_t from = message->is_report ? at->raw_from : 0, to = message->is_report ? at->raw_to : edifact->raw.len;
        const struct convert_origin origin = {at->line, {where, (size_t)len}, {edifact->raw.data + from, to - from}};
        const char *fault = message->heading.fault[0] != '\0' ? message->heading.fault : at->fault;
        convert_begin(edifact->convert, &origin);
        if (fault[0] != '\0') {
            convert_refuse(edifact->convert, REJECT_BAD_FIELD, "", "%s", fault);
        } else {
            edifact_event_put(edifact->convert, message, at, &sender);
        }
        convert_end(edifact->convert);
    }
    buffer_release(&reference);
}

/* BGM's function (1225) of a message that is not meant: a test. */
static bool is_test(const struct edifact *edifact) {
    return (edifact->test || slice_equal(edifact->message.function, SLICE("53"))) &&
           !convert_options(edifact->convert)->tests;
}

static void end_message(struct edifact *edifact) {
    char where[WHERE_BYTES];
    int len =
        snprintf(where, sizeof where, "segment %" PRIu64 " (UNH), byte %" PRIu64, edifact->first, edifact->offset);
    const struct convert_origin origin = {edifact->line, {where, (size_t)len}, buffer_slice(&edifact->raw)};
    const char *wrong = edifact->trouble[0] != '\0' ? edifact->trouble : edifact->wrong;
    edifact->in_message = false;
    if (wrong[0] != '\0') {
        enum reject_reason reason = wrong == edifact->trouble ? REJECT_BAD_ENVELOPE : edifact->reason;
        convert_unreadable(edifact->convert, &origin, reason, wrong);
    } else if (!edifact->known || is_test(edifact) || edifact->message.consignments == NULL) {
        convert_begin(edifact->convert, &origin);
        convert_pass(edifact->convert, edifact->known && is_test(edifact) ? CONVERT_FORECAST : CONVERT_OTHER);
        convert_end(edifact->convert);
    } else {
        give_consignments(edifact);
    }
}

static void begin_message(struct edifact *edifact, const struct edifact_segment *unh) {
    struct slice type = edifact_part(unh, 2, 0);
    edifact->in_message = true;
    edifact->known =
        slice_equal(type, SLICE("CUSCAR")) || slice_equal(type, SLICE("IFTMIN")) || slice_equal(type, SLICE("IFTMCS"));
    edifact->wrong[0] = '\0';
    edifact->messages++;
    edifact->segments = 1;
    edifact->first = unh->number;
    edifact->offset = unh->offset;
    edifact->line = unh->line;
    buffer_clear(&edifact->raw);
    buffer_append_slice(&edifact->raw, unh->raw);
    keep_reference(&edifact->message_reference, edifact_part(unh, 1, 0));
    arena_reset(&edifact->arena, KEEP_BYTES);
    edifact_message_begin(&edifact->message, &edifact->arena, unh);
    edifact->message.time_ms = edifact->time_ms;
    edifact->message.timed = edifact->timed;
}

static bool is_too_large(const struct edifact *edifact, const struct edifact_segment *segment) {
    return edifact->raw.len + segment->raw.len > EDIFACT_MESSAGE_BYTES_MAX ||
           edifact->segments > EDIFACT_MESSAGE_SEGMENTS_MAX;
}

/* A segment of the message, UNT too. */
static void take_in_message(struct edifact *edifact, const struct edifact_segment *segment, const char *bad) {
    size_t raw_at = edifact->raw.len;
    edifact->segments++;
    if (is_too_large(edifact, segment)) {
        spoil(edifact, REJECT_TOO_LARGE, "the message is longer than 8 MiB or %d segments",
              (int)EDIFACT_MESSAGE_SEGMENTS_MAX);
        return;
    }
    buffer_append_slice(&edifact->raw, segment->raw);
    if (bad != NULL) {
        spoil(edifact, REJECT_BAD_FIELD, "segment %" PRIu64 " (%s), byte %" PRIu64 ": %s", segment->number,
              segment->tag, segment->offset, bad);
    } else if (edifact->known && edifact->wrong[0] == '\0') {
        edifact_message_take(&edifact->message, segment, raw_at);
    }
}

static void take_unt(struct edifact *edifact, const struct edifact_segment *unt) {
    struct slice count = edifact_part(unt, 1, 0);
    if (!is_count(count, edifact->segments)) {
        spoil(edifact, REJECT_BAD_ENVELOPE, "UNT says `%.*s` segments, and there are %" PRIu64, (int)count.len,
              count.data == NULL ? "" : count.data, edifact->segments);
    }
    if (!is_reference(&edifact->message_reference, edifact_part(unt, 2, 0))) {
        spoil(edifact, REJECT_BAD_ENVELOPE, "UNT and UNH have different references");
    }
    end_message(edifact);
}

/* ---- interchanges */

static void cut_short(struct edifact *edifact, const char *what) {
    if (edifact->in_message) {
        spoil(edifact, REJECT_BAD_ENVELOPE, "%s", what);
        end_message(edifact);
    }
}

static void take_unb(struct edifact *edifact, const struct edifact_segment *unb, const char *bad) {
    cut_short(edifact, "the message has no UNT: another interchange begins");
    if (edifact->open) {
        reject_segment(edifact, unb, "the interchange in front has no UNZ");
    }
    edifact->open = true;
    edifact->messages = edifact->groups = 0;
    snprintf(edifact->trouble, sizeof edifact->trouble, "%s%s", bad == NULL ? "" : "UNB: ", bad == NULL ? "" : bad);
    edifact->test = slice_equal(edifact_part(unb, 11, 0), SLICE("1"));
    buffer_clear(&edifact->source);
    buffer_append_text(&edifact->source, "/edifact/");
    buffer_append_slice(&edifact->source, edifact_part(unb, 2, 0));
    keep_reference(&edifact->reference, edifact_part(unb, 5, 0));
    edifact->timed = edifact_unb_time(edifact_part(unb, 4, 0), edifact_part(unb, 4, 1), edifact->message.zone_minutes,
                                      &edifact->time_ms);
}

static void take_unz(struct edifact *edifact, const struct edifact_segment *unz) {
    char what[WHAT_BYTES];
    struct slice count = edifact_part(unz, 1, 0);
    uint64_t counted = edifact->groups > 0 ? edifact->groups : edifact->messages;
    cut_short(edifact, "the message has no UNT: its interchange ends");
    if (!edifact->open) {
        reject_segment(edifact, unz, "no UNB stands in front");
    } else if (!is_count(count, counted)) {
        snprintf(what, sizeof what, "UNZ says `%.*s` messages or groups, and there are %" PRIu64, (int)count.len,
                 count.data == NULL ? "" : count.data, counted);
        reject_segment(edifact, unz, what);
    } else if (!is_reference(&edifact->reference, edifact_part(unz, 2, 0))) {
        reject_segment(edifact, unz, "UNZ and UNB have different references");
    }
    edifact->open = false;
    edifact->trouble[0] = '\0';
}

static void take_unh(struct edifact *edifact, const struct edifact_segment *unh, const char *bad) {
    cut_short(edifact, "the message has no UNT: another begins");
    begin_message(edifact, unh);
    if (bad != NULL) {
        spoil(edifact, REJECT_BAD_FIELD, "%s", bad);
    }
    if (!edifact->open) {
        spoil(edifact, REJECT_BAD_ENVELOPE, "the message stands in no interchange: no UNB");
    }
}

/* `bad`: why the segment cannot be read; NULL: it can. */
static void take_segment(struct edifact *edifact, const struct edifact_segment *segment, const char *bad) {
    if (is_tag(segment, "UNB")) {
        take_unb(edifact, segment, bad);
    } else if (is_tag(segment, "UNZ")) {
        take_unz(edifact, segment);
    } else if (is_tag(segment, "UNH")) {
        take_unh(edifact, segment, bad);
    } else if (edifact->in_message) {
        take_in_message(edifact, segment, bad);
        if (is_tag(segment, "UNT")) {
            take_unt(edifact, segment);
        }
    } else if (is_tag(segment, "UNG")) {
        edifact->groups++;
    } else if (!is_tag(segment, "UNE")) {
        reject_segment(edifact, segment, bad != NULL ? bad : "it stands in no message");
    }
}

void edifact_feed(struct edifact *edifact, struct slice bytes) {
    struct edifact_segment segment;
    char what[EDIFACT_WHAT_BYTES];
    edifact_reader_feed(edifact->reader, bytes);
    for (enum edifact_read read; (read = edifact_reader_next(edifact->reader, &segment, what)) != EDIFACT_MORE;) {
        take_segment(edifact, &segment, read == EDIFACT_BAD ? what : NULL);
    }
}

void edifact_end(struct edifact *edifact) {
    struct edifact_segment rest;
    bool whole = edifact_reader_end(edifact->reader, &rest);
    if (!whole && edifact->in_message) {
        take_in_message(edifact, &rest, "the file ends within it");
    } else if (!whole) {
        reject_segment(edifact, &rest, "no terminator ends it");
    }
    cut_short(edifact, "the message has no UNT: the file ends");
    if (edifact->open && whole) {
        rest = (struct edifact_segment){.tag = "UNB", .raw = {"", 0}, .line = edifact->line};
        reject_segment(edifact, &rest, "the interchange has no UNZ: the file ends");
    }
    edifact->open = false;
}
