/* Offers events at a rate, and says how long each of them took until a group had committed it.
 *
 *   offer BROKERS TOPIC GROUP FILE RATE [SKIP_SECONDS [EVENTS]]      FILE: keyed lines (KEY, TAB, event)
 *
 * Event number i is due i / RATE seconds after the start, whether those before it are through or not, and its latency
 * counts from then: nothing that stands still hides behind events that it kept from being sent. An event is through
 * when the group's committed offset, which is looked at every 5 ms, is beyond it. Those of the first SKIP_SECONDS (0)
 * are sent and not counted; of the file only the first EVENTS (all). Prints `{"at":"counting"}` when they are over, and
 * in the end one JSON object: what was sent and counted, the latency in milliseconds by quantiles (buckets below 1 %
 * wide). A group that gets nothing committed for a minute ends it with code 1. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "support/client.h"
#include "support/hdr.h"
#include "support/input.h"

enum { LOOK_MS = 5, PATIENCE_MS = 60000, FLUSH_MS = 60000, TICK_NS = 500000 };

struct look { /* what was committed of a partition, and when that was seen */
    int32_t partition;
    int64_t offset, seen_ns;
};

struct offer {
    rd_kafka_t *producer;
    const char *brokers, *topic, *group;
    struct input input;
    double rate, skip_seconds;
    int64_t began_ns;
    int partitions;
    int64_t first[CLIENT_PARTITIONS_MAX];    /* offset before the first event */
    int64_t *numbers[CLIENT_PARTITIONS_MAX]; /* of the event at each offset from there; -1: none of ours */
    size_t capacity[CLIENT_PARTITIONS_MAX];
    uint64_t delivered, failed;
    struct look *looks;
    size_t look_count, look_capacity;
    atomic_bool all_sent;
    int64_t last[CLIENT_PARTITIONS_MAX]; /* behind the last of our events; valid once all are sent */
};

/* ---- sending */

static int64_t due_ns(const struct offer *offer, size_t number) {
    return offer->began_ns + (int64_t)((double)number / offer->rate * 1e9);
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *context) {
    struct offer *offer = context;
    (void)client;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        offer->failed++;
        return;
    }
    int32_t partition = message->partition;
    size_t at = (size_t)(message->offset - offer->first[partition]);
    while (at >= offer->capacity[partition]) {
        size_t old = offer->capacity[partition];
        offer->capacity[partition] = old == 0 ? 4096 : old * 2;
        offer->numbers[partition] =
            alloc_resize(offer->numbers[partition], offer->capacity[partition], sizeof *offer->numbers[partition]);
        for (size_t i = old; i < offer->capacity[partition]; i++) {
            offer->numbers[partition][i] = -1;
        }
    }
    offer->numbers[partition][at] = (int64_t)(uintptr_t)message->_private;
    if (message->offset >= offer->last[partition]) {
        offer->last[partition] = message->offset + 1;
    }
    offer->delivered++;
}

static void open_producer(struct offer *offer) {
    const struct client_setting settings[] = {{"partitioner", "murmur2_random"},
                                              {"linger.ms", "2"},
                                              {"message.max.bytes", "2097152"},
                                              {"queue.buffering.max.messages", "1000000"},
                                              {NULL, NULL}};
    rd_kafka_conf_t *conf = client_conf(offer->brokers, settings);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, offer);
    offer->producer = client_open(RD_KAFKA_PRODUCER, conf);
    offer->partitions = client_partitions(offer->producer, offer->topic);
    for (int32_t i = 0; i < offer->partitions; i++) {
        offer->first[i] = offer->last[i] = client_end(offer->producer, offer->topic, i);
    }
}

static void send_one(struct offer *offer, rd_kafka_topic_t *topic, size_t number) {
    const struct message *message = &offer->input.messages[number];
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, 0, (void *)message->value.data, message->value.len,
                            message->key.data, message->key.len, (void *)(uintptr_t)number) != 0) {
        rd_kafka_resp_err_t code = rd_kafka_last_error();
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            client_check(offer->topic, code);
        }
        rd_kafka_poll(offer->producer, 10);
    }
}

static void send_all(struct offer *offer) {
    rd_kafka_topic_t *topic = rd_kafka_topic_new(offer->producer, offer->topic, NULL);
    bool counting = false;
    for (size_t number = 0; number < offer->input.count;) {
        int64_t now_ns = clock_steady_ns();
        if (!counting && (double)(now_ns - offer->began_ns) >= offer->skip_seconds * 1e9) {
            counting = true;
            printf("{\"at\":\"counting\"}\n");
            fflush(stdout);
        }
        while (number < offer->input.count && due_ns(offer, number) <= now_ns) {
            send_one(offer, topic, number++);
        }
        rd_kafka_poll(offer->producer, 0);
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
    }
    client_check("flush", rd_kafka_flush(offer->producer, FLUSH_MS));
    rd_kafka_topic_destroy(topic);
    atomic_store(&offer->all_sent, true);
}

