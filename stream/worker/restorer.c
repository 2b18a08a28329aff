#include "worker/restorer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "flow/ring.h"
#include "worker/restorer_internal.h"

enum {
    ASK_SLOTS = 4096,
    HANDS_MAX = 4, /* a broker is asked by each, and each has a reader's memory */
    IDLE_MS = 500, /* how often a wait for asks looks whether it is still wanted */
    SCRATCH_KEEP_BYTES = 4 * 1024 * 1024,
    BOUND_EVERY = 16 /* messages between two looks at the state bound: each may be a checkpoint of a megabyte */
};

struct ask {
    int32_t partition;
    uint64_t assignment;
};

static bool fits(struct restore *restore) {
    return restore_fits(restore, partition_memory_bytes(restore->result->state));
}

static bool fits_still(struct restore *restore) {
    return restore->messages % BOUND_EVERY != 0 || fits(restore);
}

/* ---- the steps of contract 7.12 (stream/restore.md) */

/* Without a committed offset everything would be made and sent anew, beside what an earlier group or life has sent:
 * a message in a topic that only this program writes is proof of one (contract 7.15). */
static bool take_stray(struct restore *restore, const struct message *message) {
    return restore_refuse(
        restore,
        "the group has no committed offset here, but %s holds a message at offset %" PRId64
        ": somebody moved or deleted the offsets, or the input and with it its offsets. `caravan reset` starts the "
        "group over; or restore the offsets",
        restore_topic(restore, restore->range->topic), message->offset);
}

static bool begin_fresh(struct restore *restore) {
    struct restore_range ranges[] = {
        {.topic = CONFIG_TOPIC_CHECKPOINTS, .what = "looking for strays in checkpoints", .take = take_stray},
        {.topic = CONFIG_TOPIC_TRAFFIC, .what = "looking for strays in traffic", .take = take_stray}};
    int64_t high;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (!restore_watermarks(restore, ranges[i].topic, &ranges[i].from, &ranges[i].end) ||
            !restore_read(restore, &ranges[i])) {
            return false;
        }
    }
    /* From the log's beginning, wherever retention has put that (contract 7.16). */
    return restore_watermarks(restore, CONFIG_TOPIC_INPUT, &restore->result->position, &high) && fits(restore);
}

static bool check_input(struct restore *restore, int64_t redo, int64_t committed) {
    int64_t low;
    int64_t high;
    if (!restore_watermarks(restore, CONFIG_TOPIC_INPUT, &low, &high)) {
        return false;
    }
    /* Not low > C: what is needed begins at F (restore.md R3). */
    if (low > redo) {
        return restore_refuse(
            restore,
            "the input begins at offset %" PRId64 ", above %" PRId64 " from where it must be read again to restore the "
            "state: retention deleted events that no checkpoint holds yet. Bring the events back, or start over with "
            "`caravan reset`; keep the input's retention above checkpoint.age plus the longest standstill",
            low, redo);
    }
    /* A log only grows; one that ends below what was read is another one, or has lost something. */
    if (high < committed) {
        return restore_refuse(restore,
                              "the input ends at offset %" PRId64 ", below the committed offset %" PRId64
                              ": the topic was made anew or lost messages. Start over with `caravan reset`, or bring "
                              "the log back",
                              high, committed);
    }
    return true;
}

static bool take_checkpoint(struct restore *restore, const struct message *message) {
    char error[PARTITION_ERROR_BYTES];
    restore->result->checkpoint_bytes += message->value.len;
    if (!partition_restore_checkpoint(restore->result->state, message->key, message->value, error)) {
        return restore_refuse(restore, "%s[%d]@%" PRId64 ": %s", restore_topic(restore, CONFIG_TOPIC_CHECKPOINTS),
                              (int)message->partition, message->offset, error);
    }
    return fits_still(restore);
}

static bool take_unsettled(struct restore *restore, const struct message *message) {
    restore->result->checkpoint_bytes += message->value.len;
    partition_restore_unsettled(restore->result->state, message->key, message->value);
    return fits_still(restore);
}

static bool take_input(struct restore *restore, const struct message *message) {
    const struct partition_intake intake = {.decoder = restore->hand->decoder,
                                            .scratch = &restore->hand->scratch,
                                            .headers = kafka_message_headers};
    partition_redo(restore->result->state, message, &intake);
    /* Each event is copied into its train, so none needs to stay. */
    arena_reset(&restore->hand->scratch, SCRATCH_KEEP_BYTES);
    return fits_still(restore);
}

