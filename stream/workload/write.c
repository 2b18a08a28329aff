/* JSON text put together by hand. Wherever the contract leaves a choice (members that may be absent or null, spellings
 * of numbers), it is made by chance, so that what reads this is tried with what other producers may write. A literal
 * often closes the text in front of it and opens the next member: one append, not three. */
#include "workload/write.h"

#include <string.h>

#include "workload/write_pieces.h"

enum {
    EXPLICIT_FCL_SHARE = 500000,
    EXPLICIT_PACKAGE_SHARE = 900000,
    OTHER_WAGONS = 500, /* first wagon of an earlier composition, after the last composition's */
    LEFT_BEHIND = 2     /* wagons */
};

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
    PUT(writer, "\"");
    if (company->aeo.data == NULL) {
        put_absent(writer, "aeo");
    }
    PUT(writer, "}");
}

/* ASCII alone, as contract 5.3 compares; bytes of longer characters are all above 0x7f. */
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

/* Spellings that are the same product after normalising (contract 5.3). */
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

/* Six digits are the world's; up to 13 are a tariff's own (contract 2.10). */
static void put_hs(struct writer *writer, const struct plan_goods *goods, const struct plan_group *group) {
    static const char extension[] = "1090000";
    if (goods->without_hs) {
        put_absent(writer, "hs");
        return;
    }
    PUT(writer, ",\"hs\":\"");
    put_text(writer, goods->what->hs);
    buffer_append(writer->out, extension, (size_t)group->hs_digits - 6);
    PUT(writer, "\"");
}

/* Value and currency: both or none (contract 2.10). */
static void put_value(struct writer *writer, const struct plan_goods *goods) {
    if (goods->without_value) {
        put_absent(writer, "value");
        put_absent(writer, "currency");
        return;
    }
    PUT(writer, ",\"value\":");
    put_amount(writer, goods->value, PLAN_MONEY_PLACES);
    PUT(writer, ",\"currency\":\"");
    put_text(writer, goods->what->currency);
    PUT(writer, "\"");
}

static void put_dangerous(struct writer *writer, const struct catalog_un *un) {
    if (un == NULL) {
        put_absent(writer, "dangerous");
        return;
    }
    PUT(writer, ",\"dangerous\":[{\"un\":\"");
    put_text(writer, un->un);
    PUT(writer, "\",\"class\":\"");
    put_text(writer, un->class_);
    PUT(writer, "\"}]");
}

/* `extra_g` makes an earlier version heavier, in each of its goods: a merge that takes the wrong one has wrong sums. */
static void put_goods(struct writer *writer, const struct plan_goods *goods, const struct plan_group *group,
                      uint32_t extra_g) {
    PUT(writer, "{\"description\":\"");
    put_text(writer, group->chinese ? goods->what->chinese : goods->what->english);
    PUT(writer, "\"");
    put_hs(writer, goods, group);
    PUT(writer, ",\"packages\":");
    put_amount(writer, goods->packages, 0);
    /* PK is what an absent type means, so there it may be left out (contract 2.10). */
    bool standard = goods->what->package_type[0] == 'P' && goods->what->package_type[1] == 'K';
    if (!standard || rng_chance(writer->rng, EXPLICIT_PACKAGE_SHARE)) {
        PUT(writer, ",\"package_type\":\"");
        put_text(writer, goods->what->package_type);
        PUT(writer, "\"");
    } else {
        put_absent(writer, "package_type");
    }
    PUT(writer, ",\"gross_kg\":");
    put_amount(writer, goods->gross_g + extra_g, PLAN_GRAM_PLACES);
    if (goods->net_g != 0) {
        PUT(writer, ",\"net_kg\":");
        put_amount(writer, goods->net_g, PLAN_GRAM_PLACES);
    } else {
        put_absent(writer, "net_kg");
    }
    put_value(writer, goods);
    put_dangerous(writer, goods->un);
    PUT(writer, "}");
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
    /* LCL must be said; an absent load is FCL (contract 2.9). */
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
    if (!container->has_seal) {
        put_absent(writer, "seal");
    }
    /* Shown only while there is no composition (contract 4.2). */
    put_wagon(writer, first_wagon(writer->plan, container));
    if (container->tare_g != 0) {
        PUT(writer, ",\"tare_kg\":");
        put_amount(writer, container->tare_g, PLAN_GRAM_PLACES);
    } else {
        put_absent(writer, "tare_kg");
    }
    PUT(writer, ",\"goods\":[");
    for (size_t i = 0; i < claim->goods_count; i++) {
        /* A comma of length 0 instead of a branch, here and wherever elements follow each other. */
        buffer_append(writer->out, ",", i == 0 ? 0 : 1);
        put_goods(writer, &claim->goods[i], group, extra_g);
    }
    PUT(writer, "]}");
}

/* The parties of a waybill: in transit both are abroad, and who declares it is not (contract 2.8). Origin and
 * destination are where they sit. */
