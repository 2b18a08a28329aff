/* Contract 0 on thousands of random event sets: the record is a function of the set. Any order, any repetition and
 * any split into batches give the same bytes; a train packed and unpacked is the same train; what a join reports adds
 * up. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/record_json.h"
#include "event/decode.h"
#include "record/record.h"
#include "support/builder.h"
#include "support/random_events.h"

enum { SEEDS = 6000, EVENTS_MAX = 48, BATCHES_MAX = 4, RULES = MERGE_POLICY_COUNT * REQUIRE_LEVEL_COUNT };

/* The messages of one seed, and what a run needs again and again. */
static struct {
    uint64_t seed;
    struct random random;
    struct buffer text;
    size_t ends[EVENTS_MAX], count;
    struct decoder *decoder;
    struct arena decoded, derived;
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

static void begin(uint64_t seed) {
    run.seed = seed;
    run.random.state = seed;
    if (run.decoder == NULL) {
        run.decoder = decoder_new(1 << 20);
    }
    buffer_clear(&run.text);
    run.count = 1 + random_below(&run.random, EVENTS_MAX);
    for (size_t i = 0; i < run.count; i++) {
        random_event(&run.random, &run.text);
        run.ends[i] = run.text.len;
    }
}

static void end(void) {
    decoder_free(run.decoder);
    arena_release(&run.decoded);
    arena_release(&run.derived);
    buffer_release(&run.text);
    memset(&run, 0, sizeof run);
}

static struct slice message(size_t i) {
    size_t from = i == 0 ? 0 : run.ends[i - 1];
    return (struct slice){run.text.data + from, run.ends[i] - from};
}

static struct train *new_train(void) {
    return train_new(SLICE(BUILDER_TRAIN), random_next(&run.random));
}

/* What joins and unpackings report, summed; must equal what the train says of itself. */
struct sums {
    int64_t events, bytes, memory;
    struct hash128 hashes;
};

static void add(struct sums *sums, const struct join_effect *effect) {
    sums->events += effect->live_events;
    sums->bytes += effect->live_bytes;
    sums->memory += effect->memory_bytes;
    sums->hashes = hash_add(sums->hashes, effect->hash_sum);
}

static struct sums sums_of_new(const struct train *train) {
    return (struct sums){.memory = (int64_t)train_memory_bytes(train)};
}

static void expect_sums(const struct train *train, const struct sums *sums) {
    EXPECT_SEED((size_t)sums->events == train_live_events(train), "live events");
    EXPECT_SEED((size_t)sums->bytes == train_live_bytes(train), "live bytes");
    EXPECT_SEED((size_t)sums->memory == train_memory_bytes(train), "memory");
    EXPECT_SEED(hash_equal(sums->hashes, train_hash_sum(train)), "sum of hashes");
}

static enum join_result join(struct train *train, size_t i, size_t limit, struct sums *sums) {
    struct event event;
    struct reject reject;
    arena_reset(&run.decoded, SIZE_MAX);
    bool decoded = decode_event(run.decoder, message(i), &run.decoded, &event, &reject);
    EXPECT_SEED(decoded, "%s %s: %.*s", reject.pointer, reject.message, (int)message(i).len, message(i).data);
    event.hash = hash_of(message(i));
    bool live = train_has(train, event.hash);
    struct join_effect effect;
    enum join_result result = train_join(train, &event, 0, limit, &effect);
    EXPECT_SEED(live == (result == JOIN_DUPLICATE), "event %zu: live before %d, result %d", i, live, (int)result);
    EXPECT_SEED(train_has(train, event.hash) == (live || result == JOIN_ACCEPTED), "event %zu: result %d", i,
                (int)result);
    add(sums, &effect);
    expect_sums(train, sums);
    return result;
}

static struct buffer packed(const struct train *train) {
    struct buffer facts = {0};
    size_t count = train_pack(train, &facts);
    EXPECT_SEED(count == train_live_events(train), "%zu facts packed", count);
    return facts;
}

/* Joins `facts` into the train. */
static void unpack(struct train *train, const struct buffer *facts, struct sums *sums) {
    struct join_effect effect;
    EXPECT_SEED(train_unpack(train, buffer_slice(facts), &effect), "unpacking");
    add(sums, &effect);
    expect_sums(train, sums);
}

static void record_text(const struct train *train, int rules, struct buffer *out) {
    struct rules under = {(enum merge_policy)(rules % MERGE_POLICY_COUNT),
                          (enum require_level)(rules / MERGE_POLICY_COUNT),
                          rules % 2 == 0 ? SLICE("") : SLICE("aeo:DE:2020-12-18,control:DE:document,control:KZ:risk")};
    arena_reset(&run.derived, SIZE_MAX);
    buffer_clear(out);
    encode_record(record_derive(train, under, &run.derived), random_below(&run.random, 8) == 0, out);
}

static void expect_same_bytes(const struct train *a, const struct train *b, const char *how) {
    struct buffer left = packed(a), right = packed(b);
    EXPECT_SEED(slice_equal(buffer_slice(&left), buffer_slice(&right)), "%s: packed bytes differ", how);
    buffer_release(&left);
    buffer_release(&right);
}

/* The same state to the byte, and the same records under all rules. */
static void expect_same(const struct train *a, const struct train *b, const char *how) {
    EXPECT_SEED(train_live_events(a) == train_live_events(b), "%s: live events", how);
    EXPECT_SEED(train_live_bytes(a) == train_live_bytes(b), "%s: live bytes", how);
    EXPECT_SEED(hash_equal(train_hash_sum(a), train_hash_sum(b)), "%s: sum of hashes", how);
    expect_same_bytes(a, b, how);
    struct buffer left = {0}, right = {0};
    for (int rules = 0; rules < RULES; rules++) {
        struct random before = run.random; /* the same choice for both */
        record_text(a, rules, &left);
        run.random = before;
        record_text(b, rules, &right);
        EXPECT_SEED(slice_equal(buffer_slice(&left), buffer_slice(&right)), "%s, rules %d:\n%.*s\n%.*s", how, rules,
                    (int)left.len, left.data, (int)right.len, right.data);
    }
    buffer_release(&left);
    buffer_release(&right);
}

static struct train *joined_in_order(void) {
    struct train *train = new_train();
    struct sums sums = sums_of_new(train);
    for (size_t i = 0; i < run.count; i++) {
        join(train, i, SIZE_MAX, &sums);
    }
    return train;
}

/* A copy by way of bytes; the train is freed. */
static struct train *through_bytes(struct train *train, struct sums *sums) {
    struct buffer facts = packed(train);
    struct train *copy = new_train();
    *sums = sums_of_new(copy);
    unpack(copy, &facts, sums);
    expect_same_bytes(train, copy, "a copy through bytes");
    train_free(train);
    buffer_release(&facts);
    return copy;
}

/* Any order, each event once or oftener, the train now and then written as bytes and read back. */
static struct train *shuffled_and_repeated(void) {
    struct train *train = new_train();
    struct sums sums = sums_of_new(train);
    size_t order[EVENTS_MAX];
    random_order(&run.random, order, run.count);
    for (size_t i = 0; i < run.count; i++) {
        join(train, order[i], SIZE_MAX, &sums);
        while (random_below(&run.random, 3) == 0) {
            join(train, order[random_below(&run.random, i + 1)], SIZE_MAX, &sums);
        }
        if (random_below(&run.random, 8) == 0) {
            train = through_bytes(train, &sums);
        }
    }
    return train;
}

/* Each event in one batch at least; each batch in a train of its own; the trains joined as bytes in any order. */
static struct train *split_and_joined(void) {
    struct train *batches[BATCHES_MAX] = {NULL};
    struct sums sums[BATCHES_MAX] = {{0}};
    size_t count = 1 + random_below(&run.random, BATCHES_MAX);
    for (size_t i = 0; i < count; i++) {
        batches[i] = new_train();
        sums[i] = sums_of_new(batches[i]);
    }
    for (size_t i = 0; i < run.count; i++) {
        do {
            size_t batch = random_below(&run.random, count);
            join(batches[batch], i, SIZE_MAX, &sums[batch]);
        } while (random_below(&run.random, 3) == 0);
    }
    struct train *into = batches[0];
    for (size_t i = 1; i < count; i++) {
        struct buffer facts = packed(batches[i]);
        unpack(into, &facts, &sums[0]);
        unpack(into, &facts, &sums[0]); /* twice is once */
        buffer_release(&facts);
        train_free(batches[i]);
    }
    return into;
}

Test(join, any_order_repetition_and_split, .fini = end, .timeout = 240) {
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(seed);
        struct train *plain = joined_in_order();
        struct train *shuffled = shuffled_and_repeated();
        struct train *split = split_and_joined();
        expect_same(plain, shuffled, "shuffled and repeated");
        expect_same(plain, split, "split and joined");
        train_free(plain);
        train_free(shuffled);
        train_free(split);
    }
}

