/* Who tells the story of a train (story.h). Internal to the files of the story: story.c has the train, story_customs.c
 * what is said to customs and what customs say. */
#ifndef CARAVAN_WORKLOAD_TELLER_H
#define CARAVAN_WORKLOAD_TELLER_H

#include "workload/rng.h"
#include "workload/story.h"
#include "workload/write.h"

enum { TELLER_MINUTE_MS = 60 * 1000, TELLER_HOUR_MS = 60 * TELLER_MINUTE_MS };

struct teller {
    struct story *story;
    const struct workload_options *options;
    const struct plan *plan;
    struct rng rng;
    struct writer writer;
    size_t line_begin; /* of the message being written */
};

/* One more message of the story. */
void tell_message(struct story *story, struct story_message message);
/* The line just written becomes a message. */
void told(struct teller *teller, int64_t time_ms);

static inline bool chance(struct teller *teller, enum workload_rate rate) {
    return rng_chance(&teller->rng, teller->options->rates[rate]);
}

static inline int64_t between(struct teller *teller, int64_t low_ms, int64_t high_ms) {
    return rng_between(&teller->rng, low_ms, high_ms);
}

/* What happens before the train is cleared happens before this. */
static inline int64_t last_step_ms(const struct teller *teller) {
    return teller->plan->end_ms - TELLER_MINUTE_MS;
}

/* Writes a container's number that no plan draws. */
void stray_number(struct teller *teller, char out[CONTAINER_NUMBER_BYTES]);

void tell_controls(struct teller *teller);
/* The arrival, and the release at end_ms that the clearance rests on: of that, nothing comes later. */
void tell_arrival(struct teller *teller);
/* What somebody found when they looked into containers: tallies, dangerous goods. */
void tell_cargo(struct teller *teller);
void tell_declarations(struct teller *teller);

#endif
