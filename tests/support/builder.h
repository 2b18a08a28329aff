/* Event messages in few words: each function appends one valid event as the JSON text of contract 2, of the train
 * BUILDER_TRAIN. What a test does not say has a default, so that it names only what it is about. Text is put into the
 * JSON as it stands: a caller that wants a quote or a control character writes its escape. */
#ifndef CARAVAN_TESTS_BUILDER_H
#define CARAVAN_TESTS_BUILDER_H

#include <stdbool.h>

#include "base/buffer.h"

#define BUILDER_TRAIN "X8024|2020-12-18|CNAKL"

/* Container numbers with valid check digits, in byte order. */
#define BOX_A "CSQU3054383"
#define BOX_B "MSKU6639870"
#define BOX_C "TEXU3070079"
#define BOX_D "TGHU7654320"

/* For a member that has a default and must not be there. */
#define ABSENT ""

enum { BUILDER_CONTAINERS_MAX = 6, BUILDER_GOODS_MAX = 6, BUILDER_SLOTS_MAX = 4 };

/* What every event has. `at` is "hh:mm" of 2020-12-18 or a whole RFC 3339 time; default "08:00". `id` defaults to the
 * place where the message begins in its buffer, so that no two are equal; `source` to "urn:test". */
#define BUILDER_ENVELOPE const char *at, *id, *source

struct builder_party {
    const char *code, *name, *country, *aeo; /* C1, Company, CN, absent */
};

/* Numbers are text, as written. */
struct builder_goods {
    const char *hs, *description, *packages, *package_type; /* 847130, Laptops, 10, absent */
    const char *gross_kg, *net_kg, *value, *currency;       /* 100, absent, 1000, USD */
    const char *dangerous;                                  /* absent; UN numbers, apart by spaces */
};

struct builder_container {
    const char *number, *size_type, *load, *seal, *wagon, *tare_kg; /* -, 22G1, absent ... */
    struct builder_goods goods[BUILDER_GOODS_MAX];                  /* one of the defaults when none is given */
};

struct builder_manifest {
    BUILDER_ENVELOPE;
    const char *waybill, *direction, *contract, *product;   /* W1, exit, K1, Laptops */
    struct builder_party consignor, consignee, declarant;   /* the last one absent without a code */
    struct builder_container boxes[BUILDER_CONTAINERS_MAX]; /* BOX_A when none is given */
};

struct builder_delete {
    BUILDER_ENVELOPE;
    const char *waybill; /* W1 */
};

struct builder_wagon {
    const char *wagon, *position;         /* position: its place in the list, from 1 */
    const char *boxes[BUILDER_SLOTS_MAX]; /* in front a '-': empty, a '+': domestic, '-+': both */
};

struct builder_composition {
    BUILDER_ENVELOPE;
    struct builder_wagon wagons[BUILDER_CONTAINERS_MAX]; /* wagon 6001 with BOX_A when none is given */
};

struct builder_arrival {
    BUILDER_ENVELOPE;
    const char *place, *arrived_at; /* CNAKL, 09:00 */
};

struct builder_control {
    BUILDER_ENVELOPE;
    const char *scope, *ref, *kind, *outcome, *note; /* train, absent, risk, ordered, absent */
    const char *authority, *found;                   /* absent; UN numbers, apart by spaces */
};

struct builder_declaration {
    BUILDER_ENVELOPE;
    const char *step, *waybills, *lodged_at; /* summary, W1, 07:00; waybills stand apart by spaces */
    const char *number;                      /* absent */
};

struct builder_decision {
    BUILDER_ENVELOPE;
    const char *number, *outcome; /* D1, released */
};

struct builder_tally {
    BUILDER_ENVELOPE;
    const char *container, *packages, *gross_kg, *seal, *damaged; /* BOX_A, absent ... */
};

struct builder_link {
    BUILDER_ENVELOPE;
    const char *role, *number, *date, *port, *containers; /* from, X8023, 2020-12-17, KZDYK, BOX_A */
};

struct builder_application {
    BUILDER_ENVELOPE;
    const char *application, *waybills; /* A1, none */
};

struct builder_tracked {
    BUILDER_ENVELOPE;
    const char *container, *what, *seal, *wagon, *place, *latitude, *longitude; /* BOX_A, position, absent ... */
};

void builder_manifest(const struct builder_manifest *spec, struct buffer *out);
void builder_delete(const struct builder_delete *spec, struct buffer *out);
void builder_composition(const struct builder_composition *spec, struct buffer *out);
void builder_arrival(const struct builder_arrival *spec, struct buffer *out);
void builder_control(const struct builder_control *spec, struct buffer *out);
void builder_declaration(const struct builder_declaration *spec, struct buffer *out);
void builder_decision(const struct builder_decision *spec, struct buffer *out);
void builder_tally(const struct builder_tally *spec, struct buffer *out);
void builder_link(const struct builder_link *spec, struct buffer *out);
void builder_application(const struct builder_application *spec, struct buffer *out);
void builder_tracked(const struct builder_tracked *spec, struct buffer *out);

/* The ISO 6346 number of the owner prefix "CRVU" with serial 0-999999. */
void builder_container_number(unsigned serial, char out[11 + 1]);

#endif
