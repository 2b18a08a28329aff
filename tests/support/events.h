/* Valid events of any train in few words, for tests that need many trains and times rather than rich content (builder.h
 * has that). */
#ifndef CARAVAN_TESTS_EVENTS_H
#define CARAVAN_TESTS_EVENTS_H

#include <stdint.h>

#include "base/buffer.h"

/* 2020-06-01T00:00:00Z */
#define EVENTS_TIME_MS INT64_C(1590969600000)
#define EVENTS_DAY_MS INT64_C(86400000)

enum events_kind {
    EVENTS_MANIFEST,    /* waybill W<waybill> with container `box` and `kg` of goods */
    EVENTS_DELETE,      /* of W<waybill> */
    EVENTS_COMPOSITION, /* `box` on one wagon */
    EVENTS_ARRIVAL,
    EVENTS_HOLD,        /* a document control of the train is ordered */
    EVENTS_RELEASE,     /* and released */
    EVENTS_DECLARATION, /* summary of W<waybill>, as number D<waybill> */
    EVENTS_TRACKED,     /* position of `box` */
    EVENTS_PASS,        /* a document control of the train is passed by KZ */
    EVENTS_DECISION,    /* D<waybill> is refused or released, by `kg` */
    EVENTS_TALLY,       /* of `box`, `kg` counted */
    EVENTS_LINK,        /* from another train, with `box`, or withdrawn when `kg` is 0 */
    EVENTS_KIND_COUNT
};

enum { EVENTS_BOXES = 4 };

struct events_spec {
    enum events_kind kind;
    const char *train; /* "number|date|port" */
    int64_t time_ms;
    unsigned id; /* the event's id; two events with equal members and ids are byte-identical */
    unsigned waybill, box, kg;
    unsigned bulk; /* a manifest's consignor has a name of so many bytes, 1-200; 0: 1 */
    unsigned pad;  /* so many bytes more that are no fact, behind the data */
};

/* An event by kind, train and time, then further members by name. */
#define EVENT(...) ((struct events_spec){.kind = __VA_ARGS__})

/* Appends the event's JSON. */
void events_put(const struct events_spec *spec, struct buffer *out);

#endif
