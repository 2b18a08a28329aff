#include "workload/write.h"

#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "base/timestamp.h"

#define PUT(writer, literal) buffer_append((writer)->out, (literal), sizeof(literal) - 1)

enum {
    CHINA_OFFSET_MS = 8 * 60 * 60 * 1000,
    CHINA_TIME_SHARE = 300000,   /* of a million times: written with +08:00 */
    CONTENT_TYPE_SHARE = 150000, /* of a million events: with datacontenttype */
    EXTENSION_SHARE = 60000,     /* with members that Caravan does not know */
    EXPLICIT_FCL_SHARE = 500000,
    EXPLICIT_PACKAGE_SHARE = 900000,
    OTHER_WAGONS = 500, /* first wagon of an earlier composition, after the last composition's */
    LEFT_BEHIND = 2     /* wagons */
};

/* ---- pieces */

static void put_text(struct writer *writer, const char *text) {
    buffer_append(writer->out, text, strlen(text));
}

static void put_slice(struct writer *writer, struct slice text) {
    buffer_append(writer->out, text.data, text.len);
}

static void put_number(struct writer *writer, uint64_t value) {
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buffer_append(writer->out, digits + first, sizeof digits - first);
}

/* value / 10^places, without zeros at the end. */
static void put_decimal(struct writer *writer, uint64_t value, int places) {
    uint64_t unit = 1;
    for (int i = 0; i < places; i++) {
        unit *= 10;
    }
    put_number(writer, value / unit);
    uint64_t rest = value % unit;
    if (rest != 0) {
        PUT(writer, ".");
    }
    for (; rest != 0; rest %= unit) {
        unit /= 10;
        buffer_append_byte(writer->out, (char)('0' + rest / unit));
    }
}

static void put_degrees(struct writer *writer, int32_t millionths) {
    if (millionths < 0) {
        PUT(writer, "-");
    }
    put_decimal(writer, (uint64_t)(millionths < 0 ? -(int64_t)millionths : millionths), DECIMAL_DEGREE_PLACES);
}

void write_uuid(struct writer *writer) {
    static const char hex[] = "0123456789abcdef";
    static const char shape[] = "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx";
    uint64_t words[2] = {rng_next(writer->rng), rng_next(writer->rng)};
    char *to = buffer_reserve(writer->out, sizeof shape - 1);
    for (size_t i = 0, nibble = 0; i < sizeof shape - 1; i++) {
        to[i] = shape[i] != 'x' ? shape[i] : hex[words[nibble / 16] >> nibble % 16 * 4 & 15];
        nibble += shape[i] == 'x';
    }
    writer->out->len += sizeof shape - 1;
}

void write_time(struct writer *writer, int64_t ms) {
    bool china = rng_chance(writer->rng, CHINA_TIME_SHARE);
    char *to = buffer_reserve(writer->out, TIMESTAMP_TEXT_BYTES);
    timestamp_write(china ? ms + CHINA_OFFSET_MS : ms, to);
    writer->out->len += TIMESTAMP_TEXT_BYTES;
    if (china) {
        writer->out->len--; /* the Z */
        PUT(writer, "+08:00");
    }
}

void write_key(struct writer *writer) {
    if (writer->keyed) {
        put_text(writer, writer->plan->key);
        PUT(writer, "\t");
    }
}

void write_train(struct writer *writer) {
    PUT(writer, "{\"number\":\"");
    put_text(writer, writer->plan->number);
    PUT(writer, "\",\"date\":\"");
    put_text(writer, writer->plan->date);
    PUT(writer, "\",\"port\":\"");
    put_text(writer, PLACES_OF_PORTS[writer->plan->port].code);
    PUT(writer, "\"}");
}

/* Up to and including the train; data's other members follow, each behind a comma. */
static void event_begin(struct writer *writer, enum event_type type, const char *source, const char *place,
                        int64_t time_ms) {
    write_key(writer);
    PUT(writer, "{\"specversion\":\"1.0\",\"id\":\"");
    write_uuid(writer);
    PUT(writer, "\",\"source\":\"");
    put_text(writer, source);
    put_text(writer, place);
    PUT(writer, "\",\"type\":\"");
    put_text(writer, EVENT_TYPE_NAMES[type]);
    PUT(writer, "\",\"time\":\"");
    write_time(writer, time_ms);
    if (rng_chance(writer->rng, CONTENT_TYPE_SHARE)) {
        PUT(writer, "\",\"datacontenttype\":\"application/json; charset=utf-8");
    }
    if (rng_chance(writer->rng, EXTENSION_SHARE)) {
        PUT(writer, "\",\"traceparent\":\"00-");
        write_uuid(writer);
    }
    PUT(writer, "\",\"data\":{\"train\":");
    write_train(writer);
}

