/* Waybills with their containers and goods, and compositions: the two types with lists of objects in lists. */
#include "base/decimal.h"
#include "event/decode_data.h"

enum {
    CONTRACT_BYTES_MAX = 64,
    PRODUCT_BYTES_MAX = 128,
    CODE_BYTES_MAX = 32,
    NAME_BYTES_MAX = 200,
    AEO_BYTES_MAX = 32,
    SEAL_BYTES_MAX = 32,
    DESCRIPTION_BYTES_MAX = 200,
    CONTAINERS_MAX = 200,
    GOODS_MAX = 500,
    WAGONS_MAX = 120,
    SLOTS_MAX = 4,
    MASS_DIGITS = 9,
    MONEY_DIGITS = 12,
    COUNT_MAX = 1000000000
};

/* ---- manifests */

static bool decode_party(struct fields_context *ctx, const struct json_value *party, const struct fields_path *path,
                         struct event_party *out) {
    static const struct fields_member members[] = {FIELDS_REQUIRED("code"), FIELDS_REQUIRED("name"),
                                                   FIELDS_REQUIRED("country"), FIELDS_OPTIONAL("aeo")};
    const struct json_value *values[4];
    return fields_object(ctx, party, path) && fields_collect(ctx, party, path, members, 4, values) &&
           fields_token(ctx, values[0], FIELDS_MEMBER(path, "code"), 1, CODE_BYTES_MAX,
                        CLASS_UPPER | CLASS_LOWER | CLASS_DIGIT | CLASS_DOT | CLASS_UNDERSCORE | CLASS_SLASH |
                            CLASS_DASH,
                        &out->code) &&
           fields_text(ctx, values[1], FIELDS_MEMBER(path, "name"), NAME_BYTES_MAX, &out->name) &&
           fields_token(ctx, values[2], FIELDS_MEMBER(path, "country"), 2, 2, CLASS_UPPER, &out->country) &&
           (values[3] == NULL || fields_text(ctx, values[3], FIELDS_MEMBER(path, "aeo"), AEO_BYTES_MAX, &out->aeo));
}

static bool decode_waybill(struct fields_context *ctx, const struct json_value *waybill, const struct fields_path *path,
                           struct event_transmitted *out) {
    enum { NUMBER, DIRECTION, CONTRACT, PRODUCT, CONSIGNOR, CONSIGNEE, ORIGIN, DESTINATION, COUNT };
    static const char *const directions[] = {"exit", "entry"};
    static const struct fields_member members[COUNT] = {
        FIELDS_REQUIRED("number"),  FIELDS_REQUIRED("direction"),   FIELDS_OPTIONAL("contract"),
        FIELDS_REQUIRED("product"), FIELDS_REQUIRED("consignor"),   FIELDS_REQUIRED("consignee"),
        FIELDS_REQUIRED("origin"),  FIELDS_REQUIRED("destination"),
    };
    const struct json_value *values[COUNT];
    int direction;
    if (!fields_object(ctx, waybill, path) || !fields_collect(ctx, waybill, path, members, COUNT, values) ||
        !fields_waybill(ctx, values[NUMBER], FIELDS_MEMBER(path, "number"), &out->waybill) ||
        !fields_choice(ctx, values[DIRECTION], FIELDS_MEMBER(path, "direction"), directions, 2, &direction)) {
        return false;
    }
    out->direction = (enum direction)direction;
    return (values[CONTRACT] == NULL ||
            fields_text(ctx, values[CONTRACT], FIELDS_MEMBER(path, "contract"), CONTRACT_BYTES_MAX, &out->contract)) &&
           fields_text(ctx, values[PRODUCT], FIELDS_MEMBER(path, "product"), PRODUCT_BYTES_MAX, &out->product) &&
           decode_party(ctx, values[CONSIGNOR], FIELDS_MEMBER(path, "consignor"), &out->consignor) &&
           decode_party(ctx, values[CONSIGNEE], FIELDS_MEMBER(path, "consignee"), &out->consignee) &&
           fields_place(ctx, values[ORIGIN], FIELDS_MEMBER(path, "origin"), &out->origin) &&
           fields_place(ctx, values[DESTINATION], FIELDS_MEMBER(path, "destination"), &out->destination);
}

