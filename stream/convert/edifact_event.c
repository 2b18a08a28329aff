/* What the consignment does not say its heading may say, then the options. Goods are grouped by container here: EDIFACT
 * lists goods and says where they are, the contract lists containers and says what is in them. */
#include "convert/edifact_event.h"

#include <string.h>

#include "base/timestamp.h"
#include "base/utf8.h"
#include "encode/json_put.h"

enum { PRODUCT_BYTES_MAX = 255 };

/* A container of the consignment, and what is in it. */
struct claim {
    const struct edifact_equipment *equipment;
    struct piece *pieces, **pieces_end;
};

struct piece {
    struct piece *next;
    const struct edifact_goods *goods;
    const struct edifact_split *split; /* NULL: all of the goods */
};

struct claims {
    struct claim *items; /* as many as there are pieces have room */
    size_t count;
};

/* What is being written. */
struct writing {
    struct convert *convert;
    const struct edifact_message *message;
    const struct edifact_consignment *consignment;
    struct buffer *out;
};

static struct slice either(struct slice a, struct slice b) {
    return a.data != NULL ? a : b;
}

/* ---- goods by container */

static size_t piece_count(const struct edifact_consignment *consignment) {
    size_t count = 0;
    for (const struct edifact_goods *goods = consignment->goods; goods != NULL; goods = goods->next) {
        count++;
        for (const struct edifact_split *split = goods->splits; split != NULL; split = split->next) {
            count++;
        }
    }
    return count;
}

static void add_piece(const struct writing *writing, struct claims *claims, const struct edifact_equipment *equipment,
                      struct piece piece) {
    size_t i = 0;
    while (i < claims->count && claims->items[i].equipment != equipment) {
        i++;
    }
    struct claim *claim = &claims->items[i];
    if (i == claims->count) {
        *claim = (struct claim){equipment, NULL, &claim->pieces};
        claims->count++;
    }
    struct piece *kept = arena_zeroed(writing->message->arena, 1, sizeof *kept);
    *kept = piece;
    *claim->pieces_end = kept;
    claim->pieces_end = &kept->next;
}

/* The one container of the message, for goods that do not say theirs. */
static void add_unsplit(const struct writing *writing, struct claims *claims, const struct edifact_goods *goods) {
    const struct edifact_equipment *only = writing->message->equipment;
    if (only == NULL || only->next != NULL) {
        convert_refuse(writing->convert, REJECT_MISSING_FIELD, "/data/containers",
                       only == NULL ? "no EQD names a container"
                                    : "goods without SGP, and there are several containers");
        return;
    }
    add_piece(writing, claims, only, (struct piece){NULL, goods, NULL});
}

static void add_split(const struct writing *writing, struct claims *claims, const struct edifact_goods *goods,
                      const struct edifact_split *split) {
    const struct edifact_equipment *equipment = edifact_message_equipment(writing->message, split->container);
    bool divided = goods->splits->next != NULL;
    if (equipment == NULL) {
        convert_refuse(writing->convert, REJECT_MISSING_FIELD, "/data/containers",
                       "SGP names container `%.*s`, which no EQD describes", (int)split->container.len,
                       split->container.data == NULL ? "" : split->container.data);
    } else if (divided && !split->gross.told) {
        /* Dividing by hand would be a guess that customs take for a fact. */
        convert_refuse(writing->convert, REJECT_MISSING_FIELD, "/data/containers",
                       "goods in several containers, and no MEA behind SGP says how much is in `%.*s`",
                       (int)split->container.len, split->container.data);
    } else {
        add_piece(writing, claims, equipment, (struct piece){NULL, goods, divided ? split : NULL});
    }
}

static struct claims claims_of(const struct writing *writing) {
    size_t room = piece_count(writing->consignment);
    struct claims claims = {arena_zeroed(writing->message->arena, room + 1, sizeof *claims.items), 0};
    for (const struct edifact_goods *goods = writing->consignment->goods; goods != NULL; goods = goods->next) {
        if (goods->splits == NULL) {
            add_unsplit(writing, &claims, goods);
        }
        for (const struct edifact_split *split = goods->splits; split != NULL; split = split->next) {
            add_split(writing, &claims, goods, split);
        }
    }
    return claims;
}

/* ---- containers */

static void put_dangerous(struct buffer *out, const struct edifact_un *un) {
    if (un == NULL) {
        return;
    }
    JSON_NAME(out, "dangerous", "[");
    for (; un != NULL; un = un->next) {
        json_put_next(out);
        JSON_PUT(out, "{");
        JSON_OPTIONAL(out, "un", un->un);
        JSON_OPTIONAL(out, "class", un->class_);
        JSON_PUT(out, "}");
    }
    JSON_PUT(out, "]");
}

