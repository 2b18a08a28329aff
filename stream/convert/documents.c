/* `text` holds the document being cut, and nothing else once all of a feed is used. A string of JSON holds no line end
 * (RFC 8259), so an unclosed quote costs its line and not the rest of the file. */
#include "convert/documents.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buffer.h"

struct documents {
    const struct documents_taker *taker;
    struct buffer text;  /* from the document's first byte on */
    uint64_t line;       /* of that byte, from 1 */
    uint64_t lines_seen; /* LFs within text */
    int depth;
    bool in_string, escaped, bare; /* bare: it began with no bracket, and ends with its line */
};

struct documents *documents_new(const struct documents_taker *taker) {
    struct documents *documents = alloc_zeroed(1, sizeof *documents);
    documents->taker = taker;
    documents->line = 1;
    return documents;
}

void documents_free(struct documents *documents) {
    buffer_release(&documents->text);
    free(documents);
}

/* ---- what is not JSON as a whole */

static void give_broken(const struct documents *documents, struct slice text, uint64_t line) {
    if (text.len > 0) {
        documents->taker->broken(documents->taker->context, text, line);
    }
}

/* Lines that open a document at their first byte and are one are taken; what stands between them is broken. */
static void give_lines(const struct documents *documents, struct slice text) {
    const struct documents_taker *taker = documents->taker;
    size_t bad_from = 0, at = 0;
    uint64_t line = documents->line, bad_line = line;
    while (at < text.len) {
        const char *start = text.data + at, *end = memchr(start, '\n', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - start);
        /* A text of one line was tried as a whole. */
        if ((*start == '{' || *start == '[') && len < text.len &&
            taker->take(taker->context, (struct slice){start, len}, line)) {
            give_broken(documents, (struct slice){text.data + bad_from, at - bad_from}, bad_line);
            bad_from = at + len + (end != NULL);
            bad_line = line + 1;
        }
        at += len + (end != NULL);
        line++;
    }
    give_broken(documents, (struct slice){text.data + bad_from, text.len - bad_from}, bad_line);
}

/* ---- cutting */

static void forget(struct documents *documents) {
    documents->line += documents->lines_seen;
    documents->lines_seen = 0;
    documents->depth = 0;
    documents->in_string = documents->escaped = documents->bare = false;
    buffer_clear(&documents->text);
}

static void give(struct documents *documents, bool whole) {
    struct slice text = buffer_slice(&documents->text);
    const struct documents_taker *taker = documents->taker;
    if (!whole || !taker->take(taker->context, text, documents->line)) {
        give_lines(documents, text);
    }
    forget(documents);
}

/* Between documents; the bytes of a byte order mark, which some programs write first, too. */
static bool is_between(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\xEF' || c == '\xBB' || c == '\xBF';
}

/* Whether the document ends with this byte, which is its own already. */
static bool ends_with(struct documents *documents, char c) {
    if (c == '\n') {
        documents->lines_seen++;
        return documents->bare || documents->in_string;
    }
    if (documents->in_string) {
        documents->in_string = documents->escaped || c != '"';
        documents->escaped = !documents->escaped && c == '\\';
        return false;
    }
    documents->in_string = c == '"';
    documents->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    return documents->depth <= 0 && !documents->bare;
}

static void take_byte(struct documents *documents, char c) {
    if (documents->text.len == 0) {
        if (is_between(c)) {
            documents->line += c == '\n';
            return;
        }
        documents->bare = c != '{' && c != '[';
    }
    buffer_append_byte(&documents->text, c);
    if (ends_with(documents, c) || documents->text.len == DOCUMENTS_BYTES_MAX) {
        give(documents, !documents->in_string && documents->depth <= 0);
    }
}

void documents_feed(struct documents *documents, struct slice bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        take_byte(documents, bytes.data[i]);
    }
}

void documents_end(struct documents *documents) {
    if (documents->text.len > 0) {
        give(documents, documents->bare);
    }
    documents->line = 1;
}
