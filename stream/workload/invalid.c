/* Each template is wrong in one way, since only then is the reason certain: contract 8.3 has the checks in an order,
 * and the first one that fails decides. */
#include "workload/invalid.h"

#include <assert.h>
#include <string.h>

/* Templates: ~i is an id, ~t the time, ~T the train, ~L a list longer than allowed, ~D nesting deeper than allowed, ~B
 * more bytes than allowed, ~X a byte that is not UTF-8. Everything else stands for itself. */
#define ENVELOPE(type)                                                                                                 \
    "{\"specversion\":\"1.0\",\"id\":\"~i\",\"source\":\"/test/invalid\",\"type\":\"" type "\",\"time\":\"~t\","
#define EVENT(type, data) ENVELOPE(type) "\"data\":{\"train\":~T," data "}}"
#define TRACKED(data) EVENT("rail.container.tracked.v1", data)
#define GOODS(gross)                                                                                                   \
    "\"goods\":[{\"hs\":\"847130\",\"description\":\"x\",\"packages\":1,\"gross_kg\":" gross                           \
    ",\"value\":1,\"currency\":\"USD\"}]"
#define BOX(gross) "{\"number\":\"MSKU6639870\",\"size_type\":\"45G1\"," GOODS(gross) "}"
#define PARTY "{\"code\":\"C1\",\"name\":\"x\",\"country\":\"CN\"}"
#define WAYBILL(product)                                                                                               \
    "\"waybill\":{\"number\":\"BAD1\",\"direction\":\"exit\"" product ",\"consignor\":" PARTY ",\"consignee\":" PARTY  \
    ",\"origin\":\"CNXIA\",\"destination\":\"DEDUI\"}"
#define MANIFEST(product, boxes) EVENT("rail.manifest.transmitted.v1", WAYBILL(product) ",\"containers\":[" boxes "]")
#define PRODUCT ",\"product\":\"x\""

enum { COMMON = 1000, RARE = 8 }; /* weights */

static const struct template {
    enum reject_reason reason;
    uint32_t weight;
    const char *text;
}
TEMPLATES[] = {
    /* Cut off; one brace too many; not UTF-8; too deep. */
    {REJECT_NOT_JSON, COMMON, "{\"specversion\":\"1.0\",\"id\":\"~i\",\"source\":\"/test/inv"},
    {REJECT_NOT_JSON, COMMON, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\"") "}"},
    {REJECT_NOT_JSON, COMMON, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\",\"place\":\"~X\"")},
    {REJECT_NOT_JSON, RARE, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\",\"deep\":~D")},
    {REJECT_BAD_ENVELOPE, COMMON, "[\"rail.train.arrived.v1\",\"~i\"]"},
    {REJECT_BAD_ENVELOPE, COMMON,
     "{\"specversion\":\"0.3\",\"id\":\"~i\",\"source\":\"/test/invalid\",\"type\":\"rail.train.arrived.v1\","
     "\"time\":\"~t\",\"data\":{\"train\":~T}}"},
    {REJECT_BAD_ENVELOPE, COMMON,
     "{\"specversion\":\"1.0\",\"source\":\"/test/invalid\",\"type\":\"rail.train.arrived.v1\",\"time\":\"~t\","
     "\"data\":{\"train\":~T,\"note\":\"~i\"}}"},
    {REJECT_BAD_ENVELOPE, COMMON,
     "{\"specversion\":\"1.0\",\"id\":\"~i\",\"source\":\"/test/invalid\",\"type\":\"rail.train.arrived.v1\","
     "\"time\":\"18/12/2020 09:14\",\"data\":{\"train\":~T}}"},
    /* A type that never was, and a version that is not yet. */
    {REJECT_UNKNOWN_TYPE, COMMON, EVENT("rail.manifest.corrected.v1", "\"waybill\":{\"number\":\"BAD1\"}")},
    {REJECT_UNKNOWN_TYPE, COMMON, EVENT("rail.train.arrived.v2", "\"place\":\"CNAKL\"")},
    {REJECT_MISSING_FIELD, COMMON, MANIFEST("", BOX("1"))},
    {REJECT_MISSING_FIELD, COMMON, EVENT("rail.train.arrived.v1", "\"place\":\"CNAKL\"")},
    {REJECT_MISSING_FIELD, COMMON, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"resealed\"")},
    {REJECT_BAD_FIELD, COMMON, TRACKED("\"container\":\"CBHU123456\",\"event\":\"loaded\"")},
    /* Below 0, more than six digits behind the point, not below 10^10 (contract 1.3); a container that stands twice. */
    {REJECT_BAD_FIELD, COMMON, MANIFEST(PRODUCT, BOX("-12.5"))},
    {REJECT_BAD_FIELD, COMMON, MANIFEST(PRODUCT, BOX("12.3456789"))},
    {REJECT_BAD_FIELD, COMMON, MANIFEST(PRODUCT, BOX("1e10"))},
    {REJECT_BAD_FIELD, COMMON, MANIFEST(PRODUCT, BOX("1") "," BOX("2"))},
    {REJECT_BAD_FIELD, COMMON,
     EVENT("rail.train.arrived.v1", "\"place\":\"CNAKL\",\"arrived_at\":\"2020-02-30T08:00:00Z\"")},
    {REJECT_BAD_FIELD, COMMON,
     EVENT("rail.control.reported.v1", "\"scope\":\"train\",\"kind\":\"risk\",\"outcome\":\"done\"")},
    {REJECT_DUPLICATE_MEMBER, COMMON,
     TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\",\"event\":\"unloaded\"")},
    {REJECT_DUPLICATE_MEMBER, COMMON,
     ENVELOPE("rail.train.arrived.v1") "\"id\":\"~i\",\"data\":{\"train\":~T,\"place\":\"CNAKL\","
                                       "\"arrived_at\":\"2020-12-18T08:00:00Z\"}}"},
    {REJECT_LIMIT_EXCEEDED, RARE * 8, EVENT("rail.merge.applied.v1", "\"application\":\"A1\",\"waybills\":[~L]")},
    {REJECT_KEY_MISMATCH, COMMON * 2, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\"")},
    {REJECT_TOO_LARGE, 0, TRACKED("\"container\":\"MSKU6639870\",\"event\":\"loaded\",\"~B\":1")},
};
enum { TEMPLATE_COUNT = sizeof TEMPLATES / sizeof TEMPLATES[0] };

