/* What is kept of a CUSCAR, IFTMIN or IFTMCS message while it is read (schemas/convert/edifact.md), and how segments
 * get into it. Everything lies in the message's arena. */
#ifndef CARAVAN_CONVERT_EDIFACT_MESSAGE_H
#define CARAVAN_CONVERT_EDIFACT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/timestamp.h"
#include "convert/edifact_reader.h"

enum edifact_role { ROLE_CONSIGNOR, ROLE_CONSIGNEE, ROLE_DECLARANT, EDIFACT_ROLES };
enum edifact_spot { SPOT_ORIGIN, SPOT_DESTINATION, SPOT_PORT, EDIFACT_SPOTS };
enum { EDIFACT_RANKS = 3, EDIFACT_FAULT_BYTES = 200 };

/* An amount that is told, in millionths (packages: whole). */
struct edifact_amount {
    bool told;
    uint64_t value;
};

struct edifact_party {
    struct slice code, name, country;
    int rank; /* 0: nobody; of two qualifiers for a role the greater counts */
};

struct edifact_un {
    struct edifact_un *next;
    struct slice un, class_;
};

/* Goods in one container. */
struct edifact_split {
    struct edifact_split *next;
    struct slice container;
    struct edifact_amount packages, gross, net;
};

struct edifact_goods {
    struct edifact_goods *next;
    struct edifact_split *splits, **splits_end;
    struct edifact_un *un, **un_end;
    struct slice description, hs, package_type, currency;
    struct edifact_amount packages, gross, net, value;
    int value_rank;
};

struct edifact_equipment {
    struct edifact_equipment *next;
    struct slice number, size_type, seal, wagon;
    struct edifact_amount tare;
    bool shared;      /* so the message says */
    unsigned users;   /* consignments with goods in it; counted when all is read */
    const void *user; /* the last one counted */
};

struct edifact_consignment {
    struct edifact_consignment *next;
    struct slice number, reference, contract, product;
    int direction; /* enum direction; -1: not told */
    struct edifact_party parties[EDIFACT_ROLES];
    struct slice spots[EDIFACT_SPOTS][EDIFACT_RANKS]; /* the first that is told counts */
    struct edifact_goods *goods, **goods_end;
    size_t raw_from, raw_to; /* its segments in the message's bytes */
    uint64_t segment, offset, line;
    char fault[EDIFACT_FAULT_BYTES]; /* "": none */
};

/* What MEA, LOC, RFF and the like are about: the last of these segments that stood in front. */
enum edifact_context {
    ABOUT_CONSIGNMENT,
    ABOUT_TRANSPORT,
    ABOUT_PARTY,
    ABOUT_GOODS,
    ABOUT_SPLIT,
    ABOUT_EQUIPMENT,
    ABOUT_OTHER
};

struct edifact_message {
    struct arena *arena;
    bool is_report; /* CUSCAR: many consignments behind a heading; else the message is one */
    struct slice document_code, document, function;
    struct slice train, currency;
    char train_date[DATE_TEXT_BYTES];
    int train_date_rank; /* 0: not told */
    int64_t time_ms;
    bool timed;
    bool referred; /* an RFF or a CNI stood in front: what DTM dates from there on is not the message */
    int zone_minutes;
    struct edifact_consignment heading; /* of a report; consignments fall back on it */
    struct edifact_consignment *consignments, **consignments_end;
    struct edifact_equipment *equipment, **equipment_end;
    /* Where reading stands. */
    enum edifact_context about;
    struct edifact_consignment *at;
    struct edifact_party *party;
    struct edifact_goods *goods_at;
    struct edifact_split *split_at;
    struct edifact_equipment *equipment_at;
    struct edifact_equipment wagon; /* that the next containers stand on; its number, and what is told of them before */
};

/* Begins a message at its UNH. */
void edifact_message_begin(struct edifact_message *message, struct arena *arena, const struct edifact_segment *unh);
/* Takes a segment between UNH and UNT; `raw_at` is where its bytes begin in the message's. What it does not know it
 * passes over. */
void edifact_message_take(struct edifact_message *message, const struct edifact_segment *segment, size_t raw_at);
/* By number; NULL: no EQD describes it. */
struct edifact_equipment *edifact_message_equipment(const struct edifact_message *message, struct slice number);
/* Counts the consignments of each container, when all is read. */
void edifact_message_count_users(struct edifact_message *message);

#endif
