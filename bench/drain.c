/* A bare librdkafka consumer that only counts: what reading a topic costs without doing anything with it.
 *
 *   drain BROKERS TOPIC [NEWEST]    reads every partition from its beginning to the end of now, read_committed
 *
 * NEWEST: a file that gets a line a key, sorted, with the XXH3-128 of its newest value: `KEY TAB HASH`, so that what
 * two programs wrote can be compared. Prints one JSON object: messages, bytes of their values, wall and CPU seconds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "support/client.h"
#include "support/measure.h"

enum { BATCH = 1000, SLOTS_AT_FIRST = 1 << 12 };

struct newest { /* open addressing; at most half full */
    struct entry {
        char *key; /* NULL: free */
        size_t len;
        struct hash128 hash;
    } * entries;
    size_t count, capacity;
};

static struct entry *find(const struct newest *newest, struct slice key) {
    size_t at = (size_t)hash64_of(key) & (newest->capacity - 1);
    while (newest->entries[at].key != NULL &&
           !slice_equal((struct slice){newest->entries[at].key, newest->entries[at].len}, key)) {
        at = (at + 1) & (newest->capacity - 1);
    }
    return &newest->entries[at];
}

static void grow(struct newest *newest) {
    struct newest larger = {.count = newest->count,
                            .capacity = newest->capacity == 0 ? SLOTS_AT_FIRST : newest->capacity * 2};
    larger.entries = alloc_zeroed(larger.capacity, sizeof *larger.entries);
    for (size_t i = 0; i < newest->capacity; i++) {
        struct entry *entry = &newest->entries[i];
        if (entry->key != NULL) {
            *find(&larger, (struct slice){entry->key, entry->len}) = *entry;
        }
    }
    free(newest->entries);
    *newest = larger;
}

static void note(struct newest *newest, const rd_kafka_message_t *message) {
    if (newest->count * 2 >= newest->capacity) {
        grow(newest);
    }
    struct slice key = {message->key, message->key_len};
    struct entry *entry = find(newest, key);
    if (entry->key == NULL) {
        entry->key = alloc_copy(key.data, key.len);
        entry->len = key.len;
        newest->count++;
    }
    entry->hash = hash_of((struct slice){message->payload, message->len});
}

static int by_key(const void *a, const void *b) {
    const struct entry *x = a;
    const struct entry *y = b;
    if (x->key == NULL || y->key == NULL) {
        return (x->key == NULL) - (y->key == NULL);
    }
    return slice_compare((struct slice){x->key, x->len}, (struct slice){y->key, y->len});
}

static void write_newest(struct newest *newest, const char *path) {
    char hex[HASH_HEX_BYTES];
    FILE *file = fopen(path, "w");
    if (newest->capacity > 0) {
        qsort(newest->entries, newest->capacity, sizeof *newest->entries, by_key);
    }
    for (size_t i = 0; file != NULL && i < newest->count; i++) {
        hash_write(newest->entries[i].hash, hex);
        fprintf(file, "%.*s\t%.*s\n", (int)newest->entries[i].len, newest->entries[i].key, HASH_HEX_BYTES, hex);
        free(newest->entries[i].key);
    }
    free(newest->entries);
    if (file == NULL || fclose(file) != 0) {
        fprintf(stderr, "drain: %s cannot be written\n", path);
        exit(1);
    }
}

static rd_kafka_t *open_consumer(const char *brokers) {
    const struct client_setting settings[] = {{"group.id", "drain"},
                                              {"enable.auto.commit", "false"},
                                              {"enable.partition.eof", "true"},
                                              {"isolation.level", "read_committed"},
                                              {"fetch.message.max.bytes", "8388608"},
                                              {"queued.min.messages", "200000"},
                                              {NULL, NULL}};
    return client_open(RD_KAFKA_CONSUMER, client_conf(brokers, settings));
}

/* Assigns every partition from its beginning; returns how many there are. */
static int assign_all(rd_kafka_t *consumer, const char *topic) {
    int count = client_partitions(consumer, topic);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    client_check("assign", rd_kafka_assign(consumer, list));
    rd_kafka_topic_partition_list_destroy(list);
    return count;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: drain BROKERS TOPIC [NEWEST]\n");
        return 2;
    }
    static rd_kafka_message_t *batch[BATCH];
    struct newest newest = {0};
    int64_t began_ms = clock_steady_ms();
    rd_kafka_t *consumer = open_consumer(argv[1]);
    int left = assign_all(consumer, argv[2]);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    uint64_t messages = 0;
    uint64_t bytes = 0;
    while (left > 0) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 1000, batch, BATCH);
        for (ssize_t i = 0; i < count; i++) {
            if (batch[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                left--;
            } else {
                client_check(argv[2], batch[i]->err);
                messages++;
                bytes += batch[i]->len;
                if (argc == 4) {
                    note(&newest, batch[i]);
                }
            }
            rd_kafka_message_destroy(batch[i]);
        }
    }
    printf("{\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"wall_s\":%.3f,\"cpu_s\":%.3f}\n", messages, bytes,
           (double)(clock_steady_ms() - began_ms) / 1000, measure_process_seconds());
    if (argc == 4) {
        write_newest(&newest, argv[3]);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(consumer);
    return 0;
}
