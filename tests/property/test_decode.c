/* Examples, generated events and what becomes of them under thousands of seeded changes: what decoding takes keeps
 * every rule that the struct can show, and the cheap look for the train's key finds that key or nothing. */
#include <criterion/criterion.h>

#include "event/decode.h"
#include "pipeline/route.h"
#include "support/event_check.h"
#include "support/examples.h"
#include "support/mutate.h"
#include "workload/workload.h"

enum { MUTATIONS = 60000, RANDOM_EVENTS = 300, TRAINS = 6, TEXTS_MAX = 20000, TEXT_BYTES_MAX = 16 * 1024 };

/* The messages that everything begins with. */
static struct buffer *texts;
static size_t text_count;

static struct decoder *decoder;
static struct arena arena;
static struct event event;
static struct reject reject;

static void add(struct slice text) {
    if (text_count < TEXTS_MAX && text.len <= TEXT_BYTES_MAX) {
        buffer_append_slice(&texts[text_count++], text);
    }
}

static bool add_line(void *context, struct slice line) {
    (void)context;
    add((struct slice){line.data, line.len - 1});
    return true;
}

static void add_examples(const char *folder) {
    struct examples examples = {0};
    examples_read(&examples, folder);
    for (size_t i = 0; i < examples.count; i++) {
        add(buffer_slice(&examples.items[i].text));
    }
    examples_release(&examples);
}

static void begin(void) {
    struct workload_options options = workload_preset(PRESET_SMALL);
    struct workload_truth truth;
    struct random random = {1};
    texts = calloc(TEXTS_MAX, sizeof *texts);
    decoder = decoder_new(1 << 20);
    add_examples("valid");
    add_examples("invalid");
    for (int i = 0; i < RANDOM_EVENTS; i++) {
        random_event(&random, &texts[text_count++]);
    }
    workload_set_trains(&options, TRAINS);
    cr_assert(workload_generate(&options, (struct workload_sink){add_line, NULL}, &truth));
    cr_assert_gt(text_count, 2 * RANDOM_EVENTS);
}

static void end(void) {
    for (size_t i = 0; i < text_count; i++) {
        buffer_release(&texts[i]);
    }
    free(texts);
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
    for (size_t i = 0; i < text_count; i++) {
        taken += check(buffer_slice(&texts[i]), &routed);
    }
    cr_expect_gt(taken, text_count * 8 / 10, "%zu of %zu are taken", taken, text_count);
    cr_expect_gt(routed, taken * 9 / 10, "%zu of %zu are routed", routed, taken);
}

Test(decode_property, of_changed_messages) {
    struct random random = {2};
    struct buffer text = {0};
    size_t taken = 0, routed = 0, by_reason[REJECT_REASON_COUNT] = {0};
    for (int i = 0; i < MUTATIONS; i++) {
        buffer_clear(&text);
        buffer_append_slice(&text, buffer_slice(&texts[random_below(&random, text_count)]));
        mutate(&random, buffer_slice(&texts[random_below(&random, text_count)]), &text);
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
    for (size_t i = 0; i < text_count; i++) {
        struct slice text = buffer_slice(&texts[i]);
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
