/* Who this worker is in its group, and since when without a break (stream/exactly-once.md). Internal to kafka/.
 *
 * An assignment belongs to one member id and to an unbroken row of generations: a life. librdkafka says when partitions
 * are given and when they are taken, but not always: a static member whose session ended joins again under a new id and
 * keeps what it had, though another member owned it meanwhile, and no callback comes (2.14.2, JoinGroup answered by
 * UNKNOWN_MEMBER_ID). So silence proves nothing, and each look compares id and generation with those of the look
 * before.
 *
 * The client answers such a question from its main thread, which may be busy for as long as it likes; so a thread of
 * this module asks, and whoever wants to know waits for it no longer than it says. */
#ifndef CARAVAN_KAFKA_MEMBERSHIP_H
#define CARAVAN_KAFKA_MEMBERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "kafka/client.h"

struct kafka_membership;

/* Before the client: it also listens to what the client asks of the coordinator, which `conf` makes it do. */
struct kafka_membership *kafka_membership_new(const struct config *config, rd_kafka_conf_t *conf);
/* Begins to ask; `client` must outlive kafka_membership_free. */
void kafka_membership_start(struct kafka_membership *membership, rd_kafka_t *client);
/* Ends the thread: from here on every question is answered UNSETTLED. To be called before the client is closed, since a
 * closed one does not answer any more and the thread would wait for ever. Waits for an answer that is under way. */
void kafka_membership_stop(struct kafka_membership *membership);
/* After the client was destroyed, which listens until then; does what kafka_membership_stop does when that was not
 * called. */
void kafka_membership_free(struct kafka_membership *membership);

/* A member as one look saw it. */
struct kafka_sighting {
    const char *id; /* "": no member */
    int32_t generation;
    unsigned syncs; /* answers to SyncGroup so far: generations that were heard of with what they assigned */
};

/* True when `now` is the member of `before` with no generation passed in between that it did not hear of: such a one
 * may have given its partitions to others. With the newer protocol (`classic` false) the generation is the member's
 * epoch, which jumps, and the broker gives a partition away only once its owner has let go or was fenced. Pure. */
bool kafka_membership_goes_on(bool classic, const struct kafka_sighting *before, const struct kafka_sighting *now);

enum kafka_standing {
    KAFKA_STANDING_MEMBER,    /* *member is told */
    KAFKA_STANDING_UNSETTLED, /* the generation is new and what it assigned is not known yet, or no answer in time */
    KAFKA_STANDING_NONE       /* no member: outside the group, or its partitions are lost */
};

struct kafka_member {
    uint64_t life;                                /* another one: every assignment before is void */
    int32_t generation;                           /* > 0; with the newer protocol the member epoch */
    rd_kafka_consumer_group_metadata_t *metadata; /* the caller's: rd_kafka_consumer_group_metadata_destroy */
};

/* As of a moment after the call began; waits at most timeout_ms. Any thread. */
enum kafka_standing kafka_membership_ask(struct kafka_membership *membership, int timeout_ms,
                                         struct kafka_member *member);
/* The life as of the last look of any thread; looks are made at least each second. Never waits. Any thread. */
uint64_t kafka_membership_life(const struct kafka_membership *membership);

#endif
