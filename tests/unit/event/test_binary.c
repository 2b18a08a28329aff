/* Binary mode (contract 2.20): headers as attributes, the value as data; the same verdicts as in structured mode. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "event/decode.h"
#include "support/event_check.h"
#include "support/headers.h"
#include "support/verdict.h"

#define TYPE "rail.train.arrived.v1"
#define TIME "2020-12-18T09:14:07.123Z"
#define DATA                                                                                                           \
    "{'train':{'number':'X8024','date':'2020-12-18','port':'CNAKL'},'place':'CNALA','arrived_at':"                     \
    "'2020-12-18T09:00:00Z'}"

static const char *const GOOD[] = {"ce_specversion=1.0", "ce_id=i",       "ce_source=s",
                                   "ce_type=" TYPE,      "ce_time=" TIME, "content-type=application/json"};
enum { GOOD_COUNT = sizeof GOOD / sizeof GOOD[0] };

static struct {
    struct decoder *decoder;
    struct arena arena;
    struct headers headers;
    struct buffer value;
    struct binary binary;
    struct event event;
    struct reject reject;
    char text[VERDICT_BYTES_MAX];
} state;

/* The verdict on the headers noted so far, with a value written shortly (support/verdict.h); NULL is a null one. */
static const char *verdict_with(const char *value) {
    if (state.decoder == NULL) {
        state.decoder = decoder_new(VERDICT_MESSAGE_BYTES_MAX);
    }
    arena_reset(&state.arena, SIZE_MAX);
    buffer_clear(&state.value);
    buffer_reserve(&state.value, 1);
    if (value != NULL) {
        verdict_write(value, &state.value);
    }
    binary_init(&state.binary, value == NULL ? (struct slice){NULL, 0} : buffer_slice(&state.value));
    for (size_t i = 0; i < state.headers.count; i++) {
        binary_note(&state.binary, state.headers.of[i].name, state.headers.of[i].value);
    }
    if (decode_binary(state.decoder, &state.binary, &state.arena, &state.event, &state.reject)) {
        return "ok";
    }
    snprintf(state.text, sizeof state.text, "%s %s", reject_name(state.reject.reason), state.reject.pointer);
    return state.text;
}

