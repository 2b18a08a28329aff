#include "kafka/txn_rounds.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/txn_cut.h"

enum {
    MESSAGES_ON_THEIR_WAY = 5, /* see txn_rounds.h */
    REQUEST_HEAD_BYTES = 4096, /* names and what else stands before the messages, and some room */
    LENGTHS_BYTES = 32         /* of a message, which librdkafka counts at their longest */
};

/* Of one topic's partition. */
struct txn_window {
    size_t taken;        /* the number of the last output that went, in any round */
    size_t count, bytes; /* that went in this one */
    bool is_full;
};

void txn_rounds_init(struct txn_rounds *rounds, int32_t partition_count, size_t batch_bytes_max) {
    size_t count = OUTPUT_TOPIC_COUNT * (size_t)partition_count;
    size_t head = batch_bytes_max > 2 * REQUEST_HEAD_BYTES ? REQUEST_HEAD_BYTES : batch_bytes_max / 2;
    *rounds = (struct txn_rounds){.windows = alloc_zeroed(count, sizeof *rounds->windows),
                                  .partition_count = partition_count,
                                  .request_bytes_max = batch_bytes_max - head};
}

void txn_rounds_release(struct txn_rounds *rounds) {
    free(rounds->windows);
}

static struct txn_window *window_of(const struct txn_rounds *rounds, const struct output *output) {
    /* Which partition a dead letter goes to is librdkafka's to say, so all of them count as of one. */
    int32_t partition = output->topic == OUTPUT_DEAD_LETTERS ? 0 : output->input_partition;
    return &rounds->windows[(size_t)output->topic * (size_t)rounds->partition_count + (size_t)partition];
}

bool txn_rounds_take(struct txn_rounds *rounds, const struct output *output, size_t number) {
    struct txn_window *window = window_of(rounds, output);
    if (number <= window->taken) {
        return false;
    }
    /* Never less than librdkafka counts, or it would keep the last one for a request of its own. */
    size_t bytes = txn_cut_bytes(output, TXN_WHOLE) + LENGTHS_BYTES;
    if (window->count >= MESSAGES_ON_THEIR_WAY && window->bytes + bytes > rounds->request_bytes_max) {
        window->is_full = true;
    }
    if (window->is_full) {
        rounds->waiting = true;
        return false;
    }
    window->taken = number;
    window->count++;
    window->bytes += bytes;
    return true;
}

bool txn_rounds_next(struct txn_rounds *rounds) {
    bool waiting = rounds->waiting;
    rounds->waiting = false;
    for (size_t i = 0; i < OUTPUT_TOPIC_COUNT * (size_t)rounds->partition_count; i++) {
        rounds->windows[i] = (struct txn_window){.taken = rounds->windows[i].taken};
    }
    return waiting;
}
