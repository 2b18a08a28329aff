#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/timestamp.h"

enum { LINE_BYTES_MAX = 2048 };

static enum log_level highest = LOG_INFO;

void log_set_level(enum log_level level) {
    highest = level;
}

void log_line(enum log_level level, const char *area, const char *format, ...) {
    static const char *const names[] = {"ERROR", "WARN ", "INFO ", "DEBUG"};
    if (level > highest) {
        return;
    }
    int kept_errno = errno;
    char text[LINE_BYTES_MAX];
    char at[TIMESTAMP_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    timestamp_write(clock_wall_ms(), at);
    fprintf(stderr, "%.*s %s %s: %s\n", TIMESTAMP_TEXT_BYTES, at, names[level], area, text);
    errno = kept_errno;
}