static void event_end(struct writer *writer) {
    PUT(writer, "}}\n");
}

static const char *port_code(const struct writer *writer) {
    return PLACES_OF_PORTS[writer->plan->port].code;
}

size_t write_waybill_number(const struct plan_waybill *waybill, char out[WRITE_WAYBILL_BYTES_MAX]) {
    char *to = out + WRITE_WAYBILL_BYTES_MAX;
    for (uint32_t number = waybill->number; number != 0; number /= 10) {
        *--to = (char)('0' + number % 10);
    }
    size_t digits = (size_t)(out + WRITE_WAYBILL_BYTES_MAX - to);
    assert(waybill->number != 0 && digits <= WRITE_WAYBILL_BYTES_MAX - 3);
    memmove(out + 3, to, digits);
    memcpy(out, "SMG", 3);
    return digits + 3;
}

static void put_waybill(struct writer *writer, const struct plan_waybill *waybill) {
    char number[WRITE_WAYBILL_BYTES_MAX];
    buffer_append(writer->out, number, write_waybill_number(waybill, number));
}

static void put_waybills(struct writer *writer, const uint32_t *waybills, size_t count) {
    PUT(writer, ",\"waybills\":[");
    for (size_t i = 0; i < count; i++) {
        buffer_append(writer->out, ",\"", i == 0 ? 0 : 1);
        PUT(writer, "\"");
        put_waybill(writer, &writer->plan->waybills[waybills[i]]);
        PUT(writer, "\"");
    }
    PUT(writer, "]");
}

/* ---- manifest */

static void put_party(struct writer *writer, const struct catalog_company *company) {
    PUT(writer, "{\"code\":\"");
    put_slice(writer, company->code);
    PUT(writer, "\",\"name\":\"");
    put_slice(writer, company->name);
    PUT(writer, "\",\"country\":\"");
    put_slice(writer, company->country);
    if (company->aeo.data != NULL) {
        PUT(writer, "\",\"aeo\":\"");
        put_slice(writer, company->aeo);
    }
    PUT(writer, "\"}");
}

static void put_upper(struct writer *writer, const char *text) {
    size_t from = writer->out->len;
    put_text(writer, text);
    for (size_t i = from; i < writer->out->len; i++) {
        char *byte = &writer->out->data[i];
        if (*byte >= 'a' && *byte <= 'z') {
            *byte = (char)(*byte - 'a' + 'A');
        }
    }
}

/* Spellings that are the same product after normalising (spec section 5). */
static void put_product(struct writer *writer, const struct plan_waybill *waybill) {
    const char *product = waybill->group->chinese ? waybill->group->what->chinese : waybill->group->what->english;
    switch (waybill->spelling) {
    case 0: put_text(writer, product); break;
    case 1: put_upper(writer, product); break;
    case 2:
        PUT(writer, " ");
        put_text(writer, product);
        break;
    default:
        put_text(writer, product);
        PUT(writer, "  ");
        break;
    }
}

static void put_goods(struct writer *writer, const struct plan_goods *goods, const struct plan_group *group,
                      uint32_t extra_g) {
    static const char extension[] = "1090000";
    PUT(writer, "{\"hs\":\"");
    put_text(writer, goods->what->hs);
    buffer_append(writer->out, extension, (size_t)group->hs_digits - 6);
    PUT(writer, "\",\"description\":\"");
    put_text(writer, group->chinese ? goods->what->chinese : goods->what->english);
    PUT(writer, "\",\"packages\":");
    put_number(writer, goods->packages);
    bool standard = goods->what->package_type[0] == 'P' && goods->what->package_type[1] == 'K';
    if (!standard || rng_chance(writer->rng, EXPLICIT_PACKAGE_SHARE)) {
        PUT(writer, ",\"package_type\":\"");
        put_text(writer, goods->what->package_type);
        PUT(writer, "\"");
    }
    PUT(writer, ",\"gross_kg\":");
    put_decimal(writer, goods->gross_g + extra_g, DECIMAL_MASS_PLACES);
    if (goods->net_g != 0) {
        PUT(writer, ",\"net_kg\":");
        put_decimal(writer, goods->net_g, DECIMAL_MASS_PLACES);
    }
    PUT(writer, ",\"value\":");
    put_decimal(writer, goods->value, DECIMAL_MONEY_PLACES);
    PUT(writer, ",\"currency\":\"");
    put_text(writer, goods->what->currency);
    PUT(writer, "\"}");
}

static void put_wagon(struct writer *writer, uint64_t number) {
    PUT(writer, ",\"wagon\":\"");
    put_number(writer, number);
    PUT(writer, "\"");
}

