/* One function a segment, found by its tag. Which qualifiers mean what is in tables where there are several. Reading is
 * loose about order and groups, which differ from directory to directory and from user to user. */
#include "convert/edifact_message.h"

#include <string.h>

#include "convert/edifact_goods.h"
#include "convert/edifact_take.h"
#include "convert/edifact_time.h"
#include "event/kinds.h"

/* ---- the heading */

static void take_bgm(struct edifact_message *message, const struct edifact_segment *segment) {
    message->document_code = edifact_keep(message, segment, 1, 0);
    message->document = edifact_keep(message, segment, 2, 0);
    message->function = edifact_keep(message, segment, 3, 0);
}

/* When the train left: told, else planned. */
static int date_rank(struct slice qualifier) {
    return edifact_is(qualifier, "186") ? 3 : edifact_is(qualifier, "136") ? 2 : edifact_is(qualifier, "133") ? 1 : 0;
}

static void take_dtm(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice qualifier = edifact_part(segment, 1, 0), value = edifact_part(segment, 1, 1);
    struct slice format = edifact_part(segment, 1, 2);
    int rank = date_rank(qualifier);
    if (edifact_is(qualifier, "137") && !message->referred) {
        /* A date alone does not order messages of a day; then UNB's time stands. */
        message->timed = edifact_time(value, format, message->zone_minutes, &message->time_ms) || message->timed;
    } else if (message->about == ABOUT_TRANSPORT && rank > message->train_date_rank &&
               edifact_date(value, message->train_date)) {
        message->train_date_rank = rank;
    }
}

/* Main carriage, or what crosses the border, by rail or by nobody says what. */
static bool is_the_train(const struct edifact_segment *segment) {
    struct slice stage = edifact_part(segment, 1, 0), mode = edifact_part(segment, 3, 0);
    bool main = edifact_is(stage, "20") || edifact_is(stage, "21") || edifact_is(stage, "11");
    return main && (mode.data == NULL || edifact_is(mode, "2"));
}

static void take_tdt(struct edifact_message *message, const struct edifact_segment *segment) {
    bool train = is_the_train(segment);
    message->about = train ? ABOUT_TRANSPORT : ABOUT_OTHER;
    if (train) {
        edifact_keep_first(message, &message->train, edifact_part(segment, 2, 0));
    }
}

static void take_cux(struct edifact_message *message, const struct edifact_segment *segment) {
    edifact_keep_first(message, &message->currency, edifact_part(segment, 1, 1));
}

/* Export, import and transit of GOR (8323), and of GIS and its later form GEI (7365). */
static void take_direction(struct edifact_message *message, const struct edifact_segment *segment) {
    bool gor = segment->tag[1] == 'O', gei = segment->tag[1] == 'E';
    struct slice code = edifact_part(segment, gei ? 2 : 1, 0);
    int told = edifact_is(code, gor ? "1" : "22")   ? (int)DIRECTION_EXIT
               : edifact_is(code, gor ? "2" : "23") ? (int)DIRECTION_ENTRY
               : edifact_is(code, gor ? "3" : "24") ? (int)DIRECTION_TRANSIT
                                                    : -1;
    if (told >= 0) {
        message->at->direction = told;
    }
}

static void take_loc(struct edifact_message *message, const struct edifact_segment *segment) {
    static const struct {
        const char *qualifier;
        enum edifact_spot spot;
        int rank;
    } spots[] = {
        {"5", SPOT_ORIGIN, 0},      {"9", SPOT_ORIGIN, 1},      {"88", SPOT_ORIGIN, 2},
        {"8", SPOT_DESTINATION, 0}, {"7", SPOT_DESTINATION, 1}, {"11", SPOT_DESTINATION, 2},
        {"17", SPOT_PORT, 0},       {"42", SPOT_PORT, 1},       {"41", SPOT_PORT, 2},
    };
    if (message->about != ABOUT_CONSIGNMENT && message->about != ABOUT_TRANSPORT) {
        return;
    }
    for (size_t i = 0; i < sizeof spots / sizeof spots[0]; i++) {
        if (edifact_is(edifact_part(segment, 1, 0), spots[i].qualifier)) {
            edifact_keep_first(message, &message->at->spots[spots[i].spot][spots[i].rank], edifact_part(segment, 2, 0));
        }
    }
}

/* ---- a consignment */

static struct edifact_consignment *add_consignment(struct edifact_message *message,
                                                   const struct edifact_segment *segment) {
    struct edifact_consignment *consignment = arena_zeroed(message->arena, 1, sizeof *consignment);
    consignment->direction = -1;
    consignment->goods_end = &consignment->goods;
    consignment->segment = segment->number;
    consignment->offset = segment->offset;
    consignment->line = segment->line;
    *message->consignments_end = consignment;
    message->consignments_end = &consignment->next;
    message->goods_at = NULL;
    message->at = consignment;
    return consignment;
}

static void take_cni(struct edifact_message *message, const struct edifact_segment *segment) {
    if (message->is_report) {
        add_consignment(message, segment)->number = edifact_keep(message, segment, 2, 0);
    }
    message->about = ABOUT_CONSIGNMENT;
    message->referred = true;
}