/* With the good headers, of which the one that begins with `name` is left out, and these added. */
static const char *verdict_of_headers(const char *without, const char *const *added, size_t count) {
    headers_clear(&state.headers);
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        if (without == NULL || strncmp(GOOD[i], without, strlen(without)) != 0) {
            headers_add_text(&state.headers, GOOD[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        headers_add_text(&state.headers, added[i]);
    }
    return verdict_with(DATA);
}

static const char *repeated(const char *before, const char *unit, size_t count) {
    static char text[1024];
    size_t len = (size_t)snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", unit);
    }
    return text;
}

Test(binary, values) {
    cr_assert_str_eq(verdict_of_headers(NULL, NULL, 0), "ok");
    cr_expect_eq((int)state.event.type, EVENT_ARRIVED);
    cr_expect(slice_equal(state.event.id, SLICE("i")));
    cr_expect(slice_equal(state.event.source, SLICE("s")));
    cr_expect_eq(state.event.time_ms, INT64_C(1608282847123));
    cr_expect(slice_equal(state.event.train_key, SLICE("X8024|2020-12-18|CNAKL")));
    cr_expect_eq(state.event.message_bytes, strlen(TYPE "siTTTT" TIME) + state.value.len);
    cr_expect_null(event_check(&state.event), "%s", event_check(&state.event));
}

/* As the table of the structured form in test_decode_envelope.c has them. */
Test(binary, attributes) {
    static const struct {
        const char *without, *added, *verdict;
    } cases[] = {
        {"ce_specversion", "ce_specversion", "BAD_ENVELOPE /specversion"},
        {"ce_specversion", "ce_specversion=", "BAD_ENVELOPE /specversion"},
        {"ce_specversion", "ce_specversion=1.1", "BAD_ENVELOPE /specversion"},
        {"ce_specversion", "ce_specversion=\"1.0\"", "BAD_ENVELOPE /specversion"},
        {NULL, "ce_specversion=1.0", "DUPLICATE_MEMBER /specversion"},
        {"ce_id", "x=y", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=", "BAD_ENVELOPE /id"},
        {"ce_id", "CE_ID=i", "BAD_ENVELOPE /id"},
        {"ce_id", "ce-id=i", "BAD_ENVELOPE /id"},
        {"ce_id", "id=i", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=\xc3\xa9/%C3%A9 1", "ok"},
        {"ce_id", "ce_id=\xc3", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=\xc3\x28", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=\xed\xa0\x80", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=a\x1f", "BAD_ENVELOPE /id"},
        {"ce_id", "ce_id=a\x7f", "BAD_ENVELOPE /id"},
        {NULL, "ce_id=i", "DUPLICATE_MEMBER /id"},
        {NULL, "ce_id", "DUPLICATE_MEMBER /id"},
        {"ce_source", "x=y", "BAD_ENVELOPE /source"},
        {"ce_source", "ce_source=\n", "BAD_ENVELOPE /source"},
        {NULL, "ce_source=s", "DUPLICATE_MEMBER /source"},
        {"ce_type", "x=y", "BAD_ENVELOPE /type"},
        {"ce_type", "ce_type", "BAD_ENVELOPE /type"},
        {"ce_type", "ce_type=rail.train.arrived.v2", "UNKNOWN_TYPE /type"},
        {"ce_type", "ce_type=com.example.type", "UNKNOWN_TYPE /type"},
        {NULL, "ce_type=" TYPE, "DUPLICATE_MEMBER /type"},
        {"ce_time", "x=y", "BAD_ENVELOPE /time"},
        {"ce_time", "ce_time=2020-12-18", "BAD_ENVELOPE /time"},
        {"ce_time", "ce_time=2020-12-18T10:14:07.123456789+01:00", "ok"},
        {NULL, "ce_time=" TIME, "DUPLICATE_MEMBER /time"},
        {"content-type", "x=y", "ok"},
        {"content-type", "content-type", "ok"},
        {"content-type", "content-type=Application/JSON ; charset=utf-8", "ok"},
        {"content-type", "content-type=", "BAD_ENVELOPE /datacontenttype"},
        {"content-type", "content-type=application/avro", "BAD_ENVELOPE /datacontenttype"},
        {"content-type", "content-type=application/cloudevents+json", "BAD_ENVELOPE /datacontenttype"},
        {"content-type", "content-type=application/json;\xff", "BAD_ENVELOPE /datacontenttype"},
        {NULL, "content-type=application/json", "DUPLICATE_MEMBER /datacontenttype"},
        {NULL, "Content-Type=text/plain", "ok"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = verdict_of_headers(cases[i].without, &cases[i].added, 1);
        cr_expect_str_eq(found, cases[i].verdict, "-%s +%s: %s", cases[i].without, cases[i].added, found);
    }
}

/* Bytes, not characters, as in structured mode. */
Test(binary, lengths) {
    static const struct {
        const char *header, *unit;
        size_t most;
    } cases[] = {{"ce_id=", "x", 128}, {"ce_id=", "\xc3\xa9", 64}, {"ce_source=", "x", 256}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = repeated(cases[i].header, cases[i].unit, cases[i].most);
        cr_expect_str_eq(verdict_of_headers(cases[i].header, &text, 1), "ok", "%s", text);
        text = repeated(cases[i].header, cases[i].unit, cases[i].most + 1);
        cr_expect_eq(strncmp(verdict_of_headers(cases[i].header, &text, 1), "BAD_ENVELOPE /", 14), 0, "%s", text);
    }
    const char *type = repeated("ce_type=", "x", 65);
    cr_expect_str_eq(verdict_of_headers("ce_type", &type, 1), "BAD_ENVELOPE /type");
}

/* Attributes that 2.4 does not name, extensions, tracing and what Kafka's own tools add: whatever they hold. */
Test(binary, other_headers_are_ignored) {
    const char *const others[] = {"ce_subject=",       "ce_subject=\xff", "ce_dataschema=nonsense",
                                  "ce_partitionkey=k", "traceparent=",    "ce_datacontenttype=x"};
    cr_expect_str_eq(verdict_of_headers(NULL, others, 6), "ok");
    const char *const data[] = {"ce_data=x", "ce_data=y", "ce_data_base64=z", "=", "ce_", "CE_SPECVERSION=0.3"};
    cr_expect_str_eq(verdict_of_headers(NULL, data, 6), "ok");
}

/* Size, JSON, envelope, type, data: the first stage that fails. */
Test(binary, stages) {
    static const struct {
        const char *header, *value, *verdict;
    } cases[] = {
        {"ce_id=i", "<1048577 x>", "TOO_LARGE "},
        {"ce_id=i", "not json", "NOT_JSON "},
        {"ce_id=i", NULL, "NOT_JSON "},
        {"ce_id=i", "", "NOT_JSON "},
        {"ce_id=i", "null", "DUPLICATE_MEMBER /id"},
        {"x=y", "null", "BAD_ENVELOPE /data"},
        {"x=y", "[]", "BAD_ENVELOPE /data"},
        {"x=y", "1", "BAD_ENVELOPE /data"},
        {"x=y", "'{}'", "BAD_ENVELOPE /data"},
        {"x=y", "{}", "MISSING_FIELD /data/train"},
        {"x=y",
         "{'train':{'number':'x','date':'2020-12-18','port':'CNAKL'},'place':'CNALA','arrived_at':'2020-12-18T09:00:"
         "00Z'}",
         "BAD_FIELD /data/train/number"},
        {"x=y", "{'train':{},'train':{}}", "DUPLICATE_MEMBER /data/train"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        verdict_of_headers(NULL, &cases[i].header, 1);
        const char *found = verdict_with(cases[i].value);
        cr_expect_str_eq(found, cases[i].verdict, "+%s %.40s: %s", cases[i].header, cases[i].value, found);
        cr_expect_gt(strlen(state.reject.message), 10);
    }
}

/* The value is the root of the levels: it may nest one deeper than `data` may. */
Test(binary, the_levels_are_the_values) {
    verdict_of_headers(NULL, NULL, 0);
    cr_expect_str_eq(verdict_with("{'x':<63 [><63 ]>,'train':{'number':'X1','date':'2020-12-18','port':'CNAKL'},"
                                  "'place':'CNALA','arrived_at':'2020-12-18T09:00:00Z'}"),
                     "ok");
    cr_expect_str_eq(verdict_with("{'x':<64 [><64 ]>}"), "NOT_JSON ");
}

/* The identity is that of the text of the four attributes and the value, whatever else there is. */
Test(binary, identity) {
    static const char *const others[] = {"ce_subject=x"};
    verdict_of_headers(NULL, NULL, 0);
    struct buffer text = {0};
    buffer_append_text(&text, TYPE "\x1fs\x1fi\x1f" TIME "\x1f");
    buffer_append_slice(&text, buffer_slice(&state.value));
    cr_expect(hash_equal(binary_hash(&state.binary), hash_of(buffer_slice(&text))));
    cr_expect_eq(binary_bytes(&state.binary), text.len);
    verdict_of_headers("content-type", others, 1);
    cr_expect(hash_equal(binary_hash(&state.binary), hash_of(buffer_slice(&text))));
    buffer_release(&text);
}

Test(binary, headers_alone) {
    static const char *const bad[] = {"content-type=text/plain", "ce_specversion=1.0", "ce_id=i"};
    verdict_of_headers(NULL, NULL, 0);
    cr_expect(decode_headers_alone(&state.binary, &state.arena));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        verdict_of_headers(NULL, &bad[i], 1);
        cr_expect_not(decode_headers_alone(&state.binary, &state.arena), "%s", bad[i]);
    }
}

/* Both forms of every type become one struct, but for what the identity covers. */
Test(binary, every_type) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        cr_assert_str_eq(verdict_of(VERDICT_FULL[type]), "ok");
        struct buffer text = {0};
        verdict_write(VERDICT_FULL[type], &text);
        headers_clear(&state.headers);
        struct slice data = headers_from_event(buffer_slice(&text), &state.headers);
        char value[4096];
        snprintf(value, sizeof value, "%.*s", (int)data.len, data.data);
        cr_expect_str_eq(verdict_with(value), "ok");
        const struct event *other = verdict_event();
        cr_expect_eq((int)state.event.type, (int)other->type);
        cr_expect(slice_equal(state.event.train_key, other->train_key));
        cr_expect(slice_equal(state.event.id, other->id) && slice_equal(state.event.source, other->source));
        cr_expect_eq(state.event.time_ms, other->time_ms);
        cr_expect_null(event_check(&state.event), "%s", event_check(&state.event));
        buffer_release(&text);
    }
}
