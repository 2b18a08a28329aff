/* Most of a large train's JSON are its containers and declarations, and most changes touch one of them. So their text
 * is kept between commits and patched; what is around them is short and written anew each time. It must be the bytes
 * that encode_record writes: the same functions write every element, and whoever drops a text loses nothing but
 * time. */
#include "encode/record_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/json_put.h"
#include "encode/record_put.h"

/* The elements of an array, each but the first behind a comma. Ends are offsets, since the buffer moves when it grows.
 * An element begins where the one before it ends, its own comma included. */
struct elements {
    struct buffer text;
    size_t *ends;
    size_t count, capacity;
};

struct record_text {
    struct elements containers, declarations;
    struct record_marks *marks; /* of each declaration, behind its comma */
    size_t mark_capacity;
};

struct record_text *record_text_new(void) {
    return alloc_zeroed(1, sizeof(struct record_text));
}

void record_text_free(struct record_text *text) {
    if (text != NULL) {
        buffer_release(&text->containers.text);
        buffer_release(&text->declarations.text);
        free(text->containers.ends);
        free(text->declarations.ends);
        free(text->marks);
        free(text);
    }
}

static size_t elements_bytes(const struct elements *elements) {
    return elements->text.capacity + elements->capacity * sizeof *elements->ends;
}

size_t record_text_bytes(const struct record_text *text) {
    return sizeof *text + elements_bytes(&text->containers) + elements_bytes(&text->declarations) +
           text->mark_capacity * sizeof *text->marks;
}

/* ---- elements */

/* Exactly as many: the number of elements changes only when all are written anew. */
static void reserve(struct elements *elements, size_t count) {
    if (count > elements->capacity) {
        elements->ends = alloc_resize(elements->ends, count, sizeof *elements->ends);
        elements->capacity = count;
    }
    elements->count = count;
}

/* Takes all elements from where they were written, with a little room to grow: no twice as much as is needed. The old
 * text goes before room for the new one is taken, so that there are never two of a large one. What was written first
 * stands in the caller's buffer, which is large already and reused. */
static void keep_all(struct elements *elements, const struct buffer *written) {
    buffer_release(&elements->text);
    if (written->len == 0) {
        return;
    }
    buffer_reserve(&elements->text, written->len + written->len / 16);
    buffer_append_slice(&elements->text, buffer_slice(written));
}

static size_t start_of(const struct elements *elements, size_t i) {
    return i == 0 ? 0 : elements->ends[i - 1];
}

static void put_comma(struct buffer *out, size_t i) {
    if (i > 0) {
        JSON_PUT(out, ",");
    }
}

/* Puts another text in the place of one element. The rest is moved by the difference. `with` must not lie in the text
 * itself, which may move. */
static void replace(struct elements *elements, size_t i, struct slice with) {
    size_t start = start_of(elements, i);
    size_t end = elements->ends[i];
    size_t len = end - start;
    if (with.len != len) {
        struct buffer *text = &elements->text;
        buffer_reserve(text, with.len);
        memmove(text->data + start + with.len, text->data + end, text->len - end);
        text->len = text->len - len + with.len;
        for (size_t k = i; k < elements->count; k++) {
            elements->ends[k] = elements->ends[k] - len + with.len;
        }
    }
    memcpy(elements->text.data + start, with.data, with.len);
}

/* ---- containers and declarations; `spare` is overwritten */

static void write_containers(struct elements *elements, const struct record *record, struct buffer *spare) {
    buffer_clear(spare);
    reserve(elements, record->container_count);
    for (size_t i = 0; i < record->container_count; i++) {
        put_comma(spare, i);
        record_put_container(spare, &record->containers[i]);
        elements->ends[i] = spare->len;
    }
    keep_all(elements, spare);
}

static void write_declarations(struct record_text *text, const struct record *record, struct buffer *spare) {
    size_t count = record->declaration_count;
    buffer_clear(spare);
    reserve(&text->declarations, count);
    if (count > text->mark_capacity) {
        text->marks = alloc_resize(text->marks, count, sizeof *text->marks);
        text->mark_capacity = count;
    }
    for (size_t i = 0; i < count; i++) {
        put_comma(spare, i);
        record_put_declaration(spare, &record->declarations[i], &text->marks[i]);
        text->declarations.ends[i] = spare->len;
    }
    keep_all(&text->declarations, spare);
}

