/* Size, JSON, envelope and type: the stages before data (contract 2.4, 8.3). */
#include <criterion/criterion.h>

#include "support/verdict.h"

#define ARRIVED VERDICT_FULL[EVENT_ARRIVED]
#define CONTENT "'datacontenttype':'application/json'"

Test(decode_envelope, full_events_are_taken) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        cr_expect_str_eq(verdict_of(VERDICT_FULL[type]), "ok", "%s", event_type_name((enum event_type)type));
        cr_expect_eq((int)verdict_event()->type, type);
    }
}

Test(decode_envelope, values) {
    cr_assert_str_eq(verdict_of_edit(ARRIVED, "'id':'i','source':'s'", "'id':'\\u00e9/1','source':'urn:x'"), "ok");
    const struct event *event = verdict_event();
    cr_expect(slice_equal(event->id, SLICE("\xc3\xa9/1")));
    cr_expect(slice_equal(event->source, SLICE("urn:x")));
    cr_expect_eq(event->time_ms, INT64_C(1608282847123));
    cr_expect(slice_equal(event->train_key, SLICE("X8024|2020-12-18|CNAKL")));
    cr_expect_eq(event->train_date_days, 18614);
    cr_expect_eq(event->message_bytes, strlen(ARRIVED) + 7 + 4);
}

