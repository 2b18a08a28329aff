/* Consignments of a message as manifest events (contract 2.7 to 2.10). */
#ifndef CARAVAN_CONVERT_EDIFACT_EVENT_H
#define CARAVAN_CONVERT_EDIFACT_EVENT_H

#include "base/slice.h"
#include "convert/convert.h"
#include "convert/edifact_message.h"

/* What the events of a message have in common. */
struct edifact_sender {
    struct slice source;
    struct slice reference; /* of interchange and message: the front of ids */
};

/* Writes the event of a consignment; between convert_begin and convert_end. edifact_message_count_users was called. */
void edifact_event_put(struct convert *convert, const struct edifact_message *message,
                       const struct edifact_consignment *consignment, const struct edifact_sender *sender);

#endif
