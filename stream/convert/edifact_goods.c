/* Strict about values: an amount that is none makes its consignment a reject, not a smaller sum. */
#include "convert/edifact_goods.h"

#include <string.h>

#include "base/decimal.h"
#include "convert/edifact_take.h"

enum { TONNE_DIGITS = 7, TONNE_PLACES = 9, PIA_ELEMENTS = 5 };

/* ---- goods */

static void take_gid(struct edifact_message *message, const struct edifact_segment *segment) {
    struct edifact_goods *goods = arena_zeroed(message->arena, 1, sizeof *goods);
    goods->splits_end = &goods->splits;
    goods->un_end = &goods->un;
    goods->package_type = edifact_keep(message, segment, 2, 1);
    edifact_count(message, segment, edifact_part(segment, 2, 0), &goods->packages);
    *message->at->goods_end = goods;
    message->at->goods_end = &goods->next;
    message->goods_at = goods;
    message->about = ABOUT_GOODS;
}

static void take_pac(struct edifact_message *message, const struct edifact_segment *segment) {
    if (message->about == ABOUT_GOODS && !message->goods_at->packages.told) {
        edifact_count(message, segment, edifact_part(segment, 1, 0), &message->goods_at->packages);
        edifact_keep_first(message, &message->goods_at->package_type, edifact_part(segment, 3, 0));
    }
}

static void take_ftx(struct edifact_message *message, const struct edifact_segment *segment) {
    if (!edifact_is(edifact_part(segment, 1, 0), "AAA")) {
        return;
    }
    if (message->about == ABOUT_GOODS) {
        struct slice *text = &message->goods_at->description;
        *text = edifact_joined(message, segment, 4, *text);
    } else if (message->goods_at == NULL) {
        message->at->product = edifact_joined(message, segment, 4, message->at->product);
    }
}

static void take_pia(struct edifact_message *message, const struct edifact_segment *segment) {
    for (size_t element = 2; message->about == ABOUT_GOODS && element < 2 + PIA_ELEMENTS; element++) {
        if (edifact_is(edifact_part(segment, element, 1), "HS")) {
            edifact_hs(message, edifact_part(segment, element, 0));
        }
    }
}

/* Behind SGP and DGS in a report; it is the goods' all the same. */
static void take_cst(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice code = edifact_part(segment, 2, 0);
    if (message->goods_at != NULL && code.data != NULL) {
        edifact_hs(message, code);
    }
}

/* Of the amounts that are a value of goods: the customs' own, the item's, the invoice's, the one for carriage. */
static void take_moa(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice qualifier = edifact_part(segment, 1, 0), value = edifact_part(segment, 1, 1);
    struct edifact_goods *goods = message->goods_at;
    int rank = edifact_is(qualifier, "40")   ? 4
               : edifact_is(qualifier, "66") ? 3
               : edifact_is(qualifier, "38") ? 2
               : edifact_is(qualifier, "44") ? 1
                                             : 0;
    if (message->about != ABOUT_GOODS || rank <= goods->value_rank || value.data == NULL) {
        return;
    }
    goods->value_rank = rank;
    goods->currency = edifact_keep(message, segment, 1, 2);
    if (!edifact_amount(value, DECIMAL_MONEY_DIGITS, DECIMAL_MONEY_PLACES, &goods->value)) {
        edifact_fail(message, segment, value, "is not an amount");
    }
}

static void take_dgs(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice un = edifact_part(segment, 3, 0);
    if (message->goods_at == NULL) {
        return;
    }
    message->about = ABOUT_OTHER;
    for (const struct edifact_un *known = message->goods_at->un; known != NULL; known = known->next) {
        if (slice_equal(known->un, un)) {
            return; /* once in a list (contract 2.16) */
        }
    }
    struct edifact_un *entry = arena_zeroed(message->arena, 1, sizeof *entry);
    entry->un = edifact_keep(message, segment, 3, 0);
    entry->class_ = edifact_keep(message, segment, 2, 0);
    *message->goods_at->un_end = entry;
    message->goods_at->un_end = &entry->next;
}

static void take_sgp(struct edifact_message *message, const struct edifact_segment *segment) {
    /* Behind dangerous goods of an instruction it says again which container they are in. */
    if (message->goods_at == NULL || (message->about == ABOUT_OTHER && !message->is_report)) {
        return;
    }
    struct edifact_split *split = arena_zeroed(message->arena, 1, sizeof *split);
    split->container = edifact_container(message, edifact_part(segment, 1, 0));
    edifact_count(message, segment, edifact_part(segment, 2, 0), &split->packages);
    *message->goods_at->splits_end = split;
    message->goods_at->splits_end = &split->next;
    message->split_at = split;
    message->about = ABOUT_SPLIT;
}

/* ---- equipment */

