/* The canonical form by construction: names are sorted here in the source and arrays by whoever derived them, so
 * nothing is sorted while it is written. A name out of order gives another digest than other programs find (contract
 * 0.3, 5.14). */
#include "encode/record_json.h"

#include <string.h>

#include "encode/json_put.h"
#include "encode/record_put.h"

/* The digest's member, which goes in behind the record that it is the digest of. */
#define DIGEST_NAME ",\"digest\":\""
enum { DIGEST_NAME_BYTES = sizeof(DIGEST_NAME) - 1 };
_Static_assert(RECORD_DIGEST_BYTES == DIGEST_NAME_BYTES + HASH_HEX_BYTES + 1, "name, digits, quote");

/* Every function below writes the members of one object in the byte order of their names. */

/* An array of objects. */
#define PUT_OBJECTS(out, name, put_one, items, count)                                                                  \
    do {                                                                                                               \
        JSON_NAME((out), name, "[");                                                                                   \
        for (size_t i_ = 0; i_ < (count); i_++) {                                                                      \
            json_put_next(out);                                                                                        \
            put_one((out), &(items)[i_]);                                                                              \
        }                                                                                                              \
        JSON_PUT(out, "]");                                                                                            \
    } while (0)

/* Currencies come sorted and once each from derive_sum_moneys, so they are names of an object in order. */
static void put_moneys(struct buffer *out, struct record_moneys moneys) {
    JSON_NAME(out, "values", "{");
    for (size_t i = 0; i < moneys.count; i++) {
        json_put_name(out, moneys.items[i].currency);
        json_put_decimal(out, moneys.items[i].amount, DECIMAL_MONEY_PLACES);
    }
    JSON_PUT(out, "}");
}

/* A tare is a number and stands as one; every other field is text. */
static void put_values(struct buffer *out, const struct record_alert *alert) {
    JSON_NAME(out, "values", "[");
    for (size_t i = 0; i < alert->value_count; i++) {
        json_put_next(out);
        JSON_PUT(out, "{");
        JSON_NAME(out, "value", "");
        if (alert->field == FIELD_TARE_KG) {
            json_put_decimal(out, alert->values[i].tare_kg, DECIMAL_MASS_PLACES);
        } else {
            json_put_text(out, alert->values[i].text);
        }
        JSON_MEMBER(out, "waybill", text, alert->values[i].waybill);
        JSON_PUT(out, "}");
    }
    JSON_PUT(out, "]");
}

/* Of the numbers of a tally. Packages are counted in ones, weights in millionths of a kilogram. */
static int alert_places(const struct record_alert *alert) {
    return alert->field == FIELD_GROSS_KG ? DECIMAL_MASS_PLACES : 0;
}

/* The kinds share one struct, and each has its own members of it. `expected` and `found` are texts of seals and trains,
 * or numbers of a tally; no alert has both, so no name comes twice. */
static void put_alert(struct buffer *out, const struct record_alert *alert) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "container", text, alert->container);
    JSON_OPTIONAL(out, "expected", alert->expected);
    if (alert->kind == ALERT_TALLY_MISMATCH) {
        JSON_MEMBER(out, "expected", decimal, alert->declared, alert_places(alert));
    }
    if (alert->kind == ALERT_CONTAINER_MISMATCH || alert->kind == ALERT_TALLY_MISMATCH) {
        JSON_MEMBER(out, "field", word, ALERT_FIELD_NAMES[alert->field]);
    }
    if (alert->kind == ALERT_TALLY_MISMATCH) {
        JSON_MEMBER(out, "found", decimal, alert->counted, alert_places(alert));
    }
    JSON_OPTIONAL(out, "found", alert->found);
    JSON_MEMBER(out, "kind", word, ALERT_NAMES[alert->kind]);
    if (alert->un_count > 0) {
        JSON_MEMBER(out, "un", texts, alert->un, alert->un_count);
    }
    if (alert->kind == ALERT_CONTAINER_MISMATCH) {
        put_values(out, alert);
    }
    if (alert->kind == ALERT_CONTAINER_CLAIMED_TWICE) {
        JSON_MEMBER(out, "waybills", texts, alert->waybills, alert->waybill_count);
    }
    JSON_PUT(out, "}");
}

