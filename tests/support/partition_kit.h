/* One partition on a little log in memory, for unit tests: messages in, outputs of the last epoch out, and a new life
 * from what was committed. One kit a process, as Criterion runs each case in a process of its own. Who uses it includes
 * <criterion/criterion.h>. */
#ifndef CARAVAN_TESTS_PARTITION_KIT_H
#define CARAVAN_TESTS_PARTITION_KIT_H

#include "partition/partition.h"
#include "support/events.h"
#include "support/headers.h"

enum { KIT_MESSAGES_MAX = 4096 };

struct kit_checkpoint { /* a message of the checkpoints topic */
    struct slice key, value;
};

struct kit {
    struct partition_options
        options; /* for the next partition_new; tests change them before kit_start or kit_restart */
    struct partition *partition;
    int64_t wall_ms;            /* tests move it, and the steady clock with it */
    int64_t clock_set_ms;       /* by how much the wall clock was set: it alone */
    size_t room_bytes;          /* of the next barriers */
    size_t steady_bytes;        /* of them for what goes out early */
    struct partition_room room; /* as the last barrier left it */
    size_t kept_bytes_max;      /* partition_keep before each barrier */
    uint64_t epoch;             /* of the last barrier */
    int64_t next_offset;        /* of the next message; tests leave gaps by raising it */
    struct outbox outbox;       /* of the epoch that the last kit_barrier closed, or of the open one */
    struct counters counters;   /* over all lives */
    struct reject reject;       /* of the last rejected message */
    struct headers headers;     /* of the messages offered from now on; tests change them */
    char error[PARTITION_ERROR_BYTES];
    /* The log. */
    struct message messages[KIT_MESSAGES_MAX];
    size_t message_count;
    struct kit_checkpoint checkpoints[KIT_MESSAGES_MAX];
    size_t checkpoint_count;
    int64_t committed;
    struct slice text;
};

extern struct kit kit;
extern const struct partition_sink KIT_SINK; /* the kit's outbox and counters */

/* Partition 3; a limit of 1 MiB a message, 8 MiB a train, 75 days; auto and summary; emit ready; bounds that ask for no
 * checkpoint. For .init and .fini. */
void kit_open(void);
void kit_close(void);
/* Makes the partition of kit.options, without a past. Done by the first kit_offer or kit_barrier too. */
void kit_start(void);

/* Offers an event with the right key and no timestamp at kit.next_offset. */
enum offer_result kit_offer(const struct events_spec *spec);
/* The same in binary mode, its headers behind kit.headers. */
enum offer_result kit_offer_binary(const struct events_spec *spec);
/* Offers what is given; a timestamp below 0 is none. */
enum offer_result kit_offer_raw(struct slice key, struct slice value, int64_t timestamp_ms);
#define OFFER(...) kit_offer(&EVENT(__VA_ARGS__))
/* Offers `count` events of all kinds over some twenty trains, those of the ids from `from` on. */
void kit_fill(unsigned from, unsigned count);

/* A barrier at kit.next_offset; what it commits is committed. */
bool kit_barrier(void);
bool kit_drain(void);
/* A barrier whose transaction is lost: only the partition knows of it. */
bool kit_barrier_lost(void);

/* Forgets the partition and restores a new one of kit.options from the log. False: kit.error says why. */
bool kit_restart(void);
/* The steps of it, for tests that meddle with the log between. */
bool kit_restore_begin(void);
bool kit_restore_checkpoints(void);
void kit_restore_redo(void);

/* Of the last closed or the open epoch. */
size_t kit_count(enum output_topic topic);
/* The value of the last output with this key as text that ends with NUL; NULL when there is none, "null" for a null
 * value. */
const char *kit_value(enum output_topic topic, const char *key);
/* The text committed last, ends with NUL. */
const char *kit_text(void);
/* True when two dumps are byte for byte the same; releases both. */
bool kit_same_dumps(struct buffer *a, struct buffer *b);
struct buffer kit_dump(void);

#endif
