/* Whether a refusal passes is told by time, because nothing else tells it: one by a rebalance is over with that, the
 * other lasts for as long as the client believes itself a member. */
#include "kafka/txn_refusal.h"

#include "base/timestamp.h"

enum { PASSES_MS = 3000 };

static bool is_of(const struct txn_refusal *refusal, const struct kafka_member *member) {
    return refusal->generation == member->generation && refusal->life == member->life;
}

void txn_refusal_note(struct txn_refusal *refusal, const struct kafka_member *member, int code) {
    bool refused = code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
                   code == RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH;
    /* The first of a generation: those that follow must not set the clock back. */
    if (refused && !is_of(refusal, member)) {
        *refusal = (struct txn_refusal){member->life, member->generation, clock_steady_ms()};
    }
}

bool txn_refusal_stands(const struct txn_refusal *refusal, const struct kafka_member *member) {
    return is_of(refusal, member) && clock_steady_ms() - refusal->since_ms >= PASSES_MS;
}
