/* Records for a report: lines of files, or what the clearances topic holds. One owner. */
#ifndef CARAVAN_COMMANDS_REPORT_SOURCE_H
#define CARAVAN_COMMANDS_REPORT_SOURCE_H

#include "commands/verify.h"
#include "config/config.h"
#include "event/json.h"

/* Takes one record; NULL, or what is wrong with it, as a predicate. */
struct report_sink {
    const char *(*take)(void *context, const struct json_value *record);
    void *context;
};

/* Reads the files in their order ("-": standard input). An exit code: COMMANDS_OK, or COMMANDS_FAILED after a sentence
 * that names file and line. */
int report_read_files(const struct report_sink *sink, char *const *paths, size_t count);
/* Reads the topic, read committed, from its beginning to where it ends now. An exit code: COMMANDS_OK, or after a
 * sentence COMMANDS_REFUSED where a record does not verify, COMMANDS_FAILED, COMMANDS_USAGE (a setting is wrong). */
int report_read_topic(const struct report_sink *sink, const struct config *config, struct verify *verify);

#endif
