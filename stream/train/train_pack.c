/* A train as a sequence of its live facts: visited, packed and taken back. The form has no header and no count: each
 * fact says its own length, and what makes a checkpoint of it is the partition's. */
#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "train/fact_share.h"
#include "train/train_state.h"

/* By hash: an order that every worker has whatever way its train came together, so that equal states are equal
 * bytes. */
static int order_facts(const void *a, const void *b) {
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    int order = hash_compare(fact_hash(x), fact_hash(y));
    return order != 0 ? order : fact_compare(x, y);
}

struct taken { /* a register and its newest fact */
    const struct fact *fact;
    size_t index;
};

/* Registers of one fact beside each other, in the order in which the fact names them. */
static int order_taken(const void *a, const void *b) {
    const struct taken *x = a;
    const struct taken *y = b;
    if (x->fact != y->fact) {
        return order_facts(&x->fact, &y->fact);
    }
    return (x->index > y->index) - (x->index < y->index);
}

static struct taken *sorted_registers(const struct train *train) {
    struct taken *taken = alloc_bytes(train->used * sizeof *taken);
    size_t count = 0;
    struct taken next;
    for (size_t at = 0; train_next_register(train, &at, &next.fact, &next.index);) {
        taken[count++] = next;
    }
    qsort(taken, count, sizeof *taken, order_taken);
    return taken;
}

void train_each(const struct train *train,
                void (*visit)(void *context, const struct fact *fact, const size_t *registers, size_t register_count),
                void *context) {
    struct taken *taken = sorted_registers(train);
    size_t registers[REGISTERS_PER_EVENT_MAX];
    for (size_t i = 0; i < train->used;) {
        const struct fact *fact = taken[i].fact;
        size_t count = 0;
        while (i < train->used && taken[i].fact == fact) {
            registers[count++] = taken[i++].index;
        }
        visit(context, fact, registers, count);
    }
    free(taken);
}

/* Registers are not written: joining the facts again finds the same ones (contract 0.2). */
size_t train_pack(const struct train *train, struct buffer *out) {
    struct taken *taken = sorted_registers(train);
    for (size_t i = 0; i < train->used; i++) {
        if (i == 0 || taken[i].fact != taken[i - 1].fact) {
            fact_unshare(taken[i].fact, out);
        }
    }
    free(taken);
    return train_live_events(train);
}

bool train_unpack(struct train *train, struct slice facts, struct join_effect *effect) {
    *effect = (struct join_effect){0};
    while (facts.len > 0) {
        const struct fact *fact = (const struct fact *)facts.data;
        /* From a checkpoint: bytes from outside, though a checksum covers them. */
        if (!fact_check(facts.data, facts.len)) {
            return false;
        }
        struct join_effect one;
        /* A join like any other, so unpacking into a train that already has newer facts loses none of them. */
        train_join_fact(train, fact, &one);
        effect->live_events += one.live_events;
        effect->live_bytes += one.live_bytes;
        effect->memory_bytes += one.memory_bytes;
        effect->hash_sum = hash_add(effect->hash_sum, one.hash_sum);
        facts.data += fact_bytes(fact);
        facts.len -= fact_bytes(fact);
    }
    return true;
}