static void put_parties(struct writer *writer, const struct catalog_company *from, const struct catalog_company *to,
                        const struct catalog_company *declarant) {
    PUT(writer, "\",\"consignor\":");
    put_party(writer, from);
    PUT(writer, ",\"consignee\":");
    put_party(writer, to);
    if (declarant != NULL) {
        PUT(writer, ",\"declarant\":");
        put_party(writer, declarant);
    } else {
        put_absent(writer, "declarant");
    }
    PUT(writer, ",\"origin\":\"");
    put_text(writer, from->place->code);
    PUT(writer, "\",\"destination\":\"");
    put_text(writer, to->place->code);
}

void write_transmitted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill, uint32_t extra_g) {
    const struct plan_group *group = waybill->group;
    const struct plan *plan = writer->plan;
    bool exit = plan->direction == DIRECTION_EXIT;
    const struct catalog_company *here = plan->transit ? waybill->other : group->party;
    const struct catalog_company *from = exit ? here : waybill->partner, *to = exit ? waybill->partner : here;
    event_begin(writer, EVENT_TRANSMITTED, "/rail/manifest/", from->place->code, time_ms);
    PUT(writer, ",\"waybill\":{\"number\":\"");
    put_waybill(writer, waybill);
    PUT(writer, "\",\"direction\":\"");
    put_text(writer, DIRECTION_NAMES[plan->transit ? DIRECTION_TRANSIT : plan->direction]);
    PUT(writer, "\"");
    if (group->contract != 0) {
        PUT(writer, ",\"contract\":\"CT-");
        put_number(writer, group->contract);
        PUT(writer, "\"");
    } else {
        put_absent(writer, "contract");
    }
    PUT(writer, ",\"product\":\"");
    put_product(writer, waybill);
    put_parties(writer, from, to, plan->transit ? group->party : NULL);
    PUT(writer, "\"},\"containers\":[");
    for (const struct plan_claim *claim = waybill->claims; claim != NULL; claim = claim->next) {
        put_container(writer, claim, group, extra_g);
        buffer_append(writer->out, ",", claim->next == NULL ? 0 : 1);
    }
    PUT(writer, "]");
    event_end(writer);
}

/* Told from the acting party's place, on entry another source than the transmission's: the register is the waybill's,
 * whoever writes it (contract 3.2). */
void write_deleted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill) {
    event_begin(writer, EVENT_DELETED, "/rail/manifest/", waybill->group->party->place->code, time_ms);
    PUT(writer, ",\"waybill\":{\"number\":\"");
    put_waybill(writer, waybill);
    PUT(writer, "\"}");
    if (rng_chance(writer->rng, RNG_MILLION / 2)) {
        PUT(writer, ",\"reason\":\"001\"");
    } else {
        put_absent(writer, "reason");
    }
    event_end(writer);
}

/* ---- the train */

static void put_slots(struct writer *writer, uint32_t wagon) {
    bool first = true;
    for (size_t i = 0; i < writer->plan->container_count; i++) {
        const struct plan_container *container = &writer->plan->containers[i];
        /* Those off the train have a wagon in the plan, too; what makes them so is that nobody lists them. */
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
        } else {
            put_absent(writer, "empty");
        }
        if (container->kind == CONTAINER_INLAND || container->listed_domestic) {
            PUT(writer, ",\"domestic\":true");
        } else {
            put_absent(writer, "domestic");
        }
        PUT(writer, "}");
    }
}

/* The gauge is another behind the border, so boxes change wagons there and are composed anew. A short one is told
 * before the last wagons are on. The composition is one register: the next one replaces either as a whole. */
void write_composed(struct writer *writer, int64_t time_ms, enum write_composition how) {
    const struct plan *plan = writer->plan;
    uint32_t count = plan->wagon_count;
    if (how == WRITE_SHORT && count > LEFT_BEHIND) {
        count -= LEFT_BEHIND;
    }
    event_begin(writer, EVENT_COMPOSED, "/rail/yard/", writer->plan->port->code, time_ms);
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
    event_begin(writer, EVENT_ARRIVED, "/rail/yard/", writer->plan->port->code, time_ms);
    PUT(writer, ",\"place\":\"");
    put_text(writer, writer->plan->port->code);
    PUT(writer, "\",\"arrived_at\":\"");
    write_time(writer, writer->plan->arrived_ms);
    PUT(writer, "\"");
    event_end(writer);
}

void write_tracked(struct writer *writer, int64_t time_ms, const struct write_tracking *tracking) {
    enum tracking what = tracking->what;
    const struct place *place = tracking->place;
    event_begin(writer, EVENT_TRACKED, "/tracking/", place->code, time_ms);
    PUT(writer, ",\"container\":\"");
    buffer_append(writer->out, tracking->container->number, CONTAINER_NUMBER_BYTES);
    PUT(writer, "\",\"event\":\"");
    put_text(writer, TRACKING_NAMES[what]);
    if (tracking->seal.data != NULL) {
        PUT(writer, "\",\"seal\":\"");
        put_slice(writer, tracking->seal);
    }
    /* A position is told by degrees, everything else by its place and now and then by both (contract 2.15). */
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
