/* All state of one input partition and everything that spec sections 6 and 7 say of it: checks, joins, stream time,
 * horizon and eviction, changed trains, traffic rows, what to checkpoint when, the text of each commit, restore and
 * changed configuration. Pure: no Kafka, no thread, no clock (times are parameters), so that a simulation can drive it.
 * Single owner; ownership moves as a whole (from the restorer to a lane).
 *
 * Life: partition_new -> [restore: partition_restore_begin, _checkpoint*, _checkpoints_end, _redo*, _restore_end] ->
 *       partition_barrier while partition_is_changing -> (partition_offer*, partition_barrier)* -> partition_free. */
#ifndef CARAVAN_PIPELINE_PARTITION_H
#define CARAVAN_PIPELINE_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"
#include "base/outbox.h"
#include "checkpoint/commit_text.h"
#include "core/rules.h"
#include "core/train.h"
#include "event/decode.h"
#include "pipeline/counters.h"

enum emit { EMIT_READY, EMIT_ALWAYS };

struct partition_options {
    int32_t number;
    bool file_mode; /* keep everything: no retention, no train limit, no future check, no traffic, no records at
                       barriers */
    bool check_key; /* Kafka, and files with --keyed */
    struct commit_limits limits;
    struct rules rules;
    bool accept_rules; /* rules.change=accept */
    enum emit emit;
    uint64_t checkpoint_bytes; /* F stays within so many bytes of message values behind C */
    int64_t checkpoint_age_ms;
    size_t checkpoint_part_bytes_max;
    size_t checkpoint_epoch_bytes_max; /* spread: about so many checkpoint bytes an epoch, unless a bound needs more */
    uint64_t seen_entries;             /* 0: none */
};

struct partition;

struct partition *partition_new(const struct partition_options *options);
void partition_free(struct partition *partition);

enum offer_result { OFFER_ACCEPTED, OFFER_DUPLICATE, OFFER_STALE, OFFER_REJECTED };

/* One live message, in the partition's order: seen?, decode, key, future, late, limit, join, stream time, horizon,
 * eviction. `decoder` and `scratch` (reset by the caller between messages) are the lane's. On OFFER_REJECTED *reject is
 * filled and the caller writes the dead letter or the reject line; nothing else changed but, where spec section 7 says
 * so, stream time. Records of trains that expire go to `outbox` at once. */
enum offer_result partition_offer(struct partition *partition, const struct message *message, int64_t wall_ms,
                                  struct decoder *decoder, struct arena *scratch, struct outbox *outbox,
                                  struct counters *counters, struct reject *reject);

/* The end of an epoch: puts records of changed trains, touched traffic rows, checkpoints that are due and (if anything
 * is to be committed or the position moved) the offset with its text into `outbox`. `position` is C: where reading goes
 * on. Returns false when there was nothing to commit (then nothing was put). `drain`: bring F to C in this commit
 * (orderly stop). To be called at every commit interval, also when nothing came in: an event may have come of age for
 * its checkpoint, and the age bound is met only by calls that come more often than each eighth of it. */
bool partition_barrier(struct partition *partition, int64_t position, int64_t wall_ms, uint64_t assignment, bool drain,
                       struct outbox *outbox, struct counters *counters);

/* ---- restore. Each returns false with a sentence in `error` (what was found and the ways out): the worker must stop.
 */

enum { PARTITION_ERROR_BYTES = 512 };

/* Starts from a committed offset C and its metadata. */
bool partition_restore_begin(struct partition *partition, int64_t committed, struct slice metadata,
                             char error[PARTITION_ERROR_BYTES]);
/* F: where to read the input from; valid after restore_begin. */
int64_t partition_redo_offset(const struct partition *partition);
/* A message of the checkpoints topic's partition, in its order. */
bool partition_restore_checkpoint(struct partition *partition, struct slice key, struct slice value,
                                  char error[PARTITION_ERROR_BYTES]);
bool partition_restore_checkpoints_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]);
/* A message of the input with F <= offset < C. */
void partition_redo(struct partition *partition, const struct message *message, struct decoder *decoder,
                    struct arena *scratch);
/* Compares N and S with the text. */
bool partition_restore_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]);
/* True while configured limits or rules are being brought in: barriers only, no offers, position C (spec section 7,
 * changed configuration). */
bool partition_is_changing(const struct partition *partition);

/* ---- figures and inspection */

int32_t partition_number(const struct partition *partition);
uint64_t partition_live_events(const struct partition *partition);
struct hash128 partition_hash_sum(const struct partition *partition);
size_t partition_train_count(const struct partition *partition);
size_t partition_memory_bytes(const struct partition *partition);
/* Facts and events that the restore took in. */
uint64_t partition_restored_facts(const struct partition *partition);
uint64_t partition_restored_events(const struct partition *partition);
/* The text that the last barrier wrote, or restore read. */
const struct commit_text *partition_text(const struct partition *partition);
/* Visits every train held, in no particular order. */
void partition_each(const struct partition *partition, void (*visit)(void *context, const struct train *train),
                    void *context);
/* Every byte of state that a restore must reproduce, for tests to compare: T, H, N, S, and by train key the packed
 * facts, the parts of the newest checkpoint and the offset of the first change after it. Right after a barrier it is
 * that of the state restored from that commit. */
void partition_dump(const struct partition *partition, struct buffer *out);

#endif
