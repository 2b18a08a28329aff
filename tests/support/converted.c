#include "support/converted.h"

#include <inttypes.h>

struct convert_options converted_options(void) {
    return (struct convert_options){.train = {SLICE("X8024"), SLICE("2020-12-16"), SLICE("CNAKL")}, .direction = -1};
}

static void take_events(void *context, struct slice lines) {
    struct converted *converted = context;
    buffer_append_slice(&converted->events, lines);
}

static void take_reject(void *context, const struct line_reject *reject) {
    struct converted *converted = context;
    buffer_printf(&converted->rejects, "%" PRIu64 " %.*s %.*s: %.*s\n", reject->line, (int)reject->pointer.len,
                  reject->pointer.data, (int)reject->reason.len, reject->reason.data, (int)reject->message.len,
                  reject->message.data);
    buffer_append_slice(&converted->values, reject->value);
    buffer_append_byte(&converted->values, '\n');
}

struct converted converted(enum conversion_form form, struct slice text, const struct convert_options *options,
                           size_t piece) {
    struct converted converted = {0};
    const struct convert_sink sink = {&converted, take_events, take_reject};
    struct conversion *conversion = conversion_new(form, options, &sink);
    for (size_t at = 0; at < text.len;) {
        size_t len = piece == 0 || piece > text.len - at ? text.len - at : piece;
        conversion_feed(conversion, (struct slice){text.data + at, len});
        at += len;
    }
    conversion_end(conversion);
    converted.counts = *conversion_counts(conversion);
    conversion_free(conversion);
    return converted;
}

bool converted_has(const struct buffer *where, const char *text) {
    return where->len > 0 && memmem(where->data, where->len, text, strlen(text)) != NULL;
}

void converted_release(struct converted *converted) {
    buffer_release(&converted->events);
    buffer_release(&converted->rejects);
    buffer_release(&converted->values);
}
