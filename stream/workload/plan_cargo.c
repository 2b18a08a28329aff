/* Containers, claims, wagons and goods of a train's plan. The total of TEU is met by choosing types, the total of mass
 * by cutting it into parts; both exactly, so that a year's totals come out to the last digit (contract 6.8). */
#include <assert.h>
#include <string.h>

#include "workload/planner.h"

/* All within what contract 2.9 to 2.11 allow, since what is planned must be valid. */
enum {
    EXTRA_CONTAINERS_MAX = 20, /* empty, missing and off the train */
    CLAIMS_OF_A_WAYBILL_MAX = 150,
    WAGON_TEU = 200, /* hundredths: what one wagon carries */
    WAGON_SLOTS_MAX = 4,
    WAGONS_MAX = 120,
    SERIALS = 1000000,
    SERIAL_STEP = 7919, /* prime: the serials of a train are distinct */
    SEALED_SHARE = 950000,
    TARED_SHARE = 970000,
    EMPTIES_SHARE = 150000, /* trains that also carry empty containers */
    INLAND_MAX = 3,
    NATURAL_TEU_MIN = 82,
    NATURAL_TEU_MAX = 100,
    NATURAL_CONTAINER_KG_MIN = 9000,
    NATURAL_CONTAINER_KG_MAX = 23000
};

/* Types come in groups that make whole TEU, so that what is left to load is never a fraction; `weight` in a hundred.
 * The TEU are those of contract 5.6. */
static const struct container_type {
    const char *size_type;
    uint32_t teu; /* hundredths, of one */
    uint32_t count, tare_kg, weight;
} TYPES[] = {
    {"45G1", 200, 1, 3900, 68}, {"42G1", 200, 1, 3750, 10}, {"22G1", 100, 1, 2250, 14}, {"45R1", 200, 1, 4650, 3},
    {"L5G1", 225, 4, 4750, 2},  {"M5G1", 225, 4, 5050, 1},  {"32G1", 150, 2, 2900, 1},  {"12G1", 50, 2, 1300, 1},
};
enum { TYPE_45G1 = 0, TYPE_22G1 = 2, TYPE_12G1 = 7 };

/* ---- containers */

/* The check digit of ISO 6346 (contract 1.8). */
static char check_digit(const char *number) {
    unsigned sum = 0;
    for (unsigned i = 0; i < CONTAINER_NUMBER_BYTES - 1; i++) {
        unsigned value = (unsigned)(number[i] - '0');
        if (i < 4) {
            unsigned letter = (unsigned)(number[i] - 'A');
            value = 10 + letter + (letter + 9) / 10; /* skips 11, 22 and 33 */
        }
        sum += value << i;
    }
    return (char)('0' + sum % 11 % 10);
}

static void number_container(struct plan_container *container, struct rng *rng, uint64_t serial) {
    static const char owners[][5] = {"CRXU", "TBJU", "MSKU", "TEXU", "CSQU", "TGHU", "CICU", "HCIU", "OOLU", "TKRU"};
    memcpy(container->number, owners[rng_below(rng, sizeof owners / sizeof owners[0])], 4);
    for (int i = 9; i >= 4; i--) {
        container->number[i] = (char)('0' + serial % 10);
        serial /= 10;
    }
    container->number[10] = check_digit(container->number);
}

/* A digit that was typed wrong (contract 1.8): the next one is never the check digit. */
static void spoil_number(struct plan_container *container) {
    container->number[10] = container->number[10] == '9' ? '0' : (char)(container->number[10] + 1);
}

static void write_seal(char *seal, struct rng *rng) {
    seal[0] = 'C';
    seal[1] = 'R';
    for (int i = 2; i < PLAN_SEAL_BYTES; i++) {
        seal[i] = (char)('0' + rng_below(rng, 10));
    }
}

