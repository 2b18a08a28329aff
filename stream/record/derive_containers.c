/* What the record shows of each container, and where a number goes that is not shown: off_train, missing, or only
 * counted (contract 4.B, 5.15). Sizes of what is shown are counted first, because pointers into the array are handed
 * out while it fills. */
#include "event/container.h"
#include "record/derive.h"

#define NO_TEXT ((struct slice){NULL, 0})

/* One waybill that takes the whole container makes it FCL, also beside others that share it. */
static enum load load_of(const struct derive_container *container) {
    for (size_t i = 0; i < container->used_count; i++) {
        if (container->claims[i]->box.load == LOAD_FCL) {
            return LOAD_FCL;
        }
    }
    return LOAD_LCL;
}

/* Contract 5.7: what was seen at the container counts before what its papers say. */
static struct slice seal_of(const struct derive *derive, const struct derive_container *container) {
    const struct fact *fact = derive_find(derive, REGISTER_SEAL, container->number);
    if (fact != NULL) {
        return fact_tracked(fact).seal;
    }
    const struct derive_claim *claim = derive_shown(container, FIELD_SEAL);
    return claim == NULL ? NO_TEXT : claim->box.seal;
}

/* The newest thing that anybody saw of it, whatever that was; it has no say in anything else of the record. */
static void show_last(const struct derive *derive, struct record_container *shown) {
    const struct fact *fact = derive_find(derive, REGISTER_TRACKED, shown->number);
    if (fact == NULL) {
        return;
    }
    struct event_tracked tracked = fact_tracked(fact);
    shown->has_last = true;
    shown->last_event = tracked.event;
    shown->last_at_ms = fact_time_ms(fact);
    shown->last_place = tracked.place;
    shown->last_has_position = tracked.has_position;
    shown->last_latitude = tracked.latitude;
    shown->last_longitude = tracked.longitude;
}

static void show_tally(const struct derive *derive, struct record_container *shown) {
    const struct fact *fact = derive_find(derive, REGISTER_TALLY, shown->number);
    if (fact != NULL) {
        shown->has_tally = true;
        shown->tally = (struct record_tally){fact_time_ms(fact), fact_tally(fact)};
    }
}

/* Apart from the rest because these change without any paper: kept.c does them again alone. */
void derive_reports(const struct derive *derive, const struct derive_container *container) {
    container->shown->seal = seal_of(derive, container);
    show_tally(derive, container->shown);
    show_last(derive, container->shown);
}

/* The used claims lie first and newest first, which derive_shown and the waybills rely on. */
static struct record_container show(struct derive *derive, const struct derive_container *container) {
    struct record_container shown = {.number = container->number, .load = load_of(container)};
    const struct derive_claim *size_type = derive_shown(container, FIELD_SIZE_TYPE);
    const struct derive_claim *tare = derive_shown(container, FIELD_TARE_KG);
    const struct derive_claim *wagon = derive_shown(container, FIELD_WAGON);
    shown.size_type = size_type == NULL ? NO_TEXT : size_type->box.size_type;
    shown.tare_kg = tare == NULL ? 0 : tare->box.tare_kg;
    shown.wagon = wagon == NULL ? NO_TEXT : wagon->box.wagon;
    if (container->slot != NULL) {
        /* 4.2: the composition knows wagon and position, or nobody does: a manifest is older than the last shunting. */
        shown.wagon = container->slot->wagon;
        shown.position = container->slot->position;
    }
    shown.waybills = derive_claim_waybills(derive, container->claims, container->used_count);
    shown.waybill_count = container->used_count;
    shown.dangerous = derive_declared_un(derive, container, &shown.dangerous_count);
    return shown;
}

/* All that the composition lists, else the distinct ones shown (contract 5.15, totals). */
static size_t count_wagons(struct derive *derive) {
    if (derive->composition != NULL) {
        return derive->wagon_count;
    }
    struct slice *wagons = arena_take(derive->scratch, derive->record->container_count * sizeof *wagons);
    size_t shown = 0;
    for (size_t i = 0; i < derive->record->container_count; i++) {
        if (derive->record->containers[i].wagon.data != NULL) {
            wagons[shown++] = derive->record->containers[i].wagon;
        }
    }
    return derive_distinct_texts(derive, wagons, shown);
}

static size_t count_claimed_on_train(const struct derive *derive) {
    size_t count = 0;
    for (size_t i = 0; i < derive->container_count; i++) {
        count += derive->containers[i].on_train && derive->containers[i].claim_count > 0;
    }
    return count;
}

/* Where the numbers go that are not shown. */
struct numbers {
    struct slice *off_train, *domestic, *missing;
};

/* Puts one container where it belongs: containers, off_train, domestic, missing, or just counted (contract 4.B). */
static void put_container(struct derive *derive, struct derive_container *container,
                          struct record_container *containers, struct numbers *numbers) {
    struct record *record = derive->record;
    if (container->claim_count > 0 && container->on_train) {
        struct record_container *shown = &containers[record->container_count++];
        *shown = show(derive, container);
        container->shown = shown;
        derive_reports(derive, container);
        derive_add(&record->totals.teu, container_teu(shown->size_type));
        derive_add_wide(&record->totals.tare_kg, shown->tare_kg);
    } else if (container->claim_count > 0) {
        numbers->off_train[record->off_train_count++] = container->number;
    } else if (container->slot->domestic) {
        numbers->domestic[record->domestic_count++] = container->number;
        /* Empty containers ride along without papers, so nothing is missing. */
    } else if (container->slot->empty) {
        record->totals.empty_containers++;
    } else {
        numbers->missing[record->missing_count++] = container->number;
    }
}

void derive_containers(struct derive *derive) {
    struct record *record = derive->record;
    struct record_container *containers =
        arena_take(derive->arena, count_claimed_on_train(derive) * sizeof *containers);
    struct numbers numbers = {.off_train = arena_take(derive->scratch, derive->container_count * sizeof(struct slice)),
                              .domestic = arena_take(derive->scratch, derive->slot_count * sizeof(struct slice)),
                              .missing = arena_take(derive->scratch, derive->slot_count * sizeof(struct slice))};
    for (size_t i = 0; i < derive->container_count; i++) {
        put_container(derive, &derive->containers[i], containers, &numbers);
        derive_container_alerts(derive, &derive->containers[i]);
    }
    derive_unexpected_tallies(derive);
    record->containers = containers;
    record->off_train = derive_keep(derive, numbers.off_train, record->off_train_count * sizeof(struct slice));
    record->domestic = derive_keep(derive, numbers.domestic, record->domestic_count * sizeof(struct slice));
    record->missing = derive_keep(derive, numbers.missing, record->missing_count * sizeof(struct slice));
    record->totals.containers = record->container_count;
    record->totals.wagons = count_wagons(derive);
}
