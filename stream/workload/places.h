/* Where trains of a workload run: real UN/LOCODE places with a rail function, and the five border ports of China-Europe
 * trains. Static tables. */
#ifndef CARAVAN_WORKLOAD_PLACES_H
#define CARAVAN_WORKLOAD_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "workload/rng.h"

struct place {
    const char *code;              /* UN/LOCODE */
    const char *name, *local_name; /* local_name: how a company there writes its city */
    int32_t latitude, longitude;   /* millionths of a degree; about */
};

enum place_port { PORT_ALASHANKOU, PORT_HORGOS, PORT_ERENHOT, PORT_MANZHOULI, PORT_SUIFENHE, PORT_COUNT };

enum { PLACES_CHINA = 29, PLACES_ABROAD = 28 };

extern const struct place PLACES_OF_CHINA[PLACES_CHINA];
extern const struct place PLACES_OF_ABROAD[PLACES_ABROAD];
extern const struct place PLACES_OF_PORTS[PORT_COUNT];
extern const char *const PLACES_BEHIND[PORT_COUNT]; /* the country on the other side */

/* A port: one of the two of Xinjiang, or one of all five, as often as trains run there (about, 2020). */
enum place_port place_pick_port(struct rng *rng, bool xinjiang);

#endif
