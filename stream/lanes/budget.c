/* How many bytes an epoch may put out, learned from what commits took: less, in proportion, after one that took longer
 * than the aim; more only after an epoch that the budget cut short and that went through quickly. */
#include "lanes/budget.h"

enum {
    BYTES_NOTHING = 8 * 1024, /* what so little took, it took by itself */
    BYTES_MIN = 64 * 1024,
    /* At first, and as far as a commit shrinks that is long but not too long: below it a commit is mostly round trips,
     * and smaller ones would only make more of them. */
    BYTES_MODEST = 1024 * 1024,
    /* Two of them are held, the one in flight and the open one. It holds a record each of some thousand trains in
     * flight: where a backlog's epoch ends before all of them have had several events, nearly each event costs a
     * record. */
    BYTES_MAX = 96 * 1024 * 1024,
    MEMORY_SHARE = 8,
    CHECKPOINTS_SHARE = 4,
    AIM_MS = 450,  /* readers wait for it, and for the epoch behind it */
    AIM_SHARE = 8, /* of the transaction's time */
    LIMIT_SHARE = 4,
    FLOOR_STEPS = 4 /* commits until a floor that rose is mostly believed */
};

static size_t within(size_t bytes, size_t least, size_t most) {
    return bytes < least ? least : bytes > most ? most : bytes;
}

void budget_init(struct budget *budget, int64_t transaction_timeout_ms, uint64_t memory_bytes_max) {
    uint64_t share = memory_bytes_max / MEMORY_SHARE;
    /* Two outboxes stand beside the state: with an eighth each most of the memory is left to it. */
    budget->bytes_max = share > BYTES_MAX ? BYTES_MAX : within((size_t)share, BYTES_MIN, BYTES_MAX);
    budget->bytes = within(BYTES_MODEST, BYTES_MIN, budget->bytes_max);
    budget->limit_ms = transaction_timeout_ms / LIMIT_SHARE;
    budget->floor_ms = 0;
    budget->aim_ms = transaction_timeout_ms / AIM_SHARE < AIM_MS ? transaction_timeout_ms / AIM_SHARE : AIM_MS;
}

static size_t scaled(size_t bytes, int64_t numerator, int64_t denominator) {
    return (size_t)((double)bytes * (double)numerator / (double)denominator);
}

/* At once when it is less, or the first; else slowly, since one commit may have met anything. */
static void learn_floor(struct budget *budget, int64_t took_ms) {
    int64_t more_ms = took_ms - budget->floor_ms;
    bool slowly = budget->floor_ms > 0 && more_ms > FLOOR_STEPS;
    int64_t floor_ms = budget->floor_ms + (slowly ? more_ms / FLOOR_STEPS : more_ms);
    budget->floor_ms = floor_ms < budget->limit_ms / 2 ? floor_ms : budget->limit_ms / 2;
}

void budget_learn(struct budget *budget, size_t bytes, int64_t took_ms, bool limited) {
    if (bytes <= BYTES_NOTHING) {
        learn_floor(budget, took_ms);
    }
    int64_t aim_ms = budget->floor_ms + budget->aim_ms;
    if (took_ms > aim_ms) {
        /* By what was in the commit, not by the budget: a small one that took long says more. */
        size_t wanted = scaled(bytes < budget->bytes ? bytes : budget->bytes, aim_ms, took_ms);
        /* A commit near the transaction's end is the one thing that must not happen, so there nothing is too small. */
        size_t least = took_ms > budget->limit_ms ? BYTES_MIN : BYTES_MODEST;
        size_t shrunk = wanted > least ? wanted : least;
        budget->bytes = shrunk < budget->bytes ? shrunk : budget->bytes;
        /* Else it was never tried whether the way carries more. */
    } else if (limited) {
        /* At most doubled: a commit of nearly no time says little about twice as much. */
        bool nearly = took_ms > aim_ms / 2;
        size_t grown = nearly ? scaled(budget->bytes, aim_ms, took_ms) : budget->bytes * 2;
        budget->bytes = within(grown, BYTES_MIN, budget->bytes_max);
    }
}

bool budget_is_spent(size_t budget_bytes, size_t spent_bytes) {
    /* Messages stop before the end, so that the barrier finds room for the checkpoints that are due. */
    return spent_bytes >= budget_bytes - budget_bytes / CHECKPOINTS_SHARE;
}

struct partition_room budget_room(size_t budget_bytes, size_t spent_bytes, unsigned shares) {
    /* Each lane a share of what is left: they meet the barrier at one time, and none sees what the others take. */
    size_t left = spent_bytes < budget_bytes ? (budget_bytes - spent_bytes) / shares : 0;
    size_t steady = budget_bytes / CHECKPOINTS_SHARE / shares;
    return (struct partition_room){.bytes = left, .steady_bytes = steady < left ? steady : left};
}
