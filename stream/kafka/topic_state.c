/* The question what a topic is, and its answer: for whoever asks it (topics_internal.h). */
#include <string.h>

#include "kafka/topics_internal.h"

/* ---- the question */

void kafka_topic_ask(struct kafka_admin_call *call, rd_kafka_t *client, const char *topic, int32_t broker,
                     int timeout_ms) {
    const char *names[] = {topic};
    rd_kafka_TopicCollection_t *topics = rd_kafka_TopicCollection_of_topic_names(names, 1);
    kafka_admin_begin(call, client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout_ms);
    kafka_admin_ask(call, broker);
    rd_kafka_DescribeTopics(client, topics, call->options, call->queue);
    rd_kafka_TopicCollection_destroy(topics);
}

/* ---- the answer */

/* librdkafka prints the common base64, Kafka the one for URLs. */
static void take_id(const rd_kafka_Uuid_t *id, char out[KAFKA_TOPIC_ID_BYTES + 1]) {
    const char *text = rd_kafka_Uuid_base64str(id);
    *out = '\0';
    if ((rd_kafka_Uuid_most_significant_bits(id) == 0 && rd_kafka_Uuid_least_significant_bits(id) == 0) ||
        text == NULL || strlen(text) != KAFKA_TOPIC_ID_BYTES) {
        return;
    }
    for (size_t i = 0; i <= KAFKA_TOPIC_ID_BYTES; i++) {
        out[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    }
}

rd_kafka_resp_err_t kafka_topic_read(rd_kafka_event_t *event, struct kafka_topic_state *out) {
    size_t count = 0;
    const rd_kafka_TopicDescription_t **topics =
        rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event), &count);
    *out = (struct kafka_topic_state){0};
    if (count != 1 || topics[0] == NULL) {
        return RD_KAFKA_RESP_ERR_UNKNOWN; /* no answer is not an answer */
    }
    rd_kafka_resp_err_t code = rd_kafka_error_code(rd_kafka_TopicDescription_error(topics[0]));
    /* An answer: the broker knows no such topic. */
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return code;
    }
    rd_kafka_TopicDescription_partitions(topics[0], &count);
    out->exists = true;
    out->partitions = (int32_t)count;
    take_id(rd_kafka_TopicDescription_topic_id(topics[0]), out->id);
    /* A topic without partitions is one that this broker has only heard of (restore.md R13). */
    return count == 0 ? RD_KAFKA_RESP_ERR_UNKNOWN : RD_KAFKA_RESP_ERR_NO_ERROR;
}