static bool decode_goods(struct fields_context *ctx, const struct json_value *goods, const struct fields_path *path,
                         struct event_goods *out) {
    enum { HS, DESCRIPTION, PACKAGES, PACKAGE_TYPE, GROSS_KG, NET_KG, VALUE, CURRENCY, COUNT };
    static const struct fields_member members[COUNT] = {
        FIELDS_REQUIRED("hs"),           FIELDS_REQUIRED("description"), FIELDS_REQUIRED("packages"),
        FIELDS_OPTIONAL("package_type"), FIELDS_REQUIRED("gross_kg"),    FIELDS_OPTIONAL("net_kg"),
        FIELDS_REQUIRED("value"),        FIELDS_REQUIRED("currency"),
    };
    const struct json_value *values[COUNT];
    out->package_type = SLICE("PK");
    out->net_kg = 0;
    if (!fields_object(ctx, goods, path) || !fields_collect(ctx, goods, path, members, COUNT, values) ||
        !fields_hs(ctx, values[HS], FIELDS_MEMBER(path, "hs"), &out->hs) ||
        !fields_text(ctx, values[DESCRIPTION], FIELDS_MEMBER(path, "description"), DESCRIPTION_BYTES_MAX,
                     &out->description) ||
        !fields_count(ctx, values[PACKAGES], FIELDS_MEMBER(path, "packages"), 0, COUNT_MAX, &out->packages) ||
        (values[PACKAGE_TYPE] != NULL && !fields_token(ctx, values[PACKAGE_TYPE], FIELDS_MEMBER(path, "package_type"),
                                                       2, 3, CLASS_UPPER | CLASS_DIGIT, &out->package_type)) ||
        !fields_decimal(ctx, values[GROSS_KG], FIELDS_MEMBER(path, "gross_kg"), MASS_DIGITS, DECIMAL_MASS_PLACES,
                        &out->gross_kg) ||
        (values[NET_KG] != NULL && !fields_decimal(ctx, values[NET_KG], FIELDS_MEMBER(path, "net_kg"), MASS_DIGITS,
                                                   DECIMAL_MASS_PLACES, &out->net_kg)) ||
        !fields_decimal(ctx, values[VALUE], FIELDS_MEMBER(path, "value"), MONEY_DIGITS, DECIMAL_MONEY_PLACES,
                        &out->value) ||
        !fields_token(ctx, values[CURRENCY], FIELDS_MEMBER(path, "currency"), 3, 3, CLASS_UPPER, &out->currency)) {
        return false;
    }
    return out->net_kg <= out->gross_kg ||
           fields_fail(ctx, REJECT_BAD_FIELD, FIELDS_MEMBER(path, "net_kg"), "net_kg must not be above gross_kg");
}

static bool decode_goods_list(struct fields_context *ctx, const struct json_value *list, const struct fields_path *path,
                              struct event_container *out) {
    if (!fields_array(ctx, list, path, 1, GOODS_MAX)) {
        return false;
    }
    struct event_goods *goods = arena_take(ctx->arena, json_count(list) * sizeof *goods);
    struct json_walk walk = json_walk(list);
    struct slice name;
    const struct json_value *value;
    size_t count = 0;
    for (; json_step(&walk, &name, &value); count++) {
        if (!decode_goods(ctx, value, FIELDS_ELEMENT(path, count), &goods[count])) {
            return false;
        }
    }
    out->goods = goods;
    out->goods_count = count;
    return true;
}

static bool decode_container(struct fields_context *ctx, const struct json_value *container,
                             const struct fields_path *path, struct event_container *out) {
    enum { NUMBER, SIZE_TYPE, LOAD, SEAL, WAGON, TARE_KG, GOODS, COUNT };
    static const char *const loads[] = {"FCL", "LCL"};
    static const struct fields_member members[COUNT] = {
        FIELDS_REQUIRED("number"), FIELDS_REQUIRED("size_type"), FIELDS_OPTIONAL("load"),  FIELDS_OPTIONAL("seal"),
        FIELDS_OPTIONAL("wagon"),  FIELDS_OPTIONAL("tare_kg"),   FIELDS_REQUIRED("goods"),
    };
    const struct json_value *values[COUNT];
    int load = LOAD_FCL;
    memset(out, 0, sizeof *out);
    if (!fields_object(ctx, container, path) || !fields_collect(ctx, container, path, members, COUNT, values) ||
        !fields_container(ctx, values[NUMBER], FIELDS_MEMBER(path, "number"), &out->number) ||
        !fields_size_type(ctx, values[SIZE_TYPE], FIELDS_MEMBER(path, "size_type"), &out->size_type) ||
        (values[LOAD] != NULL && !fields_choice(ctx, values[LOAD], FIELDS_MEMBER(path, "load"), loads, 2, &load)) ||
        (values[SEAL] != NULL &&
         !fields_text(ctx, values[SEAL], FIELDS_MEMBER(path, "seal"), SEAL_BYTES_MAX, &out->seal)) ||
        (values[WAGON] != NULL && !fields_wagon(ctx, values[WAGON], FIELDS_MEMBER(path, "wagon"), &out->wagon)) ||
        (values[TARE_KG] != NULL && !fields_decimal(ctx, values[TARE_KG], FIELDS_MEMBER(path, "tare_kg"), MASS_DIGITS,
                                                    DECIMAL_MASS_PLACES, &out->tare_kg))) {
        return false;
    }
    out->load = (enum load)load;
    out->has_tare = values[TARE_KG] != NULL;
    return decode_goods_list(ctx, values[GOODS], FIELDS_MEMBER(path, "goods"), out);
}

static bool twice(struct fields_context *ctx, const struct fields_path *path, const char *what, struct slice number) {
    return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s %.*s is listed twice", what, (int)number.len, number.data);
}

