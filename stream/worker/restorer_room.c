/* The bound on state while partitions are restored side by side. All of them together with those that are back stay
 * below it, and what fits one after the other fits side by side too: the restore that began first has the right of
 * way, and others begin anew behind it when there is no room for both. So no two keep each other out for ever. */
#include <time.h>

#include "worker/restorer_internal.h"

enum { LOOK_MS = 20 };

void restore_begin_turn(struct restore *restore) {
    struct hand *hand = restore->hand;
    atomic_store(&hand->turn, atomic_fetch_add(&hand->restorer->turns, 1) + 1);
}

void restore_end_turn(struct restore *restore) {
    atomic_store(&restore->hand->bytes, 0);
    atomic_store(&restore->hand->turn, 0);
}

/* Memory of the other restores. */
static size_t others_bytes(const struct restore *restore) {
    const struct restorer *restorer = restore->hand->restorer;
    size_t bytes = 0;
    for (size_t i = 0; i < restorer->hand_count; i++) {
        bytes += &restorer->hands[i] == restore->hand ? 0 : atomic_load(&restorer->hands[i].bytes);
    }
    return bytes;
}

static bool is_oldest(const struct restore *restore) {
    const struct restorer *restorer = restore->hand->restorer;
    uint64_t own = atomic_load(&restore->hand->turn);
    for (size_t i = 0; i < restorer->hand_count; i++) {
        uint64_t turn = atomic_load(&restorer->hands[i].turn);
        if (turn != 0 && turn < own) {
            return false;
        }
    }
    return true;
}

/* Whether an older one needs the memory of this one, which then is `yielded`. */
static bool must_yield(struct restore *restore) {
    const struct hand *hand = restore->hand;
    uint64_t tight = atomic_load(&hand->restorer->tight);
    /* One that has nothing yet keeps nobody out. */
    restore->yielded =
        restore->yielded || (tight != 0 && tight < atomic_load(&hand->turn) && atomic_load(&hand->bytes) != 0);
    return restore->yielded;
}

bool restore_is_wanted(struct restore *restore) {
    const struct restorer *restorer = restore->hand->restorer;
    /* Asked between any two messages, so a partition that is taken away does not keep the next one waiting. */
    return !atomic_load(&restorer->ending) && !must_yield(restore) &&
           assignments_is(restorer->options.assignments, restore->result->partition, restore->result->assignment);
}

void restore_pause(int ms) {
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

/* Of the oldest: they see it at their next message or wait, and give their memory back. */
static bool wait_for_others(struct restore *restore) {
    struct restorer *restorer = restore->hand->restorer;
    bool wanted = true;
    while (wanted && others_bytes(restore) != 0) {
        atomic_store(&restorer->tight, atomic_load(&restore->hand->turn));
        restore_pause(LOOK_MS);
        /* An older one may have got its turn and not shown it yet when this one looked. */
        restore->yielded = !is_oldest(restore);
        wanted = !restore->yielded && restore_is_wanted(restore);
    }
    atomic_store(&restorer->tight, 0);
    return wanted;
}

bool restore_fits(struct restore *restore, size_t bytes) {
    const struct restorer_options *options = &restore->hand->restorer->options;
    atomic_store(&restore->hand->bytes, bytes);
    size_t taken = options->state_bytes(options->context);
    size_t room = taken < options->config->state_bytes_max ? options->config->state_bytes_max - taken : 0;
    if (bytes + others_bytes(restore) <= room) {
        return true;
    }
    if (!is_oldest(restore)) {
        restore->yielded = true;
        return false;
    }
    if (bytes <= room) {
        return wait_for_others(restore);
    }
    restore->result->needed_bytes = bytes;
    return false;
}

bool restore_wait_turn(struct restore *restore) {
    atomic_store(&restore->hand->bytes, 0);
    restore->yielded = false;
    bool wanted = restore_is_wanted(restore);
    while (wanted && !is_oldest(restore)) {
        restore_pause(LOOK_MS);
        wanted = restore_is_wanted(restore);
    }
    return wanted;
}
