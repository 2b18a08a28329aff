/* Plain appends: a workload is millions of lines, so each byte is written once and no format is parsed for it. */
#include "workload/write_pieces.h"

#include <string.h>

#include "base/timestamp.h"

enum {
    CHINA_OFFSET_MS = 8 * 60 * 60 * 1000,
    CHINA_TIME_SHARE = 300000,   /* of a million times: written with +08:00 */
    CONTENT_TYPE_SHARE = 150000, /* of a million events: with datacontenttype */
    EXTENSION_SHARE = 60000      /* with members that Caravan does not know */
};

void put_text(struct writer *writer, const char *text) {
    buffer_append(writer->out, text, strlen(text));
}

void put_slice(struct writer *writer, struct slice text) {
    buffer_append(writer->out, text.data, text.len);
}

void put_number(struct writer *writer, uint64_t value) {
    /* As many as the largest number of 64 bits has. */
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buffer_append(writer->out, digits + first, sizeof digits - first);
}

void put_decimal(struct writer *writer, uint64_t value, int places) {
    uint64_t unit = 1;
    for (int i = 0; i < places; i++) {
        unit *= 10;
    }
    put_number(writer, value / unit);
    uint64_t rest = value % unit;
    if (rest != 0) {
        PUT(writer, ".");
    }
    /* Ends with the last digit that is not 0, so that no zeros follow. */
    for (; rest != 0; rest %= unit) {
        unit /= 10;
        buffer_append_byte(writer->out, (char)('0' + rest / unit));
    }
}

/* One of the spellings of value / 10^places that are the same number (contract 1.3). 1500 with three places: 1500e-3,
 * 15000.00E-4 or 1.5e+0. */
static void put_otherwise(struct writer *writer, uint64_t value, int places) {
    switch (rng_below(writer->rng, 3)) {
    case 0:
        put_number(writer, value);
        PUT(writer, "e-");
        put_number(writer, (uint64_t)places);
        break;
    case 1:
        put_number(writer, value);
        PUT(writer, "0.00E-");
        put_number(writer, (uint64_t)places + 1);
        break;
    default:
        put_decimal(writer, value, places);
        PUT(writer, "e+0");
        break;
    }
}

void put_amount(struct writer *writer, uint64_t value, int places) {
    if (rng_chance(writer->rng, writer->rates[RATE_SPELLINGS])) {
        put_otherwise(writer, value, places);
    } else {
        put_decimal(writer, value, places);
    }
}

/* null and not written are the same (contract 1.9). */
void put_absent(struct writer *writer, const char *name) {
    if (rng_chance(writer->rng, writer->rates[RATE_NULLS])) {
        PUT(writer, ",\"");
        put_text(writer, name);
        PUT(writer, "\":null");
    }
}

/* The sign is apart, as the digits are of a number without one. */
void put_degrees(struct writer *writer, int32_t millionths) {
    if (millionths < 0) {
        PUT(writer, "-");
    }
    put_decimal(writer, (uint64_t)(millionths < 0 ? -(int64_t)millionths : millionths), DECIMAL_DEGREE_PLACES);
}

/* The shape of a random UUID, from the workload's own numbers: the same seed must give the same bytes. Nobody reads the
 * bits that say which variant it is, so they are random too. */
void write_uuid(struct writer *writer) {
    static const char hex[] = "0123456789abcdef";
    static const char shape[] = "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx";
    uint64_t words[2] = {rng_next(writer->rng), rng_next(writer->rng)};
    char *to = buffer_reserve(writer->out, sizeof shape - 1);
    for (size_t i = 0, nibble = 0; i < sizeof shape - 1; i++) {
        to[i] = shape[i] != 'x' ? shape[i] : hex[words[nibble / 16] >> nibble % 16 * 4 & 15];
        nibble += shape[i] == 'x';
    }
    writer->out->len += sizeof shape - 1;
}

/* Only the instant counts (contract 1.5): some write the time of China, with its offset. */
void write_time(struct writer *writer, int64_t ms) {
    bool china = rng_chance(writer->rng, CHINA_TIME_SHARE);
    char *to = buffer_reserve(writer->out, TIMESTAMP_TEXT_BYTES);
    timestamp_write(china ? ms + CHINA_OFFSET_MS : ms, to);
    writer->out->len += TIMESTAMP_TEXT_BYTES;
    if (china) {
        writer->out->len--; /* the Z */
        PUT(writer, "+08:00");
    }
}

/* As `--keyed` reads it (contract 2.3). */
void write_key(struct writer *writer) {
    if (writer->keyed) {
        put_text(writer, writer->plan->key);
        PUT(writer, "\t");
    }
}

void put_train(struct writer *writer, const struct plan *plan) {
    PUT(writer, "{\"number\":\"");
    put_text(writer, plan->number);
    PUT(writer, "\",\"date\":\"");
    put_text(writer, plan->date);
    PUT(writer, "\",\"port\":\"");
    put_text(writer, plan->port->code);
    PUT(writer, "\"}");
}

void write_train(struct writer *writer) {
    put_train(writer, writer->plan);
}

/* What contract 2.4 lets stand in an envelope besides, now and then: a content type with a parameter, and an extension,
 * which is ignored. */
void event_begin(struct writer *writer, enum event_type type, const char *source, const char *place, int64_t time_ms) {
    write_key(writer);
    PUT(writer, "{\"specversion\":\"1.0\",\"id\":\"");
    write_uuid(writer);
    PUT(writer, "\",\"source\":\"");
    put_text(writer, source);
    put_text(writer, place);
    PUT(writer, "\",\"type\":\"");
    put_text(writer, event_type_name(type));
    PUT(writer, "\",\"time\":\"");
    write_time(writer, time_ms);
    if (rng_chance(writer->rng, CONTENT_TYPE_SHARE)) {
        PUT(writer, "\",\"datacontenttype\":\"application/json; charset=utf-8");
    }
    if (rng_chance(writer->rng, EXTENSION_SHARE)) {
        PUT(writer, "\",\"traceparent\":\"00-");
        write_uuid(writer);
    }
    PUT(writer, "\",\"data\":{\"train\":");
    write_train(writer);
}

void event_end(struct writer *writer) {
    PUT(writer, "}}\n");
}
