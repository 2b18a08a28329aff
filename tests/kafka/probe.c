/* What the tests on a real Kafka need of a client: load, dump, offsets, ends, and tampering. The broker list is in
 * BROKERS.
 *
 *   probe load TOPIC FILE [RATE]              keyed lines (KEY TAB message), murmur2; RATE messages a second
 *   probe load-in-transaction TOPIC FILE ID commit|abort
 *   probe put TOPIC PARTITION KEY VALUE [NAME=VALUE…]   one message; of KEY and VALUE `-` is null, `hex:…` bytes and
 *                                                       `@FILE` a file's bytes
 *   probe dump TOPIC [uncommitted]            every message up to the ends: partition, offset, key, value, headers; in
 *                                             hex, with tabs between
 *   probe ends TOPIC [committed]              partition, low, high (committed: where what is decided ends)
 *   probe offsets GROUP TOPIC                 partition, offset, metadata
 *   probe commit GROUP TOPIC PARTITION OFFSET METADATA
 *   probe delete-records TOPIC PARTITION OFFSET
 *   probe create TOPIC PARTITIONS [NAME=VALUE…]
 *   probe delete TOPIC
 *   probe add-partitions TOPIC COUNT
 *   probe configure TOPIC NAME=VALUE…         incremental alter configs
 *
 * PROBE_COMPRESSION in the environment packs what is sent; PROBE_IDEMPOTENCE=false lets it be sent twice and out of
 * order where brokers fail (an idempotent producer of librdkafka 2.14.2 waits spinning once leaders have moved). Exit
 * code 0: done. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/timestamp.h"
#include "files/file_reader.h"

enum { WAIT_MS = 30000, FLUSH_MS = 330000 /* beyond message.timeout.ms */, PARTITIONS_MAX = 256, ERROR_BYTES = 512 };

static void die(const char *what, const char *why) {
    fprintf(stderr, "probe: %s: %s\n", what, why);
    exit(1);
}

static void check(const char *what, rd_kafka_resp_err_t code) {
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        die(what, rd_kafka_err2str(code));
    }
}

static void check_error(const char *what, rd_kafka_error_t *error) {
    if (error != NULL) {
        die(what, rd_kafka_error_string(error));
    }
}

struct setting {
    const char *name, *value; /* value NULL: left as it is */
};

/* BROKERS and the settings, up to a NULL name. */
static rd_kafka_conf_t *configuration(const struct setting *settings) {
    char error[ERROR_BYTES];
    const char *brokers = getenv("BROKERS");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (brokers == NULL ||
        rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error) != RD_KAFKA_CONF_OK) {
        die("BROKERS", "host:port of a broker");
    }
    for (; settings->name != NULL; settings++) {
        if (settings->value != NULL &&
            rd_kafka_conf_set(conf, settings->name, settings->value, error, sizeof error) != RD_KAFKA_CONF_OK) {
            die(settings->name, error);
        }
    }
    return conf;
}

static rd_kafka_t *client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char error[ERROR_BYTES];
    rd_kafka_t *kafka = rd_kafka_new(type, conf, error, sizeof error);
    if (kafka == NULL) {
        die("client", error);
    }
    return kafka;
}

static int partition_count(rd_kafka_t *kafka, const char *topic) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(kafka, topic, NULL);
    check(topic, rd_kafka_metadata(kafka, 0, handle, &metadata, WAIT_MS));
    int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    if (count < 1 || count > PARTITIONS_MAX) {
        die(topic, "no such topic, or too many partitions");
    }
    return count;
}

/* ---- producing */

static int failed_deliveries;

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *context) {
    (void)kafka;
    (void)context;
    failed_deliveries += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_t *producer(const char *transactional_id) {
    const char *is_idempotent = getenv("PROBE_IDEMPOTENCE");
    const struct setting settings[] = {{"partitioner", "murmur2_random"},
                                       {"linger.ms", "50"},
                                       {"message.max.bytes", "200000000"},
                                       {"compression.type", getenv("PROBE_COMPRESSION")},
                                       {"enable.idempotence", is_idempotent == NULL ? "true" : is_idempotent},
                                       {"transactional.id", transactional_id},
                                       {NULL, NULL}};
    rd_kafka_conf_t *conf = configuration(settings);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    return client(RD_KAFKA_PRODUCER, conf);
}

static void send_message(rd_kafka_t *kafka, const char *topic, int32_t partition, struct slice key, struct slice value,
                         rd_kafka_headers_t *headers) {
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)key.data, key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)value.data, value.len}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    do {
        rd_kafka_error_t *error = rd_kafka_produceva(kafka, arguments, headers == NULL ? 5 : 6);
        code = error == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        rd_kafka_poll(kafka, code == RD_KAFKA_RESP_ERR__QUEUE_FULL ? 20 : 0);
    } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    check(topic, code);
}

