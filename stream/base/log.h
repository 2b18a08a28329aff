/* Log lines for operators on stderr: time, level, area, sentence. Thread-safe: a line is written whole. */
#ifndef CARAVAN_BASE_LOG_H
#define CARAVAN_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_LOGFMT, LOG_JSON };

/* Lines above this level are dropped; LOG_INFO at start. Any thread, at any time. */
void log_set_level(enum log_level level);
/* LOG_TEXT at start. LOG_LOGFMT: time=… level=… area=… message="…"; LOG_JSON: an object with these members. Set before
 * threads start. */
void log_set_format(enum log_format format);
/* `area` is the room or subject, a static word. No newline in the sentence; what cannot be shown is replaced
 * (base/printable.h). Keeps errno. */
void log_line(enum log_level level, const char *area, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
