/* Claims against the composition, container by container (spec section 4). */
#include <stdlib.h>

#include "core/derive.h"

/* By number, the newest claim first. */
static int order_claims(const void *a, const void *b) {
    const struct derive_claim *x = *(struct derive_claim *const *)a;
    const struct derive_claim *y = *(struct derive_claim *const *)b;
    int order = slice_compare(x->box.number, y->box.number);
    return order != 0 ? order : (x->manifest->rank < y->manifest->rank) - (x->manifest->rank > y->manifest->rank);
}

static struct derive_claim **make_claims(struct derive *derive) {
    struct derive_claim *claims = arena_take(derive->arena, derive->claim_count * sizeof *claims);
    struct derive_claim **sorted = arena_take(derive->arena, derive->claim_count * sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < derive->manifest_count; i++) {
        struct derive_manifest *manifest = &derive->manifests[i];
        struct fact_cursor cursor = manifest->view.containers;
        for (size_t k = 0; k < manifest->view.container_count; k++, count++) {
            claims[count] = (struct derive_claim){manifest, fact_next_container(&cursor), NULL};
            sorted[count] = &claims[count];
        }
    }
    qsort(sorted, count, sizeof *sorted, order_claims);
    return sorted;
}

static bool any_fcl(const struct derive_place *place) {
    for (size_t i = 0; i < place->claim_count; i++) {
        if (place->claims[i]->box.load == LOAD_FCL) {
            return true;
        }
    }
    return false;
}

/* Rule 1, and what each waybill has on the train by it. */
static void use_claims(struct derive_place *place) {
    place->used_count = place->claim_count > 1 && any_fcl(place) ? 1 : place->claim_count;
    for (size_t i = 0; i < place->used_count; i++) {
        struct derive_claim *claim = place->claims[i];
        claim->next_used = claim->manifest->used_on_train;
        claim->manifest->used_on_train = claim;
        claim->manifest->used_count++;
        claim->manifest->goods_count += claim->box.goods_count;
    }
}

/* The next number of the two sorted sequences, with all its claims and its slot. */
static struct derive_place next_place(const struct derive *derive, struct derive_claim **claims, size_t *claim,
                                      size_t *slot) {
    bool claims_left = *claim < derive->claim_count;
    bool slots_left = *slot < derive->slot_count;
    int order = !claims_left ? 1 : -1; /* whose number comes first: the claim's (<= 0), the slot's (>= 0) */
    if (claims_left && slots_left) {
        order = slice_compare(claims[*claim]->box.number, derive->slots[*slot].number);
    }
    struct derive_place place = {.number = order <= 0 ? claims[*claim]->box.number : derive->slots[*slot].number};
    place.slot = order >= 0 ? &derive->slots[(*slot)++] : NULL;
    place.claims = claims + *claim;
    while (*claim < derive->claim_count && slice_equal(claims[*claim]->box.number, place.number)) {
        place.claim_count++;
        ++*claim;
    }
    place.on_train = derive->composition == NULL || place.slot != NULL;
    return place;
}

void derive_places(struct derive *derive) {
    struct derive_claim **claims = make_claims(derive);
    size_t most = derive->claim_count + derive->slot_count;
    derive->places = arena_take(derive->arena, most * sizeof *derive->places);
    size_t claim = 0;
    size_t slot = 0;
    while (claim < derive->claim_count || slot < derive->slot_count) {
        struct derive_place *place = &derive->places[derive->place_count++];
        *place = next_place(derive, claims, &claim, &slot);
        if (place->on_train) {
            use_claims(place);
        }
    }
}

bool derive_claim_value(const struct derive_claim *claim, enum alert_field field, struct record_value *value) {
    *value = (struct record_value){.waybill = claim->manifest->view.waybill, .tare_kg = claim->box.tare_kg};
    switch (field) {
    case FIELD_SEAL: value->text = claim->box.seal; break;
    case FIELD_SIZE_TYPE: value->text = claim->box.size_type; break;
    case FIELD_WAGON: value->text = claim->box.wagon; break;
    case FIELD_TARE_KG: return claim->box.has_tare;
    case FIELD_COUNT: break;
    }
    return value->text.data != NULL;
}

bool derive_shown(const struct derive_place *place, enum alert_field field, struct record_value *shown) {
    for (size_t i = 0; i < place->used_count; i++) {
        if (derive_claim_value(place->claims[i], field, shown)) {
            return true;
        }
    }
    *shown = (struct record_value){.tare_kg = 0};
    return false;
}

const struct slice *derive_claim_waybills(struct derive *derive, struct derive_claim *const *claims, size_t count) {
    struct slice *waybills = arena_take(derive->arena, count * sizeof *waybills);
    for (size_t i = 0; i < count; i++) {
        waybills[i] = claims[i]->manifest->view.waybill;
    }
    qsort(waybills, count, sizeof *waybills, derive_order_slices);
    return waybills;
}