/* The wagon that it was first loaded on, before any gauge break. */
static uint64_t first_wagon(const struct plan *plan, const struct plan_container *container) {
    return plan->wagon_base + OTHER_WAGONS + container->wagon;
}

static void put_container(struct writer *writer, const struct plan_claim *claim, const struct plan_group *group,
                          uint32_t extra_g) {
    const struct plan_container *container = &writer->plan->containers[claim->container];
    PUT(writer, "{\"number\":\"");
    buffer_append(writer->out, container->number, CONTAINER_NUMBER_BYTES);
    PUT(writer, "\",\"size_type\":\"");
    put_text(writer, container->size_type);
    if (container->shared) {
        PUT(writer, "\",\"load\":\"LCL");
    } else if (rng_chance(writer->rng, EXPLICIT_FCL_SHARE)) {
        PUT(writer, "\",\"load\":\"FCL");
    }
    if (container->has_seal) {
        PUT(writer, "\",\"seal\":\"");
        buffer_append(writer->out, claim->other_seal ? container->new_seal : container->seal, PLAN_SEAL_BYTES);
    }
    PUT(writer, "\"");
    put_wagon(writer, first_wagon(writer->plan, container));
    if (container->tare_g != 0) {
        PUT(writer, ",\"tare_kg\":");
        put_decimal(writer, container->tare_g, DECIMAL_MASS_PLACES);
    }
    PUT(writer, ",\"goods\":[");
    for (size_t i = 0; i < claim->goods_count; i++) {
        buffer_append(writer->out, ",", i == 0 ? 0 : 1);
        put_goods(writer, &claim->goods[i], group, extra_g);
    }
    PUT(writer, "]}");
}

void write_transmitted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill, uint32_t extra_g) {
    const struct plan_group *group = waybill->group;
    bool exit = writer->plan->direction == DIRECTION_EXIT;
    const struct place *from = exit ? group->party->place : waybill->partner->place;
    const struct place *to = exit ? waybill->partner->place : group->party->place;
    event_begin(writer, EVENT_TRANSMITTED, "/rail/manifest/", from->code, time_ms);
    PUT(writer, ",\"waybill\":{\"number\":\"");
    put_waybill(writer, waybill);
    PUT(writer, "\",\"direction\":\"");
    put_text(writer, exit ? "exit" : "entry");
    if (group->contract != 0) {
        PUT(writer, "\",\"contract\":\"CT-");
        put_number(writer, group->contract);
    }
    PUT(writer, "\",\"product\":\"");
    put_product(writer, waybill);
    PUT(writer, "\",\"consignor\":");
    put_party(writer, exit ? group->party : waybill->partner);
    PUT(writer, ",\"consignee\":");
    put_party(writer, exit ? waybill->partner : group->party);
    PUT(writer, ",\"origin\":\"");
    put_text(writer, from->code);
    PUT(writer, "\",\"destination\":\"");
    put_text(writer, to->code);
    PUT(writer, "\"},\"containers\":[");
    for (const struct plan_claim *claim = waybill->claims; claim != NULL; claim = claim->next) {
        put_container(writer, claim, group, extra_g);
        buffer_append(writer->out, ",", claim->next == NULL ? 0 : 1);
    }
    PUT(writer, "]");
    event_end(writer);
}

void write_deleted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill) {
    event_begin(writer, EVENT_DELETED, "/rail/manifest/", waybill->group->party->place->code, time_ms);
    PUT(writer, ",\"waybill\":{\"number\":\"");
    put_waybill(writer, waybill);
    PUT(writer, "\"}");
    if (rng_chance(writer->rng, RNG_MILLION / 2)) {
        PUT(writer, ",\"reason\":\"001\"");
    }
    event_end(writer);
}

/* ---- the train */

static void put_slots(struct writer *writer, uint32_t wagon) {
    bool first = true;
    for (size_t i = 0; i < writer->plan->container_count; i++) {
        const struct plan_container *container = &writer->plan->containers[i];
        if (container->wagon != wagon || container->kind == CONTAINER_OFF_TRAIN) {
            continue;
        }
        buffer_append(writer->out, ",", first ? 0 : 1);
        first = false;
        PUT(writer, "{\"number\":\"");
        buffer_append(writer->out, container->number, CONTAINER_NUMBER_BYTES);
        PUT(writer, "\"");
        if (container->kind == CONTAINER_EMPTY || container->listed_empty) {
            PUT(writer, ",\"empty\":true");
        }
        PUT(writer, "}");
    }
}