/* References that are a waybill's number (1153). */
static bool is_waybill(struct slice qualifier) {
    static const char *const codes[] = {"AAM", "AAS", "BM", "HWB", "BH", "MB"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (edifact_is(qualifier, codes[i])) {
            return true;
        }
    }
    return false;
}

static void take_rff(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice qualifier = edifact_part(segment, 1, 0), number = edifact_part(segment, 1, 1);
    message->referred = true;
    if (message->about == ABOUT_PARTY) {
        if (message->party != NULL && (edifact_is(qualifier, "VA") || edifact_is(qualifier, "AHP"))) {
            edifact_keep_first(message, &message->party->code, number);
        }
    } else if (message->about == ABOUT_GOODS) {
        if (edifact_is(qualifier, "HS")) {
            edifact_hs(message, number);
        }
    } else if (message->about != ABOUT_CONSIGNMENT) {
        return; /* of a transport or a container */
    } else if (edifact_is(qualifier, "CT")) {
        edifact_keep_first(message, &message->at->contract, number);
    } else if (is_waybill(qualifier)) {
        edifact_keep_first(message, &message->at->reference, number);
    }
}

static void take_nad(struct edifact_message *message, const struct edifact_segment *segment) {
    static const struct {
        const char *qualifier;
        enum edifact_role role;
        int rank;
    } roles[] = {{"CZ", ROLE_CONSIGNOR, 2},
                 {"EX", ROLE_CONSIGNOR, 1},
                 {"CN", ROLE_CONSIGNEE, 2},
                 {"IM", ROLE_CONSIGNEE, 1},
                 {"DT", ROLE_DECLARANT, 1}};
    /* That of a container or of goods is not the consignment's. */
    bool ours = message->about != ABOUT_EQUIPMENT && message->goods_at == NULL;
    message->about = ours ? ABOUT_PARTY : message->about;
    message->party = NULL;
    for (size_t i = 0; ours && i < sizeof roles / sizeof roles[0]; i++) {
        struct edifact_party *party = &message->at->parties[roles[i].role];
        if (edifact_is(edifact_part(segment, 1, 0), roles[i].qualifier) && roles[i].rank > party->rank) {
            struct slice name = edifact_joined(message, segment, 4, (struct slice){NULL, 0});
            name = name.data != NULL ? name : edifact_joined(message, segment, 3, name);
            *party = (struct edifact_party){edifact_keep(message, segment, 2, 0), name,
                                            edifact_keep(message, segment, 9, 0), roles[i].rank};
            message->party = party;
        }
    }
}

/* ---- the whole */

static const struct {
    const char *tag;
    void (*take)(struct edifact_message *message, const struct edifact_segment *segment);
} SEGMENTS[] = {
    {"BGM", take_bgm},       {"DTM", take_dtm},       {"TDT", take_tdt},       {"CUX", take_cux},
    {"GOR", take_direction}, {"GIS", take_direction}, {"GEI", take_direction}, {"LOC", take_loc},
    {"CNI", take_cni},       {"RFF", take_rff},       {"NAD", take_nad},
};

void edifact_message_begin(struct edifact_message *message, struct arena *arena, const struct edifact_segment *unh) {
    int zone_minutes = message->zone_minutes;
    *message = (struct edifact_message){.arena = arena, .zone_minutes = zone_minutes};
    message->is_report = edifact_is(edifact_part(unh, 2, 0), "CUSCAR");
    message->consignments_end = &message->consignments;
    message->equipment_end = &message->equipment;
    message->heading.direction = -1;
    message->heading.goods_end = &message->heading.goods;
    message->at = &message->heading;
    if (!message->is_report) {
        add_consignment(message, unh);
    }
}

void edifact_message_take(struct edifact_message *message, const struct edifact_segment *segment, size_t raw_at) {
    if (message->is_report && memcmp(segment->tag, "CNI", EDIFACT_TAG_BYTES) == 0) {
        message->at->raw_to = raw_at;
    }
    bool taken = edifact_goods_take(message, segment);
    for (size_t i = 0; !taken && i < sizeof SEGMENTS / sizeof SEGMENTS[0]; i++) {
        if (memcmp(segment->tag, SEGMENTS[i].tag, EDIFACT_TAG_BYTES) == 0) {
            SEGMENTS[i].take(message, segment);
        }
    }
    if (message->is_report && memcmp(segment->tag, "CNI", EDIFACT_TAG_BYTES) == 0) {
        message->at->raw_from = raw_at;
    }
    message->at->raw_to = raw_at + segment->raw.len;
}

struct edifact_equipment *edifact_message_equipment(const struct edifact_message *message, struct slice number) {
    for (struct edifact_equipment *equipment = message->equipment; equipment != NULL; equipment = equipment->next) {
        if (slice_equal(equipment->number, number)) {
            return equipment;
        }
    }
    return NULL;
}

void edifact_message_count_users(struct edifact_message *message) {
    for (const struct edifact_consignment *user = message->consignments; user != NULL; user = user->next) {
        for (const struct edifact_goods *goods = user->goods; goods != NULL; goods = goods->next) {
            for (const struct edifact_split *split = goods->splits; split != NULL; split = split->next) {
                struct edifact_equipment *equipment = edifact_message_equipment(message, split->container);
                if (equipment != NULL && equipment->user != user) {
                    equipment->user = user;
                    equipment->users++;
                }
            }
        }
    }
}
