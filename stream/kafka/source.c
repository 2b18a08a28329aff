/* The group's consumer. An assigned partition stays paused until the worker has restored it and says from where to
 * read; its slot knows what is next and drops whatever comes from before. librdkafka serves callbacks inside the calls
 * that poll and close, so all of this runs in the source thread. */
#include "kafka/source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/admin.h"
#include "kafka/message.h"
#include "kafka/source_internal.h"

enum {
    START_PATIENCE_MS = 30000, /* an assignment that waits for an older one to stop is started late */
    SEEK_TIMEOUT_MS = 5000,
    METADATA_TIMEOUT_MS = 5000,
    STANDING_PATIENCE_MS = 1000 /* a new assignment waits so long to learn whose it is */
};

static void wait_ms(int ms) {
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

static struct source_slot *slot_of(struct kafka_source *source, int32_t partition) {
    return partition >= 0 && partition < source->slot_count ? &source->slots[partition] : NULL;
}

static struct source_slot *slot_made(struct kafka_source *source, int32_t partition) {
    assert(partition >= 0);
    if (partition >= source->slot_count) {
        int32_t count = partition + 1;
        source->slots = alloc_resize(source->slots, (size_t)count, sizeof *source->slots);
        memset(source->slots + source->slot_count, 0, (size_t)(count - source->slot_count) * sizeof *source->slots);
        source->slot_count = count;
    }
    return &source->slots[partition];
}

static void fail(struct kafka_source *source, const struct kafka_error *error) {
    /* The first one: what follows is mostly its consequence, and the worker ends already. */
    if (!source->failed) {
        source->failed = true;
        source->callbacks.failed(source->callbacks.context, error);
    }
}

static void fail_taken(struct kafka_source *source, rd_kafka_error_t *taken, const char *what) {
    struct kafka_error error;
    if (taken != NULL) {
        kafka_error_take(&error, taken, what);
        fail(source, &error);
    }
}

/* ---- errors */

static void trouble_or_failure(struct kafka_source *source, rd_kafka_resp_err_t code, const char *text) {
    struct kafka_error error;
    /* The callback's code is often only "fatal": what it was stands in the client. */
    if (kafka_error_fatal(source->client, &error)) {
        fail(source, &error);
    } else if (kafka_error_is_passing(code)) {
        kafka_trouble(&source->troubles, "kafka", code, text);
    } else {
        kafka_error_set(&error, code, "%s", text);
        fail(source, &error);
    }
}

/* ---- rebalances */

static bool is_cooperative(rd_kafka_t *client) {
    const char *protocol = rd_kafka_rebalance_protocol(client);
    return protocol != NULL && strcmp(protocol, "COOPERATIVE") == 0;
}

static bool all_known(const rd_kafka_topic_partition_list_t *list) {
    for (int i = 0; i < list->cnt; i++) {
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return false;
        }
    }
    return true;
}

/* Pauses partitions that are not assigned yet, so that the fetcher never starts on its own. An assignment that is
 * paused afterwards may have fetched, and what it answers, such as "out of range", would stand in the way of the seek
 * to come. A logical start offset would be worse: the answer to its query may arrive after the seek and replace it. */
static bool pause_new(struct kafka_source *source, rd_kafka_topic_partition_list_t *list) {
    /* Of a topic that the client has not met yet it knows no partition, and pauses none. */
    rd_kafka_pause_partitions(source->client, list);
    if (!all_known(list)) {
        kafka_client_refresh(source->client, source->topic, METADATA_TIMEOUT_MS);
        rd_kafka_pause_partitions(source->client, list);
    }
    return all_known(list);
}

static int32_t *numbers_of(const rd_kafka_topic_partition_list_t *list) {
    int32_t *numbers = alloc_zeroed((size_t)list->cnt, sizeof *numbers);
    for (int i = 0; i < list->cnt; i++) {
        numbers[i] = list->elems[i].partition;
    }
    return numbers;
}

