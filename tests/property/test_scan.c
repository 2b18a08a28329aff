/* The quick ways of decoding beside the general one: of every example, of generated events, of what becomes of them
 * when they are written otherwise, and of thousands of damaged ones, they say the same. The same comparison goes on in
 * fuzz/fuzz_scan.c. */
#include <criterion/criterion.h>

#include "support/messages.h"
#include "support/mutate.h"
#include "support/twin.h"

enum { MUTATIONS = 60000, REWRITES = 10, SHOWN_BYTES_MAX = 3000 };

static struct messages messages;
static struct twin *twin;
static size_t compared, taken, recognised;

static void begin(void) {
    messages_make(&messages);
    twin = twin_new();
}

static void end(void) {
    messages_release(&messages);
    twin_free(twin);
}

TestSuite(scan_property, .init = begin, .fini = end);

static void compare(struct slice text) {
    const char *difference = twin_compare(twin, text);
    cr_assert_null(difference, "%s: %.*s", difference, (int)(text.len < SHOWN_BYTES_MAX ? text.len : SHOWN_BYTES_MAX),
                   text.data);
    compared++;
    taken += twin_took(twin);
    recognised += twin_recognised(twin);
    cr_assert(twin_took(twin) || !twin_recognised(twin));
}

Test(scan_property, of_the_messages_themselves) {
    for (size_t i = 0; i < messages.count; i++) {
        compare(buffer_slice(&messages.items[i]));
    }
    /* They are of the usual shape. */
    cr_expect_geq(recognised, taken * 99 / 100, "%zu of %zu", recognised, taken);
}

Test(scan_property, written_otherwise) {
    struct json_parser *parser = json_parser_new();
    struct random random = {3};
    struct buffer text = {0};
    const char *what;
    size_t at;
    for (size_t i = 0; i < messages.count * REWRITES; i++) {
        const struct json_value *root =
            json_parse(parser, buffer_slice(&messages.items[i % messages.count]), &what, &at);
        if (root != NULL) {
            buffer_clear(&text);
            messages_rewrite(root, &random, &text);
            compare(buffer_slice(&text));
        }
    }
    cr_expect_gt(taken, compared / 4, "%zu of %zu are taken", taken, compared);
    cr_expect_gt(recognised, taken / 10, "%zu of %zu are recognised", recognised, taken);
    buffer_release(&text);
    json_parser_free(parser);
}

Test(scan_property, of_changed_messages) {
    struct random random = {2};
    struct buffer text = {0};
    for (int i = 0; i < MUTATIONS; i++) {
        buffer_clear(&text);
        buffer_append_slice(&text, messages_pick(&messages, &random));
        mutate(&random, messages_pick(&messages, &random), &text);
        compare(buffer_slice(&text));
    }
    buffer_release(&text);
    cr_expect_gt(taken, MUTATIONS / 100, "%zu are taken", taken);
    cr_expect_gt(recognised, taken / 2, "%zu of %zu are recognised", recognised, taken);
}

/* A message cut anywhere, and with any one byte another: nothing may be read behind it. */
Test(scan_property, at_every_byte) {
    struct buffer text = {0};
    struct random random = {4};
    for (size_t i = 0; i < MESSAGES_RANDOM_EVENTS; i += 10) {
        struct slice message = messages_pick(&messages, &random);
        for (size_t at = 0; at < message.len && at < SHOWN_BYTES_MAX; at++) {
            compare((struct slice){message.data, at});
            buffer_clear(&text);
            buffer_append_slice(&text, message);
            text.data[at] = (char)random_next(&random);
            compare(buffer_slice(&text));
        }
    }
    buffer_release(&text);
}