/* A value cannot be divided; that the whole stands with the first part keeps every sum. */
static void put_value(const struct writing *writing, const struct piece *piece) {
    const struct edifact_goods *goods = piece->goods;
    struct slice currency = either(goods->currency, writing->message->currency);
    bool first = piece->split == NULL || piece->split == goods->splits;
    if (goods->value.told) {
        JSON_MEMBER(writing->out, "value", decimal, first ? goods->value.value : 0, DECIMAL_MONEY_PLACES);
        JSON_OPTIONAL(writing->out, "currency", currency);
    }
}

static void put_mass(struct buffer *out, const char *name, const struct edifact_amount *mass) {
    if (mass->told) {
        json_put_name(out, slice_of(name));
        json_put_decimal(out, mass->value, DECIMAL_MASS_PLACES);
    }
}

static void put_goods(const struct writing *writing, const struct piece *piece) {
    struct buffer *out = writing->out;
    const struct edifact_goods *goods = piece->goods;
    const struct edifact_split *split = piece->split;
    const struct edifact_amount *packages = split != NULL ? &split->packages : &goods->packages;
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_OPTIONAL(out, "hs", goods->hs);
    JSON_OPTIONAL(out, "description", goods->description);
    if (packages->told) {
        JSON_MEMBER(out, "packages", count, packages->value);
    }
    JSON_OPTIONAL(out, "package_type", goods->package_type);
    put_mass(out, "gross_kg", split != NULL ? &split->gross : &goods->gross);
    put_mass(out, "net_kg", split != NULL ? &split->net : &goods->net);
    put_value(writing, piece);
    put_dangerous(out, goods->un);
    JSON_PUT(out, "}");
}

static void put_container(const struct writing *writing, const struct claim *claim) {
    struct buffer *out = writing->out;
    const struct edifact_equipment *equipment = claim->equipment;
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_OPTIONAL(out, "number", equipment->number);
    JSON_OPTIONAL(out, "size_type", equipment->size_type);
    if (equipment->shared || equipment->users > 1) {
        JSON_NAME(out, "load", "\"LCL\"");
    }
    JSON_OPTIONAL(out, "seal", equipment->seal);
    JSON_OPTIONAL(out, "wagon", equipment->wagon);
    put_mass(out, "tare_kg", &equipment->tare);
    JSON_NAME(out, "goods", "[");
    for (const struct piece *piece = claim->pieces; piece != NULL; piece = piece->next) {
        put_goods(writing, piece);
    }
    JSON_PUT(out, "]}");
}

/* ---- the waybill */

static struct slice number_of(const struct edifact_message *message, const struct edifact_consignment *consignment) {
    /* An instruction's own number is the waybill's where its name (1001) is a transport document's: 700 to 799. */
    bool document = message->document_code.len == 3 && message->document_code.data[0] == '7' && !message->is_report;
    struct slice number = document ? message->document : consignment->number;
    return either(either(number, consignment->reference), consignment->number);
}

/* The first code that is told and known, of the consignment, else of the heading. */
static struct slice spot(const struct writing *writing, enum edifact_spot spot) {
    static const char *const pointers[EDIFACT_SPOTS] = {"/data/waybill/origin", "/data/waybill/destination",
                                                        "/data/train/port"};
    const struct edifact_consignment *const tellers[] = {writing->consignment, &writing->message->heading};
    struct slice unknown = {NULL, 0};
    for (int i = 0; i < 2 * EDIFACT_RANKS; i++) {
        struct slice code = tellers[i / EDIFACT_RANKS]->spots[spot][i % EDIFACT_RANKS];
        struct slice place = code.data == NULL ? code : convert_place(writing->convert, code);
        if (place.data != NULL) {
            return place;
        }
        unknown = either(unknown, code);
    }
    if (unknown.data != NULL) {
        convert_refuse(writing->convert, REJECT_BAD_FIELD, pointers[spot],
                       "`%.*s` is no UN/LOCODE: --place says which one it is", (int)unknown.len, unknown.data);
    }
    return (struct slice){NULL, 0};
}

static bool same_country(struct slice a, struct slice b) {
    return a.data != NULL && b.data != NULL && memcmp(a.data, b.data, COUNTRY_BYTES) == 0;
}

/* As told, else as given, else as the places show it: seen from the country of the train's port. */
static int direction_of(const struct writing *writing, struct slice port, struct slice origin, struct slice to) {
    int told =
        writing->consignment->direction >= 0 ? writing->consignment->direction : writing->message->heading.direction;
    int given = convert_options(writing->convert)->direction;
    if (told >= 0 || given >= 0) {
        return told >= 0 ? told : given;
    }
    if (port.data == NULL || origin.data == NULL || to.data == NULL) {
        return -1;
    }
    if (same_country(origin, port) != same_country(to, port)) {
        return same_country(origin, port) ? DIRECTION_EXIT : DIRECTION_ENTRY;
    }
    return same_country(origin, port) ? -1 : (int)DIRECTION_TRANSIT;
}