/* One waybill more than contract 2.14 allows; 64 arrays in two objects, where contract 8.3 allows 64 levels; the
 * default of limits.message_bytes, which the rest of the message is on top of. */
enum { LIST_TOO_LONG = 501, TOO_DEEP = 64, TOO_MANY_BYTES = 1024 * 1024 };

static void put_waybills(struct buffer *out) {
    for (int i = 1; i <= LIST_TOO_LONG; i++) {
        buffer_printf(out, "%s\"W%d\"", i == 1 ? "" : ",", i);
    }
}

static void put_repeated(struct buffer *out, char byte, size_t count) {
    memset(buffer_reserve(out, count), byte, count);
    out->len += count;
}

static void put_marked(struct writer *writer, char mark, int64_t time_ms) {
    struct buffer *out = writer->out;
    switch (mark) {
    case 'i': write_uuid(writer); break;
    case 't': write_time(writer, time_ms); break;
    case 'T': write_train(writer); break;
    case 'L': put_waybills(out); break;
    case 'D':
        put_repeated(out, '[', TOO_DEEP);
        put_repeated(out, ']', TOO_DEEP);
        break;
    case 'B': put_repeated(out, 'x', TOO_MANY_BYTES); break;
    default:
        assert(mark == 'X');
        /* Only ever the second byte of a character or a later one. */
        buffer_append_byte(out, '\xb5');
        break;
    }
}

static void put_template(struct writer *writer, const char *text, int64_t time_ms) {
    for (const char *mark; (mark = strchr(text, '~')) != NULL; text = mark + 2) {
        buffer_append(writer->out, text, (size_t)(mark - text));
        put_marked(writer, mark[1], time_ms);
    }
    buffer_append_text(writer->out, text);
    buffer_append_byte(writer->out, '\n');
}

/* The table has every reason that is asked for, so this ends. */
static const struct template *first_of(enum reject_reason reason) {
    const struct template *template = TEMPLATES;
    while (template->reason != reason) {
        template ++;
    }
    return template;
}

/* Where lines have no keys, none can differ; and who sets `oversized` to 0 wants no such message at all. */
static bool is_possible(const struct template *template, const struct writer *writer, uint32_t oversized) {
    return (template->reason != REJECT_KEY_MISMATCH || writer->keyed) &&
           (template->reason != REJECT_TOO_LARGE || oversized != 0);
}

/* Every reason once before anything is drawn, so that short workloads have them all. Then by weight; a template that is
 * not possible here is drawn again, which leaves the shares of the others among themselves as they are. */
static const struct template *draw_template(const struct writer *writer, uint32_t oversized, const uint64_t *before) {
    uint32_t all = 0;
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        if (before[TEMPLATES[i].reason] == 0 && is_possible(&TEMPLATES[i], writer, oversized)) {
            return &TEMPLATES[i];
        }
        all += TEMPLATES[i].weight;
    }
    if (rng_chance(writer->rng, oversized)) {
        return first_of(REJECT_TOO_LARGE);
    }
    const struct template *template;
    do {
        uint64_t drawn = rng_below(writer->rng, all);
        for (template = TEMPLATES; drawn >= template->weight; template ++) {
            drawn -= template->weight;
        }
    } while (!is_possible(template, writer, oversized));
    return template;
}

enum reject_reason invalid_write(struct writer *writer, int64_t time_ms, uint32_t oversized,
                                 const uint64_t before[REJECT_REASON_COUNT]) {
    const struct template *template = draw_template(writer, oversized, before);
    if (template->reason == REJECT_KEY_MISMATCH) {
        /* The key of a train, but of none that is ever planned: those begin at X8001. */
        buffer_append_text(writer->out, "X0|2020-01-01|CNAKL\t");
    } else {
        write_key(writer);
    }
    put_template(writer, template->text, time_ms);
    return template->reason;
}
