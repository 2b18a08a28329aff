#include <criterion/criterion.h>

#include "base/arena.h"
#include "event/decode.h"
#include "workload/invalid.h"
#include "workload/plan.h"

enum { DRAWS = 3000, SOME_OVERSIZED = 2000, MESSAGE_BYTES_MAX = 1024 * 1024 };

/* Decodes what was just written, less its key and LF, and says why it was turned away; KEY_MISMATCH for a valid
 * message. */
static enum reject_reason reason_found(struct decoder *decoder, struct arena *arena, struct slice line, bool keyed) {
    struct event event;
    struct reject reject;
    const char *tab = keyed ? memchr(line.data, '\t', line.len) : NULL;
    size_t key = keyed ? (size_t)(tab - line.data) + 1 : 0;
    struct slice message = {line.data + key, line.len - key - 1};
    arena_reset(arena, SIZE_MAX);
    cr_assert_eq(line.data[line.len - 1], '\n');
    cr_assert_null(memchr(message.data, '\n', message.len));
    return decode_event(decoder, message, arena, &event, &reject) ? REJECT_KEY_MISMATCH : reject.reason;
}

static void expect_reasons(bool keyed, uint32_t oversized, uint64_t counts[REJECT_REASON_COUNT]) {
    struct arena plans = {0}, arena = {0};
    struct catalog *catalog = arena_take(&plans, sizeof *catalog);
    catalog_init(catalog, &plans);
    struct workload_options options = workload_preset(PRESET_SMALL);
    const struct plan *plan = plan_train(&options, catalog, &(struct plan_request){.day = 18000}, &plans);
    struct decoder *decoder = decoder_new(MESSAGE_BYTES_MAX);
    struct buffer out = {0};
    struct rng rng = rng_new(1, 0, 0);
    struct writer writer = {&out, &rng, plan, options.rates, keyed};
    for (int i = 0; i < DRAWS; i++) {
        buffer_clear(&out);
        enum reject_reason planned = invalid_write(&writer, plan->start_ms, oversized, counts);
        counts[planned]++;
        enum reject_reason found = reason_found(decoder, &arena, buffer_slice(&out), keyed);
        cr_assert_eq(found, planned, "planned %s, found %s: %.*s", reject_name(planned), reject_name(found),
                     (int)(out.len < 600 ? out.len : 600), out.data);
    }
    buffer_release(&out);
    decoder_free(decoder);
    arena_release(&arena);
    arena_release(&plans);
}

Test(invalid, every_message_is_rejected_for_the_planned_reason) {
    uint64_t counts[REJECT_REASON_COUNT] = {0};
    expect_reasons(false, SOME_OVERSIZED, counts);
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        bool from_bytes = i <= REJECT_LIMIT_EXCEEDED;
        cr_assert_eq(counts[i] != 0, from_bytes, "%s: %u", reject_name((enum reject_reason)i), (unsigned)counts[i]);
    }
    cr_assert(counts[REJECT_TOO_LARGE] > 1 && counts[REJECT_TOO_LARGE] < DRAWS / 50);
}

Test(invalid, a_wrong_key_only_where_lines_have_keys) {
    uint64_t counts[REJECT_REASON_COUNT] = {0};
    expect_reasons(true, 0, counts);
    cr_assert_gt(counts[REJECT_KEY_MISMATCH], 0);
    cr_assert_eq(counts[REJECT_TOO_LARGE], 0);
}
