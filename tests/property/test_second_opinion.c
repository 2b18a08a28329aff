/* event/json.h and jansson agree on whether a message is JSON and on what is in it: on every example, and on tens of
 * thousands of damaged ones. What they may differ in is in support/second_opinion.h, each with its reason. The same
 * comparison goes on in fuzz/fuzz_json.c; what decoding makes of damaged messages is in test_decode.c. */
#include <criterion/criterion.h>

#include "support/examples.h"
#include "support/mutate.h"
#include "support/second_opinion.h"

enum { MUTATIONS = 60000, SHOWN_BYTES_MAX = 2000 };

static struct examples examples;
static size_t valid_count; /* of the examples, the first */
static struct json_parser *parser;
static size_t counts[OPINION_COUNT];

static void open_all(void) {
    examples_read(&examples, "valid");
    valid_count = examples.count;
    examples_read(&examples, "invalid");
    parser = json_parser_new();
}

static void close_all(void) {
    examples_release(&examples);
    json_parser_free(parser);
}

TestSuite(second_opinion, .init = open_all, .fini = close_all);

static enum second_opinion opinion_of(struct slice text) {
    enum second_opinion opinion = second_opinion(parser, text);
    counts[opinion]++;
    return opinion;
}

Test(second_opinion, on_every_example) {
    for (size_t i = 0; i < examples.count; i++) {
        cr_expect_neq(opinion_of(buffer_slice(&examples.items[i].text)), OPINION_DIFFER, "%s", examples.items[i].name);
    }
    cr_expect_gt(counts[OPINION_BOTH_TAKE], 80);
    cr_expect_gt(counts[OPINION_BOTH_REFUSE], 10);
    cr_expect_eq(counts[OPINION_TOO_DEEP], 1);
}

/* Each exception, and that the comparison sees what it should. */
Test(second_opinion, where_they_may_differ) {
    static const struct {
        const char *text;
        enum second_opinion opinion;
    } cases[] = {
        {"[1e308,-1e308,1e-400,12345678901234567890123]", OPINION_BOTH_TAKE},
        {"[1e309]", OPINION_NUMBER_OVERFLOW},
        {"{\"a\\u0000b\":1}", OPINION_NUL_IN_NAME},
        {"{\"a\":\"\\u0000\"}", OPINION_BOTH_TAKE},
        {"{\"a\":1,\"a\":[2],\"a\":\"3\"}", OPINION_BOTH_TAKE},
        {"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"", OPINION_BOTH_TAKE},
        {"{\"a\":[\"\\ud83d\"]}", OPINION_BOTH_REFUSE},
        {"[1,2", OPINION_BOTH_REFUSE},
        {"", OPINION_BOTH_REFUSE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(opinion_of(slice_of(cases[i].text)), cases[i].opinion, "%s", cases[i].text);
    }
    cr_expect_eq(opinion_of(SLICE("[1\0]")), OPINION_NUL_BYTE);
    cr_expect_eq(opinion_of(SLICE("{\0}")), OPINION_BOTH_REFUSE);
    char deep[65 * 2];
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    cr_expect_eq(opinion_of((struct slice){deep, sizeof deep}), OPINION_TOO_DEEP);
    cr_expect_eq(opinion_of((struct slice){deep + 1, sizeof deep - 2}), OPINION_BOTH_TAKE);
}

/* Mostly of valid ones: damage to what is broken already seldom leaves JSON. */
static struct buffer damaged(struct random *random) {
    size_t bases = random_below(random, 8) == 0 ? examples.count : valid_count;
    const struct example *base = &examples.items[random_below(random, bases)];
    const struct example *other = &examples.items[random_below(random, examples.count)];
    struct buffer text = {0};
    buffer_append_slice(&text, buffer_slice(&base->text));
    mutate(random, buffer_slice(&other->text), &text);
    return text;
}

Test(second_opinion, on_damaged_examples) {
    for (uint64_t seed = 1; seed <= MUTATIONS; seed++) {
        struct random random = {seed};
        struct buffer text = damaged(&random);
        cr_assert_neq(opinion_of(buffer_slice(&text)), OPINION_DIFFER, "seed %zu: %.*s", (size_t)seed, SHOWN_BYTES_MAX,
                      text.data);
        buffer_release(&text);
    }
    /* Worth something only where both verdicts are common and exceptions are not. */
    cr_expect_gt(counts[OPINION_BOTH_TAKE], MUTATIONS / 10, "%zu", counts[OPINION_BOTH_TAKE]);
    cr_expect_gt(counts[OPINION_BOTH_REFUSE], MUTATIONS / 3, "%zu", counts[OPINION_BOTH_REFUSE]);
    size_t excepted = counts[OPINION_NUMBER_OVERFLOW] + counts[OPINION_NUL_IN_NAME] + counts[OPINION_NUL_BYTE] +
                      counts[OPINION_TOO_DEEP];
    cr_expect_lt(excepted, MUTATIONS / 20, "%zu", excepted);
}