/* The life that a new assignment belongs to. Where that cannot be known in time it is the one known last: if it is
 * over, the assignment is void at the next look, and restored once more. */
static uint64_t life_of_assignment(struct kafka_source *source) {
    struct kafka_member member;
    int64_t until_ms = clock_steady_ms() + STANDING_PATIENCE_MS;
    do {
        if (kafka_source_member(source, STANDING_PATIENCE_MS, &member) == KAFKA_STANDING_MEMBER) {
            rd_kafka_consumer_group_metadata_destroy(member.metadata);
            return member.life;
        }
        wait_ms(5);
    } while (clock_steady_ms() < until_ms);
    return kafka_source_life(source);
}

static void assign(struct kafka_source *source, rd_kafka_topic_partition_list_t *list) {
    for (int i = 0; i < list->cnt; i++) {
        list->elems[i].offset = 0; /* any absolute one: kafka_source_start seeks */
        *slot_made(source, list->elems[i].partition) = (struct source_slot){.assigned = true};
    }
    /* Before it is assigned: see there. */
    bool paused = pause_new(source, list);
    if (is_cooperative(source->client)) {
        fail_taken(source, rd_kafka_incremental_assign(source->client, list), "assign");
    } else if (rd_kafka_assign(source->client, list) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        trouble_or_failure(source, rd_kafka_last_error(), "the assignment was not taken");
    }
    /* Better late: what it may have fetched until here is dropped by is_wanted. */
    if (!paused) {
        rd_kafka_pause_partitions(source->client, list);
    }
    int32_t *numbers = numbers_of(list);
    source->callbacks.assigned(source->callbacks.context, numbers, (size_t)list->cnt,
                               list->cnt == 0 ? 0 : life_of_assignment(source));
    free(numbers);
}

static void revoke(struct kafka_source *source, rd_kafka_topic_partition_list_t *list) {
    if (list->cnt > 0) {
        int32_t *numbers = numbers_of(list);
        /* Asked before the answer: a member that was thrown out has nothing left to commit under (exactly-once.md
         * E8). */
        bool lost = kafka_source_lost(source);
        source->callbacks.revoked(source->callbacks.context, numbers, (size_t)list->cnt, lost);
        free(numbers);
    }
    for (int i = 0; i < list->cnt; i++) {
        /* After the callback, which needs them as they were; from here on nothing of them is delivered. */
        *slot_made(source, list->elems[i].partition) = (struct source_slot){0};
    }
    if (is_cooperative(source->client)) {
        /* An error here is of an assignment that the client has given up itself. */
        rd_kafka_error_destroy(rd_kafka_incremental_unassign(source->client, list));
    } else {
        rd_kafka_assign(source->client, NULL);
    }
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                         void *opaque) {
    struct kafka_source *source = opaque;
    (void)client;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        assign(source, list);
        return;
    }
    /* An error instead of an answer: librdkafka wants the assignment given up all the same. */
    if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
        log_line(LOG_WARNING, "kafka", "rebalance: %s", rd_kafka_err2str(code));
    }
    revoke(source, list);
}

/* ---- events */

/* Troubles of the client as a whole. Those that are not known to pass are told, but reading may go on. */
static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct kafka_source *source = opaque;
    (void)client;
    switch (code) {
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        trouble_or_failure(source, (rd_kafka_resp_err_t)code, reason);
        break;
    default: kafka_trouble(&source->troubles, "kafka", (rd_kafka_resp_err_t)code, reason);
    }
}

static void out_of_range(struct kafka_source *source, const rd_kafka_message_t *event) {
    struct kafka_error error;
    kafka_error_set(&error, event->err,
                    "%s[%" PRId32 "]@%" PRId64
                    ": this offset is not in the log (any more): events below the log's beginning were deleted "
                    "before they were read, or the log was cut (%s)",
                    source->topic, event->partition, event->offset, rd_kafka_message_errstr(event));
    fail(source, &error);
}

