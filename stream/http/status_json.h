/* What /v1/status says: all that the status page shows at a glance. Pure. */
#ifndef CARAVAN_HTTP_STATUS_JSON_H
#define CARAVAN_HTTP_STATUS_JSON_H

#include "base/buffer.h"
#include "config/config.h"
#include "http/health.h"
#include "http/history.h"

struct status_subject {
    const struct config *config;
    const struct health_question *health;
    const struct history *history;
};

/* Appends the document; short of figures while there is no view yet. */
void status_put(const struct status_subject *subject, struct buffer *out);

#endif