static bool restore_from(struct restore *restore, const struct kafka_committed *committed) {
    struct partition *state = restore->result->state;
    char error[PARTITION_ERROR_BYTES];
    struct restore_range checkpoints = {.topic = CONFIG_TOPIC_CHECKPOINTS,
                                        .what = "checkpoints",
                                        .take = take_checkpoint,
                                        .take_unsettled = take_unsettled};
    restore->result->position = committed->offset;
    if (!partition_restore_begin(state, committed->offset, buffer_slice(&committed->text), error)) {
        return restore_refuse(restore, "%s", error);
    }
    /* The end is C and not the end of the log: what lies behind is read live, by the group's consumer. */
    struct restore_range input = {.topic = CONFIG_TOPIC_INPUT,
                                  .from = partition_redo_offset(state),
                                  .end = committed->offset,
                                  .what = "input",
                                  .take = take_input};
    /* The input is checked before the checkpoints are read, which may take long; their end is looked up after C was
     * taken (restore.md R2). */
    if (!check_input(restore, input.from, input.end) ||
        !restore_watermarks(restore, CONFIG_TOPIC_CHECKPOINTS, &checkpoints.from, &checkpoints.end) ||
        !restore_read(restore, &checkpoints)) {
        return false;
    }
    if (!partition_restore_checkpoints_end(state, error)) {
        return restore_refuse(restore, "%s", error);
    }
    if (!restore_read(restore, &input)) {
        return false;
    }
    /* Before anything goes out: a state that is not the commit's must not be told to anybody (restore.md R7). */
    if (!partition_restore_end(state, error)) {
        return restore_refuse(restore, "%s", error);
    }
    return fits(restore);
}

static void drop_state(struct restore *restore) {
    if (restore->result->state != NULL) {
        partition_free(restore->result->state);
        restore->result->state = NULL;
    }
}

/* With nothing restored yet. */
static void begin_empty(struct restore *restore) {
    struct restorer_result *result = restore->result;
    struct partition_options options = restore->hand->restorer->options.partition;
    options.number = result->partition;
    drop_state(restore);
    result->state = partition_new(&options);
    /* What an earlier attempt found belongs to another commit (restore.md R14). */
    result->refused = false;
    result->needed_bytes = 0;
    result->checkpoint_bytes = 0;
    restore->unsettled = false;
}

/* True when somebody else committed since `committed` was taken: an assignment may be over before anybody says so. Then
 * what was read belongs to two commits, and proves nothing. */
static bool has_moved(struct restore *restore, const struct kafka_committed *committed) {
    struct kafka_committed now = {0};
    bool moved =
        restore_committed(restore, &now) &&
        (now.offset != committed->offset || !slice_equal(buffer_slice(&now.text), buffer_slice(&committed->text)));
    buffer_release(&now.text);
    return moved;
}

/* Whether a restore that was refused may be begun anew: whatever passes was waited for, and an assignment that is over
 * is nobody's. */
static bool is_worth_another(struct restore *restore, const struct kafka_committed *committed) {
    struct restorer_result *result = restore->result;
    if (!result->refused) {
        return false;
    }
    if (has_moved(restore, committed)) {
        log_line(LOG_WARNING, "restore", "partition %d: another worker committed while it was read; begun anew",
                 (int)result->partition);
        return true;
    }
    if (restore->unsettled && !result->blocked) {
        log_line(LOG_WARNING, "restore",
                 "partition %d: with what that transaction holds this is not the state of the commit, so its end is "
                 "waited for (%s)",
                 (int)result->partition, result->error);
        return restore_is_wanted(restore);
    }
    return false;
}

static bool attempt(struct restore *restore, struct kafka_committed *committed) {
    begin_empty(restore);
    return restore_committed(restore, committed) &&
           (committed->offset < 0 ? begin_fresh(restore) : restore_from(restore, committed));
}

static bool attempts(struct restore *restore) {
    struct kafka_committed committed = {.offset = -1};
    bool done = false;
    bool again = restore_open(restore);
    while (again) {
        done = attempt(restore, &committed);
        again = !done && is_worth_another(restore, &committed);
    }
    buffer_release(&committed.text);
    return done;
}

/* Anew from its beginning when it made room for an older one. */
static bool restore_partition(struct restore *restore) {
    bool done = attempts(restore);
    while (restore->yielded) {
        /* What is half restored helps nobody, and its memory is wanted. */
        drop_state(restore);
        done = restore_wait_turn(restore) && attempts(restore);
    }
    return done;
}

