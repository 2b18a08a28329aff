/* A consumer outside the group that reads what it is told to: for restores, and for commands that look. It joins
 * nothing and commits nothing, so it disturbs no worker. */
#include "kafka/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/admin.h"
#include "kafka/message.h"

struct kafka_reader {
    rd_kafka_t *client;
    bool met; /* a broker was asked something */
    struct kafka_troubles troubles;
    struct kafka_keeper keeper;
};

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct kafka_reader *reader = opaque;
    (void)client;
    kafka_trouble(&reader->troubles, "kafka", (rd_kafka_resp_err_t)code, reason);
}

static struct kafka_reader *open_reader(const struct config *config, const char *isolation, struct kafka_error *error) {
    /* The group's name is there because librdkafka assigns nothing without one; the reader never joins it. */
    /* A short wait: the end of a partition is told by the answer to a fetch that finds nothing. As little ahead as in
     * source.c, for the same reason, and since several readers may restore side by side. */
    static const struct kafka_setting defaults[] = {{"queued.max.messages.kbytes", "16384"},
                                                    {"fetch.message.max.bytes", "2097152"},
                                                    {"fetch.wait.max.ms", "50"},
                                                    {"fetch.queue.backoff.ms", "20"},
                                                    {NULL, NULL}};
    /* An offset that is gone is an error to be told: jumping to an end would leave events out in silence. */
    const struct kafka_setting owned[] = {{"group.id", config->group},      {"group.protocol", "classic"},
                                          {"isolation.level", isolation},   {"auto.offset.reset", "error"},
                                          {"enable.auto.commit", "false"},  {"enable.auto.offset.store", "false"},
                                          {"enable.partition.eof", "true"}, {NULL, NULL}};
    struct kafka_reader *reader = alloc_zeroed(1, sizeof *reader);
    const struct kafka_client_options options = {KAFKA_CLIENT_OUTSIDE, defaults, owned, reader};
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
    if (conf != NULL) {
        rd_kafka_conf_set_error_cb(conf, on_error);
        reader->client = kafka_client_new(RD_KAFKA_CONSUMER, conf, error);
    }
    if (reader->client == NULL) {
        free(reader);
        return NULL;
    }
    /* One queue for messages, positions and errors: kafka_reader_next is the only place that waits. */
    rd_kafka_poll_set_consumer(reader->client);
    return reader;
}

struct kafka_reader *kafka_reader_open(const struct config *config, struct kafka_error *error) {
    return open_reader(config, "read_committed", error);
}

struct kafka_reader *kafka_reader_open_unsettled(const struct config *config, struct kafka_error *error) {
    return open_reader(config, "read_uncommitted", error);
}

void kafka_reader_close(struct kafka_reader *reader) {
    rd_kafka_consumer_close(reader->client);
    rd_kafka_destroy(reader->client);
    free(reader);
}

bool kafka_reader_watermarks(struct kafka_reader *reader, struct kafka_place place, int timeout_ms,
                             struct kafka_watermarks *out, struct kafka_error *error) {
    kafka_client_keep(reader->client, &reader->keeper);
    /* A ListOffsets that finds no connection yet asks for one only three seconds later. */
    if (!reader->met) {
        kafka_client_refresh(reader->client, place.topic, timeout_ms);
        reader->met = true;
    }
    return kafka_admin_watermarks(reader->client, place, timeout_ms, out, error);
}

bool kafka_reader_offset_at(struct kafka_reader *reader, struct kafka_place place, int64_t time_ms, int64_t *offset,
                            struct kafka_error *error) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, place.topic, place.partition)->offset = time_ms;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(reader->client, list, KAFKA_ADMIN_TIMEOUT_MS);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = list->elems[0].err;
    }
    *offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "%s[%" PRId32 "]: the offset of that time cannot be had: %s", place.topic,
                        place.partition, rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

int32_t kafka_reader_partitions(struct kafka_reader *reader, const char *topic, int timeout_ms) {
    const struct rd_kafka_metadata *metadata;
    int32_t count = -1;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(reader->client, topic, NULL);
    if (handle != NULL &&
        rd_kafka_metadata(reader->client, 0, handle, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        bool found = metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
        count = found ? metadata->topics[0].partition_cnt : -1;
        rd_kafka_metadata_destroy(metadata);
    }
    if (handle != NULL) {
        rd_kafka_topic_destroy(handle);
    }
    return count;
}

bool kafka_reader_assign(struct kafka_reader *reader, const char *topic, const struct kafka_reader_start *starts,
                         size_t count, struct kafka_error *error) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        /* librdkafka's names for the ends are ours */
        rd_kafka_topic_partition_list_add(list, topic, starts[i].partition)->offset = starts[i].offset;
    }
    /* Drops what was fetched of the assignment before, up to what is already on its way to the caller. */
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
    /* The client goes on by itself; who waits too long for a message asks for watermarks (restorer_read.c). */
    if (kafka_error_is_passing(event->err)) {
        kafka_trouble(&reader->troubles, "kafka", event->err, rd_kafka_message_errstr(event));
        return KAFKA_READ_NOTHING;
    }
    kafka_error_at(error, reader->client, event);
    return KAFKA_READ_ERROR;
}

enum kafka_read kafka_reader_next(struct kafka_reader *reader, int timeout_ms, struct message *message,
                                  struct kafka_error *error) {
    kafka_client_keep(reader->client, &reader->keeper);
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