Test(decode_envelope, attributes) {
    static const struct verdict_edit edits[] = {
        {"'specversion':'1.0',", "", "BAD_ENVELOPE /specversion"},
        {"'specversion':'1.0'", "'specversion':null", "BAD_ENVELOPE /specversion"},
        {"'specversion':'1.0'", "'specversion':1.0", "BAD_ENVELOPE /specversion"},
        {"'specversion':'1.0'", "'specversion':'1.1'", "BAD_ENVELOPE /specversion"},
        {"'specversion':'1.0'", "'specversion':'1.0 '", "BAD_ENVELOPE /specversion"},
        {"'specversion':'1.0'", "'specversion':'1\\u002e0'", "ok"},
        {"'specversion':'1.0'", "'specversion':'1.0','specversion':'1.0'", "DUPLICATE_MEMBER /specversion"},
        {"'id':'i',", "", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':null", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':1", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':''", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'<128 x>'", "ok"},
        {"'id':'i'", "'id':'<129 x>'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'<64 \\u00e9>'", "ok"},
        {"'id':'i'", "'id':'<64 \\u00e9>x'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'<64 \xc3\xa9>x'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'a\\u0000b'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'\\u001f'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'\\u007f'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':'\x7f'", "BAD_ENVELOPE /id"},
        {"'id':'i'", "'id':' \\u0080'", "ok"},
        {"'id':'i'", "'id':'i','\\u0069d':'i'", "DUPLICATE_MEMBER /id"},
        {"'id':'i'", "'ID':'i'", "BAD_ENVELOPE /id"},
        {"'source':'s',", "", "BAD_ENVELOPE /source"},
        {"'source':'s'", "'source':[]", "BAD_ENVELOPE /source"},
        {"'source':'s'", "'source':''", "BAD_ENVELOPE /source"},
        {"'source':'s'", "'source':'<256 x>'", "ok"},
        {"'source':'s'", "'source':'<257 x>'", "BAD_ENVELOPE /source"},
        {"'source':'s'", "'source':'\\n'", "BAD_ENVELOPE /source"},
        {"'source':'s'", "'source':'s','source':null", "DUPLICATE_MEMBER /source"},
        {"'type':'rail.train.arrived.v1',", "", "BAD_ENVELOPE /type"},
        {"'type':'rail.train.arrived.v1'", "'type':null", "BAD_ENVELOPE /type"},
        {"'type':'rail.train.arrived.v1'", "'type':true", "BAD_ENVELOPE /type"},
        {"'type':'rail.train.arrived.v1'", "'type':''", "BAD_ENVELOPE /type"},
        {"'type':'rail.train.arrived.v1'", "'type':'<65 x>'", "BAD_ENVELOPE /type"},
        {"'type':'rail.train.arrived.v1'", "'type':'rail.train.arrived.v1\\u0000'", "BAD_ENVELOPE /type"},
        {"'time':'2020-12-18T09:14:07.123Z',", "", "BAD_ENVELOPE /time"},
        {"'time':'2020-12-18T09:14:07.123Z'", "'time':null", "BAD_ENVELOPE /time"},
        {"'time':'2020-12-18T09:14:07.123Z'", "'time':1608282847123", "BAD_ENVELOPE /time"},
        {"'time':'2020-12-18T09:14:07.123Z'", "'time':'2020-12-18'", "BAD_ENVELOPE /time"},
        {"'time':'2020-12-18T09:14:07.123Z'", "'time':'2100-01-01T00:00:00Z'", "BAD_ENVELOPE /time"},
        {"'time':'2020-12-18T09:14:07.123Z'", "'time':'2020-12-18T09:14:07\\u005a'", "ok"},
        {"'time':", "'time':'2020-12-18T09:14:07Z','time':", "DUPLICATE_MEMBER /time"},
        {"'data':{", "'data':null,'other':{", "BAD_ENVELOPE /data"},
        {"'data':{", "'other':{", "BAD_ENVELOPE /data"},
        {"'data':{", "'data':[],'other':{", "BAD_ENVELOPE /data"},
        {"'data':{", "'data':'{}','other':{", "BAD_ENVELOPE /data"},
        {"'data':{", "'data':{},'data':{", "DUPLICATE_MEMBER /data"},
        {"'data':{", "'data_base64':'e30=','data':{", "ok"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

/* Media types: any case, parameters of any form behind a ';', spaces only before it. */
Test(decode_envelope, datacontenttype) {
    static const struct verdict_edit edits[] = {
        {CONTENT ",", "", "ok"},
        {CONTENT, "'datacontenttype':'Application/JSON'", "ok"},
        {CONTENT, "'datacontenttype':'application/json; charset=utf-8'", "ok"},
        {CONTENT, "'datacontenttype':'application/json   ;charset=utf-8'", "ok"},
        {CONTENT, "'datacontenttype':'application/json;'", "ok"},
        {CONTENT, "'datacontenttype':'application/json;<500 x>'", "ok"},
        {CONTENT, "'datacontenttype':'application\\/json'", "ok"},
        {CONTENT, "'datacontenttype':null", "ok"},
        {CONTENT, "'datacontenttype':1", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':''", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/jso'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/json '", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':' application/json'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/jsonx'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/json x;'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/json\\t;'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/json;\\u0000'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/cloudevents+json'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'text/plain'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/yaml'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, "'datacontenttype':'application/yaml;x'", "BAD_ENVELOPE /datacontenttype"},
        {CONTENT, CONTENT "," CONTENT, "DUPLICATE_MEMBER /datacontenttype"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

Test(decode_envelope, types) {
    static const struct verdict_edit edits[] = {
        {"rail.train.arrived.v1", "rail.train.arrived.v2", "UNKNOWN_TYPE /type"},
        {"rail.train.arrived.v1", "rail.train.arrived.v", "UNKNOWN_TYPE /type"},
        {"rail.train.arrived.v1", "rail.train.arrived.v1 ", "UNKNOWN_TYPE /type"},
        {"rail.train.arrived.v1", "Rail.train.arrived.v1", "UNKNOWN_TYPE /type"},
        {"rail.train.arrived.v1", "<64 x>", "UNKNOWN_TYPE /type"},
        {"rail.train.arrived.v1", "rail.train.\\u0061rrived.v1", "ok"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

Test(decode_envelope, members_without_a_name_here_are_ignored) {
    static const struct verdict_edit edits[] = {
        {"'id':'i'", "'id':'i','x':1,'x':null,'x':{'id':null,'id':null}", "ok"},
        {"'id':'i'", "'id':'i','':null,'\\u0000':'\\u0000','i':1,'id ':2,'Data':3", "ok"},
        {"'id':'i'", "'id':'i','subject':'\\u0000\x7f','dataschema':'',  'time2':[1e400]", "ok"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

Test(decode_envelope, the_message_must_be_an_object) {
    static const char *const texts[] = {"[]", "null", "true", "1", "'{}'", "[{}]", " [<3,{}>] "};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect_str_eq(verdict_of(texts[i]), "BAD_ENVELOPE ", "%s", texts[i]);
    }
    cr_expect_str_eq(verdict_of(" {} "), "BAD_ENVELOPE /specversion");
}

Test(decode_envelope, not_json) {
    cr_expect_str_eq(verdict_of_bytes((struct slice){NULL, 0}), "NOT_JSON ");
    cr_expect_str_eq(verdict_of_bytes(SLICE("")), "NOT_JSON ");
    cr_expect_str_eq(verdict_of_bytes(SLICE("   ")), "NOT_JSON ");
    cr_expect_str_eq(verdict_of_bytes(SLICE("\xef\xbb\xbf{}")), "NOT_JSON ");
    static const struct verdict_edit edits[] = {
        {"'id':'i'", "'id':'i',,", "NOT_JSON "},
        {"'id':'i'", "'id':'\xff'", "NOT_JSON "},
        {"'id':'i'", "'id':'i','x':'\\ud83d'", "NOT_JSON "},
        {"'id':'i'", "'id':'i','x':00", "NOT_JSON "},
        {"'id':'i'", "'id':'i','x':<63 [><63 ]>", "ok"},
        {"'id':'i'", "'id':'i','x':<64 [><64 ]>", "NOT_JSON "},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

/* Each stage before the next: what is wrong later does not show. */
Test(decode_envelope, order_of_the_stages) {
    cr_expect_str_eq(verdict_of("{'specversion':'1.0','data':<64 [><64 ]>}"), "NOT_JSON ");
    cr_expect_str_eq(verdict_of("{'specversion':'1.0','id':'i','source':'s','type':'x','time':'x','data':{}}"),
                     "BAD_ENVELOPE /time");
    cr_expect_str_eq(
        verdict_of("{'specversion':'1.0','id':'i','source':'s','type':'x','time':'2020-12-18T00:00:00Z','data':{}}"),
        "UNKNOWN_TYPE /type");
    cr_expect_str_eq(verdict_of("{'specversion':'1.0','id':'i','source':'s','type':'rail.train.arrived.v1',"
                                "'time':'2020-12-18T00:00:00Z','data':{}}"),
                     "MISSING_FIELD /data/train");
}

static const char *decode_with(struct decoder *decoder, struct slice message) {
    static struct arena arena;
    struct event event;
    struct reject reject;
    return decode_event(decoder, message, &arena, &event, &reject) ? "ok" : reject_name(reject.reason);
}

Test(decode_envelope, the_limit_is_inclusive_and_comes_first) {
    struct buffer message = {0};
    verdict_write(ARRIVED, &message);
    struct decoder *decoder = decoder_new(message.len);
    cr_expect_str_eq(decode_with(decoder, buffer_slice(&message)), "ok");
    buffer_append_byte(&message, ' ');
    cr_expect_str_eq(decode_with(decoder, buffer_slice(&message)), "TOO_LARGE");
    memset(message.data, '[', message.len);
    cr_expect_str_eq(decode_with(decoder, buffer_slice(&message)), "TOO_LARGE");
    decoder_limit(decoder, message.len);
    cr_expect_str_eq(decode_with(decoder, buffer_slice(&message)), "NOT_JSON");
    decoder_free(decoder);
    buffer_release(&message);
}

Test(decode_envelope, too_large_has_no_pointer) {
    cr_expect_str_eq(verdict_of("<1048577  >"), "TOO_LARGE ");
    cr_expect_str_eq(verdict_of("<1048576  >"), "NOT_JSON ");
}
