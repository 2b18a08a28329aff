/* Administrative requests, each waited for. Internal to kafka/. Any thread. */
#ifndef CARAVAN_KAFKA_ADMIN_H
#define CARAVAN_KAFKA_ADMIN_H

#include "kafka/client.h"
#include "kafka/reader.h"

enum { KAFKA_ADMIN_TIMEOUT_MS = 15000, KAFKA_ADMIN_ANYONE_MS = 1000 };

/* A request on its way: begin, hand `options` and `queue` to one of librdkafka's admin functions, wait, look at
 * `event`, end. */
struct kafka_admin_call {
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
    rd_kafka_event_t *event; /* the answer; NULL before, and when none came */
};

void kafka_admin_begin(struct kafka_admin_call *call, rd_kafka_t *client, rd_kafka_admin_op_t operation,
                       int timeout_ms);
/* A broker that answers: the one that just did, asked about `topic`, which need not exist; -1 when none does within
 * timeout_ms. */
int32_t kafka_admin_anyone(rd_kafka_t *client, const char *topic, int timeout_ms);
/* Between begin and the admin function, for what any broker can answer: sends it to this one. Else (broker -1) it goes
 * to the one that the last metadata named as controller, which may be dead for as long as the cluster has not noticed.
 */
void kafka_admin_ask(struct kafka_admin_call *call, int32_t broker);
/* The error of the request as a whole; those of single topics stand in the event. *text is valid until the end. */
rd_kafka_resp_err_t kafka_admin_wait(struct kafka_admin_call *call, int timeout_ms, const char **text);
void kafka_admin_end(struct kafka_admin_call *call);
/* A tenth of a second, between two looks at something that takes effect late. */
void kafka_admin_pause(void);

/* Asks what a consumer group is, again and again while its coordinator is starting or moving, for at most
 * KAFKA_ADMIN_TIMEOUT_MS. Its error, or that of the request; *group is NULL when there was no answer, else the call's.
 * To be ended in any case. */
rd_kafka_resp_err_t kafka_admin_group(struct kafka_admin_call *call, rd_kafka_t *client, const char *name,
                                      bool with_rights, const rd_kafka_ConsumerGroupDescription_t **group);

/* kafka_admin_begin for rd_kafka_ListOffsets of high watermarks, not of last stable offsets. */
void kafka_admin_begin_ends(struct kafka_admin_call *call, rd_kafka_t *client, int timeout_ms);

/* The log start offset and the high watermark (a query of a read_committed consumer gives the last stable offset
 * instead). */
bool kafka_admin_watermarks(rd_kafka_t *client, struct kafka_place place, int timeout_ms, struct kafka_watermarks *out,
                            struct kafka_error *error);

struct kafka_topic_config { /* -1 or "": the broker does not say */
    char cleanup_policy[64];
    char timestamp_type[32];
    int64_t retention_ms, retention_bytes, message_bytes_max, segment_bytes;
};

/* How a topic is configured. False with *error, for example where the cluster does not let this client look. */
bool kafka_admin_topic_config(rd_kafka_t *client, const char *topic, struct kafka_topic_config *out,
                              struct kafka_error *error);

#endif
