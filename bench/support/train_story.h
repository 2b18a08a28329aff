/* The life of one train, event by event in the order of its own time, drawn from a seed: what `trains` interleaves. One
 * owner. */
#ifndef CARAVAN_BENCH_TRAIN_STORY_H
#define CARAVAN_BENCH_TRAIN_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum { STORY_WAYBILLS_MAX = 50, STORY_BOXES_MAX = 3, STORY_GOODS_MAX = 4, STORY_BOX_BYTES = 11, STORY_KEY_BYTES = 64 };

struct story_goods {
    uint32_t product, package_type, currency; /* indices of tables */
    uint32_t packages, gross, net;            /* masses in tenths of a kilogram */
    uint64_t value;                           /* hundredths */
};

struct story_box {
    char number[STORY_BOX_BYTES + 1];
    uint32_t size, seal, tare_kg;
    uint32_t goods_count;
    struct story_goods goods[STORY_GOODS_MAX];
};

struct story_waybill {
    uint32_t number, party, product, contract, from, to; /* contract 0: none */
    uint32_t box_count;
    struct story_box boxes[STORY_BOXES_MAX];
};

enum story_control { STORY_CONTROL_NONE, STORY_CONTROL_ORDERED, STORY_CONTROL_RELEASED };

struct story {
    uint64_t random, index;
    int64_t day, clock_ms; /* day since 1970 */
    uint32_t port, waybill_count;
    char key[STORY_KEY_BYTES];
    size_t key_len;
    struct story_waybill waybills[STORY_WAYBILLS_MAX];
    /* how far it is */
    uint32_t sent, summaries, fulls, late_fulls, tracked_before, tracked_after, sequence;
    bool composed, arrived;
    enum story_control control;
};

/* splitmix64. */
uint64_t random_next(uint64_t *random);
/* 0 to bound - 1. */
uint32_t random_below(uint64_t *random, uint32_t bound);

/* Train number `index` of `seed`; what was there is forgotten. */
void story_begin(struct story *story, uint64_t seed, uint64_t index);
/* Appends its next event; false, and nothing, when it has ended. */
bool story_next(struct story *story, struct buffer *out);
/* Appends waybill `at` (below story->sent) once more, with other weights and values. */
void story_amend(struct story *story, uint32_t at, struct buffer *out);

#endif
