/* A bare pipe: reads a topic and writes as many and as large messages as a worker would, in transactions with its
 * offsets, without looking into anything. What `caravan run` costs beyond it is Caravan's.
 *
 *   pipe BROKERS GROUP INPUT OUTPUT RECORDS_PER_EVENT RECORD_BYTES COMMIT_MS
 *
 * The settings of consumer and producer are the worker's (stream/kafka/). Works until SIGTERM. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "support/client.h"

enum { BATCH = 1000, POLL_MS = 20 };

struct pipe {
    rd_kafka_t *consumer, *producer;
    rd_kafka_queue_t *queue;
    rd_kafka_topic_t *topic; /* `output` */
    const char *input, *output;
    double records_per_event;
    char *record;
    size_t record_bytes;
    double owed;     /* records, of the events read since the last commit */
    uint64_t events; /* of this transaction */
    int64_t positions[CLIENT_PARTITIONS_MAX];
    int partitions;
    int32_t next_partition;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    (void)number;
    stopped = 1;
}

static void open_both(struct pipe *pipe, const char *brokers, const char *group) {
    const struct client_setting reading[] = {{"group.id", group},
                                             {"enable.auto.commit", "false"},
                                             {"auto.offset.reset", "earliest"},
                                             {"isolation.level", "read_committed"},
                                             {"fetch.message.max.bytes", "8388608"},
                                             {"fetch.wait.max.ms", "100"},
                                             {"queued.min.messages", "200000"},
                                             {"fetch.queue.backoff.ms", "20"},
                                             {NULL, NULL}};
    const struct client_setting writing[] = {{"transactional.id", group},
                                             {"batch.num.messages", "100000"},
                                             {"batch.size", "4194304"},
                                             {"linger.ms", "50"},
                                             {"message.copy.max.bytes", "16384"},
                                             {"message.max.bytes", "67108864"},
                                             {"queue.buffering.max.messages", "0"},
                                             {"queue.buffering.max.kbytes", "2147483647"},
                                             {"delivery.report.only.error", "true"},
                                             {NULL, NULL}};
    pipe->consumer = client_open(RD_KAFKA_CONSUMER, client_conf(brokers, reading));
    rd_kafka_poll_set_consumer(pipe->consumer);
    pipe->queue = rd_kafka_queue_get_consumer(pipe->consumer);
    pipe->producer = client_open(RD_KAFKA_PRODUCER, client_conf(brokers, writing));
    client_check_error("transactions", rd_kafka_init_transactions(pipe->producer, CLIENT_WAIT_MS));
    pipe->topic = rd_kafka_topic_new(pipe->producer, pipe->output, NULL);
    pipe->partitions = client_partitions(pipe->consumer, pipe->input);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, pipe->input, RD_KAFKA_PARTITION_UA);
    client_check("subscribe", rd_kafka_subscribe(pipe->consumer, topics));
    rd_kafka_topic_partition_list_destroy(topics);
}

static void read_some(struct pipe *pipe, int wait_ms) {
    static rd_kafka_message_t *batch[BATCH];
    ssize_t count = rd_kafka_consume_batch_queue(pipe->queue, wait_ms, batch, BATCH);
    for (ssize_t i = 0; i < count; i++) {
        if (batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            pipe->events++;
            pipe->owed += pipe->records_per_event;
            pipe->positions[batch[i]->partition] = batch[i]->offset + 1;
        }
        rd_kafka_message_destroy(batch[i]);
    }
}

static void write_records(struct pipe *pipe) {
    for (; pipe->owed >= 1; pipe->owed--) {
        if (rd_kafka_produce(pipe->topic, pipe->next_partition, 0, pipe->record, pipe->record_bytes, "key", 3, NULL) !=
            0) {
            client_check(pipe->output, rd_kafka_last_error());
        }
        pipe->next_partition = (pipe->next_partition + 1) % pipe->partitions;
    }
}

static void commit(struct pipe *pipe) {
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(pipe->partitions);
    for (int i = 0; i < pipe->partitions; i++) {
        if (pipe->positions[i] > 0) {
            rd_kafka_topic_partition_list_add(offsets, pipe->input, i)->offset = pipe->positions[i];
        }
    }
    rd_kafka_consumer_group_metadata_t *member = rd_kafka_consumer_group_metadata(pipe->consumer);
    client_check_error("begin", rd_kafka_begin_transaction(pipe->producer));
    write_records(pipe);
    client_check_error("offsets",
                       rd_kafka_send_offsets_to_transaction(pipe->producer, offsets, member, CLIENT_WAIT_MS));
    client_check_error("commit", rd_kafka_commit_transaction(pipe->producer, CLIENT_WAIT_MS));
    rd_kafka_consumer_group_metadata_destroy(member);
    rd_kafka_topic_partition_list_destroy(offsets);
    pipe->events = 0;
}

int main(int argc, char **argv) {
    static struct pipe pipe;
    if (argc != 8) {
        fprintf(stderr, "usage: pipe BROKERS GROUP INPUT OUTPUT RECORDS_PER_EVENT RECORD_BYTES COMMIT_MS\n");
        return 2;
    }
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    pipe.input = argv[3];
    pipe.output = argv[4];
    pipe.records_per_event = atof(argv[5]);
    pipe.record_bytes = strtoull(argv[6], NULL, 10);
    pipe.record = alloc_bytes(pipe.record_bytes);
    memset(pipe.record, 'x', pipe.record_bytes);
    open_both(&pipe, argv[1], argv[2]);
    int64_t commit_ms = atol(argv[7]);
    int64_t next_ms = clock_steady_ms() + commit_ms;
    while (!stopped) {
        read_some(&pipe, POLL_MS);
        if (clock_steady_ms() >= next_ms && pipe.events > 0) {
            commit(&pipe);
            next_ms = clock_steady_ms() + commit_ms;
        }
    }
    rd_kafka_queue_destroy(pipe.queue);
    rd_kafka_consumer_close(pipe.consumer);
    rd_kafka_destroy(pipe.consumer);
    rd_kafka_topic_destroy(pipe.topic);
    rd_kafka_destroy(pipe.producer);
    free(pipe.record);
    return 0;
}
