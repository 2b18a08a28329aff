/* Workloads as a whole: the same bytes for the same options, only what is planned to be invalid is, and totals to the
 * last gram. That the merge finds these totals is shown by tests/cli/presets.sh. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/hash.h"
#include "event/decode.h"
#include "workload/workload.h"

enum { MESSAGE_BYTES_MAX = 1024 * 1024 };

static bool append_line(void *context, struct slice line) {
    buffer_append_slice(context, line);
    return true;
}

static struct workload_truth generate(const struct workload_options *options, struct buffer *out) {
    struct workload_truth truth;
    buffer_clear(out);
    cr_assert(workload_generate(options, (struct workload_sink){append_line, out}, &truth));
    cr_assert_eq(truth.bytes, out->len);
    return truth;
}

/* A preset made short: `trains` trains. */
static struct workload_options short_preset(enum workload_preset preset, uint64_t trains, uint64_t seed) {
    struct workload_options options = workload_preset(preset);
    options.seed = seed;
    workload_set_trains(&options, trains);
    return options;
}

static void expect_hash(enum workload_preset preset, const char *expected) {
    struct workload_options options = short_preset(preset, 20, 7);
    struct buffer out = {0};
    char hash[HASH_HEX_BYTES + 1] = {0};
    generate(&options, &out);
    hash_write(hash_of(buffer_slice(&out)), hash);
    cr_expect_str_eq(hash, expected, "%s: %s", WORKLOAD_PRESET_NAMES[preset], hash);
    buffer_release(&out);
}

/* The bytes of a seed are the same on any machine and stay the same: who changes the generator changes these on
 * purpose. */
Test(workload, gives_the_same_bytes_on_any_machine) {
    expect_hash(PRESET_SMALL, "cb47f8c529ac759348b43cbfc98296e7");
    expect_hash(PRESET_XINJIANG_2020, "1ece1bf286190c7ec8f1740571b2dd90");
    expect_hash(PRESET_CHINA_2020, "d91c25676ac4bb7ea057cf6afdd16962");
    expect_hash(PRESET_XINJIANG_2011_2020, "2c84b43fbec06b98d6095f68fccc9b97");
}

Test(workload, another_seed_gives_other_bytes) {
    struct workload_options one = short_preset(PRESET_SMALL, 5, 1), two = short_preset(PRESET_SMALL, 5, 2);
    struct buffer a = {0}, b = {0};
    generate(&one, &a);
    generate(&two, &b);
    cr_assert(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
    buffer_release(&a);
    buffer_release(&b);
}

static struct workload_truth decode_all(const struct workload_options *options) {
    struct buffer out = {0};
    struct workload_truth truth = generate(options, &out);
    struct decoder *decoder = decoder_new(MESSAGE_BYTES_MAX);
    struct arena arena = {0};
    uint64_t valid = 0, rejects[REJECT_REASON_COUNT] = {0};
    for (const char *at = out.data, *end = out.data + out.len; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct event event;
        struct reject reject;
        arena_reset(&arena, SIZE_MAX);
        if (decode_event(decoder, (struct slice){at, (size_t)(stop - at)}, &arena, &event, &reject)) {
            valid++;
        } else {
            rejects[reject.reason]++;
        }
        at = stop + 1;
    }
    cr_assert_eq(valid, truth.counts.events + truth.counts.duplicates);
    cr_assert_arr_eq(rejects, truth.counts.rejects, sizeof rejects);
    decoder_free(decoder);
    arena_release(&arena);
    buffer_release(&out);
    return truth;
}

Test(workload, only_the_planned_messages_are_invalid) {
    for (int preset = 0; preset < PRESET_COUNT; preset++) {
        struct workload_options options = short_preset((enum workload_preset)preset, 30, 3);
        options.order = ORDER_ALL;
        struct workload_truth truth = decode_all(&options);
        cr_assert_gt(truth.counts.events, 30 * 5);
        cr_assert_gt(truth.counts.duplicates, 0);
        cr_assert_gt(truth.counts.rejects[REJECT_BAD_FIELD], 0);
    }
}

Test(workload, is_valid_also_where_everything_happens) {
    struct workload_options options = short_preset(PRESET_SMALL, 12, 4);
    for (int i = 0; i < RATE_COUNT; i++) {
        options.rates[i] = i == RATE_RECOMPOSITIONS || i == RATE_DECLARATIONS ? 900000
                           : i == RATE_OVERSIZED                              ? 100
                                                                              : 300000;
    }
    struct workload_truth truth = decode_all(&options);
    cr_assert_gt(truth.counts.events, 1000);
}

Test(workload, is_valid_at_every_scale) {
    static const uint64_t scales[] = {RNG_MILLION / 100, RNG_MILLION / 7, 3 * RNG_MILLION, 40 * RNG_MILLION};
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        struct workload_options options = short_preset(PRESET_XINJIANG_2020, 3, 5);
        options.scale = scales[i];
        struct workload_truth truth = decode_all(&options);
        uint64_t expected = UINT64_C(7262800000000) * 3 / 10051;
        cr_assert(truth.gross_g == expected);
    }
}

/* ---- totals */

static bool ignore_line(void *context, struct slice line) {
    (void)context;
    (void)line;
    return true;
}

static struct workload_truth truth_of(enum workload_preset preset, uint64_t seed) {
    struct workload_options options = workload_preset(preset);
    struct workload_truth truth;
    options.seed = seed;
    options.scale = RNG_MILLION / 50;
    options.rates[RATE_DUPLICATES] = options.rates[RATE_TRACKING] = options.rates[RATE_INVALID] = 0;
    cr_assert(workload_generate(&options, (struct workload_sink){ignore_line, NULL}, &truth));
    return truth;
}

Test(workload, presets_plan_the_reference_totals) {
    struct workload_truth truth = truth_of(PRESET_XINJIANG_2020, 1);
    cr_assert(truth.trains == 10051 && truth.gross_g == UINT64_C(7262800) * 1000000);
    truth = truth_of(PRESET_CHINA_2020, 2);
    cr_assert(truth.trains == 12400 && truth.teu == UINT64_C(1135000) * 100);
    truth = truth_of(PRESET_XINJIANG_2011_2020, 3);
    cr_assert(truth.trains == 27187 && truth.gross_g == UINT64_C(18722800) * 1000000);
}

Test(workload, fewer_trains_keep_the_averages) {
    struct workload_options options = workload_preset(PRESET_XINJIANG_2011_2020);
    workload_set_trains(&options, 2718);
    uint64_t trains = 0;
    for (size_t i = 0; i < options.year_count; i++) {
        trains += options.years[i].trains;
    }
    cr_assert_eq(trains, 2718);
    cr_assert_eq(options.years[9].trains, 1005);
    cr_assert_eq(options.years[9].gross_g,
                 UINT64_C(7262800000000) / 10051 * 1005 + UINT64_C(7262800000000) % 10051 * 1005 / 10051);
    cr_assert_eq(options.years[0].trains, 1);
}