/* Degrees are cut off, not rounded (contract 1.3), so they are written back as they were kept. */
static char *put_last(char *to, const struct record_container *container) {
    JSON_NAME_AT(to, "last", "{");
    JSON_MEMBER_AT(to, "at", time, container->last_at_ms);
    JSON_MEMBER_AT(to, "event", word, TRACKING_NAMES[container->last_event]);
    if (container->last_has_position) {
        JSON_MEMBER_AT(to, "latitude", signed, container->last_latitude, DECIMAL_DEGREE_PLACES);
        JSON_MEMBER_AT(to, "longitude", signed, container->last_longitude, DECIMAL_DEGREE_PLACES);
    }
    JSON_OPTIONAL_AT(to, "place", container->last_place);
    return JSON_AT(to, "}");
}

static char *put_tally(char *to, const struct record_tally *tally) {
    JSON_NAME_AT(to, "tally", "{");
    JSON_MEMBER_AT(to, "at", time, tally->at_ms);
    JSON_MEMBER_AT(to, "damaged", bool, tally->tally.damaged);
    if (tally->tally.has_gross) {
        JSON_MEMBER_AT(to, "gross_kg", decimal, tally->tally.gross_kg, DECIMAL_MASS_PLACES);
    }
    if (tally->tally.has_packages) {
        JSON_MEMBER_AT(to, "packages", count, tally->tally.packages);
    }
    JSON_OPTIONAL_AT(to, "seal", tally->tally.seal);
    return JSON_AT(to, "}");
}

/* At most. Beside texts there are six numbers, two times, two words, and the names with their brackets, which are
 * shorter than what they have here. */
static size_t container_bytes(const struct record_container *container) {
    enum { FIXED_BYTES = 6 * JSON_NUMBER_BYTES + 2 * JSON_TIME_BYTES + 6 * JSON_QUOTES_BYTES + 512 };
    size_t text_bytes = container->number.len + container->seal.len + container->size_type.len + container->wagon.len +
                        container->last_place.len + container->tally.tally.seal.len;
    return FIXED_BYTES + JSON_TEXT_BYTES(text_bytes) +
           json_texts_bytes(container->dangerous, container->dangerous_count) +
           json_texts_bytes(container->waybills, container->waybill_count);
}

void record_put_container(struct buffer *out, const struct record_container *container) {
    char *to = json_room(out, container_bytes(container));
    JSON_AT(to, "{");
    JSON_MEMBER_AT(to, "dangerous", texts, container->dangerous, container->dangerous_count);
    if (container->has_last) {
        to = put_last(to, container);
    }
    JSON_MEMBER_AT(to, "load", word, LOAD_NAMES[container->load]);
    JSON_MEMBER_AT(to, "number", text, container->number);
    /* Positions begin at 1 (contract 2.11): 0 is a container without a composition. */
    if (container->position != 0) {
        JSON_MEMBER_AT(to, "position", count, container->position);
    }
    JSON_OPTIONAL_AT(to, "seal", container->seal);
    JSON_MEMBER_AT(to, "size_type", text, container->size_type);
    if (container->has_tally) {
        to = put_tally(to, &container->tally);
    }
    JSON_MEMBER_AT(to, "tare_kg", decimal, container->tare_kg, DECIMAL_MASS_PLACES);
    JSON_OPTIONAL_AT(to, "wagon", container->wagon);
    JSON_MEMBER_AT(to, "waybills", texts, container->waybills, container->waybill_count);
    JSON_AT(to, "}");
    json_end(out, to);
}

/* Its last members and the end. A control of the train has no ref (contract 2.12). */
static void put_control_subject(struct buffer *out, const struct record_control *control) {
    if (control->scope != SCOPE_TRAIN) {
        JSON_MEMBER(out, "ref", text, control->ref);
    }
    JSON_MEMBER(out, "scope", word, CONTROL_SCOPE_NAMES[control->scope]);
    JSON_PUT(out, "}");
}

