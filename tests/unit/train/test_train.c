/* Trains as tables: growth, packing, damaged bytes and the sums beside them. The rules of the join are in
 * tests/rules/. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/timestamp.h"
#include "event/register.h"
#include "train/train.h"

#define KEY SLICE("X8024|2020-12-18|CNAKL")

enum { BYTES = 100 };

/* A control on waybill `i`: the same register for the same i, newer with a later `second`. */
static enum join_result join_control(struct train *train, unsigned i, int second, size_t bytes_max,
                                     struct join_effect *effect) {
    char ref[16], id[32];
    snprintf(ref, sizeof ref, "CNW%u", i);
    snprintf(id, sizeof id, "%u at %d", i, second);
    struct event event = {.type = EVENT_CONTROL,
                          .id = slice_of(id),
                          .source = SLICE("s"),
                          .time_ms = 1608278400000 + second * 1000,
                          .message_bytes = BYTES,
                          .hash = hash_of(slice_of(id)),
                          .data.control = {.scope = SCOPE_WAYBILL, .kind = KIND_RISK, .key = slice_of(ref)}};
    event.registers = registers_of(event.type, &event.data);
    return train_join(train, &event, i, bytes_max, effect);
}

static struct train *filled(unsigned count, uint64_t seed) {
    struct train *train = train_new(KEY, seed);
    struct join_effect effect;
    for (unsigned i = 0; i < count; i++) {
        cr_assert_eq(join_control(train, i, 0, SIZE_MAX, &effect), JOIN_ACCEPTED);
    }
    return train;
}

Test(train, parts_of_the_key) {
    struct train *train = train_new(KEY, 1);
    cr_expect(slice_equal(train_key(train), KEY));
    cr_expect(slice_equal(train_number(train), SLICE("X8024")));
    cr_expect(slice_equal(train_date(train), SLICE("2020-12-18")));
    cr_expect(slice_equal(train_port(train), SLICE("CNAKL")));
    cr_expect_eq(train_date_days(train), 18614);
    train_free(train);
    train_free(NULL);
}

/* Hundreds of thousands of registers; each join stays as cheap as the first ones. */
Test(train, grows_without_slowing_down) {
    enum { COUNT = 300000 };
    int64_t before = clock_steady_ms();
    struct train *train = filled(COUNT, 3);
    struct join_effect effect;
    for (unsigned i = 0; i < COUNT; i++) {
        cr_assert_eq(join_control(train, i, 1, SIZE_MAX, &effect), JOIN_ACCEPTED);
        cr_assert_eq(effect.live_events, 0);
    }
    cr_expect_eq(train_live_events(train), COUNT);
    cr_expect_eq(train_live_bytes(train), (size_t)COUNT * BYTES);
    cr_expect_lt(clock_steady_ms() - before, 20000);
    train_free(train);
}

/* The effects add up to what the train says of itself, and dead facts give their memory back. */
Test(train, effects_add_up) {
    struct train *train = train_new(KEY, 3);
    struct join_effect effect;
    struct join_effect sum = {.memory_bytes = (int64_t)train_memory_bytes(train)};
    size_t once = 0;
    for (int round = 0; round < 20; round++) {
        for (unsigned i = 0; i < 100; i++) {
            join_control(train, i, round, SIZE_MAX, &effect);
            sum.live_events += effect.live_events;
            sum.live_bytes += effect.live_bytes;
            sum.memory_bytes += effect.memory_bytes;
            sum.hash_sum = hash_add(sum.hash_sum, effect.hash_sum);
        }
        once = round == 0 ? train_memory_bytes(train) : once;
    }
    cr_expect_eq(sum.live_events, (int64_t)train_live_events(train));
    cr_expect_eq(sum.live_bytes, (int64_t)train_live_bytes(train));
    cr_expect_eq(sum.memory_bytes, (int64_t)train_memory_bytes(train));
    cr_expect(hash_equal(sum.hash_sum, train_hash_sum(train)));
    cr_expect_eq(train_live_events(train), 100);
    cr_expect_lt(train_memory_bytes(train), once + once / 4);
    train_free(train);
}

Test(train, packed_bytes_depend_on_the_set_only) {
    struct train *forward = filled(500, 1);
    struct train *backward = train_new(KEY, 2);
    struct join_effect effect;
    for (unsigned i = 500; i-- > 0;) {
        join_control(backward, i, -1, SIZE_MAX, &effect);
        join_control(backward, i, 0, SIZE_MAX, &effect);
    }
    struct buffer a = {0};
    struct buffer b = {0};
    cr_expect_eq(train_pack(forward, &a), 500);
    cr_expect_eq(train_pack(backward, &b), 500);
    cr_expect(slice_equal(buffer_slice(&a), buffer_slice(&b)));
    struct train *copy = train_new(KEY, 3);
    cr_assert(train_unpack(copy, buffer_slice(&a), &effect));
    cr_expect_eq(effect.live_events, 500);
    cr_expect_eq(effect.live_bytes, 500 * BYTES);
    cr_expect(hash_equal(effect.hash_sum, train_hash_sum(forward)));
    buffer_clear(&b);
    train_pack(copy, &b);
    cr_expect(slice_equal(buffer_slice(&a), buffer_slice(&b)));
    buffer_release(&a);
    buffer_release(&b);
    train_free(forward);
    train_free(backward);
    train_free(copy);
}

Test(train, damaged_bytes_do_not_unpack) {
    struct train *train = filled(3, 1);
    struct buffer packed = {0};
    struct join_effect effect;
    train_pack(train, &packed);
    struct train *copy = train_new(KEY, 3);
    cr_expect_not(train_unpack(copy, (struct slice){packed.data, packed.len - 1}, &effect));
    cr_expect_eq(effect.live_events, (int64_t)train_live_events(copy));
    cr_expect(train_unpack(copy, (struct slice){packed.data, 0}, &effect));
    buffer_release(&packed);
    train_free(train);
    train_free(copy);
}

static void count_visit(void *context, const struct fact *fact, const size_t *registers, size_t count) {
    struct hash128 *last = context;
    cr_expect_eq(count, 1);
    cr_expect_eq(registers[0], 0);
    cr_expect_lt(hash_compare(*last, fact_hash(fact)), 0);
    *last = fact_hash(fact);
}

Test(train, each_visits_by_hash) {
    struct train *train = filled(50, 9);
    struct hash128 last = {0, 0};
    train_each(train, count_visit, &last);
    cr_expect(train_has(train, last));
    cr_expect_not(train_has(train, (struct hash128){1, 2}));
    train_free(train);
}
