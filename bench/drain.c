/* A bare librdkafka consumer that only counts: what reading a topic costs without doing anything with it.
 *
 *   drain BROKERS TOPIC          reads every partition from its beginning to the end of now
 *
 * Prints one JSON line: events, bytes, wall and CPU seconds. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/timestamp.h"

enum { WAIT_MS = 30000, PARTITIONS_MAX = 1024, ERROR_BYTES = 512 };

static void check(const char *what, rd_kafka_resp_err_t code) {
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        fprintf(stderr, "drain: %s: %s\n", what, rd_kafka_err2str(code));
        exit(1);
    }
}

static rd_kafka_t *open_consumer(const char *brokers) {
    const char *const settings[][2] = {{"bootstrap.servers", brokers},
                                       {"group.id", "drain"},
                                       {"enable.auto.commit", "false"},
                                       {"enable.partition.eof", "true"},
                                       {"isolation.level", "read_committed"}};
    char error[ERROR_BYTES];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK) {
            fprintf(stderr, "drain: %s\n", error);
            exit(2);
        }
    }
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (consumer == NULL) {
        fprintf(stderr, "drain: %s\n", error);
        exit(1);
    }
    return consumer;
}

/* Assigns every partition from its beginning; returns how many there are. */
static int assign_all(rd_kafka_t *consumer, const char *topic) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(consumer, topic, NULL);
    check(topic, rd_kafka_metadata(consumer, 0, handle, &metadata, WAIT_MS));
    int count = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    check("assign", rd_kafka_assign(consumer, list));
    rd_kafka_topic_partition_list_destroy(list);
    return count;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: drain BROKERS TOPIC\n");
        return 2;
    }
    int64_t began_ms = clock_steady_ms();
    rd_kafka_t *consumer = open_consumer(argv[1]);
    int left = assign_all(consumer, argv[2]);
    uint64_t events = 0;
    uint64_t bytes = 0;
    while (left > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 1000);
        if (message == NULL) {
            continue;
        }
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            left--;
        } else {
            check(argv[2], message->err);
            events++;
            bytes += message->len;
        }
        rd_kafka_message_destroy(message);
    }
    printf("{\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"wall_s\":%.2f,\"cpu_s\":%.2f}\n", events, bytes,
           (double)(clock_steady_ms() - began_ms) / 1000, (double)clock() / CLOCKS_PER_SEC);
    rd_kafka_destroy(consumer);
    return 0;
}
