#include "encode/record_json.h"

#include <string.h>

#include "base/decimal.h"
#include "encode/json_text.h"

/* The digest's member, which goes in behind the record that it is the digest of. */
#define DIGEST_KEY "\"digest\":\""
enum { DIGEST_MEMBER_BYTES = sizeof(DIGEST_KEY) - 1 + HASH_HEX_BYTES + 2 };

/* Every function below writes the members of one object in the byte order of their keys. */

static void put_name(struct buffer *out, const char *name) {
    encode_string(slice_of(name), out);
}

/* `key` (with its colon, and the comma before it) and the string; nothing when it is absent. */
static void put_optional(struct buffer *out, const char *key, struct slice text) {
    if (text.data != NULL) {
        buffer_append_text(out, key);
        encode_string(text, out);
    }
}

static void put_mass(struct buffer *out, uint64_t value) {
    decimal_write(out, value, DECIMAL_MASS_PLACES);
}

static void put_moneys(struct buffer *out, struct record_moneys moneys) {
    buffer_append_byte(out, '{');
    for (size_t i = 0; i < moneys.count; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        encode_string(moneys.items[i].currency, out);
        buffer_append_byte(out, ':');
        decimal_write(out, moneys.items[i].amount, DECIMAL_MONEY_PLACES);
    }
    buffer_append_byte(out, '}');
}