static void serve_event(struct kafka_source *source, const rd_kafka_message_t *event) {
    struct source_slot *slot = event->rkt == NULL ? NULL : slot_of(source, event->partition);
    if (event->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        /* Also the only word about control records and aborted messages at the end of a log (restore.md R8). */
        if (slot != NULL && slot->started && event->offset >= slot->next) {
            slot->next = event->offset;
            source->callbacks.position(source->callbacks.context, event->partition, event->offset);
        }
    } else if (event->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
               event->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
        /* Never reset to an end: that would skip events in silence. One that was not started yet has no offset of
         * its own. */
        if (slot != NULL && slot->started) {
            out_of_range(source, event);
        }
    } else {
        struct kafka_error error;
        kafka_error_at(&error, source->client, event);
        trouble_or_failure(source, event->err, error.text);
    }
}

/* ---- polling */

static bool is_wanted(struct kafka_source *source, const rd_kafka_message_t *message) {
    const struct source_slot *slot = slot_of(source, message->partition);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        return slot != NULL && slot->started;
    }
    return message->err != RD_KAFKA_RESP_ERR_NO_ERROR ||
           (slot != NULL && slot->started && message->offset >= slot->next);
}

/* The next batch. librdkafka waits until its array is full, so only the first message is waited for. Callbacks come
 * from inside, and what they make void is dropped at once: a later start of the same partition must not see it. */
static void fetch(struct kafka_source *source, int timeout_ms) {
    ssize_t first = rd_kafka_consume_batch_queue(source->queue, timeout_ms, source->batch, 1);
    ssize_t more =
        first < 1 ? 0 : rd_kafka_consume_batch_queue(source->queue, 0, source->batch + 1, KAFKA_SOURCE_BATCH - 1);
    source->batch_first = 0;
    source->batch_count = (size_t)(first < 1 ? 0 : 1 + (more < 0 ? 0 : more));
    for (size_t i = 0; i < source->batch_count; i++) {
        /* A rebalance served inside the calls above may have made the partition another assignment's. */
        if (!is_wanted(source, source->batch[i])) {
            rd_kafka_message_destroy(source->batch[i]);
            source->batch[i] = NULL;
        }
    }
}

/* The next of the batch, or NULL. */
static rd_kafka_message_t *batch_head(struct kafka_source *source) {
    while (source->batch_first < source->batch_count && source->batch[source->batch_first] == NULL) {
        source->batch_first++;
    }
    return source->batch_first < source->batch_count ? source->batch[source->batch_first] : NULL;
}

/* Hands a message on, unless a seek inside librdkafka delivered it before. */
static bool deliver(struct kafka_source *source, rd_kafka_message_t *taken, struct message *out) {
    struct source_slot *slot = slot_of(source, taken->partition);
    if (slot == NULL || !slot->started || taken->offset < slot->next) {
        rd_kafka_message_destroy(taken);
        return false;
    }
    /* A gap is no fault: control records and aborted messages are never delivered. */
    slot->next = taken->offset + 1;
    kafka_message_take(taken, out);
    return true;
}

/* Called by librdkafka's threads under the queue's lock, when the queue was empty. */
static void on_queued(rd_kafka_t *client, void *opaque) {
    (void)client;
    bell_ring(opaque);
}

void kafka_source_ring(struct kafka_source *source, struct bell *bell) {
    rd_kafka_queue_cb_event_enable(source->queue, on_queued, bell);
}

