/* A growing run of bytes that its owner writes front to back. Zero-initialised is a valid empty buffer.
 * Growing may move it: keep offsets, not pointers. Aborts without memory (base/alloc.h). One owner at a time. */
#ifndef CARAVAN_BASE_BUFFER_H
#define CARAVAN_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buffer {
    char *data;
    size_t len;      /* bytes written */
    size_t capacity; /* bytes there */
};

void buffer_init(struct buffer *buffer);
void buffer_release(struct buffer *buffer);
/* Room for `bytes` more, without writing; returns where they go (then add to len). */
char *buffer_reserve(struct buffer *buffer, size_t bytes);
void buffer_append(struct buffer *buffer, const void *data, size_t len);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *buffer, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static inline void buffer_append_byte(struct buffer *buffer, char byte) {
    *buffer_reserve(buffer, 1) = byte;
    buffer->len++;
}

static inline void buffer_append_slice(struct buffer *buffer, struct slice text) {
    buffer_append(buffer, text.data, text.len);
}

/* Forgets the content, keeps the memory. */
static inline void buffer_clear(struct buffer *buffer) {
    buffer->len = 0;
}

static inline struct slice buffer_slice(const struct buffer *buffer) {
    return (struct slice){buffer->data, buffer->len};
}

#endif
