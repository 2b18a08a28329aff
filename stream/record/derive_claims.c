/* Claims against the composition, container by container: who is on the train (contract 4). */
#include "event/container.h"
#include "record/derive.h"

#define RANK_MAX ((UINT64_C(1) << 8 * (SORT_TEXT_BYTES - CONTAINER_NUMBER_BYTES)) - 1)

/* By number, the newest claim first: behind the eleven bytes of a number its key has room for a rank, of which there
 * are no two alike. */
static struct sort_key claim_key(const struct derive_claim *claim) {
    struct sort_key key = sort_key_of(claim->box.number);
    key.low |= RANK_MAX - claim->manifest->rank;
    return key;
}

/* Pointers are sorted and not the claims, which manifests will point to. */
static struct derive_claim **make_claims(struct derive *derive) {
    struct derive_claim *claims = arena_take(derive->arena, derive->claim_count * sizeof *claims);
    struct derive_claim **sorted = arena_take(derive->arena, derive->claim_count * sizeof *sorted);
    struct sort_item *items = arena_take(derive->scratch, derive->claim_count * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < derive->manifest_count; i++) {
        struct derive_manifest *manifest = &derive->manifests[i];
        struct fact_cursor cursor = fact_list(manifest->fact, manifest->containers);
        for (size_t k = 0; k < manifest->containers.count; k++, count++) {
            claims[count] = (struct derive_claim){manifest, fact_next_container(&cursor), NULL};
            items[count] = (struct sort_item){claim_key(&claims[count]), &claims[count]};
        }
    }
    derive_sort(derive, items, count, NULL);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &claims[(const struct derive_claim *)items[i].of - claims];
    }
    return sorted;
}

/* One FCL claim is enough: whoever takes the whole container leaves no room for the others. */
static bool any_fcl(const struct derive_container *container) {
    for (size_t i = 0; i < container->claim_count; i++) {
        if (container->claims[i]->box.load == LOAD_FCL) {
            return true;
        }
    }
    return false;
}

/* Contract 4.1, and what each waybill has on the train by it: a waybill with a used claim is live (4.C). */
static void use_claims(struct derive_container *container) {
    container->used_count = container->claim_count > 1 && any_fcl(container) ? 1 : container->claim_count;
    for (size_t i = 0; i < container->used_count; i++) {
        struct derive_claim *claim = container->claims[i];
        claim->next_used = claim->manifest->used_on_train;
        claim->manifest->used_on_train = claim;
        claim->manifest->used_count++;
        claim->manifest->goods_count += claim->box.goods.count;
    }
}

/* The next number of the two sorted sequences, with all its claims and its slot. */
static struct derive_container next_container(const struct derive *derive, struct derive_claim **claims, size_t *claim,
                                              size_t *slot) {
    bool claims_left = *claim < derive->claim_count;
    bool slots_left = *slot < derive->slot_count;
    int order = !claims_left ? 1 : -1; /* whose number comes first: the claim's (<= 0), the slot's (>= 0) */
    if (claims_left && slots_left) {
        order = slice_compare(claims[*claim]->box.number, derive->slots[*slot].number);
    }
    struct derive_container container = {.number =
                                             order <= 0 ? claims[*claim]->box.number : derive->slots[*slot].number};
    container.slot = order >= 0 ? &derive->slots[(*slot)++] : NULL;
    container.claims = claims + *claim;
    while (*claim < derive->claim_count && slice_equal(claims[*claim]->box.number, container.number)) {
        container.claim_count++;
        ++*claim;
    }
    /* 4.B: the composition decides who is on the train; until there is one, the papers do. */
    container.on_train = derive->composition == NULL || container.slot != NULL;
    return container;
}

void derive_claims(struct derive *derive) {
    struct derive_claim **claims = make_claims(derive);
    size_t most = derive->claim_count + derive->slot_count;
    derive->containers = arena_take(derive->scratch, most * sizeof *derive->containers);
    size_t claim = 0;
    size_t slot = 0;
    /* Two sorted sequences run side by side, so each number is met once with all that is known of it, in linear time.
     */
    while (claim < derive->claim_count || slot < derive->slot_count) {
        struct derive_container *container = &derive->containers[derive->container_count++];
        *container = next_container(derive, claims, &claim, &slot);
        if (container->on_train) {
            use_claims(container);
        }
    }
    /* Nobody points to them yet. */
    derive->containers = derive_keep(derive, derive->containers, derive->container_count * sizeof *derive->containers);
}

const struct slice *derive_claim_waybills(struct derive *derive, struct derive_claim *const *claims, size_t count) {
    struct slice *waybills = arena_take(derive->arena, count * sizeof *waybills);
    for (size_t i = 0; i < count; i++) {
        waybills[i] = claims[i]->manifest->number;
    }
    derive_sort_texts(derive, waybills, count);
    return waybills;
}
