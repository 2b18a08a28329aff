/* UN/EDIFACT interchanges: CUSCAR, IFTMIN and IFTMCS messages as manifest events (schemas/convert/edifact.md). What
 * frames them is checked: UNB and UNZ, UNH and UNT, their references and counts. Streaming; of a message at most
 * EDIFACT_MESSAGE_BYTES_MAX are kept. One thread. */
#ifndef CARAVAN_CONVERT_EDIFACT_H
#define CARAVAN_CONVERT_EDIFACT_H

#include "base/slice.h"
#include "convert/convert.h"

enum { EDIFACT_MESSAGE_BYTES_MAX = 8 * 1024 * 1024, EDIFACT_MESSAGE_SEGMENTS_MAX = 20000 };

struct edifact;

/* `convert` outlives it. */
struct edifact *edifact_new(struct convert *convert);
void edifact_free(struct edifact *edifact);
void edifact_feed(struct edifact *edifact, struct slice bytes);
/* The file ends; the next feed begins another. */
void edifact_end(struct edifact *edifact);

#endif