static uint64_t send_file(rd_kafka_t *kafka, const char *topic, const char *path, double rate) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, true, error);
    struct slice key, value;
    uint64_t line, count = 0;
    enum file_read read = FILE_READ_FAILED;
    int64_t began_ns = clock_steady_ns();
    while (reader != NULL && (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        send_message(kafka, topic, RD_KAFKA_PARTITION_UA, key, value, NULL);
        count++;
        while (rate > 0 && (double)(clock_steady_ns() - began_ns) / 1e9 < (double)count / rate) {
            rd_kafka_poll(kafka, 1);
        }
    }
    if (read != FILE_READ_END) {
        die(path, error);
    }
    file_reader_close(reader);
    return count;
}

static void finish(rd_kafka_t *kafka) {
    check("flush", rd_kafka_flush(kafka, FLUSH_MS));
    if (failed_deliveries > 0) {
        die("produce", "some messages were not delivered");
    }
    rd_kafka_destroy(kafka);
}

static void load(const char *topic, const char *path, double rate) {
    rd_kafka_t *kafka = producer(NULL);
    printf("%" PRIu64 "\n", send_file(kafka, topic, path, rate));
    finish(kafka);
}

static void load_in_transaction(const char *topic, const char *path, const char *id, bool commit) {
    rd_kafka_t *kafka = producer(id);
    check_error("init", rd_kafka_init_transactions(kafka, WAIT_MS));
    check_error("begin", rd_kafka_begin_transaction(kafka));
    printf("%" PRIu64 "\n", send_file(kafka, topic, path, 0));
    check("flush", rd_kafka_flush(kafka, WAIT_MS));
    check_error("end",
                commit ? rd_kafka_commit_transaction(kafka, WAIT_MS) : rd_kafka_abort_transaction(kafka, WAIT_MS));
    rd_kafka_destroy(kafka);
}

/* `-`: null; `hex:…`: bytes; `@FILE`: a file's bytes; else the text. */
static struct slice argument(const char *text, struct buffer *out) {
    if (strcmp(text, "-") == 0) {
        return (struct slice){NULL, 0};
    }
    buffer_reserve(out, 1);
    if (strncmp(text, "hex:", 4) == 0) {
        unsigned byte;
        for (const char *at = text + 4; sscanf(at, "%2x", &byte) == 1; at += 2) {
            buffer_append_byte(out, (char)byte);
        }
    } else if (text[0] == '@') {
        FILE *file = fopen(text + 1, "rb");
        for (int c; file != NULL && (c = getc(file)) != EOF;) {
            buffer_append_byte(out, (char)c);
        }
        if (file == NULL || fclose(file) != 0) {
            die(text, "cannot be read");
        }
    } else {
        buffer_append_text(out, text);
    }
    return buffer_slice(out);
}

static void put(int argc, char **argv) {
    struct buffer key = {0}, value = {0}, header = {0};
    rd_kafka_headers_t *headers = argc > 6 ? rd_kafka_headers_new((size_t)argc) : NULL;
    for (int i = 6; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        struct slice text = argument(equals + 1, &header);
        rd_kafka_header_add(headers, argv[i], equals - argv[i], text.data, (ssize_t)text.len);
        buffer_clear(&header);
    }
    rd_kafka_t *kafka = producer(NULL);
    send_message(kafka, argv[2], atoi(argv[3]), argument(argv[4], &key), argument(argv[5], &value), headers);
    finish(kafka);
    buffer_release(&key);
    buffer_release(&value);
    buffer_release(&header);
}

/* ---- reading */

static rd_kafka_t *consumer(const char *group, const char *isolation) {
    const struct setting settings[] = {{"group.id", group},
                                       {"isolation.level", isolation},
                                       {"enable.auto.commit", "false"},
                                       {"enable.partition.eof", "true"},
                                       {"auto.offset.reset", "earliest"},
                                       {"fetch.message.max.bytes", "40000000"},
                                       {NULL, NULL}};
    return client(RD_KAFKA_CONSUMER, configuration(settings));
}

static void print_hex(const void *bytes, size_t len) {
    if (bytes == NULL) {
        putchar('-');
    }
    for (size_t i = 0; i < len; i++) {
        printf("%02x", ((const unsigned char *)bytes)[i]);
    }
}

