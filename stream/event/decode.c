#include "event/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "event/decode_data.h"
#include "event/json.h"

enum { ID_BYTES_MAX = 128, SOURCE_BYTES_MAX = 256, TYPE_BYTES_MAX = 64 };

struct decoder {
    size_t message_bytes_max;
    struct json_parser *parser;
    uint64_t seed;
};

struct decoder *decoder_new(size_t message_bytes_max) {
    struct decoder *decoder = alloc_zeroed(1, sizeof *decoder);
    decoder->message_bytes_max = message_bytes_max;
    decoder->parser = json_parser_new();
    decoder->seed = hash_random_seed();
    return decoder;
}

void decoder_free(struct decoder *decoder) {
    json_parser_free(decoder->parser);
    free(decoder);
}

void decoder_limit(struct decoder *decoder, size_t message_bytes_max) {
    decoder->message_bytes_max = message_bytes_max;
}

/* ---- the envelope */

enum { SPECVERSION, ID, SOURCE, TYPE, TIME, DATA, DATACONTENTTYPE, ENVELOPE_COUNT };

static const struct fields_member ENVELOPE[ENVELOPE_COUNT] = {
    [SPECVERSION] = FIELDS_REQUIRED("specversion"),
    [ID] = FIELDS_REQUIRED("id"),
    [SOURCE] = FIELDS_REQUIRED("source"),
    [TYPE] = FIELDS_REQUIRED("type"),
    [TIME] = FIELDS_REQUIRED("time"),
    [DATA] = FIELDS_REQUIRED("data"),
    [DATACONTENTTYPE] = FIELDS_OPTIONAL("datacontenttype"),
};

/* "application/json", whatever its case, alone or with parameters: spaces only before a ';'. */
static bool is_json_type(struct slice type) {
    static const char json[] = "application/json";
    size_t len = sizeof json - 1;
    if (type.len < len || strncasecmp(type.data, json, len) != 0) {
        return false;
    }
    size_t at = len;
    while (at < type.len && type.data[at] == ' ') {
        at++;
    }
    return type.len == len || (at < type.len && type.data[at] == ';');
}

static bool check_datacontenttype(struct fields_context *ctx, const struct json_value *value) {
    const struct fields_path *path = FIELDS_MEMBER(NULL, "datacontenttype");
    struct slice type;
    if (value == NULL) {
        return true;
    }
    return fields_text(ctx, value, path, SIZE_MAX, &type) &&
           (is_json_type(type) ||
            fields_fail(ctx, REJECT_BAD_ENVELOPE, path, "datacontenttype must be application/json"));
}

static bool check_specversion(struct fields_context *ctx, const struct json_value *value) {
    if (json_kind(value) == JSON_STRING && slice_equal(json_text(value), SLICE("1.0"))) {
        return true;
    }
    return fields_fail(ctx, REJECT_BAD_ENVELOPE, FIELDS_MEMBER(NULL, "specversion"), "specversion must be \"1.0\"");
}

/* All attributes but what `type` and `data` hold; *type gets the type's text. */
static bool check_attributes(struct fields_context *ctx, const struct json_value *const *values, struct event *event,
                             struct slice *type) {
    return check_specversion(ctx, values[SPECVERSION]) &&
           fields_text(ctx, values[ID], FIELDS_MEMBER(NULL, "id"), ID_BYTES_MAX, &event->id) &&
           fields_text(ctx, values[SOURCE], FIELDS_MEMBER(NULL, "source"), SOURCE_BYTES_MAX, &event->source) &&
           fields_text(ctx, values[TYPE], FIELDS_MEMBER(NULL, "type"), TYPE_BYTES_MAX, type) &&
           fields_time(ctx, values[TIME], FIELDS_MEMBER(NULL, "time"), &event->time_ms) &&
           fields_object(ctx, values[DATA], FIELDS_MEMBER(NULL, "data")) &&
           check_datacontenttype(ctx, values[DATACONTENTTYPE]);
}

/* What is wrong with the envelope is BAD_ENVELOPE, but for a repeated attribute (spec section 8). */
static bool decode_envelope(struct fields_context *ctx, const struct json_value *root, const struct json_value **data,
                            struct event *event) {
    const struct json_value *values[ENVELOPE_COUNT];
    struct slice type;
    if (json_kind(root) != JSON_OBJECT) {
        return fields_fail(ctx, REJECT_BAD_ENVELOPE, NULL, "the message must be a JSON object");
    }
    if (!fields_collect(ctx, root, NULL, ENVELOPE, ENVELOPE_COUNT, values) ||
        !check_attributes(ctx, values, event, &type)) {
        if (ctx->reject->reason != REJECT_DUPLICATE_MEMBER) {
            ctx->reject->reason = REJECT_BAD_ENVELOPE;
        }
        return false;
    }
    int index = event_name_index(EVENT_TYPE_NAMES, EVENT_TYPE_COUNT, type);
    if (index < 0) {
        return fields_fail(ctx, REJECT_UNKNOWN_TYPE, FIELDS_MEMBER(NULL, "type"), "there is no event type %.*s",
                           (int)type.len, type.data);
    }
    event->type = (enum event_type)index;
    *data = values[DATA];
    return true;
}

bool decode_event(struct decoder *decoder, struct slice message, struct arena *arena, struct event *event,
                  struct reject *reject) {
    struct fields_context ctx = {arena, reject, decoder->seed};
    const char *what;
    size_t at;
    const struct json_value *data = NULL;
    if (message.len > decoder->message_bytes_max) {
        return fields_fail(&ctx, REJECT_TOO_LARGE, NULL, "the message has %zu bytes; limits.message_bytes is %zu",
                           message.len, decoder->message_bytes_max);
    }
    if (message.data == NULL) {
        return fields_fail(&ctx, REJECT_NOT_JSON, NULL, "the message has no value");
    }
    const struct json_value *root = json_parse(decoder->parser, message, &what, &at);
    if (root == NULL) {
        return fields_fail(&ctx, REJECT_NOT_JSON, NULL, "not JSON at byte %zu: %s", at, what);
    }
    memset(event, 0, sizeof *event);
    event->message_bytes = message.len;
    return decode_envelope(&ctx, root, &data, event) && decode_data(&ctx, data, FIELDS_MEMBER(NULL, "data"), event);
}