/* Whatever the limit, a train never grows beyond it, and an event that is turned away leaves no trace. */
Test(join, limits, .fini = end, .timeout = 240) {
    for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
        begin(seed);
        struct train *train = new_train();
        struct sums sums = sums_of_new(train);
        for (size_t i = 0; i < run.count; i++) {
            size_t limit = random_below(&run.random, 8000), before = train_live_bytes(train);
            struct buffer was = packed(train);
            enum join_result result = join(train, i, limit, &sums);
            size_t held = train_live_bytes(train);
            EXPECT_SEED(held <= limit || held <= before, "%zu bytes held, %zu before, limit %zu", held, before, limit);
            struct buffer is = packed(train);
            EXPECT_SEED(slice_equal(buffer_slice(&was), buffer_slice(&is)) == (result != JOIN_ACCEPTED), "result %d",
                        result);
            buffer_release(&was);
            buffer_release(&is);
        }
        train_free(train);
    }
}

/* Every beginning of a fact that is not all of it is refused. */
static void expect_truncations_refused(const struct buffer *facts) {
    for (size_t at = 0; at < facts->len;) {
        EXPECT_SEED(fact_check(facts->data + at, facts->len - at), "fact at %zu", at);
        size_t whole = fact_bytes((const struct fact *)(const void *)(facts->data + at));
        char *copy = malloc(whole);
        for (size_t len = 0; len < whole; len++) {
            char *exact = copy + (whole - len); /* ends where the memory ends, for the sanitizer to see */
            memcpy(exact, facts->data + at, len);
            EXPECT_SEED(!fact_check(exact, len), "%zu of the %zu bytes of a fact pass", len, whole);
        }
        free(copy);
        at += whole;
    }
}