static struct plan_container *add_container(struct planner *planner, enum plan_container_kind kind,
                                            const struct container_type *type, uint64_t serial_base) {
    struct plan *plan = planner->plan;
    struct rng *rng = &planner->rng;
    assert(plan->container_count < PLAN_CONTAINERS_MAX);
    struct plan_container *container = &plan->containers[plan->container_count];
    *container = (struct plan_container){.kind = kind, .size_type = type->size_type, .teu = type->teu};
    number_container(container, rng, (serial_base + plan->container_count * SERIAL_STEP) % SERIALS);
    if (planner_practises(planner, RATE_IRREGULAR)) {
        spoil_number(container);
    }
    /* Seals are drawn for those without one, too: `contradict` may need it later. */
    container->has_seal = rng_chance(rng, SEALED_SHARE);
    write_seal(container->seal, rng);
    write_seal(container->new_seal, rng);
    container->new_seal[1] = 'X'; /* never equal to a first seal */
    container->tare_g = rng_chance(rng, TARED_SHARE) ? type->tare_kg * 1000 + (uint32_t)rng_below(rng, 21) * 10000 : 0;
    plan->container_count++;
    return container;
}

/* A group that does not fit any more gives way to one box that does. Half-TEU boxes come as one pair a train: with more
 * of them PLAN_TEU_MAX could be above PLAN_CONTAINERS_MAX containers. */
static const struct container_type *draw_type(struct rng *rng, uint64_t teu_left, bool small_drawn) {
    uint64_t drawn = rng_below(rng, 100);
    const struct container_type *type = TYPES;
    while (drawn >= type->weight) {
        drawn -= type->weight;
        type++;
    }
    if (type->teu * type->count > teu_left * 100 || (type == &TYPES[TYPE_12G1] && small_drawn)) {
        return &TYPES[teu_left == 1 ? TYPE_22G1 : TYPE_45G1];
    }
    return type;
}

static void load_containers(struct planner *planner, uint64_t teu, uint64_t serial_base) {
    struct plan *plan = planner->plan;
    plan->teu = teu * 100;
    bool small_drawn = false;
    while (teu > 0) {
        const struct container_type *type = draw_type(&planner->rng, teu, small_drawn);
        small_drawn = small_drawn || type == &TYPES[TYPE_12G1];
        for (uint32_t i = 0; i < type->count; i++) {
            add_container(planner, CONTAINER_LOADED, type, serial_base);
        }
        teu -= type->teu * type->count / 100;
    }
    plan->loaded_count = plan->container_count;
}

static uint64_t natural_teu(struct planner *planner) {
    uint64_t teu = (uint64_t)rng_between(&planner->rng, NATURAL_TEU_MIN, NATURAL_TEU_MAX);
    uint64_t scale = planner->options->scale;
    /* Downwards only: a scale above 1 gives a train more waybills, but no more wagons. */
    uint64_t scaled = scale < RNG_MILLION ? teu * scale / RNG_MILLION : teu;
    return scaled < 2 ? 2 : scaled;
}

/* What a composition alone can tell (contract 4.B): without one there are none of these. MISSING is listed and not
 * claimed, OFF_TRAIN is claimed and not listed. */
static void add_extras(struct planner *planner, uint64_t serial_base) {
    struct plan *plan = planner->plan;
    struct rng *rng = &planner->rng;
    if (!plan->composed) {
        return;
    }
    size_t most = plan->loaded_count + EXTRA_CONTAINERS_MAX;
    uint64_t empties = rng_chance(rng, EMPTIES_SHARE) ? rng_below(rng, 5) : 0;
    for (uint64_t i = 0; i < empties; i++) {
        add_container(planner, CONTAINER_EMPTY, &TYPES[TYPE_45G1], serial_base);
    }
    uint64_t inland = planner_practises(planner, RATE_INLAND) ? 1 + rng_below(&planner->practice, INLAND_MAX) : 0;
    for (uint64_t i = 0; i < inland; i++) {
        add_container(planner, CONTAINER_INLAND, &TYPES[TYPE_45G1], serial_base);
    }
    for (size_t i = 0; i < plan->loaded_count && plan->container_count < most; i++) {
        if (planner_chance(planner, RATE_MISSING)) {
            enum plan_container_kind kind = rng_chance(rng, RNG_MILLION / 2) ? CONTAINER_MISSING : CONTAINER_OFF_TRAIN;
            add_container(planner, kind, &TYPES[TYPE_45G1], serial_base);
        }
    }
}

