/* Examples, generated events and what becomes of them under thousands of seeded changes: what decoding takes keeps
 * every rule that the struct can show, and the cheap look for the train's key finds that key or nothing. */
#include <criterion/criterion.h>

#include "event/decode.h"
#include "files/route.h"
#include "support/event_check.h"
#include "support/messages.h"
#include "support/mutate.h"

enum { MUTATIONS = 60000 };

static struct messages messages;
static struct decoder *decoder;
static struct arena arena;
static struct event event;
static struct reject reject;

static void begin(void) {
    messages_make(&messages);
    decoder = decoder_new(1 << 20);
    cr_assert_gt(messages.count, 2 * MESSAGES_RANDOM_EVENTS);
}

static void end(void) {
    messages_release(&messages);
    arena_release(&arena);
    decoder_free(decoder);
}

TestSuite(decode_property, .init = begin, .fini = end);

static bool decode(struct slice text) {
    arena_reset(&arena, SIZE_MAX);
    return decode_event(decoder, text, &arena, &event, &reject);
}

/* True when the message is taken. *routed counts those whose key the cheap look finds. */
static bool check(struct slice text, size_t *routed) {
    char key[TRAIN_KEY_BYTES_MAX];
    size_t len = route_scan(text, key);
    cr_assert_leq(len, TRAIN_KEY_BYTES_MAX);
    if (!decode(text)) {
        return false;
    }
    const char *broken = event_check(&event);
    cr_assert_null(broken, "%s: %.*s", broken, (int)text.len, text.data);
    cr_assert(len == 0 || slice_equal((struct slice){key, len}, event.train_key), "%.*s: %.*s", (int)len, key,
              (int)text.len, text.data);
    *routed += len > 0;
    return true;
}

Test(decode_property, of_the_messages_themselves) {
    size_t taken = 0, routed = 0;
    for (size_t i = 0; i < messages.count; i++) {
        taken += check(buffer_slice(&messages.items[i]), &routed);
    }
    cr_expect_gt(taken, messages.count * 8 / 10, "%zu of %zu are taken", taken, messages.count);
    cr_expect_gt(routed, taken * 9 / 10, "%zu of %zu are routed", routed, taken);
}

Test(decode_property, of_changed_messages) {
    struct random random = {2};
    struct buffer text = {0};
    size_t taken = 0, routed = 0, by_reason[REJECT_REASON_COUNT] = {0};
    for (int i = 0; i < MUTATIONS; i++) {
        buffer_clear(&text);
        buffer_append_slice(&text, messages_pick(&messages, &random));
        mutate(&random, messages_pick(&messages, &random), &text);
        if (check(buffer_slice(&text), &routed)) {
            taken++;
        } else {
            by_reason[reject.reason]++;
        }
    }
    buffer_release(&text);
    cr_expect_gt(taken, MUTATIONS / 100, "%zu are taken", taken);
    cr_expect_gt(routed, taken / 4, "%zu of %zu are routed", routed, taken);
    for (int reason = REJECT_NOT_JSON; reason < REJECT_LIMIT_EXCEEDED; reason++) {
        cr_expect_gt(by_reason[reason], 0, "no %s", reject_name((enum reject_reason)reason));
    }
}

/* Every character of every string as an escape, and white space wherever JSON allows it. */
static void write_otherwise(struct slice text, struct buffer *out) {
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '"') {
            in_string = !in_string;
            buffer_append_text(out, in_string ? " \"" : "\"\r\n");
        } else if (in_string && c == '\\') {
            size_t len = text.data[i + 1] == 'u' ? 6 : 2;
            buffer_append(out, text.data + i, len);
            i += len - 1;
        } else if (in_string && (unsigned char)c < 0x80) {
            buffer_printf(out, "\\u%04X", (unsigned)c);
        } else {
            buffer_append_byte(out, c);
            buffer_append_text(out, in_string || strchr("{}[]:,", c) == NULL ? "" : "\t ");
        }
    }
}

Test(decode_property, writing_it_otherwise_changes_nothing) {
    struct buffer otherwise = {0}, id = {0}, key = {0};
    char found[TRAIN_KEY_BYTES_MAX];
    for (size_t i = 0; i < messages.count; i++) {
        struct slice text = buffer_slice(&messages.items[i]);
        bool taken = decode(text);
        struct event first = event;
        struct reject why = reject;
        buffer_clear(&id);
        buffer_clear(&key);
        if (taken) {
            buffer_append_slice(&id, event.id);
            buffer_append_slice(&key, event.train_key);
        }
        if (!taken && why.reason == REJECT_NOT_JSON) {
            continue;
        }
        buffer_clear(&otherwise);
        write_otherwise(text, &otherwise);
        if (taken) {
            cr_assert(decode(buffer_slice(&otherwise)), "%.*s: %s", (int)otherwise.len, otherwise.data, reject.message);
            cr_assert(event.type == first.type && event.time_ms == first.time_ms);
            cr_assert(slice_equal(event.id, buffer_slice(&id)) && slice_equal(event.train_key, buffer_slice(&key)));
            cr_assert_null(event_check(&event));
            cr_assert_eq(route_scan(buffer_slice(&otherwise), found), 0);
        } else {
            cr_assert_not(decode(buffer_slice(&otherwise)));
            cr_assert(reject.reason == why.reason && strcmp(reject.pointer, why.pointer) == 0, "%.*s: %s, not %s",
                      (int)text.len, text.data, reject.pointer, why.pointer);
        }
    }
    buffer_release(&otherwise);
    buffer_release(&id);
    buffer_release(&key);
}
