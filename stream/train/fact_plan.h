/* The rows of types.c as they lie in a fact's body, laid out for walking over it: what is dropped and what may be
 * anything is gone, members of objects stand among the others, and of what lies between two lists the places are known.
 * Static data; safe from any thread. For the files that check and share facts; nobody else. */
#ifndef CARAVAN_TRAIN_FACT_PLAN_H
#define CARAVAN_TRAIN_FACT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

enum fact_step_kind {
    FACT_STEP_RUN,    /* `bytes` of fixed length follow; the next steps count from where they begin */
    FACT_STEP_NUMBER, /* in `bytes` bytes, min..max */
    FACT_STEP_TEXT,   /* in place, and never absent */
    FACT_STEP_STRING, /* a reference; required: never 0 */
    FACT_STEP_LIST    /* behind the run: min..max elements of `of` */
};

struct fact_step {
    uint8_t kind; /* enum fact_step_kind */
    bool required;
    uint16_t bytes;
    uint16_t at;                    /* from the run's beginning */
    uint16_t tight_bytes, tight_at; /* the same in a tight fact */
    uint64_t min, max;
    const struct fact_body *of;
};

struct fact_body { /* of a type, or of a list's element */
    const struct fact_step *steps;
    uint32_t count;
};

/* `wide`: with references of FACT_WIDE_BYTES. */
const struct fact_body *fact_plan(enum event_type type, bool wide);

#endif