void write_composed(struct writer *writer, int64_t time_ms, enum write_composition how) {
    const struct plan *plan = writer->plan;
    uint32_t count = plan->wagon_count;
    if (how == WRITE_SHORT && count > LEFT_BEHIND) {
        count -= LEFT_BEHIND;
    }
    event_begin(writer, EVENT_COMPOSED, "/rail/yard/", port_code(writer), time_ms);
    PUT(writer, ",\"wagons\":[");
    for (uint32_t i = 0; i < count; i++) {
        PUT(writer, "{\"position\":");
        put_number(writer, how == WRITE_OTHER_GAUGE ? count - i : i + 1);
        put_wagon(writer, plan->wagon_base + (how == WRITE_OTHER_GAUGE ? OTHER_WAGONS : 0) + i);
        PUT(writer, ",\"containers\":[");
        put_slots(writer, i);
        buffer_append(writer->out, "]},", i + 1 == count ? 2 : 3);
    }
    PUT(writer, "]");
    event_end(writer);
}

void write_arrived(struct writer *writer, int64_t time_ms) {
    event_begin(writer, EVENT_ARRIVED, "/rail/yard/", port_code(writer), time_ms);
    PUT(writer, ",\"place\":\"");
    put_text(writer, port_code(writer));
    PUT(writer, "\",\"arrived_at\":\"");
    write_time(writer, writer->plan->arrived_ms);
    PUT(writer, "\"");
    event_end(writer);
}

/* ---- customs */

void write_control(struct writer *writer, int64_t time_ms, enum control_scope scope, struct slice ref,
                   enum control_kind kind, enum control_outcome outcome) {
    event_begin(writer, EVENT_CONTROL, "/customs/", port_code(writer), time_ms);
    PUT(writer, ",\"scope\":\"");
    put_text(writer, CONTROL_SCOPE_NAMES[scope]);
    if (scope != SCOPE_TRAIN) {
        PUT(writer, "\",\"ref\":\"");
        put_slice(writer, ref);
    }
    PUT(writer, "\",\"kind\":\"");
    put_text(writer, CONTROL_KIND_NAMES[kind]);
    PUT(writer, "\",\"outcome\":\"");
    put_text(writer, CONTROL_OUTCOME_NAMES[outcome]);
    if (outcome == OUTCOME_FAILED) {
        PUT(writer, "\",\"note\":\"单货不符 / goods differ from the documents");
    }
    PUT(writer, "\"");
    event_end(writer);
}

void write_declared(struct writer *writer, int64_t time_ms, enum declaration_step step, const uint32_t *waybills,
                    size_t count) {
    event_begin(writer, EVENT_DECLARATION, "/customs/declarations/", writer->plan->china->code, time_ms);
    PUT(writer, ",\"step\":\"");
    put_text(writer, step == STEP_FULL ? "full" : "summary");
    PUT(writer, "\"");
    put_waybills(writer, waybills, count);
    PUT(writer, ",\"lodged_at\":\"");
    write_time(writer, time_ms - rng_between(writer->rng, 0, 30000));
    PUT(writer, "\",\"declaration_number\":\"");
    put_number(writer, 900000000000000000 + rng_below(writer->rng, UINT64_C(1) << 32));
    PUT(writer, "\"");
    event_end(writer);
}

void write_applied(struct writer *writer, int64_t time_ms, uint32_t application, const uint32_t *waybills,
                   size_t count) {
    event_begin(writer, EVENT_APPLICATION, "/customs/applications/", writer->plan->china->code, time_ms);
    PUT(writer, ",\"application\":\"GB-");
    put_number(writer, application);
    PUT(writer, "\"");
    put_waybills(writer, waybills, count);
    event_end(writer);
}

void write_tracked(struct writer *writer, int64_t time_ms, const struct plan_container *container, enum tracking what,
                   const struct place *place, struct slice seal) {
    event_begin(writer, EVENT_TRACKED, "/tracking/", place->code, time_ms);
    PUT(writer, ",\"container\":\"");
    buffer_append(writer->out, container->number, CONTAINER_NUMBER_BYTES);
    PUT(writer, "\",\"event\":\"");
    put_text(writer, TRACKING_NAMES[what]);
    if (seal.data != NULL) {
        PUT(writer, "\",\"seal\":\"");
        put_slice(writer, seal);
    }
    if (what != TRACKING_POSITION) {
        PUT(writer, "\",\"place\":\"");
        put_text(writer, place->code);
    }
    PUT(writer, "\"");
    if (what == TRACKING_POSITION || rng_chance(writer->rng, RNG_MILLION / 2)) {
        PUT(writer, ",\"latitude\":");
        put_degrees(writer, place->latitude + (int32_t)rng_between(writer->rng, -60000, 60000));
        PUT(writer, ",\"longitude\":");
        put_degrees(writer, place->longitude + (int32_t)rng_between(writer->rng, -60000, 60000));
    }
    event_end(writer);
}
