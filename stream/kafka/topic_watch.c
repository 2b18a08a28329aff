/* What the input is and where it ends, asked again and again. For the source thread, which must not wait: a question
 * goes out in one turn, and its answer is taken in a later one. Only kafka_topic_watch_ask waits. */
#include "kafka/topic_watch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "kafka/admin.h"
#include "kafka/topics_internal.h"

enum {
    LOOK_MS = 1000,
    LOOK_TIMEOUT_MS = 5000,
    AGAIN_MS = 300 /* what a broker that has answered before is given, until another one is looked for */
};

/* One whose answer is to come. */
struct question {
    struct kafka_admin_call call;
    bool asked;
    int64_t asked_ms;
};

/* One end of the partitions. */
struct side {
    rd_kafka_OffsetSpec_t spec;
    struct question question;
    int64_t *offsets; /* by partition */
    int32_t count;
};

struct kafka_topic_watch {
    rd_kafka_t *client;
    /* Makes the topic one that the client looks at by itself: its ListOffsets goes by the leader epoch that it
     * remembers, and does not look again when a broker says that this one is over. */
    rd_kafka_topic_t *handle;
    char *topic;
    _Atomic int32_t answerer; /* of the last kafka_topic_watch_ask; -1: none did */
    struct question look;
    struct side lows, highs;
    int64_t answered_ms;
    struct kafka_keeper keeper;
};

struct kafka_topic_watch *kafka_topic_watch_open(const struct config *config, const char *topic,
                                                 struct kafka_error *error) {
    rd_kafka_t *client = kafka_topics_client(config, error);
    if (client == NULL) {
        return NULL;
    }
    struct kafka_topic_watch *watch = alloc_zeroed(1, sizeof *watch);
    watch->client = client;
    watch->handle = rd_kafka_topic_new(client, topic, NULL);
    watch->topic = alloc_copy(topic, strlen(topic));
    watch->answerer = -1;
    watch->lows.spec = RD_KAFKA_OFFSET_SPEC_EARLIEST;
    watch->highs.spec = RD_KAFKA_OFFSET_SPEC_LATEST;
    return watch;
}

static void end(struct question *question) {
    if (question->asked) {
        kafka_admin_end(&question->call);
        question->asked = false;
    }
}

/* True when there is an answer without an error of its own: look at it, then end the question. */
static bool has_answer(struct question *question) {
    /* Never waits: the source thread asks in each turn. */
    question->call.event = question->asked ? rd_kafka_queue_poll(question->call.queue, 0) : NULL;
    if (question->call.event == NULL) {
        return false;
    }
    bool good = rd_kafka_event_error(question->call.event) == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (!good) {
        end(question);
    }
    return good;
}

void kafka_topic_watch_close(struct kafka_topic_watch *watch) {
    end(&watch->look);
    end(&watch->lows.question);
    end(&watch->highs.question);
    if (watch->handle != NULL) {
        rd_kafka_topic_destroy(watch->handle);
    }
    rd_kafka_destroy(watch->client);
    free(watch->topic);
    free(watch->lows.offsets);
    free(watch->highs.offsets);
    free(watch);
}

/* ---- questions */

/* `broker` -1: whichever the client chooses. */
static rd_kafka_resp_err_t ask_one(struct kafka_topic_watch *watch, int32_t broker, int timeout_ms,
                                   struct kafka_topic_state *out) {
    struct kafka_admin_call call;
    const char *text;
    kafka_topic_ask(&call, watch->client, watch->topic, broker, timeout_ms);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, timeout_ms, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = kafka_topic_read(call.event, out);
    }
    kafka_admin_end(&call);
    atomic_store(&watch->answerer, code == RD_KAFKA_RESP_ERR_NO_ERROR ? broker : -1);
    return code;
}

