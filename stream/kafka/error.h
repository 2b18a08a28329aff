/* What went wrong with Kafka, in caller's storage: failing never allocates. */
#ifndef CARAVAN_KAFKA_ERROR_H
#define CARAVAN_KAFKA_ERROR_H

#include <stdbool.h>

enum { KAFKA_ERROR_BYTES = 512 };

struct kafka_error {
    int code;                     /* librdkafka's rd_kafka_resp_err_t; 0: none */
    bool retriable;               /* the same call may be repeated */
    bool abort_required;          /* the transaction must be aborted */
    bool fatal;                   /* this client can do nothing more */
    bool denied;                  /* an authorization is missing: only an operator can change that */
    bool missing;                 /* the topic or partition is not there (a broker that starts may not know it yet) */
    bool permanent;               /* nothing but a change by an operator helps: a right, a size, a setting, a clock */
    bool misconfigured;           /* a kafka.* setting is wrong, or some do not fit together */
    char text[KAFKA_ERROR_BYTES]; /* a sentence with topic[partition]@offset where there is one */
};

#endif