Test(join, truncated_facts_are_refused, .fini = end, .timeout = 240) {
    for (uint64_t seed = 1; seed <= SEEDS / 50; seed++) {
        begin(seed);
        struct train *train = joined_in_order();
        struct buffer facts = packed(train);
        expect_truncations_refused(&facts);
        buffer_release(&facts);
        train_free(train);
    }
}

static void corrupt(struct buffer *facts) {
    size_t times = 1 + random_below(&run.random, 4);
    for (size_t i = 0; i < times; i++) {
        size_t at = random_below(&run.random, facts->len);
        switch (random_below(&run.random, 4)) {
        case 0: facts->data[at] = (char)random_next(&run.random); break;
        case 1: facts->data[at] = (char)(facts->data[at] ^ 1 << random_below(&run.random, 8)); break;
        case 2: facts->data[at] = (char)0xff; break;
        default: facts->len = 1 + at; break;
        }
    }
}

/* Damaged bytes are refused or give some train; neither reads outside nor stops the program. */
Test(join, corrupted_facts_do_no_harm, .fini = end, .timeout = 240) {
    size_t accepted = 0, refused = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(seed);
        struct train *train = joined_in_order();
        struct buffer facts = packed(train), text = {0};
        corrupt(&facts);
        char *exact = malloc(facts.len);
        memcpy(exact, facts.data, facts.len);
        struct train *copy = new_train();
        struct join_effect effect;
        bool good = train_unpack(copy, (struct slice){exact, facts.len}, &effect);
        accepted += good;
        refused += !good;
        if (train_live_events(copy) > 0) {
            record_text(copy, (int)(seed % RULES), &text);
        }
        free(exact);
        buffer_release(&facts);
        buffer_release(&text);
        train_free(copy);
        train_free(train);
    }
    cr_expect_gt(accepted, 0);
    cr_expect_gt(refused, 0);
}
