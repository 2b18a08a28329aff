/* Bytes that grow at their end. Reserving may move them, so whoever is not done yet keeps offsets and no pointers. */
#include "base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

void buffer_init(struct buffer *buffer) {
    *buffer = (struct buffer){0};
}

void buffer_release(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){0};
}

char *buffer_reserve(struct buffer *buffer, size_t bytes) {
    /* A quarter each, so that neither the sum nor the doubling wraps. */
    assert(bytes <= SIZE_MAX / 4 && buffer->len <= SIZE_MAX / 4);
    size_t needed = buffer->len + bytes;
    if (needed > buffer->capacity) {
        /* Doubled, so that appending byte by byte stays linear. */
        size_t grown = buffer->capacity * 2 > needed ? buffer->capacity * 2 : needed;
        buffer->capacity = grown < 256 ? 256 : grown;
        buffer->data = alloc_resize(buffer->data, buffer->capacity, 1);
    }
    return buffer->data + buffer->len;
}

void buffer_append(struct buffer *buffer, const void *data, size_t len) {
    if (len != 0) {
        memcpy(buffer_reserve(buffer, len), data, len);
        buffer->len += len;
    }
}

void buffer_append_text(struct buffer *buffer, const char *text) {
    buffer_append(buffer, text, strlen(text));
}

void buffer_vprintf(struct buffer *buffer, const char *format, va_list args) {
    /* Formatted twice, the first time only to measure; that uses the arguments up, so they are copied. */
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    assert(len >= 0);
    /* With room for the NUL that vsnprintf writes and that is not counted. */
    char *to = buffer_reserve(buffer, (size_t)len + 1);
    vsnprintf(to, (size_t)len + 1, format, again);
    va_end(again);
    buffer->len += (size_t)len;
}

void buffer_printf(struct buffer *buffer, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buffer_vprintf(buffer, format, args);
    va_end(args);
}
