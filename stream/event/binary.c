/* The names of the headers, and what of them identifies an event. What the attributes must be is envelope.c's matter,
 * for both modes. */
#include "event/binary.h"

#include "event/envelope.h"

const char *binary_header_name(int attribute) {
    static const char *const names[ENVELOPE_COUNT] = {
        [ENVELOPE_SPECVERSION] = "ce_specversion",
        [ENVELOPE_ID] = "ce_id",
        [ENVELOPE_SOURCE] = "ce_source",
        [ENVELOPE_TYPE] = "ce_type",
        [ENVELOPE_TIME] = "ce_time",
        [ENVELOPE_DATACONTENTTYPE] = "content-type",
    };
    return names[attribute];
}

bool binary_is_mark(struct slice name) {
    return slice_equal(name, SLICE("ce_specversion"));
}

void binary_init(struct binary *binary, struct slice value) {
    *binary = (struct binary){.value = value};
}

void binary_note(struct binary *binary, struct slice name, struct slice value) {
    for (int i = 0; i < ENVELOPE_COUNT; i++) {
        const char *own = binary_header_name(i);
        if (own != NULL && slice_equal(name, slice_of(own))) {
            binary->attributes[i] = value;
            binary->headers[i] = binary->headers[i] == 0 ? 1 : 2;
        }
    }
}

/* ---- identity */

enum { PARTS = 9 };

/* No attribute of a valid event holds a 0x1F, and no JSON text does: so what stands where is told by the text alone. */
static void parts_of(const struct binary *binary, struct slice parts[PARTS]) {
    static const int order[] = {ENVELOPE_TYPE, ENVELOPE_SOURCE, ENVELOPE_ID, ENVELOPE_TIME};
    size_t count = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        parts[count++] = binary->attributes[order[i]];
        parts[count++] = SLICE("\x1f");
    }
    parts[count] = binary->value;
}

struct hash128 binary_hash(const struct binary *binary) {
    struct slice parts[PARTS];
    parts_of(binary, parts);
    return hash_of_parts(parts, PARTS);
}

size_t binary_bytes(const struct binary *binary) {
    struct slice parts[PARTS];
    size_t bytes = 0;
    parts_of(binary, parts);
    for (size_t i = 0; i < PARTS; i++) {
        bytes += parts[i].len;
    }
    return bytes;
}
