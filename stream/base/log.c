/* Lines on stderr from any thread. The form is chosen before there are threads; the level may change later, so it is
 * the one that is atomic. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/printable.h"
#include "base/timestamp.h"

/* What is longer is cut, not left out. */
enum { LINE_BYTES_MAX = 2048 };

static atomic_int highest = LOG_INFO;
static enum log_format form = LOG_TEXT;

void log_set_level(enum log_level level) {
    atomic_store_explicit(&highest, (int)level, memory_order_relaxed);
}

void log_set_format(enum log_format format) {
    form = format;
}

/* In quotes, which logfmt and JSON write the same way: nothing that is shown needs more than these two escapes. */
static void append_quoted(struct buffer *line, const char *text) {
    struct buffer shown = {0};
    printable_append(&shown, slice_of(text));
    buffer_append_byte(line, '"');
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.data[i] == '"' || shown.data[i] == '\\') {
            buffer_append_byte(line, '\\');
        }
        buffer_append_byte(line, shown.data[i]);
    }
    buffer_append_byte(line, '"');
    buffer_release(&shown);
}

/* For machines that gather logs. */
static void write_fields(enum log_level level, const char *at, const char *area, const char *text) {
    static const char *const names[] = {"error", "warning", "info", "debug"};
    bool json = form == LOG_JSON;
    struct buffer line = {0};
    buffer_printf(&line,
                  json ? "{\"time\":\"%.*s\",\"level\":\"%s\",\"area\":\"%s\",\"message\":"
                       : "time=%.*s level=%s area=%s message=",
                  TIMESTAMP_TEXT_BYTES, at, names[level], area);
    append_quoted(&line, text);
    buffer_append_text(&line, json ? "}\n" : "\n");
    fwrite(line.data, 1, line.len, stderr);
    buffer_release(&line);
}

void log_line(enum log_level level, const char *area, const char *format, ...) {
    static const char *const names[] = {"ERROR", "WARN ", "INFO ", "DEBUG"};
    if ((int)level > atomic_load_explicit(&highest, memory_order_relaxed)) {
        return;
    }
    /* A caller may log first and look at errno then. */
    int kept_errno = errno;
    char text[LINE_BYTES_MAX];
    char at[TIMESTAMP_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    timestamp_write(clock_wall_ms(), at);
    /* One call, so that a line of one thread is not cut by another's. */
    if (form == LOG_TEXT) {
        printable_say(stderr, "%.*s %s %s: %s", TIMESTAMP_TEXT_BYTES, at, names[level], area, text);
    } else {
        write_fields(level, at, area, text);
    }
    errno = kept_errno;
}
