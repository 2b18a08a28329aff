/* The parts before and after are copies of the pair's plans, cut at thirds and put together anew. Nothing is drawn:
 * they follow from the pair, so that links agree on both sides to the last container. */
#include "workload/plan_linked.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/timestamp.h"

enum {
    DAYS_BEFORE = 6, /* between a part and the pair */
    DAYS_AFTER = 7,
    TIME_AHEAD_MS = 48 * 60 * 60 * 1000, /* of the arrival: when a part's story begins */
    SEND_APART_MS = 1000,
    WAGON_TEU = 200
};

/* Containers `first` to `end` of a train of the pair. */
struct piece {
    struct plan *plan;
    uint32_t first, end;
};

static uint32_t piece_size(const struct piece *piece) {
    return piece->end - piece->first;
}

/* The middle part takes the last third of one train and the first third of the other, so that each train of the pair is
 * in two parts and the middle part is linked to both. */
static size_t pieces_of(struct plan *const pair[LINKED_PAIR], int part, struct piece out[LINKED_PAIR]) {
    uint32_t one = (uint32_t)pair[0]->loaded_count, two = (uint32_t)pair[1]->loaded_count;
    uint32_t cut_one = one - one / 3, cut_two = two / 3;
    assert(one >= 3 && two >= 3);
    switch (part) {
    case 0: out[0] = (struct piece){pair[0], 0, cut_one}; return 1;
    case 1:
        out[0] = (struct piece){pair[0], cut_one, one};
        out[1] = (struct piece){pair[1], 0, cut_two};
        return 2;
    default: out[0] = (struct piece){pair[1], cut_two, two}; return 1;
    }
}

/* ---- the cargo */

/* The box, its seal and its cargo go along. What was found at the port stays with the train that it was found on, and
 * owners are other waybills there (take_claims). */
static struct plan_container carried(const struct plan_container *container) {
    struct plan_container copy = *container;
    copy.seal_changed = copy.door_opened = copy.listed_empty = copy.listed_domestic = false;
    copy.unchecked = copy.undeclared = false;
    copy.tally = TALLY_NONE;
    copy.has_owner = false;
    return copy;
}

static void take_containers(struct plan *part, const struct piece *piece) {
    for (uint32_t i = piece->first; i < piece->end; i++) {
        part->containers[part->container_count++] = carried(&piece->plan->containers[i]);
        part->teu += piece->plan->containers[i].teu;
    }
    part->loaded_count = part->container_count;
}

/* The used claims of a waybill on the piece's containers, which stand in the part from `base` on. Those that are not
 * used stay behind: that they lose hangs on when they were sent, which is different here. A waybill with claims in two
 * pieces is in both parts; one without any is left out, for a manifest has at least one container (contract 2.9). */
static void take_claims(struct plan *part, const struct piece *piece, uint32_t base, const struct plan_waybill *from,
                        struct arena *arena) {
    uint32_t index = (uint32_t)part->waybill_count;
    struct plan_waybill waybill = *from;
    waybill.claims = NULL;
    waybill.claim_count = 0;
    for (const struct plan_claim *claim = from->claims; claim != NULL; claim = claim->next) {
        if (!claim->used || claim->container < piece->first || claim->container >= piece->end) {
            continue;
        }
        struct plan_claim *copy = arena_zeroed(arena, 1, sizeof *copy);
        *copy = *claim;
        copy->container = base + claim->container - piece->first;
        copy->other_seal = false;
        copy->next = waybill.claims;
        waybill.claims = copy;
        waybill.claim_count++;
        part->containers[copy->container].has_owner = true;
        part->containers[copy->container].owner = index;
        for (size_t i = 0; i < copy->goods_count; i++) {
            part->gross_g += copy->goods[i].gross_g;
        }
    }
    if (waybill.claim_count > 0) {
        waybill.sends[0] = (struct plan_send){.time_ms = part->start_ms + (int64_t)index * SEND_APART_MS};
        waybill.send_count = 1;
        part->waybills[part->waybill_count++] = waybill;
    }
}

