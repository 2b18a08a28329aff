/* Bytes as packed facts, each with a hash of its own (support/facts_seal.h): whatever they are, checking, unpacking,
 * deriving and encoding neither read outside nor stop the program, and what was unpacked packs to bytes that unpack to
 * the same train. The first byte picks the rules. Since no random bytes make a fact, the mutator now and then starts
 * from a real train. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/record_json.h"
#include "event/decode.h"
#include "support/builder.h"
#include "support/facts_seal.h"
#include "support/random_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

static void derive(const struct train *train, unsigned pick) {
    struct arena scratch = {0};
    struct buffer text = {0};
    struct rules rules = {(enum merge_policy)(pick % MERGE_POLICY_COUNT),
                          (enum require_level)(pick / 3 % REQUIRE_LEVEL_COUNT),
                          pick % 2 == 0 ? SLICE("") : SLICE("aeo:DE:2020-12-18,control:DE:document,control:KZ:risk")};
    encode_record(record_derive(train, rules, &scratch), pick > 127, &text);
    buffer_release(&text);
    arena_release(&scratch);
}

static void pack_again(const struct train *train) {
    struct buffer first = {0}, second = {0};
    struct join_effect effect;
    train_pack(train, &first);
    struct train *copy = train_new(SLICE(BUILDER_TRAIN), 2);
    require(train_unpack(copy, buffer_slice(&first), &effect));
    train_pack(copy, &second);
    require(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    train_free(copy);
    buffer_release(&first);
    buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    struct train *train = train_new(SLICE(BUILDER_TRAIN), 1);
    struct join_effect effect;
    size_t len = size - 1;
    char *facts = alloc_bytes(len);
    memcpy(facts, data + 1, len);
    facts_seal(facts, len);
    train_unpack(train, (struct slice){facts, len}, &effect);
    free(facts);
    require((size_t)effect.live_events == train_live_events(train));
    if (train_live_events(train) > 0) {
        derive(train, data[0]);
        pack_again(train);
    }
    train_free(train);
    return 0;
}

/* The packed facts of a few random events. */
static void random_facts(unsigned seed, struct buffer *out) {
    struct random random = {seed};
    struct decoder *decoder = decoder_new(1 << 20);
    struct train *train = train_new(SLICE(BUILDER_TRAIN), seed);
    struct arena arena = {0};
    struct buffer text = {0};
    size_t count = 1 + random_below(&random, 8);
    for (size_t i = 0; i < count; i++) {
        struct event event;
        struct reject reject;
        struct join_effect effect;
        buffer_clear(&text);
        random_event(&random, &text);
        require(decode_event(decoder, buffer_slice(&text), &arena, &event, &reject));
        event.hash = hash_of(buffer_slice(&text));
        train_join(train, &event, i, SIZE_MAX, &effect);
    }
    train_pack(train, out);
    train_free(train);
    decoder_free(decoder);
    arena_release(&arena);
    buffer_release(&text);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    if (seed % 4 == 0 || size < 2) {
        struct buffer facts = {0};
        random_facts(seed, &facts);
        if (facts.len + 1 <= size_max) {
            data[0] = (uint8_t)(seed >> 8);
            memcpy(data + 1, facts.data, facts.len);
            size = facts.len + 1;
        }
        buffer_release(&facts);
    }
    return LLVMFuzzerMutate(data, size, size_max);
}
