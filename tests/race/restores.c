/* Restores side by side below one bound, built with ThreadSanitizer: each comes to its end though no two of the larger
 * ones fit together, all together stay below the bound, and one that would not fit alone is told so. A plain program:
 * 0 is success, and two that keep each other out never end. */
#include <stdio.h>
#include <stdlib.h>

#include "worker/restorer_internal.h"

enum { HANDS = 4, RESTORES = 60, BOUND = 100, LEAST = 20, MOST = 99, OVER = BOUND + 1, REST_EVERY = 10 };

static struct restorer restorer;
static atomic_int done, refused, yields, passed;

static size_t state_bytes(void *context) {
    (void)context;
    return 0; /* nothing is back */
}

/* A restore has memory first and looks then, so each may be one step above. */
static void look(void) {
    size_t bytes = 0;
    for (int i = 0; i < HANDS; i++) {
        bytes += atomic_load(&restorer.hands[i].bytes);
    }
    atomic_fetch_add(&passed, bytes > BOUND + HANDS);
}

static bool grow(struct restore *restore, size_t bytes) {
    for (size_t at = 1; at <= bytes; at++) {
        if (!restore_fits(restore, at)) {
            return false;
        }
        look();
        /* As one that waits for messages, so that the others come between. */
        if (at % REST_EVERY == 0) {
            restore_pause(1);
        }
    }
    return true;
}

static void run(struct hand *hand, int number, size_t bytes) {
    struct restorer_result result = {.partition = number % HANDS, .assignment = 1};
    struct restore restore = {.hand = hand, .result = &result};
    restore_begin_turn(&restore);
    bool good = grow(&restore, bytes);
    while (restore.yielded) {
        atomic_fetch_add(&yields, 1);
        good = restore_wait_turn(&restore) && grow(&restore, bytes);
    }
    atomic_fetch_add(&done, good);
    atomic_fetch_add(&refused, !good && result.needed_bytes == OVER);
    restore_end_turn(&restore);
}

static void *restore_on(void *context) {
    struct hand *hand = context;
    uint64_t state = (uint64_t)(hand - restorer.hands);
    for (int i = 0; i < RESTORES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        run(hand, i, i == RESTORES / 2 ? OVER : LEAST + (state >> 33) % (MOST - LEAST + 1));
    }
    return NULL;
}

int main(void) {
    struct config config = {.state_bytes_max = BOUND};
    struct assignments *assignments = assignments_new(HANDS);
    struct hand *hands = calloc(HANDS, sizeof *hands);
    restorer.options.config = &config;
    restorer.options.state_bytes = state_bytes;
    restorer.options.assignments = assignments;
    restorer.hands = hands;
    restorer.hand_count = HANDS;
    for (int i = 0; i < HANDS; i++) {
        assignments_set(assignments, i, 1, 1);
        hands[i].restorer = &restorer;
    }
    for (int i = 0; i < HANDS; i++) {
        if (pthread_create(&hands[i].thread, NULL, restore_on, &hands[i]) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < HANDS; i++) {
        pthread_join(hands[i].thread, NULL);
    }
    int wrong =
        atomic_load(&done) != HANDS * (RESTORES - 1) || atomic_load(&refused) != HANDS || atomic_load(&passed) != 0;
    printf("race_restores: %d restored, %d had no room, %d made room, %d times above the bound\n", atomic_load(&done),
           atomic_load(&refused), atomic_load(&yields), atomic_load(&passed));
    assignments_free(assignments);
    free(hands);
    return wrong;
}
