/* What others write as events of the contract. A form (dcsa.h, epcis.h, edifact.h) finds the inputs in a text: one
 * tracking event, one consignment. For each it calls convert_begin, then writes the events that it becomes, then
 * convert_end. An event goes out only when decoding takes it (contract 2, 8), and the events of an input all or none.
 * The same bytes under the same options give the same events, byte for byte, so a repeat is a duplicate (contract 3.3).
 * One thread. */
#ifndef CARAVAN_CONVERT_CONVERT_H
#define CARAVAN_CONVERT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "encode/line_json.h"
#include "event/kinds.h"
#include "event/reject.h"

/* A place of another list as UN/LOCODE has it. */
struct convert_place {
    struct slice code, place;
};

/* Parts that nobody named have data NULL. */
struct convert_train {
    struct slice number, date, port;
};

/* A container and the train that it is on. */
struct convert_box {
    struct slice container;
    struct convert_train train;
};

/* What the caller knows and the text does not say. All slices outlive the conversion. */
struct convert_options {
    struct convert_train train;      /* whole, or not given; goes before what the text says */
    const struct convert_box *boxes; /* by container, distinct; instead of `train`, for tracking events; NULL: none */
    size_t box_count;
    struct slice source; /* of all events; absent: the form's own */
    const struct convert_place *places;
    size_t place_count;
    /* EDIFACT alone. */
    bool tests;           /* what is marked as a test is converted too */
    int direction;        /* enum direction; -1: not given */
    struct slice product; /* absent: of the text */
    struct slice charset; /* read as if UNB said so; absent: what UNB says */
    int zone_minutes;     /* east of UTC, of times without a zone */
};

/* Where events and rejected inputs go. */
struct convert_sink {
    void *context;
    /* Whole lines, one event each with its LF; valid during the call. */
    void (*events)(void *context, struct slice lines);
    /* All but the file; valid during the call. */
    void (*rejected)(void *context, const struct line_reject *reject);
};

/* Each input that was found ends in one of the five. */
struct convert_counts {
    uint64_t found;
    uint64_t converted, forecast, withdrawn, other, rejected;
    uint64_t events;         /* of the converted ones */
    uint64_t unknown_places; /* left out of events, for want of a UN/LOCODE */
};

/* Why an input without fault is no event. */
enum convert_fate {
    CONVERT_FORECAST,  /* planned, estimated, or marked as a test */
    CONVERT_WITHDRAWN, /* its writer says that it never was */
    CONVERT_OTHER      /* about something else, or what Caravan has no event for */
};

/* Where an input stands. */
struct convert_origin {
    uint64_t line;      /* of the file, from 1 */
    struct slice where; /* within what begins there: a JSON Pointer, a segment; for people */
    struct slice value; /* its bytes, for --rejects */
};

struct convert_envelope {
    enum event_type type;
    struct slice source; /* unless the options say another */
    struct slice id;     /* longer than 128 bytes: its hash stands for it */
    struct slice time;   /* RFC 3339, or what the text has instead */
    struct convert_train train;
};

struct convert;

/* `options` and `sink` outlive it. */
struct convert *convert_new(const struct convert_options *options, const struct convert_sink *sink);
void convert_free(struct convert *convert);
const struct convert_options *convert_options(const struct convert *convert);
const struct convert_counts *convert_counts(const struct convert *convert);

/* The input is read from here; what `origin` shows is valid until convert_end. */
void convert_begin(struct convert *convert, const struct convert_origin *origin);
/* Begins an event of the input: appends up to `"data":{"train":{...}`; the caller appends the other members of data. */
struct buffer *convert_event(struct convert *convert, const struct convert_envelope *envelope);
/* Closes it and has it judged. */
void convert_event_end(struct convert *convert);
/* The input cannot be converted; of several faults the first counts. `pointer` is that of the event to be, as decoding
 * would say it; the sentence says what to do. */
void convert_refuse(struct convert *convert, enum reject_reason reason, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The input is no fact; not together with events. */
void convert_pass(struct convert *convert, enum convert_fate fate);
/* Gives the input's events, or its reject, to the sink. */
void convert_end(struct convert *convert);

/* What is no input at all: bytes that could not be read. A convert_begin, convert_refuse and convert_end. */
void convert_unreadable(struct convert *convert, const struct convert_origin *origin, enum reject_reason reason,
                        const char *what);

/* The train that a container is on, as the options list it; false when they list containers, and not this one. Without
 * a list *train has no parts. */
bool convert_train_of(const struct convert *convert, struct slice container, struct convert_train *train);
/* The UN/LOCODE of a code: as the options map it, else itself, if it has the form of one; else absent. */
struct slice convert_place(const struct convert *convert, struct slice code);
/* The input's events go out without a place that was told. */
void convert_lose_place(struct convert *convert);

#endif
