#include <stdlib.h>

#include "core/derive.h"

/* Hundredths of a TEU, by the first character of the size type (spec section 5). */
static uint64_t teu_of(struct slice size_type) {
    switch (size_type.data[0]) {
    case '1': return 50;
    case '2': return 100;
    case '3': return 150;
    case '4': return 200;
    case 'L': return 225;
    case 'M': return 240;
    default: return 0;
    }
}

static enum load load_of(const struct derive_place *place) {
    for (size_t i = 0; i < place->used_count; i++) {
        if (place->claims[i]->box.load == LOAD_FCL) {
            return LOAD_FCL;
        }
    }
    return LOAD_LCL;
}

/* A seal fact's seal before the claims'. */
static struct slice seal_of(const struct derive *derive, const struct derive_place *place) {
    const struct fact *fact = derive_find(derive, REGISTER_SEAL, place->number);
    if (fact != NULL) {
        return fact_tracked(fact).seal;
    }
    struct record_value claimed;
    derive_shown(place, FIELD_SEAL, &claimed);
    return claimed.text;
}

static void show_last(const struct derive *derive, struct record_container *container) {
    const struct fact *fact = derive_find(derive, REGISTER_TRACKED, container->number);
    if (fact == NULL) {
        return;
    }
    struct fact_tracked tracked = fact_tracked(fact);
    container->has_last = true;
    container->last_event = tracked.event;
    container->last_at_ms = fact_time_ms(fact);
    container->last_place = tracked.place;
    container->last_has_position = tracked.has_position;
    container->last_latitude = tracked.latitude;
    container->last_longitude = tracked.longitude;
}

static struct record_container show(struct derive *derive, const struct derive_place *place) {
    struct record_container container = {.number = place->number,
                                         .load = load_of(place),
                                         .seal = seal_of(derive, place)};
    struct record_value size_type;
    struct record_value tare;
    struct record_value wagon;
    derive_shown(place, FIELD_SIZE_TYPE, &size_type);
    derive_shown(place, FIELD_TARE_KG, &tare);
    derive_shown(place, FIELD_WAGON, &wagon);
    container.size_type = size_type.text;
    container.tare_kg = tare.tare_kg;
    container.wagon = place->slot != NULL ? place->slot->wagon : wagon.text;
    container.position = place->slot != NULL ? place->slot->position : 0;
    container.waybills = derive_claim_waybills(derive, place->claims, place->used_count);
    container.waybill_count = place->used_count;
    show_last(derive, &container);
    return container;
}

/* All that the composition lists, else the distinct ones shown. */
static size_t count_wagons(const struct derive *derive) {
    if (derive->composition != NULL) {
        return derive->wagon_count;
    }
    struct slice *wagons = arena_take(derive->arena, derive->record->container_count * sizeof *wagons);
    size_t shown = 0;
    for (size_t i = 0; i < derive->record->container_count; i++) {
        if (derive->record->containers[i].wagon.data != NULL) {
            wagons[shown++] = derive->record->containers[i].wagon;
        }
    }
    qsort(wagons, shown, sizeof *wagons, derive_order_slices);
    size_t distinct = 0;
    for (size_t i = 0; i < shown; i++) {
        distinct += i == 0 || !slice_equal(wagons[i - 1], wagons[i]);
    }
    return distinct;
}

static size_t count_claimed_on_train(const struct derive *derive) {
    size_t count = 0;
    for (size_t i = 0; i < derive->place_count; i++) {
        count += derive->places[i].on_train && derive->places[i].claim_count > 0;
    }
    return count;
}

/* Puts one place where it belongs: containers, off_train, missing, or just counted. */
static void put_place(struct derive *derive, const struct derive_place *place, struct record_container *containers,
                      struct slice *off_train, struct slice *missing) {
    struct record *record = derive->record;
    if (place->claim_count > 0 && place->on_train) {
        struct record_container *container = &containers[record->container_count++];
        *container = show(derive, place);
        derive_add(&record->totals.teu, teu_of(container->size_type));
        derive_add(&record->totals.tare_kg, container->tare_kg);
    } else if (place->claim_count > 0) {
        off_train[record->off_train_count++] = place->number;
    } else if (place->slot->empty) {
        record->totals.empty_containers++;
    } else {
        missing[record->missing_count++] = place->number;
    }
}

void derive_containers(struct derive *derive) {
    struct record *record = derive->record;
    struct record_container *containers =
        arena_take(derive->arena, count_claimed_on_train(derive) * sizeof *containers);
    struct slice *off_train = arena_take(derive->arena, derive->place_count * sizeof *off_train);
    struct slice *missing = arena_take(derive->arena, derive->slot_count * sizeof *missing);
    for (size_t i = 0; i < derive->place_count; i++) {
        put_place(derive, &derive->places[i], containers, off_train, missing);
        derive_place_alerts(derive, &derive->places[i]);
    }
    record->containers = containers;
    record->off_train = off_train;
    record->missing = missing;
    record->totals.containers = record->container_count;
    record->totals.wagons = count_wagons(derive);
}