static void put_values(struct buffer *out, const struct record_alert *alert) {
    JSON_PUT(out, ",\"values\":[");
    for (size_t i = 0; i < alert->value_count; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        JSON_PUT(out, "{\"value\":");
        if (alert->field == FIELD_TARE_KG) {
            put_mass(out, alert->values[i].tare_kg);
        } else {
            encode_string(alert->values[i].text, out);
        }
        JSON_PUT(out, ",\"waybill\":");
        encode_string(alert->values[i].waybill, out);
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

static void put_alert(struct buffer *out, const struct record_alert *alert) {
    JSON_PUT(out, "{\"container\":");
    encode_string(alert->container, out);
    put_optional(out, ",\"expected\":", alert->expected);
    if (alert->kind == ALERT_CONTAINER_MISMATCH) {
        JSON_PUT(out, ",\"field\":");
        put_name(out, ALERT_FIELD_NAMES[alert->field]);
    }
    put_optional(out, ",\"found\":", alert->found);
    JSON_PUT(out, ",\"kind\":");
    put_name(out, ALERT_NAMES[alert->kind]);
    if (alert->kind == ALERT_CONTAINER_MISMATCH) {
        put_values(out, alert);
    }
    if (alert->kind == ALERT_CONTAINER_CLAIMED_TWICE) {
        JSON_PUT(out, ",\"waybills\":");
        json_put_strings(out, alert->waybills, alert->waybill_count);
    }
    buffer_append_byte(out, '}');
}

static void put_last(struct buffer *out, const struct record_container *container) {
    JSON_PUT(out, "\"last\":{\"at\":");
    json_put_time(out, container->last_at_ms);
    JSON_PUT(out, ",\"event\":");
    put_name(out, TRACKING_NAMES[container->last_event]);
    if (container->last_has_position) {
        JSON_PUT(out, ",\"latitude\":");
        decimal_write_signed(out, container->last_latitude, DECIMAL_DEGREE_PLACES);
        JSON_PUT(out, ",\"longitude\":");
        decimal_write_signed(out, container->last_longitude, DECIMAL_DEGREE_PLACES);
    }
    put_optional(out, ",\"place\":", container->last_place);
    JSON_PUT(out, "},");
}

static void put_container(struct buffer *out, const struct record_container *container) {
    buffer_append_byte(out, '{');
    if (container->has_last) {
        put_last(out, container);
    }
    JSON_PUT(out, "\"load\":");
    put_name(out, container->load == LOAD_FCL ? "FCL" : "LCL");
    JSON_PUT(out, ",\"number\":");
    encode_string(container->number, out);
    if (container->position != 0) {
        JSON_PUT(out, ",\"position\":");
        json_put_count(out, container->position);
    }
    put_optional(out, ",\"seal\":", container->seal);
    JSON_PUT(out, ",\"size_type\":");
    encode_string(container->size_type, out);
    JSON_PUT(out, ",\"tare_kg\":");
    put_mass(out, container->tare_kg);
    put_optional(out, ",\"wagon\":", container->wagon);
    JSON_PUT(out, ",\"waybills\":");
    json_put_strings(out, container->waybills, container->waybill_count);
    buffer_append_byte(out, '}');
}

static void put_control(struct buffer *out, const struct record_control *control) {
    JSON_PUT(out, "{\"at\":");
    json_put_time(out, control->at_ms);
    JSON_PUT(out, ",\"kind\":");
    put_name(out, CONTROL_KIND_NAMES[control->kind]);
    JSON_PUT(out, ",\"outcome\":");
    put_name(out, CONTROL_OUTCOME_NAMES[control->outcome]);
    put_optional(out, ",\"ref\":", control->ref);
    JSON_PUT(out, ",\"scope\":");
    put_name(out, CONTROL_SCOPE_NAMES[control->scope]);
    buffer_append_byte(out, '}');
}

static void put_line(struct buffer *out, const struct record_line *line) {
    JSON_PUT(out, "{\"currency\":");
    encode_string(line->currency, out);
    JSON_PUT(out, ",\"description\":");
    encode_string(line->description, out);
    JSON_PUT(out, ",\"gross_kg\":");
    put_mass(out, line->gross_kg);
    JSON_PUT(out, ",\"hs\":");
    encode_string(line->hs, out);
    JSON_PUT(out, ",\"merged\":");
    json_put_count(out, line->merged);
    JSON_PUT(out, ",\"net_kg\":");
    put_mass(out, line->net_kg);
    JSON_PUT(out, ",\"package_type\":");
    encode_string(line->package_type, out);
    JSON_PUT(out, ",\"packages\":");
    json_put_count(out, line->packages);
    JSON_PUT(out, ",\"value\":");
    decimal_write(out, line->value, DECIMAL_MONEY_PLACES);
    buffer_append_byte(out, '}');
}

static void put_party(struct buffer *out, const struct event_party *party) {
    buffer_append_byte(out, '{');
    if (party->aeo.data != NULL) {
        JSON_PUT(out, "\"aeo\":");
        encode_string(party->aeo, out);
        buffer_append_byte(out, ',');
    }
    JSON_PUT(out, "\"code\":");
    encode_string(party->code, out);
    JSON_PUT(out, ",\"country\":");
    encode_string(party->country, out);
    JSON_PUT(out, ",\"name\":");
    encode_string(party->name, out);
    buffer_append_byte(out, '}');
}

static void put_id(struct buffer *out, struct hash128 id) {
    JSON_PUT(out, ",\"id\":\"");
    hash_write(id, buffer_reserve(out, HASH_HEX_BYTES));
    out->len += HASH_HEX_BYTES;
    buffer_append_byte(out, '"');
}

static void put_lines(struct buffer *out, const struct record_declaration *declaration) {
    JSON_PUT(out, ",\"lines\":[");
    for (size_t i = 0; i < declaration->line_count; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        put_line(out, &declaration->lines[i]);
    }
    buffer_append_byte(out, ']');
}

static void put_declaration(struct buffer *out, const struct record_declaration *declaration) {
    JSON_PUT(out, "{\"advance\":");
    json_put_bool(out, declaration->advance);
    JSON_PUT(out, ",\"aeo\":");
    json_put_bool(out, declaration->aeo);
    put_optional(out, ",\"application\":", declaration->application);
    JSON_PUT(out, ",\"containers\":");
    json_put_strings(out, declaration->containers, declaration->container_count);
    put_optional(out, ",\"contract\":", declaration->contract);
    JSON_PUT(out, ",\"declared\":");
    put_name(out, DECLARED_NAMES[declaration->declared]);
    JSON_PUT(out, ",\"direction\":");
    put_name(out, declaration->direction == DIRECTION_EXIT ? "exit" : "entry");
    JSON_PUT(out, ",\"gross_kg\":");
    put_mass(out, declaration->gross_kg);
    put_id(out, declaration->id);
    put_lines(out, declaration);
    JSON_PUT(out, ",\"net_kg\":");
    put_mass(out, declaration->net_kg);
    JSON_PUT(out, ",\"packages\":");
    json_put_count(out, declaration->packages);
    JSON_PUT(out, ",\"party\":");
    put_party(out, &declaration->party);
    JSON_PUT(out, ",\"product\":");
    encode_string(declaration->product, out);
    JSON_PUT(out, ",\"values\":");
    put_moneys(out, declaration->values);
    JSON_PUT(out, ",\"waybills\":");
    json_put_strings(out, declaration->waybills, declaration->waybill_count);
    buffer_append_byte(out, '}');
}

static void put_facts(struct buffer *out, const struct record *record) {
    JSON_PUT(out, "\"facts\":{\"count\":");
    json_put_count(out, record->fact_count);
    JSON_PUT(out, ",\"first_at\":");
    json_put_time(out, record->first_at_ms);
    JSON_PUT(out, ",\"last_at\":");
    json_put_time(out, record->last_at_ms);
    buffer_append_byte(out, '}');
}

static void put_reasons(struct buffer *out, unsigned reasons) {
    bool first = true;
    JSON_PUT(out, ",\"reasons\":[");
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        if ((reasons & 1u << reason) != 0) {
            buffer_append_text(out, first ? "" : ",");
            put_name(out, REASON_NAMES[reason]);
            first = false;
        }
    }
    buffer_append_byte(out, ']');
}

static void put_rules(struct buffer *out, struct rules rules) {
    JSON_PUT(out, ",\"rules\":{\"merge\":");
    put_name(out, MERGE_POLICY_NAMES[rules.merge]);
    JSON_PUT(out, ",\"require\":");
    put_name(out, REQUIRE_LEVEL_NAMES[rules.require]);
    buffer_append_byte(out, '}');
}

static void put_totals(struct buffer *out, const struct record *record) {
    JSON_PUT(out, ",\"totals\":{\"containers\":");
    json_put_count(out, record->totals.containers);
    JSON_PUT(out, ",\"declarations\":");
    json_put_count(out, record->totals.declarations);
    JSON_PUT(out, ",\"empty_containers\":");
    json_put_count(out, record->totals.empty_containers);
    JSON_PUT(out, ",\"gross_kg\":");
    put_mass(out, record->totals.gross_kg);
    JSON_PUT(out, ",\"net_kg\":");
    put_mass(out, record->totals.net_kg);
    JSON_PUT(out, ",\"packages\":");
    json_put_count(out, record->totals.packages);
    JSON_PUT(out, ",\"tare_kg\":");
    put_mass(out, record->totals.tare_kg);
    JSON_PUT(out, ",\"teu\":");
    decimal_write(out, record->totals.teu, DECIMAL_TEU_PLACES);
    JSON_PUT(out, ",\"values\":");
    put_moneys(out, record->totals.values);
    JSON_PUT(out, ",\"wagons\":");
    json_put_count(out, record->totals.wagons);
    JSON_PUT(out, ",\"waybills\":");
    json_put_count(out, record->totals.waybills);
    buffer_append_byte(out, '}');
}

static void put_train(struct buffer *out, const struct record *record) {
    JSON_PUT(out, ",\"train\":{\"date\":");
    encode_string(record->date, out);
    JSON_PUT(out, ",\"number\":");
    encode_string(record->number, out);
    JSON_PUT(out, ",\"port\":");
    encode_string(record->port, out);
    buffer_append_byte(out, '}');
}

/* An array of objects. */
#define PUT_OBJECTS(out, key, put_one, items, count)                                                                   \
    do {                                                                                                               \
        JSON_PUT((out), key "[");                                                                                      \
        for (size_t i_ = 0; i_ < (count); i_++) {                                                                      \
            buffer_append_text((out), i_ > 0 ? "," : "");                                                              \
            put_one((out), &(items)[i_]);                                                                              \
        }                                                                                                              \
        buffer_append_byte((out), ']');                                                                                \
    } while (0)

/* Up to where the digest goes. */
static void put_before_digest(struct buffer *out, const struct record *record) {
    PUT_OBJECTS(out, "{\"alerts\":", put_alert, record->alerts, record->alert_count);
    if (record->arrived) {
        JSON_PUT(out, ",\"arrived_at\":");
        json_put_time(out, record->arrived_at_ms);
        JSON_PUT(out, ",\"arrived_place\":");
        encode_string(record->arrived_place, out);
    }
    if (record->status == STATUS_CLEARED) {
        JSON_PUT(out, ",\"clearance_seconds\":");
        json_put_count(out, record->clearance_seconds);
        JSON_PUT(out, ",\"cleared_at\":");
        json_put_time(out, record->cleared_at_ms);
    }
    PUT_OBJECTS(out, ",\"containers\":", put_container, record->containers, record->container_count);
    PUT_OBJECTS(out, ",\"controls\":", put_control, record->controls, record->control_count);
    PUT_OBJECTS(out, ",\"declarations\":", put_declaration, record->declarations, record->declaration_count);
    buffer_append_byte(out, ',');
}

static void put_after_digest(struct buffer *out, const struct record *record, bool expired) {
    if (expired) {
        JSON_PUT(out, "\"expired\":true,");
    }
    put_facts(out, record);
    JSON_PUT(out, ",\"missing\":");
    json_put_strings(out, record->missing, record->missing_count);
    JSON_PUT(out, ",\"off_train\":");
    json_put_strings(out, record->off_train, record->off_train_count);
    put_reasons(out, record->reasons);
    put_rules(out, record->rules);
    JSON_PUT(out, ",\"schema\":\"rail.clearance.v1\",\"status\":");
    put_name(out, STATUS_NAMES[record->status]);
    put_totals(out, record);
    put_train(out, record);
    buffer_append_byte(out, '}');
}

/* Puts the digest's member in at `at`; what stands behind it is small. */
static void insert_digest(struct buffer *out, size_t at, struct hash128 digest) {
    buffer_reserve(out, DIGEST_MEMBER_BYTES);
    char *member = out->data + at;
    memmove(member + DIGEST_MEMBER_BYTES, member, out->len - at);
    memcpy(member, DIGEST_KEY, sizeof(DIGEST_KEY) - 1);
    hash_write(digest, member + sizeof(DIGEST_KEY) - 1);
    memcpy(member + DIGEST_MEMBER_BYTES - 2, "\",", 2);
    out->len += DIGEST_MEMBER_BYTES;
}

struct hash128 encode_record(const struct record *record, bool expired, struct buffer *out) {
    size_t start = out->len;
    put_before_digest(out, record);
    size_t digest_at = out->len;
    put_after_digest(out, record, expired);
    struct hash128 digest = hash_of((struct slice){out->data + start, out->len - start});
    insert_digest(out, digest_at, digest);
    return digest;
}