void planner_containers(struct planner *planner) {
    struct plan *plan = planner->plan;
    plan->containers = arena_zeroed(planner->arena, PLAN_CONTAINERS_MAX, sizeof *plan->containers);
    uint64_t teu = planner->request->teu != 0 ? planner->request->teu : natural_teu(planner);
    assert(teu <= PLAN_TEU_MAX);
    uint64_t serial_base = rng_below(&planner->rng, SERIALS);
    load_containers(planner, teu, serial_base);
    add_extras(planner, serial_base);
}

/* ---- claims */

/* A manifest that has a container twice is invalid (contract 2.9). */
static bool claims_already(const struct plan_waybill *waybill, uint32_t container) {
    for (const struct plan_claim *claim = waybill->claims; claim != NULL; claim = claim->next) {
        if (claim->container == container) {
            return true;
        }
    }
    return false;
}

/* NULL when the waybill claims it already or has enough. */
static struct plan_claim *add_claim(struct planner *planner, uint32_t waybill_index, uint32_t container, bool used) {
    struct plan_waybill *waybill = &planner->plan->waybills[waybill_index];
    if (waybill->claim_count >= CLAIMS_OF_A_WAYBILL_MAX || claims_already(waybill, container)) {
        return NULL;
    }
    struct plan_claim *claim = arena_zeroed(planner->arena, 1, sizeof *claim);
    *claim = (struct plan_claim){.next = waybill->claims, .container = container, .used = used};
    waybill->claims = claim;
    waybill->claim_count++;
    return claim;
}

static uint32_t draw_waybill(struct planner *planner) {
    return (uint32_t)rng_below(&planner->rng, planner->plan->waybill_count);
}

/* Claims it as the owner, or shares it with the owner. */
static void own_or_share(struct planner *planner, uint32_t waybill, uint32_t container_index) {
    struct plan_container *container = &planner->plan->containers[container_index];
    if (add_claim(planner, waybill, container_index, true) == NULL) {
        return;
    }
    if (container->has_owner) {
        container->shared = true;
    } else {
        container->has_owner = true;
        container->owner = waybill;
    }
}

/* Every waybill gets a container and every container a waybill: with more waybills than containers they go round and
 * share. */
static void claim_all(struct planner *planner) {
    struct plan *plan = planner->plan;
    for (uint32_t i = 0; i < plan->waybill_count; i++) {
        own_or_share(planner, i, i % (uint32_t)plan->loaded_count);
    }
    for (uint32_t i = (uint32_t)plan->waybill_count; i < plan->loaded_count; i++) {
        own_or_share(planner, draw_waybill(planner), i);
        assert(plan->containers[i].has_owner);
    }
}

/* Three sharers more at most, and fewer where one is drawn that has it already. */
static void share(struct planner *planner) {
    struct plan *plan = planner->plan;
    for (uint32_t i = 0; i < plan->loaded_count; i++) {
        uint64_t more =
            !plan->containers[i].shared && planner_chance(planner, RATE_SHARED) ? 1 + rng_below(&planner->rng, 3) : 0;
        for (; more > 0; more--) {
            own_or_share(planner, draw_waybill(planner), i);
        }
    }
}

static int64_t last_send_ms(const struct plan_waybill *waybill) {
    return waybill->sends[waybill->send_count - 1].time_ms;
}

/* A second waybill claims the container whole, and loses: it was last sent before the owner was (contract 4.1). Where
 * an owner was sent before all others there is nobody to lose, and after a few tries no clash. */