size_t kafka_source_poll(struct kafka_source *source, int timeout_ms, struct message *out, size_t max) {
    size_t count = 0;
    kafka_client_keep(source->client, &source->keeper);
    if (batch_head(source) == NULL) {
        fetch(source, timeout_ms);
    }
    for (rd_kafka_message_t *head; count < max && (head = batch_head(source)) != NULL;) {
        if (head->err != RD_KAFKA_RESP_ERR_NO_ERROR && count > 0) {
            break; /* the caller first gets what came before the event */
        }
        source->batch_first++;
        if (head->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            serve_event(source, head);
            rd_kafka_message_destroy(head);
        } else if (deliver(source, head, &out[count])) {
            count++;
        }
    }
    return count;
}

static void drop_batch(struct kafka_source *source) {
    for (rd_kafka_message_t *head; (head = batch_head(source)) != NULL; source->batch_first++) {
        rd_kafka_message_destroy(head);
    }
}

/* ---- start and backpressure */

static rd_kafka_topic_partition_list_t *one(const struct kafka_source *source, int32_t partition, int64_t offset) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, source->topic, partition)->offset = offset;
    return list;
}

/* Seeks; waits while the assignment is not in force yet (an older one of the same partition is being stopped). */
static rd_kafka_resp_err_t seek(struct kafka_source *source, rd_kafka_topic_partition_list_t *list) {
    int64_t until_ms = clock_steady_ms() + START_PATIENCE_MS;
    for (;;) {
        /* Not by assigning anew with an offset: that would throw away what all other partitions have fetched. */
        rd_kafka_error_t *taken = rd_kafka_seek_partitions(source->client, list, SEEK_TIMEOUT_MS);
        rd_kafka_resp_err_t code = taken != NULL ? rd_kafka_error_code(taken) : list->elems[0].err;
        rd_kafka_error_destroy(taken);
        bool not_yet = code == RD_KAFKA_RESP_ERR__STATE || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
                       code == RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                       code == RD_KAFKA_RESP_ERR__OUTDATED;
        if (!not_yet || clock_steady_ms() > until_ms) {
            return code;
        }
        wait_ms(10);
    }
}

bool kafka_source_start(struct kafka_source *source, int32_t partition, int64_t offset, struct kafka_error *error) {
    struct source_slot *slot = slot_of(source, partition);
    assert(slot != NULL && slot->assigned && !slot->started && offset >= 0);
    rd_kafka_topic_partition_list_t *list = one(source, partition, offset);
    rd_kafka_resp_err_t code = seek(source, list);
    /* While everything is paused it stays so: kafka_source_pause_all resumes it with the others. */
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && !source->paused) {
        code = rd_kafka_resume_partitions(source->client, list);
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "%s[%" PRId32 "]@%" PRId64 ": reading cannot begin here: %s", source->topic,
                        partition, offset, rd_kafka_err2str(code));
        return false;
    }
    slot->started = true;
    slot->next = offset;
    return true;
}

