/* A record that is kept from change to change is, byte for byte, the one that is derived from the train anew: over
 * random histories, under all rules, whenever it is looked at, and whenever it is dropped and begun again. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "encode/record_json.h"
#include "encode/record_text.h"
#include "event/decode.h"
#include "record/kept.h"
#include "record/totals.h"
#include "support/builder.h"
#include "support/random_events.h"

enum { SEEDS = 4000, EVENTS_MAX = 120, RULES = MERGE_POLICY_COUNT * REQUIRE_LEVEL_COUNT };

static struct {
    uint64_t seed;
    struct random random;
    struct decoder *decoder;
    struct arena decoded, derived, scratch;
    struct buffer message, fresh, rest, copied;
    struct train *train;
    struct rules rules;
    struct kept *kept;
    struct record_text *text;
    size_t updates, whole;
} run;

#define EXPECT_SEED(condition, ...)                                                                                    \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "seed %" PRIu64 ": ", run.seed);                                                           \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fprintf(stderr, "\n");                                                                                     \
            cr_assert_fail("seed %" PRIu64 ": %s", run.seed, #condition);                                              \
        }                                                                                                              \
    } while (0)

static void open_kept(void) {
    run.kept = kept_new(run.train, run.rules);
    run.text = record_text_new();
}

static void close_kept(void) {
    kept_free(run.kept);
    record_text_free(run.text);
}

static void begin(uint64_t seed) {
    int rules = (int)(seed % RULES);
    run.seed = seed;
    run.random.state = seed;
    if (run.decoder == NULL) {
        run.decoder = decoder_new(1 << 20);
    }
    run.train = train_new(SLICE(BUILDER_TRAIN), random_next(&run.random));
    run.rules =
        (struct rules){(enum merge_policy)(rules % MERGE_POLICY_COUNT),
                       (enum require_level)(rules / MERGE_POLICY_COUNT),
                       seed % 2 == 0 ? SLICE("") : SLICE("aeo:DE:2020-12-18,control:DE:document,control:KZ:risk")};
    open_kept();
}

static void end(void) {
    close_kept();
    train_free(run.train);
}

static void release(void) {
    decoder_free(run.decoder);
    arena_release(&run.decoded);
    arena_release(&run.derived);
    arena_release(&run.scratch);
    buffer_release(&run.message);
    buffer_release(&run.fresh);
    buffer_release(&run.rest);
    buffer_release(&run.copied);
    memset(&run, 0, sizeof run);
}

static void join(void) {
    struct event event;
    struct reject reject;
    struct join_effect effect;
    buffer_clear(&run.message);
    random_event(&run.random, &run.message);
    arena_reset(&run.decoded, SIZE_MAX);
    bool decoded = decode_event(run.decoder, buffer_slice(&run.message), &run.decoded, &event, &reject);
    EXPECT_SEED(decoded, "%s %s", reject.pointer, reject.message);
    event.hash = hash_of(buffer_slice(&run.message));
    train_join(run.train, &event, 0, SIZE_MAX, &effect);
}

static void compare(size_t at) {
    struct record_whole whole;
    struct kept_record kept = kept_update(run.kept, &run.scratch);
    record_text_write(run.text, &kept, &run.rest, &whole);
    buffer_clear(&run.copied);
    record_whole_copy(&whole, buffer_reserve(&run.copied, whole.bytes));
    run.copied.len = whole.bytes;
    run.updates++;
    run.whole += kept.whole;
    arena_reset(&run.derived, SIZE_MAX);
    buffer_clear(&run.fresh);
    const struct record *record = record_derive(run.train, run.rules, &run.derived);
    struct hash128 digest = encode_record(record, false, &run.fresh);
    EXPECT_SEED(slice_equal(buffer_slice(&run.fresh), buffer_slice(&run.copied)), "after %zu events:\n%.*s\n%.*s", at,
                (int)run.fresh.len, run.fresh.data, (int)run.copied.len, run.copied.data);
    EXPECT_SEED(hash_equal(digest, whole.digest), "after %zu events: digests", at);
    struct totals fresh = totals_of(record);
    struct totals now = totals_of(kept.record);
    EXPECT_SEED(totals_equal(&fresh, &now), "after %zu events: totals", at);
}

Test(kept, equals_what_is_derived_anew, .fini = release, .timeout = 240) {
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(seed);
        size_t count = 1 + random_below(&run.random, EVENTS_MAX);
        for (size_t i = 0; i < count; i++) {
            join();
            if (random_below(&run.random, 32) == 0) {
                close_kept();
                open_kept();
            }
            if (random_below(&run.random, 3) > 0) {
                compare(i + 1);
            }
        }
        compare(count);
        end();
    }
    /* Else nothing was shown. */
    cr_assert_gt(run.updates, 2 * run.whole, "%zu updates, %zu of them whole", run.updates, run.whole);
}
