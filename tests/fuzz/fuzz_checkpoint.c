/* Bytes as messages of the checkpoints topic, each with the right checksum and its facts with hashes of their own
 * (support/facts_seal.h): restoring either refuses them with a sentence or gives a partition that goes on as any other
 * does, to records, traffic, checkpoints, and a restart from those. Each message is a length, a length, a key and a
 * value. Since no random bytes make a checkpoint, the mutator now and then starts from real ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint/codec.h"
#include "checkpoint/commit_text.h"
#include "support/facts_seal.h"
#include "support/partition_kit.h"
#include "support/random_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

enum { LENGTHS_BYTES = 3, AT_CHECKSUM = 8, AT_SUMMED = 16, AT_FACTS = 32, MESSAGES_MAX = 64, COMMITTED = 1000 };

#define TRAIN "X1|2020-06-01|CNAKL"

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

static struct slice copy(const void *data, size_t len) {
    char *bytes = malloc(len + 1);
    memcpy(bytes, data, len);
    return (struct slice){bytes, len};
}

/* As checkpoint/codec.c does it. */
static void seal(struct slice key, struct slice value) {
    if (value.len >= AT_SUMMED) {
        struct slice summed = {value.data + AT_SUMMED, value.len - AT_SUMMED};
        uint64_t sum = hash_seeded(summed, hash_seeded(key, CODEC_VERSION));
        memcpy((char *)value.data + AT_CHECKSUM, &sum, sizeof sum);
    }
}

/* The message that restoring takes for this part of a train, the last one; NULL: there is none with facts. */
static struct kit_checkpoint *find_part(struct slice train_key, uint32_t wanted) {
    struct slice key;
    uint32_t part;
    for (size_t i = kit.checkpoint_count; i-- > 0;) {
        struct kit_checkpoint *message = &kit.checkpoints[i];
        if (codec_parse_key(message->key, &key, &part) && part == wanted && slice_equal(key, train_key)) {
            return message->value.len > AT_FACTS ? message : NULL;
        }
    }
    return NULL;
}

/* A fact may lie in two parts, so all of a train are put together. */
static void seal_facts(struct slice train_key) {
    struct buffer facts = {0};
    const struct kit_checkpoint *message;
    for (uint32_t part = 0; (message = find_part(train_key, part)) != NULL; part++) {
        buffer_append(&facts, message->value.data + AT_FACTS, message->value.len - AT_FACTS);
    }
    facts_seal(facts.data, facts.len);
    const char *from = facts.data;
    for (uint32_t part = 0; (message = find_part(train_key, part)) != NULL; part++) {
        memcpy((char *)message->value.data + AT_FACTS, from, message->value.len - AT_FACTS);
        from += message->value.len - AT_FACTS;
    }
    buffer_release(&facts);
}

static void seal_all(void) {
    struct slice train_key;
    uint32_t part;
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        if (codec_parse_key(kit.checkpoints[i].key, &train_key, &part) && part == 0) {
            seal_facts(train_key);
        }
    }
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        seal(kit.checkpoints[i].key, kit.checkpoints[i].value);
    }
}

static void take_messages(const uint8_t *data, size_t size) {
    while (size >= LENGTHS_BYTES && kit.checkpoint_count < MESSAGES_MAX) {
        size_t key_len = data[0], value_len = data[1] | (size_t)data[2] << 8;
        data += LENGTHS_BYTES;
        size -= LENGTHS_BYTES;
        key_len = key_len < size ? key_len : size;
        value_len = value_len < size - key_len ? value_len : size - key_len;
        struct kit_checkpoint *message = &kit.checkpoints[kit.checkpoint_count++];
        message->key = copy(data, key_len);
        message->value = value_len == 0 ? (struct slice){NULL, 0} : copy(data + key_len, value_len);
        data += key_len + value_len;
        size -= key_len + value_len;
    }
    seal_all();
}