static void print_message(const rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t len;
    printf("%d\t%" PRId64 "\t", (int)message->partition, message->offset);
    print_hex(message->key, message->key_len);
    putchar('\t');
    print_hex(message->payload, message->len);
    putchar('\t');
    for (size_t i = 0; rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                       rd_kafka_header_get_all(headers, i, &name, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++) {
        printf("%s=", name);
        print_hex(value, len);
        putchar(';');
    }
    putchar('\n');
}

static void dump(const char *topic, const char *isolation) {
    rd_kafka_t *kafka = consumer("probe", isolation);
    int count = partition_count(kafka, topic);
    int64_t high[PARTITIONS_MAX];
    int left = 0;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) {
        int64_t low;
        check(topic, rd_kafka_query_watermark_offsets(kafka, topic, i, &low, &high[i], WAIT_MS));
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = low;
        left += high[i] > low;
        high[i] = high[i] > low ? high[i] : INT64_MAX;
    }
    check("assign", rd_kafka_assign(kafka, list));
    int64_t until_ms = clock_steady_ms() + WAIT_MS * 2;
    while (left > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka, 1000);
        if (clock_steady_ms() > until_ms) {
            die(topic, "the end was not reached: is a transaction open?");
        }
        if (message == NULL) {
            continue;
        }
        bool end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !end) {
            die(topic, rd_kafka_message_errstr(message));
        }
        int64_t position = end ? message->offset : message->offset + 1;
        if (!end) {
            print_message(message);
        }
        if (position >= high[message->partition]) {
            high[message->partition] = INT64_MAX;
            left--;
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(kafka);
}

static void ends(const char *topic, const char *isolation) {
    rd_kafka_t *kafka = consumer("probe", isolation);
    int count = partition_count(kafka, topic);
    for (int i = 0; i < count; i++) {
        int64_t low;
        int64_t high;
        check(topic, rd_kafka_query_watermark_offsets(kafka, topic, i, &low, &high, WAIT_MS));
        printf("%d\t%" PRId64 "\t%" PRId64 "\n", i, low, high);
    }
    rd_kafka_destroy(kafka);
}

static void offsets(const char *group, const char *topic) {
    rd_kafka_t *kafka = consumer(group, "read_committed");
    int count = partition_count(kafka, topic);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, topic, i);
    }
    rd_kafka_resp_err_t code;
    int64_t until_ms = clock_steady_ms() + WAIT_MS;
    while ((code = rd_kafka_committed(kafka, list, WAIT_MS)) != RD_KAFKA_RESP_ERR_NO_ERROR &&
           clock_steady_ms() < until_ms) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL); /* a coordinator that moves or loads */
    }
    check("committed", code);
    for (int i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *at = &list->elems[i];
        printf("%d\t%" PRId64 "\t%.*s\n", i, at->offset < 0 ? -1 : at->offset, (int)at->metadata_size,
               at->metadata == NULL ? "" : (const char *)at->metadata);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(kafka);
}

static void commit(const char *group, const char *topic, const char *partition, const char *offset,
                   const char *metadata) {
    rd_kafka_t *kafka = consumer(group, "read_committed");
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *at = rd_kafka_topic_partition_list_add(list, topic, atoi(partition));
    at->offset = strtoll(offset, NULL, 10);
    at->metadata_size = strlen(metadata);
    at->metadata = malloc(at->metadata_size + 1);
    memcpy(at->metadata, metadata, at->metadata_size + 1);
    check("commit", rd_kafka_commit(kafka, list, 0));
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(kafka);
}

/* ---- administration */

/* Waits for the one result of an admin call and checks every part of it. */
static void wait_result(const char *what, rd_kafka_queue_t *queue) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    if (event == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        die(what, event == NULL ? "timed out" : rd_kafka_event_error_string(event));
    }
    size_t count = 0;
    const rd_kafka_topic_result_t **topics = NULL;
    if (rd_kafka_event_CreateTopics_result(event) != NULL) {
        topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    } else if (rd_kafka_event_DeleteTopics_result(event) != NULL) {
        topics = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
    } else if (rd_kafka_event_CreatePartitions_result(event) != NULL) {
        topics = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count);
    } else if (rd_kafka_event_DeleteRecords_result(event) != NULL) {
        const rd_kafka_topic_partition_list_t *list =
            rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
        check(what, list->elems[0].err);
    } else if (rd_kafka_event_IncrementalAlterConfigs_result(event) != NULL) {
        const rd_kafka_ConfigResource_t **resources =
            rd_kafka_IncrementalAlterConfigs_result_resources(rd_kafka_event_IncrementalAlterConfigs_result(event),
                                                              &count);
        check(what, rd_kafka_ConfigResource_error(resources[0]));
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        check(what, rd_kafka_topic_result_error(topics[i]));
    }
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
}

