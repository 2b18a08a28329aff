/* What librdkafka tells of the cluster, counted over all clients of the process since its start: what an alert can
 * stand on before commits fail. Any thread. */
#ifndef CARAVAN_KAFKA_FIGURES_H
#define CARAVAN_KAFKA_FIGURES_H

#include <stdint.h>

enum kafka_trouble_kind {
    KAFKA_TROUBLE_CONNECTION, /* a broker was lost or not reached; its name was not found */
    KAFKA_TROUBLE_NO_BROKER,  /* none is reached at all */
    KAFKA_TROUBLE_TIMEOUT,    /* a request was not answered in time */
    KAFKA_TROUBLE_SECURITY,   /* TLS, SASL, or a right that is missing */
    KAFKA_TROUBLE_OTHER,
    KAFKA_TROUBLE_KIND_COUNT
};

/* As labels say them. Static. */
extern const char *const KAFKA_TROUBLE_NAMES[KAFKA_TROUBLE_KIND_COUNT];

struct kafka_figures {
    uint64_t troubles[KAFKA_TROUBLE_KIND_COUNT];
    uint64_t throttled_ms; /* for how long brokers held answers back: quotas */
};

struct kafka_figures kafka_figures_now(void);

/* Of an error code of librdkafka. Pure. */
enum kafka_trouble_kind kafka_trouble_kind(int code);
/* Count one. */
void kafka_figures_trouble(int code);
void kafka_figures_throttled(int ms);

#endif