/* A commit at COMMITTED with nothing to redo and these sums. */
static void commit(uint64_t live_events, struct hash128 hash_sum) {
    struct buffer text = {0};
    struct commit_text commit = {.number = 1,
                                 .stream_time_ms = EVENTS_TIME_MS,
                                 .horizon_days = (int32_t)(EVENTS_TIME_MS / EVENTS_DAY_MS) - 75,
                                 .redo_offset = COMMITTED,
                                 .oldest_wall_ms = COMMIT_TEXT_NO_TIME,
                                 .live_events = live_events,
                                 .hash_sum = hash_sum,
                                 .limits = kit.options.limits,
                                 .rules = commit_rules_of(&kit.options.rules)};
    commit_text_write(&commit, &text);
    free((char *)kit.text.data);
    kit.text = copy(text.data, text.len);
    ((char *)kit.text.data)[text.len] = '\0';
    kit.committed = COMMITTED;
    buffer_release(&text);
}

/* The sums that the partition has now, from its dump. */
static void read_sums(uint64_t *live_events, struct hash128 *hash_sum) {
    struct buffer dump = kit_dump();
    buffer_append_byte(&dump, '\0');
    unsigned long long high, low, count;
    require(sscanf(dump.data, "T %*d H %*d N %llu S %16llx%16llx", &count, &high, &low) == 3);
    *live_events = count;
    *hash_sum = (struct hash128){high, low};
    buffer_release(&dump);
}

/* Every train changes, every row is written, everything is checkpointed, restored and expires. */
static void go_on(void) {
    for (unsigned kind = 0; kind < EVENTS_KIND_COUNT; kind++) {
        OFFER((enum events_kind)kind, TRAIN, EVENTS_TIME_MS + kind, .id = kind, .waybill = kind);
    }
    kit_barrier();
    kit_drain();
    require(kit_restart());
    OFFER(EVENTS_ARRIVAL, "X2|2021-06-01|CNAKL", EVENTS_TIME_MS + 300 * EVENTS_DAY_MS, .id = 99);
    kit_barrier();
    kit_drain();
}

/* As a transaction that hangs holds them: whatever they are, they are no refusal. */
static void restore_unsettled(void) {
    require(kit_restore_begin());
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        partition_restore_unsettled(kit.partition, kit.checkpoints[i].key, kit.checkpoints[i].value);
    }
    if (partition_restore_checkpoints_end(kit.partition, kit.error)) {
        kit_restore_redo();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    kit_open();
    take_messages(data, size);
    commit(0, (struct hash128){0});
    restore_unsettled();
    if (kit_restore_begin() && kit_restore_checkpoints()) {
        uint64_t live_events;
        struct hash128 hash_sum;
        read_sums(&live_events, &hash_sum);
        commit(live_events, hash_sum);
        require(kit_restart());
        go_on();
    }
    kit_close();
    return 0;
}

static void put_message(struct slice key, struct slice value, struct buffer *out) {
    if (key.len <= UINT8_MAX && value.len <= UINT16_MAX) {
        const char lengths[LENGTHS_BYTES] = {(char)key.len, (char)(value.len & 0xff), (char)(value.len >> 8)};
        buffer_append(out, lengths, sizeof lengths);
        buffer_append_slice(out, key);
        buffer_append_slice(out, value);
    }
}

/* What a partition with a few trains checkpoints. */
static void real_checkpoints(unsigned seed, struct buffer *out) {
    static const char *const trains[] = {TRAIN, "X2|2020-06-02|CNAKL", "A-7|2020-05-30|CNKHG"};
    struct random random = {seed};
    kit_open();
    kit.options.checkpoint_part_bytes_max = 4096;
    for (size_t i = 0, count = 1 + random_below(&random, 30); i < count; i++) {
        OFFER((enum events_kind)random_below(&random, EVENTS_KIND_COUNT), trains[random_below(&random, 3)],
              EVENTS_TIME_MS + (int64_t)i, .id = (unsigned)i, .waybill = (unsigned)random_below(&random, 3),
              .box = (unsigned)random_below(&random, EVENTS_BOXES), .bulk = (unsigned)random_below(&random, 200));
    }
    kit_drain();
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        put_message(kit.checkpoints[i].key, kit.checkpoints[i].value, out);
    }
    kit_close();
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    if (seed % 4 == 0 || size < LENGTHS_BYTES) {
        struct buffer messages = {0};
        real_checkpoints(seed, &messages);
        if (messages.len <= size_max) {
            memcpy(data, messages.data, messages.len);
            size = messages.len;
        }
        buffer_release(&messages);
    }
    return LLVMFuzzerMutate(data, size, size_max);
}