static struct edifact_equipment *add_equipment(struct edifact_message *message, const struct edifact_segment *segment) {
    struct edifact_equipment *equipment = arena_zeroed(message->arena, 1, sizeof *equipment);
    struct slice number = edifact_part(segment, 2, 0), full = edifact_part(segment, 6, 0);
    const char *slash = number.data == NULL ? NULL : memchr(number.data, '/', number.len);
    equipment->number = edifact_container(message, number);
    equipment->size_type = edifact_keep(message, segment, 3, 0);
    /* The railways' own use writes the type behind the number. */
    if (equipment->size_type.data == NULL && slash != NULL) {
        size_t used = (size_t)(slash + 1 - number.data);
        edifact_keep_first(message, &equipment->size_type, (struct slice){slash + 1, number.len - used});
    }
    equipment->shared = edifact_is(full, "7");
    *message->equipment_end = equipment;
    message->equipment_end = &equipment->next;
    message->equipment_at = equipment;
    return equipment;
}

static bool is_container_code(struct slice code) {
    return edifact_is(code, "CN") || edifact_is(code, "SW");
}

static void take_eqd(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice code = edifact_part(segment, 1, 0);
    message->about = ABOUT_EQUIPMENT;
    message->equipment_at = NULL;
    if (is_container_code(code)) {
        add_equipment(message, segment);
    } else if (edifact_is(code, "RR")) {
        message->wagon = (struct edifact_equipment){.number = edifact_keep(message, segment, 2, 0)};
        message->equipment_at = &message->wagon;
    }
}

/* A container on the wagon in front, of which seals and tare were told there already; or the wagon under the container
 * in front. */
static void take_eqa(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice code = edifact_part(segment, 1, 0);
    if (is_container_code(code) && message->equipment_at == &message->wagon) {
        struct edifact_equipment *equipment = add_equipment(message, segment);
        equipment->wagon = message->wagon.number;
        equipment->seal = message->wagon.seal;
        equipment->tare = message->wagon.tare;
    } else if (edifact_is(code, "RR") && message->equipment_at != NULL) {
        edifact_keep_first(message, &message->equipment_at->wagon, edifact_part(segment, 2, 0));
    }
}

static void take_sel(struct edifact_message *message, const struct edifact_segment *segment) {
    if (message->about == ABOUT_EQUIPMENT && message->equipment_at != NULL) {
        edifact_keep_first(message, &message->equipment_at->seal, edifact_part(segment, 1, 0));
    }
}

/* ---- measurements */

static bool is_mass(struct slice unit, struct slice value, struct edifact_amount *mass) {
    bool tonnes = edifact_is(unit, "TNE");
    if (!tonnes && !edifact_is(unit, "KGM") && !edifact_is(unit, "KG")) {
        return false;
    }
    return edifact_amount(value, tonnes ? TONNE_DIGITS : DECIMAL_MASS_DIGITS,
                          tonnes ? TONNE_PLACES : DECIMAL_MASS_PLACES, mass);
}

/* Gross, net or tare of what it is about; NULL: something else is measured. */
static struct edifact_amount *measured(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice purpose = edifact_part(segment, 1, 0), what = edifact_part(segment, 2, 0);
    bool gross = edifact_is(what, "G") || edifact_is(what, "AAB") || edifact_is(what, "AAD");
    bool net = edifact_is(what, "N") || edifact_is(what, "AAA") || edifact_is(what, "AAC") || edifact_is(what, "AAL");
    /* AAH is the whole with its container. */
    if (message->about == ABOUT_GOODS && (gross || net) && !edifact_is(purpose, "AAH")) {
        return gross ? &message->goods_at->gross : &message->goods_at->net;
    }
    if (message->about == ABOUT_SPLIT && (gross || net)) {
        return gross ? &message->split_at->gross : &message->split_at->net;
    }
    /* Of a wagon's, AAI alone is that of the container on it. */
    bool tare = message->about == ABOUT_EQUIPMENT && message->equipment_at != NULL && edifact_is(what, "T") &&
                (message->equipment_at != &message->wagon || edifact_is(purpose, "AAI"));
    return tare ? &message->equipment_at->tare : NULL;
}

static void take_mea(struct edifact_message *message, const struct edifact_segment *segment) {
    struct slice value = edifact_part(segment, 3, 1);
    struct edifact_amount *mass = measured(message, segment);
    if (mass != NULL && !mass->told && !is_mass(edifact_part(segment, 3, 0), value, mass)) {
        edifact_fail(message, segment, value, "is not a mass in KGM or TNE");
    }
}

/* ---- the whole */

static const struct {
    const char *tag;
    void (*take)(struct edifact_message *message, const struct edifact_segment *segment);
} SEGMENTS[] = {
    {"GID", take_gid}, {"PAC", take_pac}, {"FTX", take_ftx}, {"PIA", take_pia}, {"CST", take_cst}, {"MOA", take_moa},
    {"DGS", take_dgs}, {"SGP", take_sgp}, {"EQD", take_eqd}, {"EQA", take_eqa}, {"SEL", take_sel}, {"MEA", take_mea},
};

bool edifact_goods_take(struct edifact_message *message, const struct edifact_segment *segment) {
    for (size_t i = 0; i < sizeof SEGMENTS / sizeof SEGMENTS[0]; i++) {
        if (memcmp(segment->tag, SEGMENTS[i].tag, EDIFACT_TAG_BYTES) == 0) {
            SEGMENTS[i].take(message, segment);
            return true;
        }
    }
    return false;
}