static void create(rd_kafka_t *kafka, int argc, char **argv) {
    char error[ERROR_BYTES];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(argv[2], atoi(argv[3]), 1, error, sizeof error);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    for (int i = 4; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        *equals = '\0';
        check(argv[i], rd_kafka_NewTopic_set_config(topic, argv[i], equals + 1));
    }
    rd_kafka_CreateTopics(kafka, &topic, 1, NULL, queue);
    wait_result(argv[2], queue);
    rd_kafka_NewTopic_destroy(topic);
}

static void delete_topic(rd_kafka_t *kafka, const char *name) {
    rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(name);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_DeleteTopics(kafka, &topic, 1, NULL, queue);
    wait_result(name, queue);
    rd_kafka_DeleteTopic_destroy(topic);
}

static void add_partitions(rd_kafka_t *kafka, const char *name, const char *count) {
    char error[ERROR_BYTES];
    rd_kafka_NewPartitions_t *partitions = rd_kafka_NewPartitions_new(name, (size_t)atoi(count), error, sizeof error);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_CreatePartitions(kafka, &partitions, 1, NULL, queue);
    wait_result(name, queue);
    rd_kafka_NewPartitions_destroy(partitions);
}

static void delete_records(rd_kafka_t *kafka, const char *name, const char *partition, const char *offset) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, name, atoi(partition))->offset = strtoll(offset, NULL, 10);
    rd_kafka_DeleteRecords_t *records = rd_kafka_DeleteRecords_new(list);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_DeleteRecords(kafka, &records, 1, NULL, queue);
    wait_result(name, queue);
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_topic_partition_list_destroy(list);
}

static void configure(rd_kafka_t *kafka, int argc, char **argv) {
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, argv[2]);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        *equals = '\0';
        check_error(argv[i],
                    rd_kafka_ConfigResource_add_incremental_config(resource, argv[i], RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET,
                                                                   equals + 1));
    }
    rd_kafka_IncrementalAlterConfigs(kafka, &resource, 1, NULL, queue);
    wait_result(argv[2], queue);
    rd_kafka_ConfigResource_destroy(resource);
}

static bool administer(int argc, char **argv) {
    rd_kafka_t *kafka = client(RD_KAFKA_PRODUCER, configuration(&(struct setting){NULL, NULL}));
    bool known = true;
    if (strcmp(argv[1], "create") == 0 && argc >= 4) {
        create(kafka, argc, argv);
    } else if (strcmp(argv[1], "delete") == 0 && argc == 3) {
        delete_topic(kafka, argv[2]);
    } else if (strcmp(argv[1], "add-partitions") == 0 && argc == 4) {
        add_partitions(kafka, argv[2], argv[3]);
    } else if (strcmp(argv[1], "delete-records") == 0 && argc == 5) {
        delete_records(kafka, argv[2], argv[3], argv[4]);
    } else if (strcmp(argv[1], "configure") == 0 && argc >= 4) {
        configure(kafka, argc, argv);
    } else {
        known = false;
    }
    rd_kafka_destroy(kafka);
    return known;
}

static bool transfer(int argc, char **argv) {
    const char *verb = argv[1];
    if (strcmp(verb, "load") == 0 && argc >= 4) {
        load(argv[2], argv[3], argc > 4 ? atof(argv[4]) : 0);
    } else if (strcmp(verb, "load-in-transaction") == 0 && argc == 6) {
        load_in_transaction(argv[2], argv[3], argv[4], strcmp(argv[5], "commit") == 0);
    } else if (strcmp(verb, "put") == 0 && argc >= 6) {
        put(argc, argv);
    } else if (strcmp(verb, "dump") == 0 && argc >= 3) {
        dump(argv[2], argc > 3 ? "read_uncommitted" : "read_committed");
    } else if (strcmp(verb, "ends") == 0 && argc >= 3) {
        ends(argv[2], argc > 3 ? "read_committed" : "read_uncommitted");
    } else if (strcmp(verb, "offsets") == 0 && argc == 4) {
        offsets(argv[2], argv[3]);
    } else if (strcmp(verb, "commit") == 0 && argc == 7) {
        commit(argv[2], argv[3], argv[4], argv[5], argv[6]);
    } else {
        return false;
    }
    return true;
}

int main(int argc, char **argv) {
    if (argc < 2 || (!transfer(argc, argv) && !administer(argc, argv))) {
        fputs("probe: see the head of probe.c for its verbs\n", stderr);
        return 2;
    }
    return 0;
}
