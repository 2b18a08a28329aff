/* A segment is cut first, by looking for a terminator that is not released, and then taken apart, so that one that
 * cannot be read costs itself alone. Cutting keeps no more than EDIFACT_SEGMENT_BYTES_MAX: of a longer one that much is
 * given as bad, and the rest is passed over up to its terminator. */
#include "convert/edifact_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "convert/edifact_text.h"

enum { UNA_BYTES = 9, VERSION_WITH_REPETITION = 4 };

struct separators {
    char component, element, release, repetition, terminator;
};

static const struct separators LEVEL_A = {':', '+', '?', '*', '\''};

struct edifact_reader {
    struct slice given; /* charset */
    struct separators use;
    bool repeats; /* whether `repetition` separates, as from syntax version 4 on */
    enum edifact_charset charset;
    struct slice feed; /* not yet used */
    struct buffer raw; /* the segment being cut, as it stands */
    bool lent;         /* raw is a segment's that was given */
    bool released, overlong;
    uint64_t number, offset, line;     /* of the next byte */
    uint64_t first_offset, first_line; /* of raw */
    struct buffer plain;               /* a component without release characters */
    struct buffer text;                /* the segment's texts, one behind the other */
    struct edifact_part parts[EDIFACT_PARTS_MAX];
    size_t starts[EDIFACT_PARTS_MAX]; /* in text, which moves while it grows */
};

struct edifact_reader *edifact_reader_new(struct slice charset) {
    struct edifact_reader *reader = alloc_zeroed(1, sizeof *reader);
    reader->given = charset;
    reader->use = LEVEL_A;
    reader->charset = EDIFACT_LATIN1;
    reader->line = 1;
    buffer_reserve(&reader->text, 1); /* so that it lies somewhere, also while nothing is in it */
    return reader;
}

void edifact_reader_free(struct edifact_reader *reader) {
    buffer_release(&reader->raw);
    buffer_release(&reader->plain);
    buffer_release(&reader->text);
    free(reader);
}

bool edifact_reader_knows(struct slice charset) {
    enum edifact_charset known;
    return edifact_charset_of(charset, &known);
}

struct slice edifact_part(const struct edifact_segment *segment, size_t element, size_t component) {
    for (size_t i = 0; i < segment->part_count; i++) {
        const struct edifact_part *part = &segment->parts[i];
        if (part->element == element && part->component == component && part->repetition == 0) {
            return part->text;
        }
    }
    return (struct slice){NULL, 0};
}

void edifact_reader_feed(struct edifact_reader *reader, struct slice bytes) {
    reader->feed = bytes;
}

/* ---- taking a segment apart */

struct cursor {
    size_t element, repetition, component, count;
};

static const char *add_part(struct edifact_reader *reader, struct cursor *at) {
    if (reader->plain.len == 0) {
        return NULL;
    }
    if (at->count == EDIFACT_PARTS_MAX) {
        return "more than 512 components";
    }
    reader->parts[at->count] = (struct edifact_part){at->element, at->repetition, at->component, {NULL, 0}};
    reader->starts[at->count] = reader->text.len;
    const char *wrong = edifact_text_put(&reader->text, reader->charset, buffer_slice(&reader->plain));
    reader->parts[at->count].text.len = reader->text.len - reader->starts[at->count];
    at->count++;
    buffer_clear(&reader->plain);
    return wrong;
}

static void move_on(const struct edifact_reader *reader, struct cursor *at, char separator) {
    if (separator == reader->use.component) {
        at->component++;
    } else if (separator == reader->use.element) {
        *at = (struct cursor){.element = at->element + 1, .count = at->count};
    } else {
        *at = (struct cursor){.element = at->element, .repetition = at->repetition + 1, .count = at->count};
    }
}

static bool is_separator(const struct edifact_reader *reader, char c) {
    return c == reader->use.component || c == reader->use.element || (reader->repeats && c == reader->use.repetition);
}

/* NULL, or what is wrong. `raw` is without its terminator. */
static const char *take_apart(struct edifact_reader *reader, struct slice raw, size_t *count) {
    struct cursor at = {0};
    const char *wrong = NULL;
    buffer_clear(&reader->plain);
    buffer_clear(&reader->text);
    for (size_t i = 0; i < raw.len && wrong == NULL; i++) {
        char c = raw.data[i];
        if (c == reader->use.release && i + 1 < raw.len) {
            buffer_append_byte(&reader->plain, raw.data[++i]);
        } else if (is_separator(reader, c)) {
            wrong = add_part(reader, &at);
            move_on(reader, &at, c);
        } else {
            buffer_append_byte(&reader->plain, c);
        }
    }
    wrong = wrong != NULL ? wrong : add_part(reader, &at);
    for (size_t i = 0; i < at.count; i++) {
        reader->parts[i].text.data = reader->text.data + reader->starts[i];
    }
    *count = at.count;
    return wrong;
}

/* ---- what a service segment changes */

/* UNB names charset and version before anything that they matter for. */
static const char *begin_interchange(struct edifact_reader *reader, const struct edifact_segment *unb) {
    struct slice name = edifact_part(unb, 1, 0), version = edifact_part(unb, 1, 1);
    name = reader->given.data != NULL ? reader->given : name;
    /* Version 4 may give the list's release instead, three digits for a year. */
    reader->repeats = version.len > 0 && version.data[0] >= '0' + VERSION_WITH_REPETITION && version.data[0] <= '9' &&
                      reader->use.repetition != ' ';
    return edifact_charset_of(name, &reader->charset)
               ? NULL
               : "its charset is none of UNOA, UNOB, UNOC, UNOE, UNOW and UNOY (--charset)";
}