/* As planner_wagons, without a count of slots: two trains bring at most four half-TEU boxes, which one wagon takes. */
static void load_wagons(struct plan *part) {
    uint32_t teu = WAGON_TEU;
    for (size_t i = 0; i < part->container_count; i++) {
        struct plan_container *container = &part->containers[i];
        if (teu + container->teu > WAGON_TEU) {
            part->wagon_count++;
            teu = 0;
        }
        teu += container->teu;
        container->wagon = part->wagon_count - 1;
    }
}

/* ---- the train */

static void identify(struct plan *part, const struct plan *like, enum link_role role, int number) {
    bool before = role == ROLE_FROM;
    int days = before ? -DAYS_BEFORE : DAYS_AFTER;
    /* The index chooses the story's random numbers: bit 60 keeps it apart from those of all other trains, role and
     * number from those of the other parts. */
    part->index = UINT64_C(1) << 60 | like->index << 3 | (uint64_t)role << 2 | (uint64_t)number;
    part->day = like->day + days;
    part->direction = like->direction;
    part->transit = like->transit;
    part->china = like->china;
    part->abroad = like->abroad;
    /* Before the border on exit, and behind it on entry, a train is at the Chinese end of the line. */
    part->port = before == (like->direction == DIRECTION_EXIT) ? like->china : like->abroad;
    part->arrived_ms = like->arrived_ms + days * (int64_t)TIMESTAMP_DAY_MS;
    part->start_ms = part->arrived_ms - TIME_AHEAD_MS;
    part->end_ms = like->end_ms + days * (int64_t)TIMESTAMP_DAY_MS;
    /* A link is judged only where there is a composition (contract 5.18). */
    part->arrives = part->composed = true;
    part->covered = like->covered;
    part->wagon_base = like->wagon_base + (uint64_t)(number + 1) * 1000;
    assert(number >= 0 && number < 9);
    /* 17 characters at most (contract 2.5). */
    snprintf(part->number, sizeof part->number, "%.14s-%c%c", like->number, before ? 'A' : 'C', (char)('1' + number));
    date_write(part->day, part->date);
    snprintf(part->key, sizeof part->key, "%s|%s|%s", part->number, part->date, part->port->code);
}

static void add_link(struct plan *plan, enum link_role role, const struct plan *other, uint32_t first, uint32_t count) {
    assert(plan->link_count < PLAN_LINKS_MAX);
    plan->links[plan->link_count++] = (struct plan_link){role, other, first, count};
}

static struct plan *make_part(const struct piece *pieces, size_t count, struct arena *arena) {
    struct plan *part = arena_zeroed(arena, 1, sizeof *part);
    size_t waybills = 0, containers = 0;
    for (size_t i = 0; i < count; i++) {
        waybills += pieces[i].plan->waybill_count;
        containers += piece_size(&pieces[i]);
    }
    part->waybills = arena_zeroed(arena, waybills, sizeof *part->waybills);
    part->containers = arena_zeroed(arena, containers, sizeof *part->containers);
    return part;
}

void plan_linked(struct plan *const pair[LINKED_PAIR], enum link_role role, struct arena *arena,
                 struct plan *parts[LINKED_PARTS]) {
    for (int number = 0; number < LINKED_PARTS; number++) {
        struct piece pieces[LINKED_PAIR];
        size_t count = pieces_of(pair, number, pieces);
        struct plan *part = parts[number] = make_part(pieces, count, arena);
        identify(part, pair[0], role, number);
        for (size_t i = 0; i < count; i++) {
            struct plan *from = pieces[i].plan;
            uint32_t base = (uint32_t)part->container_count;
            take_containers(part, &pieces[i]);
            for (size_t k = 0; k < from->waybill_count; k++) {
                take_claims(part, &pieces[i], base, &from->waybills[k], arena);
            }
            /* What one side calls `from` is `to` for the other (contract 2.19). */
            add_link(from, role, part, pieces[i].first, piece_size(&pieces[i]));
            add_link(part, role == ROLE_FROM ? ROLE_TO : ROLE_FROM, from, base, piece_size(&pieces[i]));
        }
        load_wagons(part);
    }
}
