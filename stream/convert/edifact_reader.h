/* UN/EDIFACT (ISO 9735, syntax versions 1 to 4) as segments: separators by UNA, release characters, repetitions,
 * characters as UTF-8 by what UNB names (UNOA, UNOB: ASCII; UNOC: ISO 8859-1; UNOE: ISO 8859-5; UNOW, UNOY: UTF-8).
 * Line ends may stand anywhere and mean nothing. Streaming: fed with bytes, asked for segments. One thread. */
#ifndef CARAVAN_CONVERT_EDIFACT_READER_H
#define CARAVAN_CONVERT_EDIFACT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum {
    EDIFACT_SEGMENT_BYTES_MAX = 64 * 1024,
    EDIFACT_PARTS_MAX = 512, /* components of a segment, with all repetitions */
    EDIFACT_TAG_BYTES = 3,
    EDIFACT_WHAT_BYTES = 128
};

/* A component: what stands between two separators. Text is valid UTF-8 without control characters, never empty. */
struct edifact_part {
    size_t element; /* the tag is 0 */
    size_t repetition, component;
    struct slice text;
};

struct edifact_segment {
    char tag[EDIFACT_TAG_BYTES + 1];
    struct slice raw;                 /* its bytes as they stand, with the terminator */
    uint64_t number, offset, line;    /* number from 1; offset in bytes from 0; both of the file; line from 1 */
    const struct edifact_part *parts; /* those that are not empty, in order */
    size_t part_count;
};

/* The component of the element's first repetition; absent where it is empty. */
struct slice edifact_part(const struct edifact_segment *segment, size_t element, size_t component);

struct edifact_reader;

/* `charset`: goes before what UNB says; absent: UNB decides. */
struct edifact_reader *edifact_reader_new(struct slice charset);
void edifact_reader_free(struct edifact_reader *reader);
/* Whether a charset of this name can be read. */
bool edifact_reader_knows(struct slice charset);

/* Hands over bytes, all of which are used before the next call: ask until MORE. */
void edifact_reader_feed(struct edifact_reader *reader, struct slice bytes);

enum edifact_read {
    EDIFACT_SEGMENT,
    EDIFACT_BAD, /* a segment that cannot be read: raw and where it stands are filled, and its tag, if it has one */
    EDIFACT_MORE /* all bytes are used */
};
/* The slices are valid until the next call. BAD: `what` says why. */
enum edifact_read edifact_reader_next(struct edifact_reader *reader, struct edifact_segment *segment,
                                      char what[EDIFACT_WHAT_BYTES]);
/* The file ends: false when bytes without a terminator were left, with `segment` as of BAD. The next feed begins
 * another file. */
bool edifact_reader_end(struct edifact_reader *reader, struct edifact_segment *segment);

#endif
