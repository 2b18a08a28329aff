#include "kafka/reader.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/admin.h"
#include "kafka/message.h"

struct kafka_reader {
    rd_kafka_t *client;
    struct kafka_troubles troubles;
};

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct kafka_reader *reader = opaque;
    (void)client;
    kafka_trouble(&reader->troubles, "kafka", (rd_kafka_resp_err_t)code, reason);
}

struct kafka_reader *kafka_reader_open(const struct config *config, struct kafka_error *error) {
    /* The group's name is there because librdkafka assigns nothing without one; the reader never joins it. */
    /* A short wait: the end of a partition is told by the answer to a fetch that finds nothing. */
    static const struct kafka_setting defaults[] = {{"fetch.message.max.bytes", "8388608"},
                                                    {"fetch.wait.max.ms", "50"},
                                                    {"fetch.queue.backoff.ms", "20"},
                                                    {NULL, NULL}};
    const struct kafka_setting owned[] = {{"group.id", config->group},           {"group.protocol", "classic"},
                                          {"isolation.level", "read_committed"}, {"auto.offset.reset", "error"},
                                          {"enable.auto.commit", "false"},       {"enable.auto.offset.store", "false"},
                                          {"enable.partition.eof", "true"},      {NULL, NULL}};
    struct kafka_reader *reader = alloc_zeroed(1, sizeof *reader);
    rd_kafka_conf_t *conf = kafka_client_conf(config, KAFKA_CLIENT_OUTSIDE, defaults, owned, reader, error);
    if (conf != NULL) {
        rd_kafka_conf_set_error_cb(conf, on_error);
        reader->client = kafka_client_new(RD_KAFKA_CONSUMER, conf, error);
    }
    if (reader->client == NULL) {
        free(reader);
        return NULL;
    }
    rd_kafka_poll_set_consumer(reader->client);
    return reader;
}

void kafka_reader_close(struct kafka_reader *reader) {
    rd_kafka_consumer_close(reader->client);
    rd_kafka_destroy(reader->client);
    free(reader);
}

bool kafka_reader_watermarks(struct kafka_reader *reader, const char *topic, int32_t partition, int timeout_ms,
                             int64_t *low, int64_t *high, struct kafka_error *error) {
    return kafka_admin_watermarks(reader->client, topic, partition, timeout_ms, low, high, error);
}

int32_t kafka_reader_partition_count(struct kafka_reader *reader, const char *topic, int timeout_ms,
                                     struct kafka_error *error) {
    return kafka_client_partition_count(reader->client, topic, timeout_ms, error);
}

bool kafka_reader_assign(struct kafka_reader *reader, const char *topic, const int32_t *partitions,
                         const int64_t *offsets, size_t count, struct kafka_error *error) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, topic, partitions[i])->offset =
            offsets[i]; /* librdkafka's names for the ends are ours */
    }
    rd_kafka_resp_err_t code = rd_kafka_assign(reader->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s cannot be read: %s", topic, rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

_Static_assert(KAFKA_READER_BEGINNING == RD_KAFKA_OFFSET_BEGINNING && KAFKA_READER_END == RD_KAFKA_OFFSET_END,
               "one name for each end");

static enum kafka_read serve_event(struct kafka_reader *reader, const rd_kafka_message_t *event,
                                   struct message *message, struct kafka_error *error) {
    if (event->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        *message = (struct message){.partition = event->partition, .offset = event->offset};
        return KAFKA_READ_POSITION;
    }
    if (kafka_error_is_passing(event->err)) {
        kafka_trouble(&reader->troubles, "kafka", event->err, rd_kafka_message_errstr(event));
        return KAFKA_READ_NOTHING;
    }
    kafka_error_set(error, event->err, "%s[%d]@%lld: %s", event->rkt == NULL ? "?" : rd_kafka_topic_name(event->rkt),
                    (int)event->partition, (long long)event->offset, rd_kafka_message_errstr(event));
    return KAFKA_READ_ERROR;
}

enum kafka_read kafka_reader_next(struct kafka_reader *reader, int timeout_ms, struct message *message,
                                  struct kafka_error *error) {
    rd_kafka_message_t *taken = rd_kafka_consumer_poll(reader->client, timeout_ms);
    if (taken == NULL) {
        return KAFKA_READ_NOTHING;
    }
    if (taken->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        enum kafka_read read = serve_event(reader, taken, message, error);
        rd_kafka_message_destroy(taken);
        return read;
    }
    kafka_message_take(taken, message);
    return KAFKA_READ_MESSAGE;
}