static void put_train(struct buffer *out, struct slice number, struct slice date, struct slice port) {
    JSON_NAME(out, "train", "{");
    JSON_MEMBER(out, "date", text, date);
    JSON_MEMBER(out, "number", text, number);
    JSON_MEMBER(out, "port", text, port);
    JSON_PUT(out, "}");
}

static void put_control(struct buffer *out, const struct record_control *control) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "at", time, control->at_ms);
    JSON_MEMBER(out, "authority", text, control->authority);
    JSON_MEMBER(out, "kind", word, CONTROL_KIND_NAMES[control->kind]);
    JSON_MEMBER(out, "outcome", word, CONTROL_OUTCOME_NAMES[control->outcome]);
    put_control_subject(out, control);
}

/* `at` is the time of the pass, not of the control: from then on nobody waited for it any more (contract 5.19). */
static void put_accepted(struct buffer *out, const struct record_accepted *accepted) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "at", time, accepted->at_ms);
    JSON_MEMBER(out, "authority", text, accepted->control.authority);
    JSON_MEMBER(out, "by", text, accepted->by);
    JSON_MEMBER(out, "kind", word, CONTROL_KIND_NAMES[accepted->control.kind]);
    put_control_subject(out, &accepted->control);
}

static void put_link(struct buffer *out, const struct record_link *link) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "containers", texts, link->containers, link->container_count);
    JSON_MEMBER(out, "role", word, ROLE_NAMES[link->role]);
    put_train(out, link->number, link->date, link->port);
    JSON_PUT(out, "}");
}

/* All of a line but its texts: five numbers, and the names, which are shorter than that. */
enum { LINE_BYTES = 5 * JSON_NUMBER_BYTES + 4 * JSON_QUOTES_BYTES + 256 };

/* A value of 0 is shown, one that nobody told is not: currency and value come together or not at all (contract
 * 2.10). */
