/* What one record says of one container. Internal to journey*.c. */
#ifndef CARAVAN_REPORT_JOURNEY_RIDE_H
#define CARAVAN_REPORT_JOURNEY_RIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "event/json.h"

/* How the record names it. */
enum ride_as {
    RIDE_NOT,      /* it does not */
    RIDE_CLAIMED,  /* on the train, with a manifest */
    RIDE_MISSING,  /* on the train, without one */
    RIDE_DOMESTIC, /* on the train, and needs none */
    RIDE_OFF_TRAIN /* in a manifest, and not on the train */
};

/* Texts as in the record; len 0: absent. All in `memory`. */
struct ride {
    struct arena memory;
    enum ride_as as;
    struct slice status, arrived_at, arrived_place;
    struct slice load, wagon, position, seal, waybills, dangerous, alerts; /* lists: apart by a blank */
    struct slice tally_at, tally_packages, tally_gross_kg, tally_seal;
    bool tally_damaged;
    struct slice last_at, last_event, last_place, latitude, longitude;
    struct slice *links; /* keys of trains that it came from or goes on with */
    size_t link_count;
};

/* Replaces what is in `ride` by what the record says. */
void ride_take(struct ride *ride, struct slice container, const struct json_value *record);
void ride_release(void *ride);
static inline bool ride_is_on_train(const struct ride *ride) {
    return ride->as == RIDE_CLAIMED || ride->as == RIDE_MISSING || ride->as == RIDE_DOMESTIC;
}

#endif
