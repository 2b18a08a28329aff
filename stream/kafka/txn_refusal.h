/* A member that the group refuses while its client takes itself for one. Such a refusal passes where a rebalance is
 * told to the client a moment later than to the group. It stands where the client waits for its callback to come back
 * before it joins again (librdkafka 2.14.2 under KIP-848, after UNKNOWN_MEMBER_ID), and the callback for an epoch that
 * the group will never take. Internal to kafka/. No thread of its own: the caller's. */
#ifndef CARAVAN_KAFKA_TXN_REFUSAL_H
#define CARAVAN_KAFKA_TXN_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "kafka/membership.h"

/* The first refusal of a member; all zero: it was not refused. */
struct txn_refusal {
    uint64_t life;
    int32_t generation;
    int64_t since_ms; /* steady clock */
};

/* Offsets of this member failed with `code` (rd_kafka_resp_err_t). Others than those by which a group refuses a member
 * change nothing. */
void txn_refusal_note(struct txn_refusal *refusal, const struct kafka_member *member, int code);
/* True when it is this member that is refused, and long enough to say that it does not pass. */
bool txn_refusal_stands(const struct txn_refusal *refusal, const struct kafka_member *member);

#endif
