/* Counted over all clients of the process, for the metrics. Relaxed: each figure is right for itself, and orders
 * nothing. */
#include "kafka/figures.h"

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

const char *const KAFKA_TROUBLE_NAMES[KAFKA_TROUBLE_KIND_COUNT] = {"connection", "no-broker", "timeout", "security",
                                                                   "other"};

static atomic_uint_fast64_t troubles[KAFKA_TROUBLE_KIND_COUNT];
static atomic_uint_fast64_t throttled_ms;

enum kafka_trouble_kind kafka_trouble_kind(int code) {
    /* By where an operator looks first: codes are too many, and change with librdkafka. */
    switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION: return KAFKA_TROUBLE_CONNECTION;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: return KAFKA_TROUBLE_NO_BROKER;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT: return KAFKA_TROUBLE_TIMEOUT;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED: return KAFKA_TROUBLE_SECURITY;
    default: return KAFKA_TROUBLE_OTHER;
    }
}

void kafka_figures_trouble(int code) {
    atomic_fetch_add_explicit(&troubles[kafka_trouble_kind(code)], 1, memory_order_relaxed);
}

void kafka_figures_throttled(int ms) {
    atomic_fetch_add_explicit(&throttled_ms, ms < 0 ? 0 : (uint64_t)ms, memory_order_relaxed);
}

struct kafka_figures kafka_figures_now(void) {
    struct kafka_figures now = {.throttled_ms = atomic_load_explicit(&throttled_ms, memory_order_relaxed)};
    for (int i = 0; i < KAFKA_TROUBLE_KIND_COUNT; i++) {
        now.troubles[i] = atomic_load_explicit(&troubles[i], memory_order_relaxed);
    }
    return now;
}
