/* A record that is kept between two changes of its train, so that a change costs what it touches and not the whole
 * train: a tracked event shows in one container, a lodged declaration in a few declarations. What changes the cargo
 * (manifests, composition, arrival, applications that count) is derived anew as a whole.
 *
 * At every update the record is what record_derive makes of the same train: a kept one may be dropped at any time and
 * nothing shows it. Pure; single owner, the train's. */
#ifndef CARAVAN_RECORD_KEPT_H
#define CARAVAN_RECORD_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "record/record.h"
#include "record/rules.h"
#include "train/train.h"

struct kept;

/* Watches the train (train_watch) until it is freed, which must be before the train is. */
struct kept *kept_new(struct train *train, struct rules rules);
void kept_free(struct kept *kept);

/* A record, and which of its parts may be written otherwise than after the update before. */
struct kept_record {
    const struct record *record;
    bool whole;               /* everything; and only then do declarations have their lines and values */
    const bool *containers;   /* unless whole: by index, whether it is another */
    const bool *declarations; /* the same; only declared, advance and released are */
};

/* The record as the train stands now, valid until the next update or until the train changes. `scratch` is reset; lines
 * and values of declarations live in it. The train must have a live fact. */
struct kept_record kept_update(struct kept *kept, struct arena *scratch);
/* Memory held. */
size_t kept_bytes(const struct kept *kept);

#endif
