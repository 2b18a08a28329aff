/* Who this member is, and whether it has been that without a break (exactly-once.md E7). A thread asks librdkafka again
 * and again, interceptors count the coordinator's answers between two looks, and the two together tell whether the row
 * of generations is whole. */
#include "kafka/membership.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"

/* Of requests an interceptor is told the number in Kafka's protocol and the outcome, and nothing of what they say. */
enum { API_JOIN_GROUP = 11, API_SYNC_GROUP = 14, LOOK_MS = 200 };

struct kafka_membership {
    bool classic;
    char *group, *instance_id; /* instance_id NULL: a dynamic member */
    rd_kafka_t *client;
    pthread_t thread;
    /* written by librdkafka's threads */
    atomic_uint syncs;      /* answered: so many generations were heard of with what they assigned */
    atomic_bool is_joining; /* JoinGroup was answered and SyncGroup was not: the generation may be new already */
    /* read by any thread */
    atomic_uint_fast64_t life;
    /* under the lock: questions, and the last answer */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t asked, answered; /* the answer is to every question up to this one */
    bool ending;
    enum kafka_standing standing;
    struct kafka_sighting last; /* the last look that found a member; its id is ours, "" before */
};

/* ---- what the client asks of the coordinator */

static rd_kafka_resp_err_t on_response(rd_kafka_t *client, int socket, const char *broker, int32_t broker_id,
                                       int16_t api, int16_t version, int32_t correlation, size_t bytes,
                                       int64_t round_trip, rd_kafka_resp_err_t code, void *opaque) {
    struct kafka_membership *membership = opaque;
    (void)client, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)bytes,
        (void)round_trip;
    /* A rebalance has two answers: JoinGroup may bring a new generation, and only SyncGroup says what it assigns.
     * Between the two nothing of this member is to be believed (exactly-once.md E7). */
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return RD_KAFKA_RESP_ERR_NO_ERROR; /* no answer */
    }
    if (api == API_JOIN_GROUP) {
        atomic_store(&membership->is_joining, true);
    } else if (api == API_SYNC_GROUP) {
        atomic_fetch_add(&membership->syncs, 1);
        atomic_store(&membership->is_joining, false);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *client, const rd_kafka_conf_t *conf, void *opaque, char *text,
                                  size_t text_bytes) {
    (void)conf, (void)text, (void)text_bytes;
    return rd_kafka_interceptor_add_on_response_received(client, "caravan-membership", on_response, opaque);
}

/* ---- looking */

bool kafka_membership_goes_on(bool classic, const struct kafka_sighting *before, const struct kafka_sighting *now) {
    /* An unbroken row: the same id, and no generation gone by that was not heard of. With the newer protocol the
     * broker moves the epoch on without a SyncGroup, but takes a partition away only by asking. */
    int64_t passed = (int64_t)now->generation - before->generation;
    unsigned heard = now->syncs - before->syncs;
    return *before->id != '\0' && strcmp(before->id, now->id) == 0 && passed >= 0 &&
           (!classic || passed <= (int64_t)heard);
}

static void note(struct kafka_membership *membership, const struct kafka_sighting *now) {
    struct kafka_sighting *last = &membership->last;
    if (!kafka_membership_goes_on(membership->classic, last, now)) {
        if (*last->id != '\0') {
            log_line(LOG_WARNING, "kafka",
                     "this worker's membership was interrupted (%s in generation %" PRId32 ", now %s in %" PRId32
                     "): its partitions may have been another's meanwhile",
                     last->id, last->generation, now->id, now->generation);
        }
        /* From here on every assignment of the life before is void, for every thread that looks. */
        atomic_fetch_add(&membership->life, 1);
        free((char *)(uintptr_t)last->id);
        last->id = alloc_copy(now->id, strlen(now->id));
    }
    last->generation = now->generation;
    last->syncs = now->syncs;
}

/* What was seen while a sync was answered may mix two generations: then it counts for nothing. */
static enum kafka_standing judge(struct kafka_membership *membership,
                                 const rd_kafka_consumer_group_metadata_t *metadata, unsigned syncs) {
    if (atomic_load(&membership->is_joining) || atomic_load(&membership->syncs) != syncs) {
        return KAFKA_STANDING_UNSETTLED;
    }
    const char *id = metadata == NULL ? NULL : rd_kafka_consumer_group_metadata_member_id(metadata);
    int32_t generation = metadata == NULL ? -1 : rd_kafka_consumer_group_metadata_generation_id(metadata);
    /* A broker takes offsets without an id and a generation as those of a consumer outside any group, unfenced
     * (exactly-once.md E6). */
    if (id == NULL || *id == '\0' || generation <= 0 || rd_kafka_assignment_lost(membership->client)) {
        return KAFKA_STANDING_NONE;
    }
    note(membership, &(struct kafka_sighting){id, generation, syncs});
    return KAFKA_STANDING_MEMBER;
}