/* UNA says the separators, for one interchange: six characters right behind the tag. */
static bool take_una(struct edifact_reader *reader) {
    if (reader->raw.len != UNA_BYTES || memcmp(reader->raw.data, "UNA", EDIFACT_TAG_BYTES) != 0) {
        return false;
    }
    const char *una = reader->raw.data + EDIFACT_TAG_BYTES;
    reader->use = (struct separators){una[0], una[1], una[3], una[4], una[5]};
    /* A space means that there is no release character; no text must lose its spaces to it. */
    reader->use.release = una[3] == ' ' ? '\0' : una[3];
    return true;
}

/* ---- cutting */

static bool is_line_end(char c) {
    return c == '\r' || c == '\n';
}

/* While raw may still be a UNA, its characters are not looked at: one of them is the terminator. */
static bool may_be_una(const struct edifact_reader *reader) {
    size_t len = reader->raw.len < EDIFACT_TAG_BYTES ? reader->raw.len : EDIFACT_TAG_BYTES;
    return reader->raw.len < UNA_BYTES && memcmp(reader->raw.data, "UNA", len) == 0 && len == EDIFACT_TAG_BYTES;
}

/* Uses one byte; true when raw is whole. */
static bool cut(struct edifact_reader *reader, char c) {
    reader->offset++;
    if (is_line_end(c)) {
        reader->line += c == '\n';
        return false;
    }
    if (reader->raw.len == 0) {
        if (c == ' ') {
            return false;
        }
        reader->first_offset = reader->offset - 1;
        reader->first_line = reader->line;
    }
    if (reader->raw.len == EDIFACT_SEGMENT_BYTES_MAX) {
        reader->overlong = true;
    } else {
        buffer_append_byte(&reader->raw, c);
    }
    if (may_be_una(reader)) {
        return false;
    }
    bool ends = !reader->released && c == reader->use.terminator;
    reader->released = !reader->released && c == reader->use.release && c != '\0';
    return ends;
}

static void describe(struct edifact_reader *reader, struct edifact_segment *segment) {
    struct slice raw = buffer_slice(&reader->raw);
    *segment = (struct edifact_segment){.raw = raw,
                                        .number = ++reader->number,
                                        .offset = reader->first_offset,
                                        .line = reader->first_line,
                                        .parts = reader->parts};
    size_t len = raw.len < EDIFACT_TAG_BYTES ? raw.len : EDIFACT_TAG_BYTES;
    for (size_t i = 0; i < len; i++) {
        segment->tag[i] = raw.data[i] >= 'A' && raw.data[i] <= 'Z' ? raw.data[i] : '?';
    }
}

/* Before UNB nothing is known; what it says of charset and version is ASCII in each of them. */
static void forget_interchange(struct edifact_reader *reader) {
    reader->charset = EDIFACT_LATIN1;
    reader->repeats = false;
}

/* A tag is three letters; the components that could tell nested groups behind it are not in use. */
static const char *read_segment(struct edifact_reader *reader, struct edifact_segment *segment) {
    struct slice raw = buffer_slice(&reader->raw);
    bool begins = memcmp(segment->tag, "UNB", EDIFACT_TAG_BYTES) == 0;
    if (reader->overlong) {
        return "it is longer than 64 KiB";
    }
    if (begins) {
        forget_interchange(reader);
    }
    const char *wrong = take_apart(reader, (struct slice){raw.data, raw.len - 1}, &segment->part_count);
    if (edifact_part(segment, 0, 0).len != EDIFACT_TAG_BYTES || strchr(segment->tag, '?') != NULL) {
        return "it does not begin with a tag of three letters";
    }
    if (wrong == NULL && begins) {
        wrong = begin_interchange(reader, segment);
    }
    return wrong;
}

/* UNA counts for one interchange (ISO 9735-1). */
static void end_interchange(struct edifact_reader *reader) {
    forget_interchange(reader);
    reader->use = LEVEL_A;
}

static void begin_segment(struct edifact_reader *reader) {
    buffer_clear(&reader->raw);
    reader->lent = reader->released = reader->overlong = false;
}

enum edifact_read edifact_reader_next(struct edifact_reader *reader, struct edifact_segment *segment,
                                      char what[EDIFACT_WHAT_BYTES]) {
    if (reader->lent) {
        begin_segment(reader);
    }
    while (reader->feed.len > 0) {
        char c = *reader->feed.data;
        reader->feed = (struct slice){reader->feed.data + 1, reader->feed.len - 1};
        bool whole = cut(reader, c);
        if (take_una(reader)) {
            begin_segment(reader);
        } else if (whole) {
            reader->lent = true;
            describe(reader, segment);
            const char *wrong = read_segment(reader, segment);
            if (memcmp(segment->tag, "UNZ", EDIFACT_TAG_BYTES) == 0) {
                end_interchange(reader);
            }
            snprintf(what, EDIFACT_WHAT_BYTES, "%s", wrong == NULL ? "" : wrong);
            return wrong == NULL ? EDIFACT_SEGMENT : EDIFACT_BAD;
        }
    }
    return EDIFACT_MORE;
}

bool edifact_reader_end(struct edifact_reader *reader, struct edifact_segment *segment) {
    bool left = !reader->lent && reader->raw.len > 0;
    if (left) {
        describe(reader, segment);
    }
    reader->lent = true;
    reader->number = reader->offset = 0;
    reader->line = 1;
    end_interchange(reader);
    return !left;
}