static void answer(struct hand *hand, const struct ask *ask) {
    struct restorer_result *result = alloc_zeroed(1, sizeof *result);
    struct restore restore = {.hand = hand,
                              .result = result,
                              .began_ms = clock_steady_ms(),
                              .shown_ms = clock_steady_ms()};
    result->partition = ask->partition;
    result->assignment = ask->assignment;
    restore_begin_turn(&restore);
    /* It may have waited behind others for long. */
    bool done = restore_is_wanted(&restore) && restore_partition(&restore);
    if (result->state != NULL) {
        result->facts = partition_restored_facts(result->state);
        result->events = partition_restored_events(result->state);
    }
    result->took_ms = clock_steady_ms() - restore.began_ms;
    if (!done) {
        drop_state(&restore);
    }
    ring_push(hand->results, result);
    restore_end_turn(&restore);
}

static void *hand_main(void *context) {
    struct hand *hand = context;
    while (!atomic_load(&hand->restorer->ending)) {
        struct ask *ask = ring_pop(hand->asks, IDLE_MS);
        if (ask != NULL) {
            answer(hand, ask);
            free(ask);
        }
    }
    return NULL;
}

static void hand_start(struct restorer *restorer, struct hand *hand) {
    hand->restorer = restorer;
    hand->bell = bell_new();
    hand->asks = ring_new(ASK_SLOTS, hand->bell);
    hand->results = ring_new(ASK_SLOTS, restorer->options.bell);
    hand->decoder = decoder_new(restorer->options.partition.limits.message_bytes);
    if (pthread_create(&hand->thread, NULL, hand_main, hand) != 0) {
        abort();
    }
}

/* Checkpoints cost time to check and to join, so partitions come back side by side where there are processors. */
static size_t hands_wanted(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > HANDS_MAX ? HANDS_MAX : (size_t)processors;
}

struct restorer *restorer_start(const struct restorer_options *options) {
    struct restorer *restorer = alloc_zeroed(1, sizeof *restorer);
    restorer->options = *options;
    restorer->hand_count = hands_wanted();
    restorer->hands = alloc_zeroed(restorer->hand_count, sizeof *restorer->hands);
    for (size_t i = 0; i < restorer->hand_count; i++) {
        hand_start(restorer, &restorer->hands[i]);
    }
    return restorer;
}

void restorer_ask(struct restorer *restorer, int32_t partition, uint64_t assignment) {
    struct ask *ask = alloc_zeroed(1, sizeof *ask);
    struct hand *hand = &restorer->hands[0];
    *ask = (struct ask){partition, assignment};
    for (size_t i = 1; i < restorer->hand_count; i++) {
        if (restorer->hands[i].asked < hand->asked) {
            hand = &restorer->hands[i];
        }
    }
    hand->asked++;
    ring_push(hand->asks, ask);
}

struct restorer_result *restorer_result(struct restorer *restorer) {
    for (size_t i = 0; i < restorer->hand_count; i++) {
        struct restorer_result *result = ring_poll(restorer->hands[i].results);
        if (result != NULL) {
            restorer->hands[i].asked--;
            return result;
        }
    }
    return NULL;
}

void restorer_result_free(struct restorer_result *result) {
    if (result->state != NULL) {
        partition_free(result->state);
    }
    free(result);
}

static void hand_stop(struct hand *hand) {
    pthread_join(hand->thread, NULL);
    for (struct ask *ask; (ask = ring_poll(hand->asks)) != NULL;) {
        free(ask);
    }
    for (struct restorer_result *result; (result = ring_poll(hand->results)) != NULL;) {
        restorer_result_free(result);
    }
    if (hand->reader != NULL) {
        kafka_reader_close(hand->reader);
    }
    ring_free(hand->asks);
    ring_free(hand->results);
    bell_free(hand->bell);
    decoder_free(hand->decoder);
    arena_release(&hand->scratch);
}

void restorer_stop(struct restorer *restorer) {
    atomic_store(&restorer->ending, true);
    /* They may sleep for asks, or wait for an answer: each looks at `ending` in each wait. */
    for (size_t i = 0; i < restorer->hand_count; i++) {
        bell_ring(restorer->hands[i].bell);
    }
    for (size_t i = 0; i < restorer->hand_count; i++) {
        hand_stop(&restorer->hands[i]);
    }
    free(restorer->hands);
    free(restorer);
}