static void put_line(struct buffer *out, const struct record_line *line) {
    size_t text_bytes = line->currency.len + line->description.len + line->hs.len + line->package_type.len;
    char *to = json_room(out, LINE_BYTES + JSON_TEXT_BYTES(text_bytes));
    JSON_AT(to, "{");
    JSON_OPTIONAL_AT(to, "currency", line->currency);
    JSON_MEMBER_AT(to, "description", text, line->description);
    JSON_MEMBER_AT(to, "gross_kg", decimal, line->gross_kg, DECIMAL_MASS_PLACES);
    JSON_OPTIONAL_AT(to, "hs", line->hs);
    JSON_MEMBER_AT(to, "merged", count, line->merged);
    JSON_MEMBER_AT(to, "net_kg", decimal, line->net_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER_AT(to, "package_type", text, line->package_type);
    JSON_MEMBER_AT(to, "packages", count, line->packages);
    if (line->currency.data != NULL) {
        JSON_MEMBER_AT(to, "value", decimal, line->value, DECIMAL_MONEY_PLACES);
    }
    JSON_AT(to, "}");
    json_end(out, to);
}

static void put_party(struct buffer *out, const struct event_party *party) {
    JSON_NAME(out, "party", "{");
    JSON_OPTIONAL(out, "aeo", party->aeo);
    JSON_MEMBER(out, "code", text, party->code);
    JSON_MEMBER(out, "country", text, party->country);
    JSON_MEMBER(out, "name", text, party->name);
    JSON_PUT(out, "}");
}

/* The marks say where three values begin, counted from the declaration's first byte. All else that stands here follows
 * from the cargo, and a change of that is derived and written as a whole (record/kept.c). */
void record_put_declaration(struct buffer *out, const struct record_declaration *declaration,
                            struct record_marks *marks) {
    size_t start = out->len;
    JSON_PUT(out, "{");
    JSON_NAME(out, "advance", "");
    marks->advance = out->len - start;
    json_put_bool(out, declaration->advance);
    JSON_MEMBER(out, "aeo", bool, declaration->aeo);
    JSON_MEMBER(out, "aeo_partner", bool, declaration->aeo_partner);
    JSON_OPTIONAL(out, "application", declaration->application);
    JSON_MEMBER(out, "containers", texts, declaration->containers, declaration->container_count);
    JSON_OPTIONAL(out, "contract", declaration->contract);
    JSON_NAME(out, "declared", "");
    marks->declared = out->len - start;
    json_put_word(out, DECLARED_NAMES[declaration->declared]);
    JSON_MEMBER(out, "direction", word, DIRECTION_NAMES[declaration->direction]);
    JSON_MEMBER(out, "gross_kg", decimal, declaration->gross_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "id", hash, declaration->id);
    PUT_OBJECTS(out, "lines", put_line, declaration->lines, declaration->line_count);
    JSON_MEMBER(out, "net_kg", decimal, declaration->net_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "packages", count, declaration->packages);
    put_party(out, &declaration->party);
    JSON_MEMBER(out, "priority", count, (uint64_t)declaration->aeo + declaration->aeo_partner);
    JSON_MEMBER(out, "product", text, declaration->product);
    JSON_NAME(out, "released", "");
    marks->released = out->len - start;
    json_put_bool(out, declaration->released);
    put_moneys(out, declaration->values);
    JSON_MEMBER(out, "waybills", texts, declaration->waybills, declaration->waybill_count);
    JSON_PUT(out, "}");
}

/* What the record rests on, so that two customs see whether they know the same. */
static void put_facts(struct buffer *out, const struct record *record) {
    JSON_NAME(out, "facts", "{");
    JSON_MEMBER(out, "count", count, record->fact_count);
    JSON_MEMBER(out, "first_at", time, record->first_at_ms);
    JSON_MEMBER(out, "last_at", time, record->last_at_ms);
    JSON_PUT(out, "}");
}

/* Bits are numbered in the byte order of their names, so walking them sorts (contract 1.10). */
static void put_reasons(struct buffer *out, unsigned reasons) {
    JSON_NAME(out, "reasons", "[");
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        if ((reasons & 1u << reason) != 0) {
            json_put_next(out);
            json_put_word(out, REASON_NAMES[reason]);
        }
    }
    JSON_PUT(out, "]");
}

/* The list is kept as the text of which commits carry the hash (contract 7.10), sorted already. */
static void put_rules(struct buffer *out, const struct rules *rules) {
    struct slice rest = rules->recognised;
    JSON_NAME(out, "rules", "{");
    JSON_MEMBER(out, "merge", word, MERGE_POLICY_NAMES[rules->merge]);
    JSON_NAME(out, "recognised", "[");
    for (struct slice entry; rules_next_recognised(&rest, &entry);) {
        json_put_next(out);
        json_put_text(out, entry);
    }
    JSON_PUT(out, "]");
    JSON_MEMBER(out, "require", word, REQUIRE_LEVEL_NAMES[rules->require]);
    JSON_PUT(out, "}");
}

static void put_totals(struct buffer *out, const struct record *record) {
    JSON_NAME(out, "totals", "{");
    JSON_MEMBER(out, "containers", count, record->totals.containers);
    JSON_MEMBER(out, "declarations", count, record->totals.declarations);
    JSON_MEMBER(out, "empty_containers", count, record->totals.empty_containers);
    JSON_MEMBER(out, "gross_kg", decimal, record->totals.gross_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "net_kg", decimal, record->totals.net_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "packages", count, record->totals.packages);
    JSON_MEMBER(out, "tare_kg", decimal, record->totals.tare_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "teu", decimal, record->totals.teu, DECIMAL_TEU_PLACES);
    put_moneys(out, record->totals.values);
    JSON_MEMBER(out, "wagons", count, record->totals.wagons);
    JSON_MEMBER(out, "waybills", count, record->totals.waybills);
    JSON_PUT(out, "}");
}