bool decode_transmitted(struct fields_context *ctx, const struct json_value *const *values,
                        const struct fields_path *path, struct event_transmitted *out) {
    const struct fields_path *list = FIELDS_MEMBER(path, "containers");
    if (!decode_waybill(ctx, values[0], FIELDS_MEMBER(path, "waybill"), out) ||
        !fields_array(ctx, values[1], list, 1, CONTAINERS_MAX)) {
        return false;
    }
    struct event_container *containers = arena_take(ctx->arena, json_count(values[1]) * sizeof *containers);
    struct fields_set seen = fields_set_new(ctx, json_count(values[1]));
    struct json_walk walk = json_walk(values[1]);
    struct slice name;
    const struct json_value *value;
    size_t count = 0;
    for (; json_step(&walk, &name, &value); count++) {
        const struct fields_path *element = FIELDS_ELEMENT(list, count);
        if (!decode_container(ctx, value, element, &containers[count])) {
            return false;
        }
        if (!fields_set_add(ctx, &seen, containers[count].number)) {
            return twice(ctx, FIELDS_MEMBER(element, "number"), "container", containers[count].number);
        }
    }
    out->containers = containers;
    out->container_count = count;
    return true;
}

/* ---- compositions */

static bool decode_slot(struct fields_context *ctx, const struct json_value *slot, const struct fields_path *path,
                        struct event_slot *out) {
    static const struct fields_member members[] = {FIELDS_REQUIRED("number"), FIELDS_OPTIONAL("empty")};
    const struct json_value *values[2];
    out->empty = false;
    return fields_object(ctx, slot, path) && fields_collect(ctx, slot, path, members, 2, values) &&
           fields_container(ctx, values[0], FIELDS_MEMBER(path, "number"), &out->container) &&
           (values[1] == NULL || fields_boolean(ctx, values[1], FIELDS_MEMBER(path, "empty"), &out->empty));
}

static bool decode_slots(struct fields_context *ctx, const struct json_value *list, const struct fields_path *path,
                         struct fields_set *seen, struct event_wagon *out) {
    if (!fields_array(ctx, list, path, 0, SLOTS_MAX)) {
        return false;
    }
    struct event_slot *slots = arena_take(ctx->arena, SLOTS_MAX * sizeof *slots);
    struct json_walk walk = json_walk(list);
    struct slice name;
    const struct json_value *value;
    size_t count = 0;
    for (; json_step(&walk, &name, &value); count++) {
        const struct fields_path *element = FIELDS_ELEMENT(path, count);
        if (!decode_slot(ctx, value, element, &slots[count])) {
            return false;
        }
        if (!fields_set_add(ctx, seen, slots[count].container)) {
            return twice(ctx, FIELDS_MEMBER(element, "number"), "container", slots[count].container);
        }
    }
    out->slots = slots;
    out->slot_count = count;
    return true;
}

struct composing { /* what was listed so far */
    struct fields_set wagons, containers;
    bool positions[WAGONS_MAX + 1];
};

static bool decode_wagon(struct fields_context *ctx, const struct json_value *wagon, const struct fields_path *path,
                         struct composing *seen, struct event_wagon *out) {
    static const struct fields_member members[] = {FIELDS_REQUIRED("wagon"), FIELDS_REQUIRED("position"),
                                                   FIELDS_REQUIRED("containers")};
    const struct json_value *values[3];
    const struct fields_path *number = FIELDS_MEMBER(path, "wagon");
    const struct fields_path *position = FIELDS_MEMBER(path, "position");
    if (!fields_object(ctx, wagon, path) || !fields_collect(ctx, wagon, path, members, 3, values) ||
        !fields_wagon(ctx, values[0], number, &out->wagon) ||
        !fields_count(ctx, values[1], position, 1, WAGONS_MAX, &out->position)) {
        return false;
    }
    if (!fields_set_add(ctx, &seen->wagons, out->wagon)) {
        return twice(ctx, number, "wagon", out->wagon);
    }
    if (seen->positions[out->position]) {
        return fields_fail(ctx, REJECT_BAD_FIELD, position, "position %u is listed twice", (unsigned)out->position);
    }
    seen->positions[out->position] = true;
    return decode_slots(ctx, values[2], FIELDS_MEMBER(path, "containers"), &seen->containers, out);
}

bool decode_composed(struct fields_context *ctx, const struct json_value *const *values, const struct fields_path *path,
                     struct event_composed *out) {
    const struct fields_path *list = FIELDS_MEMBER(path, "wagons");
    if (!fields_array(ctx, values[0], list, 1, WAGONS_MAX)) {
        return false;
    }
    size_t most = json_count(values[0]);
    struct event_wagon *wagons = arena_take(ctx->arena, most * sizeof *wagons);
    struct composing seen = {fields_set_new(ctx, most), fields_set_new(ctx, most * SLOTS_MAX), {false}};
    struct json_walk walk = json_walk(values[0]);
    struct slice name;
    const struct json_value *value;
    size_t count = 0;
    for (; json_step(&walk, &name, &value); count++) {
        if (!decode_wagon(ctx, value, FIELDS_ELEMENT(list, count), &seen, &wagons[count])) {
            return false;
        }
    }
    out->wagons = wagons;
    out->wagon_count = count;
    return true;
}