/* Cut between two characters. */
static struct slice cut(struct slice text, size_t bytes_max) {
    struct slice rest = text;
    uint32_t code;
    while (rest.len > 0) {
        size_t len = utf8_first(rest, &code);
        if ((size_t)(rest.data - text.data) + len > bytes_max) {
            break;
        }
        rest = (struct slice){rest.data + len, rest.len - len};
    }
    return (struct slice){text.data, text.len - rest.len};
}

static struct slice product_of(const struct writing *writing) {
    const struct edifact_goods *first = writing->consignment->goods;
    struct slice product = either(convert_options(writing->convert)->product, writing->consignment->product);
    product = either(product, writing->message->heading.product);
    product = either(product, first == NULL ? (struct slice){NULL, 0} : first->description);
    return cut(product, PRODUCT_BYTES_MAX);
}

static void put_party(const struct writing *writing, enum edifact_role role) {
    static const char *const names[EDIFACT_ROLES] = {"consignor", "consignee", "declarant"};
    const struct edifact_party *party = &writing->consignment->parties[role];
    party = party->rank > 0 ? party : &writing->message->heading.parties[role];
    if (party->rank == 0) {
        return;
    }
    json_put_name(writing->out, slice_of(names[role]));
    JSON_PUT(writing->out, "{");
    JSON_OPTIONAL(writing->out, "code", party->code);
    JSON_OPTIONAL(writing->out, "name", party->name);
    JSON_OPTIONAL(writing->out, "country", party->country);
    JSON_PUT(writing->out, "}");
}

static void put_waybill(const struct writing *writing, struct slice number, struct slice port) {
    struct buffer *out = writing->out;
    struct slice origin = spot(writing, SPOT_ORIGIN), destination = spot(writing, SPOT_DESTINATION);
    int direction = direction_of(writing, port, origin, destination);
    JSON_NAME(out, "waybill", "{");
    JSON_OPTIONAL(out, "number", number);
    if (direction >= 0) {
        JSON_MEMBER(out, "direction", word, DIRECTION_NAMES[direction]);
    }
    JSON_OPTIONAL(out, "contract", either(writing->consignment->contract, writing->message->heading.contract));
    JSON_OPTIONAL(out, "product", product_of(writing));
    for (int role = 0; role < EDIFACT_ROLES; role++) {
        put_party(writing, (enum edifact_role)role);
    }
    JSON_OPTIONAL(out, "origin", origin);
    JSON_OPTIONAL(out, "destination", destination);
    JSON_PUT(out, "}");
}

/* ---- the event */

static bool is_deletion(struct slice function) {
    return slice_equal(function, SLICE("1")) || slice_equal(function, SLICE("3")) || slice_equal(function, SLICE("50"));
}

static struct convert_train train_of(const struct writing *writing) {
    const struct edifact_message *message = writing->message;
    struct slice date = {NULL, 0};
    const struct convert_train *given = &convert_options(writing->convert)->train;
    if (given->number.data != NULL) {
        return *given;
    }
    if (message->train_date_rank > 0) {
        date = (struct slice){message->train_date, DATE_TEXT_BYTES};
    }
    return (struct convert_train){message->train, date, spot(writing, SPOT_PORT)};
}

void edifact_event_put(struct convert *convert, const struct edifact_message *message,
                       const struct edifact_consignment *consignment, const struct edifact_sender *sender) {
    struct writing writing = {convert, message, consignment, NULL};
    struct slice number = number_of(message, consignment);
    bool deletion = is_deletion(message->function);
    char time[TIMESTAMP_TEXT_BYTES];
    struct buffer id = {0};
    timestamp_write(message->timed ? message->time_ms : 0, time);
    buffer_append_slice(&id, sender->reference);
    buffer_append_byte(&id, '/');
    buffer_append_slice(&id, number);
    const struct convert_envelope envelope = {.type = deletion ? EVENT_DELETED : EVENT_TRANSMITTED,
                                              .source = sender->source,
                                              .id = buffer_slice(&id),
                                              .time = {message->timed ? time : NULL, message->timed ? sizeof time : 0},
                                              .train = train_of(&writing)};
    writing.out = convert_event(convert, &envelope);
    if (deletion) {
        JSON_NAME(writing.out, "waybill", "{");
        JSON_OPTIONAL(writing.out, "number", number);
        JSON_PUT(writing.out, "}");
    } else {
        put_waybill(&writing, number, envelope.train.port);
        struct claims claims = claims_of(&writing);
        JSON_NAME(writing.out, "containers", "[");
        for (size_t i = 0; i < claims.count; i++) {
            put_container(&writing, &claims.items[i]);
        }
        JSON_PUT(writing.out, "]");
    }
    convert_event_end(convert);
    buffer_release(&id);
}
