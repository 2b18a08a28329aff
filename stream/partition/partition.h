/* All state of one input partition and everything that contract 6 and 7 say of it: checks, joins, stream time,
 * horizon and eviction, changed trains, traffic rows, what to checkpoint when, the text of each commit, restore and
 * changed configuration. Pure: no Kafka, no thread, no clock (times are parameters), so that a simulation can drive it.
 * Single owner; ownership moves as a whole (from the restorer to a lane).
 *
 * Life: partition_new -> [restore: partition_restore_begin, _checkpoint*, _checkpoints_end, _redo*, _restore_end] ->
 *       partition_barrier while partition_is_changing -> (partition_offer*, partition_barrier)* -> partition_free. */
#ifndef CARAVAN_PARTITION_PARTITION_H
#define CARAVAN_PARTITION_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timestamp.h"
#include "checkpoint/commit_text.h"
#include "encode/counters.h"
#include "event/decode.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "record/record_kinds.h"
#include "record/rules.h"
#include "train/train.h"

enum emit { EMIT_READY, EMIT_ALWAYS };

struct partition_options {
    int32_t number;
    bool file_mode; /* no retention, train limit, future check, traffic, or records at barriers (contract 7.7) */
    bool check_key; /* Kafka, and files with --keyed */
    struct commit_limits limits;
    struct rules rules;
    bool accept_rules;                       /* rules.change=accept */
    char input_id[COMMIT_TEXT_ID_BYTES + 1]; /* the input topic's, "" while the cluster does not tell it */
    enum emit emit;
    uint64_t checkpoint_bytes; /* F stays within so many bytes of message values behind C */
    int64_t checkpoint_age_ms;
    size_t checkpoint_part_bytes_max;
    uint64_t seen_entries;           /* 0: none */
    const struct sign_key *sign_key; /* records are signed with it (contract 6.9); NULL: they are not. Borrowed */
    bool learn; /* derive restored trains that nobody changes too, a few at each barrier: somebody asks */
};

struct partition;

struct partition *partition_new(const struct partition_options *options);
void partition_free(struct partition *partition);

/* How messages come in; whoever drives the partition has one for all its partitions. */
struct partition_intake {
    struct decoder *decoder;
    struct arena *scratch;    /* of the event decoded last; the caller resets it between messages */
    struct moment now;        /* when live messages are taken; redo does not look at it */
    message_headers *headers; /* of the messages (contract 2.20); NULL: they have none */
};

/* Where things go out: they are put into the outbox and counted. */
struct partition_sink {
    struct outbox *outbox;
    struct counters *counters;
};

enum offer_result { OFFER_ACCEPTED, OFFER_DUPLICATE, OFFER_STALE, OFFER_REJECTED };

/* One live message, in the partition's order: seen?, decode, key, future, late, limit, join, stream time, horizon,
 * eviction (contract 3.3). On OFFER_REJECTED *reject is filled, for the caller to write the dead letter or the line;
 * nothing else changed but, by contract 7.1, stream time. Records of trains that expire go to `sink` at once. */
enum offer_result partition_offer(struct partition *partition, const struct message *message,
                                  const struct partition_intake *intake, const struct partition_sink *sink,
                                  struct reject *reject);

/* About how many bytes the records and rows of what changed since the last barrier will take, so that the epoch can be
 * closed before they are too many for one commit. Known before anything is derived; rather too many than too few. */
size_t partition_pending_bytes(const struct partition *partition);

/* How many bytes of checkpoints (and of renewed records, while the configuration changes) one commit may carry, for all
 * partitions that share it; partition_barrier takes what it needs. The first always goes if there is room at all, else
 * a train larger than the room would wait for ever. */
struct partition_room {
    size_t bytes;        /* for what a bound, a stop or changed configuration asks for */
    size_t steady_bytes; /* for what goes out early, so that no commit is long; not above `bytes` */
    size_t used;
    bool is_short; /* something found no room */
};

struct partition_cut { /* where and when an epoch ends */
    int64_t position;  /* C: where reading goes on */
    struct moment now;
    uint64_t assignment, epoch; /* epochs are numbered from 1 (partition_inspect.h) */
    bool drain;                 /* bring F to C, as far as the room allows (orderly stop) */
};

/* The end of an epoch: puts records of changed trains, touched traffic rows, checkpoints that are due and (if anything
 * is to be committed or the position moved) the offset with its text into `sink`. Returns false when there was
 * nothing to commit (then nothing was put). To be called at every commit interval, also when nothing came in: an event
 * may have come of age for its checkpoint. */
bool partition_barrier(struct partition *partition, const struct partition_cut *cut, struct partition_room *room,
                       const struct partition_sink *sink);
/* True when the last barrier had no room for checkpoints that could not wait: offer nothing before the next one. */
bool partition_owes(const struct partition *partition);
/* True when F is below C as of the last barrier. */
bool partition_is_behind(const struct partition *partition);

/* ---- restore. Each returns false with a sentence in `error` (what was found, the ways out): the worker must stop. */

enum { PARTITION_ERROR_BYTES = 512 };

/* Starts from a committed offset C and its metadata. */
bool partition_restore_begin(struct partition *partition, int64_t committed, struct slice metadata,
                             char error[PARTITION_ERROR_BYTES]);
/* F: where to read the input from; valid after restore_begin. */
int64_t partition_redo_offset(const struct partition *partition);
/* A message of the checkpoints topic's partition, in its order. */
bool partition_restore_checkpoint(struct partition *partition, struct slice key, struct slice value,
                                  char error[PARTITION_ERROR_BYTES]);
/* One that is in no transaction known to be committed. It counts where it may belong to the commit: N and S prove it.
 * Since it may yet be undone, its train is checkpointed anew before F passes C. Anything else is passed over. */
void partition_restore_unsettled(struct partition *partition, struct slice key, struct slice value);
bool partition_restore_checkpoints_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]);
/* A message of the input with F <= offset < C. */
void partition_redo(struct partition *partition, const struct message *message, const struct partition_intake *intake);
/* Compares N and S with the text. */
bool partition_restore_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]);
/* True while configured limits or rules are brought in: barriers only, no offers, position C (contract 7.14). */
bool partition_is_changing(const struct partition *partition);

/* ---- figures and inspection */

int32_t partition_number(const struct partition *partition);
uint64_t partition_live_events(const struct partition *partition);
struct hash128 partition_hash_sum(const struct partition *partition);
size_t partition_train_count(const struct partition *partition);
/* Trains by status as of the last barrier. Restored ones are missing until they change, or are learnt. */
void partition_by_status(const struct partition *partition, uint64_t counts[STATUS_COUNT]);
size_t partition_memory_bytes(const struct partition *partition);
/* What that is at least, with a table of so many seen entries. */
uint64_t partition_empty_bytes(uint64_t seen_entries);
/* Facts and events that the restore took in. */
uint64_t partition_restored_facts(const struct partition *partition);
uint64_t partition_restored_events(const struct partition *partition);
/* The text that the last barrier wrote, or restore read. */
const struct commit_text *partition_text(const struct partition *partition);
/* Visits every train entry, in no particular order. */
void partition_each(const struct partition *partition, void (*visit)(void *context, const struct train *train),
                    void *context);
/* Every byte of state that a restore must reproduce, for tests: T, H, N, S, and by train key the packed facts, the
 * parts of the newest checkpoint and the first change after it. After a barrier: as a restore from there has it. */
void partition_dump(const struct partition *partition, struct buffer *out);

#endif