void kafka_source_stop(struct kafka_source *source, int32_t partition) {
    struct source_slot *slot = slot_of(source, partition);
    assert(slot != NULL && slot->assigned);
    rd_kafka_topic_partition_list_t *list = one(source, partition, 0);
    slot->started = false;
    rd_kafka_pause_partitions(source->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    for (size_t i = source->batch_first; i < source->batch_count; i++) { /* a later start must not see it */
        if (source->batch[i] != NULL && source->batch[i]->partition == partition) {
            rd_kafka_message_destroy(source->batch[i]);
            source->batch[i] = NULL;
        }
    }
}

void kafka_source_pause_all(struct kafka_source *source, bool paused) {
    if (paused == source->paused) {
        return;
    }
    source->paused = paused;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(source->slot_count);
    for (int32_t partition = 0; partition < source->slot_count; partition++) {
        /* Those not started are paused for another reason, and stay so. */
        if (source->slots[partition].started) {
            rd_kafka_topic_partition_list_add(list, source->topic, partition);
        }
    }
    if (paused) {
        rd_kafka_pause_partitions(source->client, list);
    } else {
        rd_kafka_resume_partitions(source->client, list);
    }
    rd_kafka_topic_partition_list_destroy(list);
}

/* ---- open and close */

static rd_kafka_conf_t *configuration(struct kafka_source *source, const struct config *config,
                                      struct kafka_error *error) {
    const struct kafka_setting defaults[] = {
        /* What is fetched ahead lies in memory that nobody had before; more than 16 MB made nothing quicker. */
        {"queued.max.messages.kbytes", "16384"},
        {"fetch.message.max.bytes", "2097152"},
        {"fetch.min.bytes", "524288"}, /* an answer for each message costs more than the message (bench/README.md) */
        {"fetch.wait.max.ms", "50"},   /* other questions to the same broker wait behind a fetch */
        {"queued.min.messages", "200000"},
        {"fetch.queue.backoff.ms", "20"}, /* by default a full queue stops fetching for a second */
        {kafka_client_is_classic(config) ? "session.timeout.ms" : NULL,
         "10000"}, /* with the newer protocol the list ends here: membership is the broker's */
        {"partition.assignment.strategy", "cooperative-sticky"},
        {NULL, NULL}};
    const struct kafka_setting owned[] = {{"group.id", config->group},
                                          {"isolation.level", "read_committed"},
                                          {"auto.offset.reset", "error"},
                                          {"enable.auto.commit", "false"},
                                          {"enable.auto.offset.store", "false"},
                                          {"enable.partition.eof", "true"},
                                          {NULL, NULL}};
    const struct kafka_client_options options = {KAFKA_CLIENT_MEMBER, defaults, owned, source};
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
    if (conf != NULL) {
        rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
        rd_kafka_conf_set_error_cb(conf, on_error);
        source->membership = kafka_membership_new(config, conf);
    }
    return conf;
}

static bool subscribe(struct kafka_source *source, struct kafka_error *error) {
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, source->topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(source->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s cannot be subscribed: %s", source->topic, rd_kafka_err2str(code));
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void release(struct kafka_source *source) {
    if (source->membership != NULL) {
        /* Its thread asks the client, so it ends first; its memory is what librdkafka's interceptors write to, so
         * that goes last. */
        kafka_membership_stop(source->membership);
    }
    if (source->client != NULL) {
        if (source->queue != NULL) {
            rd_kafka_queue_destroy(source->queue);
        }
        if (source->handle != NULL) {
            rd_kafka_topic_destroy(source->handle);
        }
        rd_kafka_destroy(source->client);
    }
    if (source->membership != NULL) {
        kafka_membership_free(source->membership);
    }
    free(source->topic);
    free(source->slots);
    free(source);
}

struct kafka_source *kafka_source_open(const struct config *config, const struct kafka_source_callbacks *callbacks,
                                       struct kafka_error *error) {
    struct kafka_source *source = alloc_zeroed(1, sizeof *source);
    const char *topic = config->topics[CONFIG_TOPIC_INPUT];
    source->callbacks = *callbacks;
    source->topic = alloc_copy(topic, strlen(topic));
    rd_kafka_conf_t *conf = configuration(source, config, error);
    source->client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_CONSUMER, conf, error);
    if (source->client == NULL) {
        release(source);
        return NULL;
    }
    /* Before the subscription, so that it sees the first generation. */
    kafka_membership_start(source->membership, source->client);
    /* Rebalances and errors come through the same queue as messages, so in their order and in one thread. */
    rd_kafka_poll_set_consumer(source->client);
    source->queue = rd_kafka_queue_get_consumer(source->client);
    source->handle = rd_kafka_topic_new(source->client, source->topic, NULL);
    if (source->handle == NULL || !subscribe(source, error)) {
        release(source);
        return NULL;
    }
    return source;
}

void kafka_source_close(struct kafka_source *source) {
    /* Messages refer to the client, which waits for the last of them to be given back. */
    drop_batch(source);
    kafka_membership_stop(source->membership);
    rd_kafka_consumer_close(source->client);
    release(source);
}