static void clash(struct planner *planner, uint32_t container_index) {
    enum { TRIES = 8 };
    const struct plan *plan = planner->plan;
    const struct plan_container *container = &plan->containers[container_index];
    for (int i = 0; i < TRIES; i++) {
        uint32_t other = draw_waybill(planner);
        if (other != container->owner &&
            last_send_ms(&plan->waybills[other]) < last_send_ms(&plan->waybills[container->owner]) &&
            add_claim(planner, other, container_index, false) != NULL) {
            return;
        }
    }
}

static struct plan_claim *claim_of_sharer(struct plan *plan, uint32_t container_index) {
    for (size_t i = 0; i < plan->waybill_count; i++) {
        struct plan_claim *claim = plan->waybills[i].claims;
        for (; claim != NULL && i != plan->containers[container_index].owner; claim = claim->next) {
            if (claim->container == container_index) {
                return claim;
            }
        }
    }
    return NULL;
}

/* One contradiction a container: claims with different seals where it is shared (contract 4.2), else another seal
 * (5.7), an opened door (5.8), or a composition that lists it as empty or domestic (4.3), which takes a composition. */
static void contradict(struct planner *planner, uint32_t container_index) {
    struct plan *plan = planner->plan;
    struct plan_container *container = &plan->containers[container_index];
    container->has_seal = true;
    if (container->shared) {
        claim_of_sharer(plan, container_index)->other_seal = true;
        return;
    }
    switch (rng_below(&planner->rng, plan->composed ? 4 : 2)) {
    case 0: container->seal_changed = true; break;
    case 1: container->door_opened = true; break;
    case 2: container->listed_empty = true; break;
    default: container->listed_domestic = true; break;
    }
}

/* Goods that must turn up nowhere: of containers that are not on the train, and of waybills deleted for good. */
static void claim_without_effect(struct planner *planner) {
    struct plan *plan = planner->plan;
    for (uint32_t i = 0; i < plan->container_count; i++) {
        if (plan->containers[i].kind == CONTAINER_OFF_TRAIN) {
            add_claim(planner, draw_waybill(planner), i, false);
        }
    }
    for (size_t i = 0; i < plan->ghost_count; i++) {
        uint32_t container = (uint32_t)rng_below(&planner->rng, plan->loaded_count);
        add_claim(planner, (uint32_t)(plan->waybill_count + i), container, false);
    }
}

void planner_claims(struct planner *planner) {
    struct plan *plan = planner->plan;
    claim_all(planner);
    share(planner);
    for (uint32_t i = 0; i < plan->loaded_count; i++) {
        if (!plan->containers[i].shared && planner_chance(planner, RATE_CLASHES)) {
            clash(planner, i);
        }
        if (planner_chance(planner, RATE_MISMATCHES)) {
            contradict(planner, i);
        }
    }
    claim_without_effect(planner);
}

/* ---- wagons */

/* One after the other, a new wagon whenever the next one does not fit. A box above two TEU fits none and so gets a
 * wagon of its own; the first finds a full one before it and opens number 0. */
void planner_wagons(struct planner *planner) {
    struct plan *plan = planner->plan;
    uint32_t teu = WAGON_TEU, slots = 0; /* of the wagon being loaded */
    uint32_t count = 0;
    for (size_t i = 0; i < plan->container_count; i++) {
        struct plan_container *container = &plan->containers[i];
        if (teu + container->teu > WAGON_TEU || slots == WAGON_SLOTS_MAX) {
            count++;
            teu = 0;
            slots = 0;
        }
        teu += container->teu;
        slots++;
        container->wagon = count - 1;
    }
    assert(count <= WAGONS_MAX);
    plan->wagon_count = count;
    plan->wagon_base = (uint64_t)rng_between(&planner->rng, 94000000, 94999000);
}

/* ---- goods */