bool kafka_topic_watch_ask(struct kafka_topic_watch *watch, int timeout_ms, struct kafka_topic_state *out,
                           struct kafka_error *error) {
    kafka_client_keep(watch->client, &watch->keeper); /* also while the thread that looks waits for this one */
    /* The one that answered the commit before mostly does again. Else any that answers just now: the one that the
     * client would choose may be dead (kafka_admin_ask). */
    int32_t broker = atomic_load(&watch->answerer);
    if (broker >= 0 &&
        ask_one(watch, broker, timeout_ms < AGAIN_MS ? timeout_ms : AGAIN_MS, out) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return true;
    }
    broker = kafka_admin_anyone(watch->client, watch->topic, timeout_ms);
    rd_kafka_resp_err_t code = ask_one(watch, broker, timeout_ms, out);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s: the cluster does not say what it is: %s", watch->topic,
                        rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_topic_watch_look(struct kafka_topic_watch *watch, struct kafka_topic_state *out) {
    int64_t now_ms = clock_steady_ms();
    bool answered = false;
    rd_kafka_poll(watch->client, 0); /* else its errors pile up */
    kafka_client_keep(watch->client, &watch->keeper);
    if (has_answer(&watch->look)) {
        answered = kafka_topic_read(watch->look.call.event, out) == RD_KAFKA_RESP_ERR_NO_ERROR;
        end(&watch->look);
        watch->answered_ms = answered ? now_ms : watch->answered_ms;
    }
    if (!watch->look.asked && now_ms - watch->look.asked_ms >= LOOK_MS) {
        kafka_topic_ask(&watch->look.call, watch->client, watch->topic, -1, LOOK_TIMEOUT_MS);
        watch->look.asked = true;
        watch->look.asked_ms = now_ms;
    }
    return answered;
}

/* ---- ends */

static void note(struct side *side, int32_t partition, int64_t offset) {
    if (partition >= side->count) {
        side->offsets = alloc_resize(side->offsets, (size_t)partition + 1, sizeof *side->offsets);
        while (side->count <= partition) {
            side->offsets[side->count++] = -1;
        }
    }
    side->offsets[partition] = offset;
}

static void take(struct side *side) {
    size_t count;
    const rd_kafka_ListOffsetsResultInfo_t **infos =
        rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(side->question.call.event), &count);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *found = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
        int64_t offset;
        /* One partition may have no leader: its end stays what it was, and the others are told. */
        if (kafka_answered_offset(found, &offset) == RD_KAFKA_RESP_ERR_NO_ERROR) {
            note(side, found->partition, offset);
        }
    }
}

static void ask(struct kafka_topic_watch *watch, struct side *side, const int32_t *partitions, size_t count) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, watch->topic, partitions[i])->offset = (int64_t)side->spec;
    }
    kafka_admin_begin_ends(&side->question.call, watch->client, LOOK_TIMEOUT_MS);
    rd_kafka_ListOffsets(watch->client, list, side->question.call.options, side->question.call.queue);
    rd_kafka_topic_partition_list_destroy(list);
    side->question.asked = true;
}

static void go_on(struct kafka_topic_watch *watch, struct side *side, const int32_t *partitions, size_t count) {
    if (has_answer(&side->question)) {
        take(side);
        end(&side->question);
        watch->answered_ms = clock_steady_ms();
    }
    /* One at a time: while brokers are slow, questions must not pile up. */
    if (!side->question.asked && count > 0) {
        ask(watch, side, partitions, count);
    }
}

void kafka_topic_watch_ends(struct kafka_topic_watch *watch, const int32_t *partitions, size_t count) {
    go_on(watch, &watch->highs, partitions, count);
    go_on(watch, &watch->lows, partitions, count);
}

static int64_t offset_of(const struct side *side, int32_t partition) {
    return partition < side->count ? side->offsets[partition] : -1;
}

int64_t kafka_topic_watch_end(const struct kafka_topic_watch *watch, int32_t partition) {
    return offset_of(&watch->highs, partition);
}

int64_t kafka_topic_watch_start(const struct kafka_topic_watch *watch, int32_t partition) {
    return offset_of(&watch->lows, partition);
}

int64_t kafka_topic_watch_answered_ms(const struct kafka_topic_watch *watch) {
    return watch->answered_ms;
}