static void look(struct kafka_membership *membership) {
    uint64_t asked = membership->asked;
    /* Without the lock: the call waits for the client's main thread, for which there is no bound. That is why a
     * thread of its own asks. */
    pthread_mutex_unlock(&membership->lock);
    /* Counted before the question: what is answered meanwhile makes the two differ, and the look worth nothing. */
    unsigned syncs = atomic_load(&membership->syncs);
    bool is_joining = atomic_load(&membership->is_joining);
    rd_kafka_consumer_group_metadata_t *metadata =
        is_joining ? NULL : rd_kafka_consumer_group_metadata(membership->client);
    pthread_mutex_lock(&membership->lock);
    membership->standing = is_joining ? KAFKA_STANDING_UNSETTLED : judge(membership, metadata, syncs);
    membership->answered = asked;
    pthread_cond_broadcast(&membership->changed);
    if (metadata != NULL) {
        rd_kafka_consumer_group_metadata_destroy(metadata);
    }
}

static struct timespec after_ms(int ms) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + (int64_t)ms * 1000000;
    return (struct timespec){at.tv_sec + (time_t)(ns / 1000000000), (long)(ns % 1000000000)};
}

static void *membership_main(void *context) {
    struct kafka_membership *membership = context;
    pthread_mutex_lock(&membership->lock);
    while (!membership->ending) {
        struct timespec until = after_ms(LOOK_MS);
        int code = 0;
        while (!membership->ending && membership->asked == membership->answered && code != ETIMEDOUT) {
            code = pthread_cond_timedwait(&membership->changed, &membership->lock, &until);
        }
        /* Also when nobody asks: a broken row must be seen though no commit is under way. */
        if (!membership->ending) {
            look(membership);
        }
    }
    pthread_mutex_unlock(&membership->lock);
    return NULL;
}

/* ---- life */

struct kafka_membership *kafka_membership_new(const struct config *config, rd_kafka_conf_t *conf) {
    struct kafka_membership *membership = alloc_zeroed(1, sizeof *membership);
    const char *instance_id = config_property(config, "group.instance.id");
    membership->classic = kafka_client_is_classic(config);
    membership->group = alloc_copy(config->group, strlen(config->group));
    membership->instance_id = instance_id == NULL ? NULL : alloc_copy(instance_id, strlen(instance_id));
    membership->last.id = alloc_copy("", 0);
    membership->standing = KAFKA_STANDING_NONE;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&membership->lock, NULL);
    pthread_cond_init(&membership->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    /* The one place where answers of the group coordinator can be seen one by one. */
    rd_kafka_conf_interceptor_add_on_new(conf, "caravan-membership", on_new, membership);
    return membership;
}

void kafka_membership_start(struct kafka_membership *membership, rd_kafka_t *client) {
    membership->client = client;
    if (pthread_create(&membership->thread, NULL, membership_main, membership) != 0) {
        abort();
    }
}

void kafka_membership_stop(struct kafka_membership *membership) {
    if (membership->client != NULL && !membership->ending) {
        pthread_mutex_lock(&membership->lock);
        membership->ending = true;
        pthread_cond_broadcast(&membership->changed);
        pthread_mutex_unlock(&membership->lock);
        pthread_join(membership->thread, NULL);
    }
}

void kafka_membership_free(struct kafka_membership *membership) {
    kafka_membership_stop(membership);
    pthread_cond_destroy(&membership->changed);
    pthread_mutex_destroy(&membership->lock);
    free((char *)(uintptr_t)membership->last.id);
    free(membership->instance_id);
    free(membership->group);
    free(membership);
}

/* ---- asking */

enum kafka_standing kafka_membership_ask(struct kafka_membership *membership, int timeout_ms,
                                         struct kafka_member *member) {
    struct timespec until = after_ms(timeout_ms);
    int code = 0;
    pthread_mutex_lock(&membership->lock);
    uint64_t question = ++membership->asked;
    pthread_cond_broadcast(&membership->changed);
    while (membership->answered < question && !membership->ending && code != ETIMEDOUT) {
        code = pthread_cond_timedwait(&membership->changed, &membership->lock, &until);
    }
    /* An answer to an older question may be of before the rebalance that the caller has just served. */
    enum kafka_standing standing = membership->answered < question ? KAFKA_STANDING_UNSETTLED : membership->standing;
    if (standing == KAFKA_STANDING_MEMBER && member != NULL) {
        member->life = atomic_load(&membership->life);
        member->generation = membership->last.generation;
        /* Built from what was judged, not asked for once more: a second look might be of another generation. */
        member->metadata =
            rd_kafka_consumer_group_metadata_new_with_genid(membership->group, membership->last.generation,
                                                            membership->last.id, membership->instance_id);
    }
    pthread_mutex_unlock(&membership->lock);
    return standing;
}

uint64_t kafka_membership_life(const struct kafka_membership *membership) {
    return atomic_load(&membership->life);
}