void record_put_head(struct buffer *out, const struct record *record) {
    JSON_PUT(out, "{");
    PUT_OBJECTS(out, "accepted", put_accepted, record->accepted, record->accepted_count);
    PUT_OBJECTS(out, "alerts", put_alert, record->alerts, record->alert_count);
    if (record->arrived) {
        JSON_MEMBER(out, "arrived_at", time, record->arrived_at_ms);
        JSON_MEMBER(out, "arrived_place", text, record->arrived_place);
    }
    /* A record that is no longer cleared loses both again: an alert may come after the clearance. */
    if (record->status == STATUS_CLEARED) {
        JSON_MEMBER(out, "clearance_seconds", count, record->clearance_seconds);
        JSON_MEMBER(out, "cleared_at", time, record->cleared_at_ms);
    }
    JSON_NAME(out, "containers", "[");
}

void record_put_middle(struct buffer *out, const struct record *record) {
    JSON_PUT(out, "]");
    PUT_OBJECTS(out, "controls", put_control, record->controls, record->control_count);
    JSON_NAME(out, "declarations", "[");
}

void record_put_tail(struct buffer *out, const struct record *record, bool expired) {
    JSON_MEMBER(out, "domestic", texts, record->domestic, record->domestic_count);
    /* Any other record says nothing of it: whether it is the last is not known yet (contract 7.4). */
    if (expired) {
        JSON_NAME(out, "expired", "true");
    }
    put_facts(out, record);
    PUT_OBJECTS(out, "links", put_link, record->links, record->link_count);
    JSON_MEMBER(out, "missing", texts, record->missing, record->missing_count);
    JSON_MEMBER(out, "off_train", texts, record->off_train, record->off_train_count);
    put_reasons(out, record->reasons);
    put_rules(out, &record->rules);
    JSON_NAME(out, "schema", "\"rail.clearance.v1\"");
    JSON_MEMBER(out, "status", word, STATUS_NAMES[record->status]);
    put_totals(out, record);
    put_train(out, record->number, record->date, record->port);
    JSON_PUT(out, "}");
}

/* Up to where the digest goes. `digest` stands between `declarations` and `domestic`, which is why the tail is written
 * apart. The marks are for record_text.c, which keeps declarations; here they are dropped. */
static void put_before_digest(struct buffer *out, const struct record *record) {
    struct record_marks marks;
    record_put_head(out, record);
    for (size_t i = 0; i < record->container_count; i++) {
        json_put_next(out);
        record_put_container(out, &record->containers[i]);
    }
    record_put_middle(out, record);
    for (size_t i = 0; i < record->declaration_count; i++) {
        json_put_next(out);
        record_put_declaration(out, &record->declarations[i], &marks);
    }
    JSON_PUT(out, "]");
}

void record_write_digest(struct hash128 digest, char out[RECORD_DIGEST_BYTES]) {
    memcpy(out, DIGEST_NAME, DIGEST_NAME_BYTES);
    hash_write(digest, out + DIGEST_NAME_BYTES);
    out[RECORD_DIGEST_BYTES - 1] = '"';
}

/* Puts the digest's member in at `at`; what stands behind it is small. The alternative, hashing two pieces, would need
 * the tail in a buffer of its own. */
static void insert_digest(struct buffer *out, size_t at, struct hash128 digest) {
    buffer_reserve(out, RECORD_DIGEST_BYTES);
    char *member = out->data + at;
    memmove(member + RECORD_DIGEST_BYTES, member, out->len - at);
    record_write_digest(digest, member);
    out->len += RECORD_DIGEST_BYTES;
}

struct hash128 encode_record(const struct record *record, bool expired, struct buffer *out) {
    size_t start = out->len;
    put_before_digest(out, record);
    /* The digest is over the bytes without it (contract 5.14), so its member goes in last, where its name belongs. */
    size_t digest_at = out->len;
    record_put_tail(out, record, expired);
    struct hash128 digest = hash_of((struct slice){out->data + start, out->len - start});
    insert_digest(out, digest_at, digest);
    return digest;
}