/* A quarter is other goods than the group's product, so that declarations get several lines (contract 5.5). */
static const struct catalog_goods *draw_goods(struct planner *planner, const struct plan_group *group) {
    if (!rng_chance(&planner->rng, 250000)) {
        return group->what;
    }
    return planner->plan->direction == DIRECTION_EXIT
               ? &CATALOG_OF_EXIT[rng_below(&planner->rng, CATALOG_EXIT_GOODS)]
               : &CATALOG_OF_ENTRY[rng_below(&planner->rng, CATALOG_ENTRY_GOODS)];
}

static void fill_goods(struct planner *planner, const struct plan_group *group, struct plan_goods *goods,
                       uint64_t gross_g) {
    struct rng *rng = &planner->rng;
    goods->what = draw_goods(planner, group);
    goods->gross_g = gross_g;
    /* At most 97 %: net above gross would be invalid (contract 2.10). */
    goods->net_g = rng_chance(rng, 60000) ? 0 : gross_g / 100 * (uint64_t)rng_between(rng, 86, 97);
    goods->packages = (uint32_t)(gross_g / goods->what->package_g + 1);
    goods->value = gross_g / 1000 * goods->what->value_per_kg / 100 * (uint64_t)rng_between(rng, 90, 112);
}

/* The parts of a claim sum up to it, as its claims do to the train. */
static void fill_claim(struct planner *planner, const struct plan_group *group, struct plan_claim *claim,
                       uint64_t gross_g) {
    struct rng *rng = &planner->rng;
    claim->goods_count = 1 + (size_t)rng_chance(rng, 300000) + (size_t)rng_chance(rng, 100000);
    claim->goods = arena_zeroed(planner->arena, claim->goods_count, sizeof *claim->goods);
    struct rng_cut cut = {.total = gross_g, .takers = claim->goods_count, .spread = 50, .step = 100, .most = gross_g};
    for (size_t i = 0; i < claim->goods_count; i++) {
        fill_goods(planner, group, &claim->goods[i], rng_take(rng, &cut));
    }
}

static uint64_t natural_container_g(struct rng *rng) {
    return (uint64_t)rng_between(rng, NATURAL_CONTAINER_KG_MIN, NATURAL_CONTAINER_KG_MAX) * 1000;
}

/* Where no total is promised, a train weighs what its containers happen to. */
static uint64_t natural_gross_g(struct planner *planner) {
    uint64_t sum = 0;
    for (size_t i = 0; i < planner->plan->loaded_count; i++) {
        sum += natural_container_g(&planner->rng);
    }
    return sum;
}

/* Claims that are not used count nowhere, so they take no part of the promised weight. */
static uint64_t count_used(const struct plan *plan) {
    uint64_t count = 0;
    for (size_t i = 0; i < plan->waybill_count; i++) {
        for (const struct plan_claim *claim = plan->waybills[i].claims; claim != NULL; claim = claim->next) {
            count += claim->used;
        }
    }
    return count;
}

void planner_goods(struct planner *planner) {
    enum { GOODS_OF_A_CLAIM_MAX = 3 };
    struct plan *plan = planner->plan;
    uint64_t gross_g = planner->request->gross_g != 0 ? planner->request->gross_g : natural_gross_g(planner);
    plan->gross_g = gross_g;
    struct rng_cut cut = {.total = gross_g, .takers = count_used(plan), .spread = 60, .step = 1000, .most = gross_g};
    /* The cuts give each taker a gram at least, so there must be one for each of the goods. */
    assert(gross_g >= cut.takers * GOODS_OF_A_CLAIM_MAX);
    for (size_t i = 0; i < plan->waybill_count + plan->ghost_count; i++) {
        struct plan_waybill *waybill = &plan->waybills[i];
        for (struct plan_claim *claim = waybill->claims; claim != NULL; claim = claim->next) {
            uint64_t part = claim->used ? rng_take(&planner->rng, &cut) : natural_container_g(&planner->rng);
            fill_claim(planner, waybill->group, claim, part);
        }
    }
    assert(cut.takers == 0 && cut.total == 0);
}
