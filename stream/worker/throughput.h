/* What a worker tells of itself every counters.interval (contract 6.6): keeps the figures of the
 * document between two of them. One owner. */
#ifndef CARAVAN_WORKER_THROUGHPUT_H
#define CARAVAN_WORKER_THROUGHPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "encode/throughput_json.h"
#include "worker/board.h"
#include "worker/committer.h"
#include "worker/restorer.h"

struct throughput; /* opaque */

struct throughput *throughput_new(const char *worker_id, const char *group, unsigned lanes);
void throughput_free(struct throughput *throughput);
/* Takes over what a commit report says. */
void throughput_committed(struct throughput *throughput, const struct committer_report *report);
/* Commits and aborts as of now, also while the commit of an epoch fails again and again. */
void throughput_progress(struct throughput *throughput, struct kafka_commit_stats stats);
void throughput_restored(struct throughput *throughput, const struct restorer_result *result);
void throughput_paused(struct throughput *throughput, bool paused);
/* How many partitions wait for room: not all is read then either. */
void throughput_waiting(struct throughput *throughput, int partitions);
/* Puts its figures into a view. */
void throughput_view(const struct throughput *throughput, struct board_view *view);
/* Appends the document as of now, with rates since the last call. */
void throughput_write(struct throughput *throughput, const struct throughput_lag *lags, size_t lag_count,
                      size_t state_bytes, struct buffer *out);

#endif
