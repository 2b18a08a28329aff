/* What the merge of a workload must find, as `generate --truth` writes it. Here, since the generator knows nothing of
 * what goes out. Pure. */
#ifndef CARAVAN_COMMANDS_TRUTH_H
#define CARAVAN_COMMANDS_TRUTH_H

#include "base/buffer.h"
#include "workload/workload.h"

/* Appends *truth as one JSON object and a LF. */
void truth_write(const struct workload_truth *truth, struct buffer *out);

#endif
