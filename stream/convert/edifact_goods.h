/* Segments of a message about goods, containers and what is measured. Internal to edifact_message.c. */
#ifndef CARAVAN_CONVERT_EDIFACT_GOODS_H
#define CARAVAN_CONVERT_EDIFACT_GOODS_H

#include "convert/edifact_message.h"

/* False: the segment is another. */
bool edifact_goods_take(struct edifact_message *message, const struct edifact_segment *segment);

#endif
