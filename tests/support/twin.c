#include "support/twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "train/fact.h"

enum { MESSAGE_BYTES_MAX = 1 << 20, KEEP_BYTES_MAX = 1 << 22 };

/* One decoder and what it said last. */
struct side {
    enum decode_path path;
    struct decoder *decoder;
    struct arena arena;
    bool taken;
    struct event event;
    struct reject reject;
    struct buffer fact;
};

struct twin {
    struct side sides[DECODE_PATH_COUNT]; /* the general one first */
    size_t count;
    bool recognised;
    char difference[160];
};

static const char *const PATHS[DECODE_PATH_COUNT] = {"general", "portable", "SSE2", "AVX2", "NEON"};

struct twin *twin_new(void) {
    struct twin *twin = alloc_zeroed(1, sizeof *twin);
    for (enum decode_path path = DECODE_GENERAL; path < DECODE_PATH_COUNT; path++) {
        if (decode_path_runs(path)) {
            struct side *side = &twin->sides[twin->count++];
            side->path = path;
            side->decoder = decoder_new_by(MESSAGE_BYTES_MAX, path);
        }
    }
    return twin;
}

void twin_free(struct twin *twin) {
    for (size_t i = 0; i < twin->count; i++) {
        decoder_free(twin->sides[i].decoder);
        arena_release(&twin->sides[i].arena);
        buffer_release(&twin->sides[i].fact);
    }
    free(twin);
}

static void run(struct side *side, struct slice message) {
    arena_reset(&side->arena, KEEP_BYTES_MAX);
    buffer_clear(&side->fact);
    memset(&side->event, 0, sizeof side->event);
    side->taken = decode_event(side->decoder, message, &side->arena, &side->event, &side->reject);
    if (side->taken) {
        side->event.hash = hash_of(message);
        fact_pack(&side->event, 7, &side->fact);
    }
}

/* What a fact does not show of an event, and the fact. */
static const char *difference(const struct side *a, const struct side *b) {
    if (a->taken != b->taken) {
        return "one takes it, the other does not";
    }
    if (!a->taken) {
        return a->reject.reason == b->reject.reason && strcmp(a->reject.pointer, b->reject.pointer) == 0 &&
                       strcmp(a->reject.message, b->reject.message) == 0
                   ? NULL
                   : "the reject";
    }
    if (!slice_equal(a->event.train_key, b->event.train_key) || a->event.train_date_days != b->event.train_date_days) {
        return "the train";
    }
    return slice_equal(buffer_slice(&a->fact), buffer_slice(&b->fact)) ? NULL : "the fact";
}

const char *twin_compare(struct twin *twin, struct slice message) {
    struct slice exact = {message.len == 0 ? "" : memcpy(alloc_bytes(message.len), message.data, message.len),
                          message.len};
    const char *what = NULL;
    run(&twin->sides[0], exact);
    for (size_t i = 1; i < twin->count && what == NULL; i++) {
        struct side *side = &twin->sides[i];
        uint64_t before = decoder_recognised(side->decoder);
        run(side, exact);
        what = difference(&twin->sides[0], side);
        bool recognised = decoder_recognised(side->decoder) != before;
        if (what == NULL && i > 1 && recognised != twin->recognised) {
            what = "what it recognises itself";
        }
        twin->recognised = recognised;
        if (what != NULL) {
            snprintf(twin->difference, sizeof twin->difference, "%s differs: %s", PATHS[side->path], what);
            what = twin->difference;
        }
    }
    if (message.len > 0) {
        free((void *)(uintptr_t)exact.data);
    }
    return what;
}

bool twin_took(const struct twin *twin) {
    return twin->sides[0].taken;
}

bool twin_recognised(const struct twin *twin) {
    return twin->recognised;
}