/* ---- looking at the group */

static void note_look(struct offer *offer, int32_t partition, int64_t offset) {
    if (offer->look_count == offer->look_capacity) {
        offer->look_capacity = offer->look_capacity == 0 ? 4096 : offer->look_capacity * 2;
        offer->looks = alloc_resize(offer->looks, offer->look_capacity, sizeof *offer->looks);
    }
    offer->looks[offer->look_count++] = (struct look){partition, offset, clock_steady_ns()};
}

/* False when something is still missing. */
static bool has_all(const struct offer *offer, const int64_t *committed) {
    if (!atomic_load(&offer->all_sent)) {
        return false;
    }
    for (int i = 0; i < offer->partitions; i++) {
        if (offer->last[i] > offer->first[i] && committed[i] < offer->last[i]) {
            return false;
        }
    }
    return true;
}

static void *watch(void *context) {
    struct offer *offer = context;
    const struct client_setting settings[] = {{"group.id", offer->group},
                                              {"isolation.level", "read_uncommitted"},
                                              {NULL, NULL}};
    rd_kafka_t *client = client_open(RD_KAFKA_CONSUMER, client_conf(offer->brokers, settings));
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(offer->partitions);
    int64_t committed[CLIENT_PARTITIONS_MAX] = {0};
    int64_t changed_ms = clock_steady_ms();
    rd_kafka_topic_partition_list_add_range(list, offer->topic, 0, offer->partitions - 1);
    while (!has_all(offer, committed)) {
        nanosleep(&(struct timespec){0, LOOK_MS * 1000000}, NULL);
        if (rd_kafka_committed(client, list, CLIENT_WAIT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            continue;
        }
        for (int i = 0; i < list->cnt; i++) {
            if (list->elems[i].offset > committed[i]) {
                committed[i] = list->elems[i].offset;
                note_look(offer, i, committed[i]);
                changed_ms = clock_steady_ms();
            }
        }
        if (clock_steady_ms() - changed_ms > PATIENCE_MS) {
            fprintf(stderr, "offer: group %s commits nothing\n", offer->group);
            exit(1);
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return NULL;
}

/* ---- what came out */

static uint64_t count_latencies(const struct offer *offer, struct hdr *hdr) {
    int64_t next[CLIENT_PARTITIONS_MAX];
    uint64_t through = 0;
    memcpy(next, offer->first, sizeof next);
    for (size_t i = 0; i < offer->look_count; i++) {
        const struct look *look = &offer->looks[i];
        int32_t partition = look->partition;
        for (; next[partition] < look->offset && next[partition] < offer->last[partition]; next[partition]++) {
            int64_t number = offer->numbers[partition][next[partition] - offer->first[partition]];
            if (number < 0) {
                continue;
            }
            through++;
            if ((double)number / offer->rate >= offer->skip_seconds) {
                hdr_add(hdr, (look->seen_ns - due_ns(offer, (size_t)number)) / 1000);
            }
        }
    }
    return through;
}

static void print(const struct offer *offer) {
    static struct hdr hdr;
    uint64_t through = count_latencies(offer, &hdr);
    printf("{\"at\":\"end\",\"sent\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"through\":%" PRIu64 ",\"counted\":%" PRIu64
           ",\"seconds\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f}\n",
           offer->delivered, offer->failed, through, hdr.count, (double)(clock_steady_ns() - offer->began_ns) / 1e9,
           (double)hdr_quantile(&hdr, 0.5) / 1000, (double)hdr_quantile(&hdr, 0.99) / 1000,
           (double)hdr_quantile(&hdr, 0.999) / 1000, (double)hdr.max_us / 1000);
}

int main(int argc, char **argv) {
    static struct offer offer;
    pthread_t watcher;
    if (argc < 6 || argc > 8 || atof(argv[5]) <= 0) {
        fprintf(stderr, "usage: offer BROKERS TOPIC GROUP FILE RATE [SKIP_SECONDS [EVENTS]]\n");
        return 2;
    }
    offer.brokers = argv[1];
    offer.topic = argv[2];
    offer.group = argv[3];
    offer.rate = atof(argv[5]);
    offer.skip_seconds = argc > 6 ? atof(argv[6]) : 0;
    if (!input_read(&offer.input, argv[4])) {
        return 1;
    }
    size_t wanted = argc > 7 ? strtoull(argv[7], NULL, 10) : offer.input.count;
    offer.input.count = wanted < offer.input.count ? wanted : offer.input.count;
    open_producer(&offer);
    offer.began_ns = clock_steady_ns();
    if (pthread_create(&watcher, NULL, watch, &offer) != 0) {
        abort();
    }
    send_all(&offer);
    pthread_join(watcher, NULL);
    print(&offer);
    rd_kafka_destroy(offer.producer);
    for (int i = 0; i < offer.partitions; i++) {
        free(offer.numbers[i]);
    }
    free(offer.looks);
    input_release(&offer.input);
    return offer.failed == 0 ? 0 : 1;
}
