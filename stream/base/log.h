/* Log lines for operators on stderr: time, level, area, sentence. Thread-safe: a line is written whole. */
#ifndef CARAVAN_BASE_LOG_H
#define CARAVAN_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO at start. Set before threads start. */
void log_set_level(enum log_level level);
/* `area` is the room or subject, a static word. No newline in the sentence. Keeps errno. */
void log_line(enum log_level level, const char *area, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
