#include "support/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode/record_json.h"
#include "event/decode.h"
#include "event/json.h"

enum { MESSAGES_MAX = 20000, MESSAGE_BYTES_MAX = 1 << 20, SEED = 7 };

static struct {
    struct train *train;
    struct rules rules;
    size_t train_bytes_max;
    struct decoder *decoder;
    struct json_parser *parser;
    struct arena decoded, derived;
    struct buffer messages;
    size_t ends[MESSAGES_MAX]; /* where each message ends */
    size_t count;
    struct join_effect effect;
    struct buffer record, shown;
} fixture;

_Noreturn static void fail(const char *what, struct slice detail) {
    fprintf(stderr, "fixture: %s: %.*s\n", what, (int)detail.len, detail.data);
    abort();
}

void fixture_open(void) {
    memset(&fixture, 0, sizeof fixture);
    fixture.train = train_new(SLICE(BUILDER_TRAIN), SEED);
    fixture.rules = (struct rules){MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")};
    fixture.train_bytes_max = SIZE_MAX;
    fixture.decoder = decoder_new(MESSAGE_BYTES_MAX);
    fixture.parser = json_parser_new();
}

void fixture_close(void) {
    train_free(fixture.train);
    decoder_free(fixture.decoder);
    json_parser_free(fixture.parser);
    arena_release(&fixture.decoded);
    arena_release(&fixture.derived);
    buffer_release(&fixture.messages);
    buffer_release(&fixture.record);
    buffer_release(&fixture.shown);
}

void fixture_rules(enum merge_policy merge, enum require_level require) {
    fixture.rules.merge = merge;
    fixture.rules.require = require;
}

void fixture_recognise(const char *recognised) {
    fixture.rules.recognised = slice_of(recognised);
}

void fixture_limit(size_t train_bytes_max) {
    fixture.train_bytes_max = train_bytes_max;
}

struct buffer *fixture_messages(void) {
    return &fixture.messages;
}

struct slice fixture_message(size_t i) {
    size_t from = i == 0 ? 0 : fixture.ends[i - 1];
    return (struct slice){fixture.messages.data + from, fixture.ends[i] - from};
}

struct join_effect fixture_effect(void) {
    return fixture.effect;
}

struct train *fixture_train(void) {
    return fixture.train;
}

/* The first event says which train it is. */
static void take_key(struct slice key) {
    if (slice_equal(key, train_key(fixture.train))) {
        return;
    }
    if (fixture.count > 1) {
        fail("a given message is of another train", key);
    }
    train_free(fixture.train);
    fixture.train = train_new(key, SEED);
}

/* As the fixture's own train. */
static struct train *another_train(uint64_t seed) {
    return train_new(train_key(fixture.train), seed);
}

static void decode_message(struct slice message, struct event *event) {
    struct reject reject;
    arena_reset(&fixture.decoded, SIZE_MAX);
    if (!decode_event(fixture.decoder, message, &fixture.decoded, event, &reject)) {
        fprintf(stderr, "%s %s %s\n", reject_name(reject.reason), reject.pointer, reject.message);
        fail("a given message is not a valid event", message);
    }
    event->hash = hash_of(message);
}

static enum join_result join_message(struct train *train, struct slice message, size_t train_bytes_max,
                                     struct join_effect *effect) {
    struct event event;
    decode_message(message, &event);
    return train_join(train, &event, 0, train_bytes_max, effect);
}

enum join_result fixture_join(void) {
    if (fixture.count == MESSAGES_MAX) {
        fail("too many messages", SLICE("see MESSAGES_MAX"));
    }
    struct event event;
    fixture.ends[fixture.count++] = fixture.messages.len;
    decode_message(fixture_message(fixture.count - 1), &event);
    take_key(event.train_key);
    enum join_result result =
        join_message(fixture.train, fixture_message(fixture.count - 1), fixture.train_bytes_max, &fixture.effect);
    if (result == JOIN_LIMIT) { /* not one of the train's valid events */
        fixture.count--;
        fixture.messages.len = fixture.count == 0 ? 0 : fixture.ends[fixture.count - 1];
    }
    return result;
}

enum join_result fixture_join_text(const char *text) {
    buffer_append_text(&fixture.messages, text);
    return fixture_join();
}

const struct record *fixture_derive(void) {
    arena_reset(&fixture.derived, SIZE_MAX);
    return record_derive(fixture.train, fixture.rules, &fixture.derived);
}

/* The record of another train that must be the same as the fixture's. */
static void expect_same(const struct train *train, bool expired, const char *how) {
    struct arena scratch = {0};
    struct buffer text = {0};
    encode_record(record_derive(train, fixture.rules, &scratch), expired, &text);
    if (!slice_equal(buffer_slice(&text), buffer_slice(&fixture.record))) {
        fprintf(stderr, "fixture: %s gives\n%.*s\n", how, (int)text.len, text.data);
        fail("instead of", buffer_slice(&fixture.record));
    }
    buffer_release(&text);
    arena_release(&scratch);
}

static void check_reverse(bool expired) {
    struct train *train = another_train(SEED + 1);
    struct join_effect effect;
    for (size_t i = 2 * fixture.count; i-- > 0;) {
        join_message(train, fixture_message(i / 2), SIZE_MAX, &effect);
    }
    expect_same(train, expired, "joining in reverse and twice");
    train_free(train);
}

static void check_packed(bool expired) {
    struct buffer facts = {0};
    struct join_effect effect;
    train_pack(fixture.train, &facts);
    struct train *train = another_train(SEED + 2);
    if (!train_unpack(train, buffer_slice(&facts), &effect)) {
        fail("a packed train does not unpack", SLICE(BUILDER_TRAIN));
    }
    expect_same(train, expired, "packing and unpacking");
    train_free(train);
    buffer_release(&facts);
}

const char *fixture_record(bool expired) {
    buffer_clear(&fixture.record);
    encode_record(fixture_derive(), expired, &fixture.record);
    check_reverse(expired);
    check_packed(expired);
    *buffer_reserve(&fixture.record, 1) = '\0';
    return fixture.record.data;
}

/* The member or element `name` of `value`, or NULL. */
static const struct json_value *child(const struct json_value *value, struct slice name) {
    if (json_kind(value) != JSON_OBJECT && json_kind(value) != JSON_ARRAY) {
        return NULL;
    }
    bool object = json_kind(value) == JSON_OBJECT;
    size_t index = object ? 0 : strtoul(name.data, NULL, 10);
    struct json_walk walk = json_walk(value);
    struct slice member;
    const struct json_value *at;
    for (size_t i = 0; json_step(&walk, &member, &at); i++) {
        if (object ? slice_equal(member, name) : i == index) {
            return at;
        }
    }
    return NULL;
}

static void show(const struct json_value *value, bool inside) {
    struct buffer *out = &fixture.shown;
    switch (json_kind(value)) {
    case JSON_NULL: buffer_append_text(out, "null"); return;
    case JSON_FALSE: buffer_append_text(out, "false"); return;
    case JSON_TRUE: buffer_append_text(out, "true"); return;
    case JSON_NUMBER: buffer_append_slice(out, json_number(value)); return;
    case JSON_STRING:
        buffer_append_text(out, inside ? "'" : "");
        buffer_append_slice(out, json_text(value));
        buffer_append_text(out, inside ? "'" : "");
        return;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    bool object = json_kind(value) == JSON_OBJECT;
    buffer_append_byte(out, object ? '{' : '[');
    struct json_walk walk = json_walk(value);
    struct slice name;
    for (size_t i = 0; json_step(&walk, &name, &value); i++) {
        buffer_append_text(out, i > 0 ? "," : "");
        if (object) {
            buffer_printf(out, "'%.*s':", (int)name.len, name.data);
        }
        show(value, true);
    }
    buffer_append_byte(out, object ? '}' : ']');
}

const char *fixture_at(const char *pointer) {
    fixture_record(false);
    const char *what = NULL;
    size_t at = 0;
    const struct json_value *value = json_parse(fixture.parser, buffer_slice(&fixture.record), &what, &at);
    if (value == NULL) {
        fail("the record is not JSON", buffer_slice(&fixture.record));
    }
    while (value != NULL && *pointer != '\0') {
        pointer++;
        size_t len = strcspn(pointer, "/");
        value = child(value, (struct slice){pointer, len});
        pointer += len;
    }
    buffer_clear(&fixture.shown);
    if (value == NULL) {
        buffer_append_text(&fixture.shown, "(absent)");
    } else {
        show(value, false);
    }
    *buffer_reserve(&fixture.shown, 1) = '\0';
    return fixture.shown.data;
}
