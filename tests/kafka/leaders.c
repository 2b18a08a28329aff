/* Says who leads each partition and who has a copy of it, many times sooner than Kafka's own tool, which starts a Java
 * machine each time. The broker list is in BROKERS.
 *
 *   leaders     a partition a line: TOPIC TAB PARTITION TAB LEADER TAB REPLICAS TAB IN_SYNC
 *
 * Brokers by their numbers, with commas between; LEADER -1: none. Exit code 0: a broker said all of it. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 10000, ERROR_BYTES = 512 };

static void die(const char *what, const char *why) {
    fprintf(stderr, "leaders: %s: %s\n", what, why);
    exit(1);
}

static rd_kafka_t *open_client(void) {
    char error[ERROR_BYTES];
    const char *brokers = getenv("BROKERS");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (brokers == NULL ||
        rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error) != RD_KAFKA_CONF_OK) {
        die("BROKERS", "host:port of a broker");
    }
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (kafka == NULL) {
        die("client", error);
    }
    return kafka;
}

static void print_brokers(const int32_t *numbers, int count) {
    for (int i = 0; i < count; i++) {
        printf("%s%d", i == 0 ? "\t" : ",", (int)numbers[i]);
    }
    if (count == 0) {
        putchar('\t');
    }
}

int main(void) {
    rd_kafka_t *kafka = open_client();
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(kafka, 1, NULL, &metadata, WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        die("metadata", rd_kafka_err2str(code));
    }
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *topic = &metadata->topics[i];
        for (int j = 0; j < topic->partition_cnt; j++) {
            const struct rd_kafka_metadata_partition *partition = &topic->partitions[j];
            printf("%s\t%d\t%d", topic->topic, (int)partition->id, (int)partition->leader);
            print_brokers(partition->replicas, partition->replica_cnt);
            print_brokers(partition->isrs, partition->isr_cnt);
            putchar('\n');
        }
    }
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_destroy(kafka);
    return 0;
}