static void rewrite_container(struct elements *elements, const struct record *record, size_t i, struct buffer *spare) {
    buffer_clear(spare);
    put_comma(spare, i);
    record_put_container(spare, &record->containers[i]);
    replace(elements, i, buffer_slice(spare));
}

/* From *at up to where a value stands that is written anew, which *at is put behind; where it goes. No value that is
 * written anew holds a comma, and one stands behind each (encode/record_put.h). */
static void copy_to(struct buffer *out, struct slice element, size_t *at, size_t value) {
    buffer_append(out, element.data + *at, value - *at);
    const char *comma = memchr(element.data + value, ',', element.len - value);
    assert(comma != NULL);
    *at = (size_t)(comma - element.data);
}

/* Three words of it; the rest stays as it was written. Its lines and values are in memory only at a whole update
 * (record/kept.h), so the declaration cannot be written from the record again. The first mark never moves, as nothing
 * in front of it changes; the others move by what the words before them grew. */
static void rewrite_declaration(struct record_text *text, const struct record *record, size_t i, struct buffer *spare) {
    const struct record_declaration *declaration = &record->declarations[i];
    struct elements *elements = &text->declarations;
    size_t start = start_of(elements, i) + (i > 0);
    struct slice element = {elements->text.data + start, elements->ends[i] - start};
    struct record_marks *marks = &text->marks[i];
    size_t at = 0;
    buffer_clear(spare);
    put_comma(spare, i);
    size_t comma = spare->len;
    copy_to(spare, element, &at, marks->advance);
    json_put_bool(spare, declaration->advance);
    copy_to(spare, element, &at, marks->declared);
    marks->declared = spare->len - comma;
    json_put_word(spare, DECLARED_NAMES[declaration->declared]);
    copy_to(spare, element, &at, marks->released);
    marks->released = spare->len - comma;
    json_put_bool(spare, declaration->released);
    buffer_append(spare, element.data + at, element.len - at);
    replace(elements, i, buffer_slice(spare));
}

/* The asserts hold because who is on the train, and what is declared together, changes only with a whole update. */
static void bring_up(struct record_text *text, const struct kept_record *kept, struct buffer *spare) {
    const struct record *record = kept->record;
    if (kept->whole) {
        write_containers(&text->containers, record, spare);
        write_declarations(text, record, spare);
        return;
    }
    assert(text->containers.count == record->container_count);
    assert(text->declarations.count == record->declaration_count);
    for (size_t i = 0; i < record->container_count; i++) {
        if (kept->containers[i]) {
            rewrite_container(&text->containers, record, i, spare);
        }
    }
    for (size_t i = 0; i < record->declaration_count; i++) {
        if (kept->declarations[i]) {
            rewrite_declaration(text, record, i, spare);
        }
    }
}

/* ---- the whole */

/* The parts are never put together here: the hash takes them one by one, and the copy goes straight to where the
 * message is kept. A record may be many megabytes. */
void record_text_write(struct record_text *text, const struct kept_record *kept, struct buffer *rest,
                       struct record_whole *whole) {
    bring_up(text, kept, rest);
    buffer_clear(rest);
    record_put_head(rest, kept->record);
    size_t head = rest->len;
    record_put_middle(rest, kept->record);
    size_t middle = rest->len;
    record_put_tail(rest, kept->record, false);
    whole->parts[0] = (struct slice){rest->data, head};
    whole->parts[1] = buffer_slice(&text->containers.text);
    whole->parts[2] = (struct slice){rest->data + head, middle - head};
    whole->parts[3] = buffer_slice(&text->declarations.text);
    whole->parts[4] = SLICE("]");
    whole->parts[RECORD_DIGEST_AT] = (struct slice){rest->data + middle, rest->len - middle};
    whole->digest = hash_of_parts(whole->parts, RECORD_PARTS);
    whole->bytes = RECORD_DIGEST_BYTES;
    for (size_t i = 0; i < RECORD_PARTS; i++) {
        whole->bytes += whole->parts[i].len;
    }
}

void record_whole_copy(const struct record_whole *whole, char *out) {
    for (size_t i = 0; i < RECORD_PARTS; i++) {
        if (i == RECORD_DIGEST_AT) {
            record_write_digest(whole->digest, out);
            out += RECORD_DIGEST_BYTES;
        }
        /* An empty part may have no address, which memcpy must not be given even for no bytes. */
        if (whole->parts[i].len > 0) {
            memcpy(out, whole->parts[i].data, whole->parts[i].len);
            out += whole->parts[i].len;
        }
    }
}
