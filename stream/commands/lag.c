/* caravan lag: how far a group is behind, by partition. Seen from outside: it joins nothing, so it neither moves
 * partitions nor needs the workers to be up. What is told beyond offsets and members comes from the text of the last
 * commit (contract 7.10). How much lag is too much is for monitoring to say, so any lag is exit code 0. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"
#include "base/timestamp.h"
#include "checkpoint/commit_text.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "kafka/group_offsets.h"

static const char HELP[] =
    "usage: caravan lag [--json] [OPTION...]\n\n"
    "Says how far the group is behind, by partition of the input: what it committed,\n"
    "where the log ends, what is between (lag: in offsets, of which commit markers\n"
    "take some), how much a restart would read again (redo), how many events its\n"
    "trains hold, up to which event's time it is, and which worker has the partition.\n\n"
    "      --json               for machines: an object a partition, one a line\n" OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 told; 1 the cluster cannot be asked; 2 wrong usage.\n";

enum { OPTION_JSON = 256 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct row { /* of a partition */
    int32_t partition;
    const struct kafka_group_offset *offset;
    int64_t lag;
    bool has_text;
    struct commit_text text;
};

static struct row row_of(const struct kafka_group_offsets *offsets, int32_t partition) {
    const struct kafka_group_offset *offset = &offsets->of[partition];
    struct row row = {.partition = partition, .offset = offset};
    /* Without an offset a worker begins at the log's beginning; what the log lost is no lag that can be made up. For a
     * partition without a commit that is right too: committed is -1 then, below any offset. */
    int64_t from = offset->committed < offset->low ? offset->low : offset->committed;
    row.lag = offset->high > from ? offset->high - from : 0;
    /* A text by another version or by another tool leaves its columns empty; the offsets are still worth telling. What
     * a worker would do about it, it says itself (contract 7.15). */
    row.has_text =
        offset->committed >= 0 && commit_text_parse(buffer_slice(&offset->text), &row.text) == COMMIT_TEXT_OK;
    return row;
}

/* T; false: none. It is the time of the partition's newest event (contract 7.1), not that of the commit. */
static bool time_of(const struct row *row, char text[TIMESTAMP_TEXT_BYTES]) {
    bool known = row->has_text && row->text.stream_time_ms != COMMIT_TEXT_NO_TIME;
    if (known) {
        timestamp_write(row->text.stream_time_ms, text);
    }
    return known;
}

/* What is not known is null and not left out: every line has the same members. */
static json_t *number_or_null(bool known, int64_t number) {
    return known ? json_integer(number) : json_null();
}

static void print_json(const struct row *row) {
    const struct kafka_group_offset *offset = row->offset;
    char time[TIMESTAMP_TEXT_BYTES];
    json_t *object = json_object();
    json_object_set_new(object, "partition", json_integer(row->partition));
    json_object_set_new(object, "log_start", json_integer(offset->low));
    json_object_set_new(object, "committed", number_or_null(offset->committed >= 0, offset->committed));
    json_object_set_new(object, "log_end", json_integer(offset->high));
    json_object_set_new(object, "lag", json_integer(row->lag));
    /* F is never above C (contract 7.F), so this is never negative. */
    json_object_set_new(object, "redo", number_or_null(row->has_text, offset->committed - row->text.redo_offset));
    json_object_set_new(object, "live_events", number_or_null(row->has_text, (int64_t)row->text.live_events));
    json_object_set_new(object, "stream_time",
                        time_of(row, time) ? json_stringn(time, TIMESTAMP_TEXT_BYTES) : json_null());
    /* jansson refuses what is not UTF-8, and a client id may be anything. */
    json_t *reader = offset->reader == NULL ? NULL : json_string(offset->reader);
    json_object_set_new(object, "client_id", reader != NULL ? reader : json_null());
    char *text = json_dumps(object, JSON_COMPACT);
    printable_put_json(stdout, slice_of(text));
    free(text);
    json_decref(object);
}

/* Widths are those of the heading in `run`: offsets have ten digits before a column moves. */
static void print_for_people(const struct row *row) {
    const struct kafka_group_offset *offset = row->offset;
    char committed[24] = "-", redo[24] = "-", live[24] = "-", time[TIMESTAMP_TEXT_BYTES] = "-";
    if (offset->committed >= 0) {
        snprintf(committed, sizeof committed, "%" PRId64, offset->committed);
    }
    if (row->has_text) {
        snprintf(redo, sizeof redo, "%" PRId64, offset->committed - row->text.redo_offset);
        snprintf(live, sizeof live, "%" PRIu64, row->text.live_events);
    }
    int time_len = time_of(row, time) ? TIMESTAMP_TEXT_BYTES : 1;
    printf("%9" PRId32 " %10s %10" PRId64 " %8" PRId64 " %8s %8s  %-24.*s  ", row->partition, committed, offset->high,
           row->lag, redo, live, time_len, time);
    /* A client id is what a member calls itself, so it is shown like any text from outside (contract 9.1). */
    printable_put(stdout, slice_of(offset->reader == NULL ? "nobody" : offset->reader));
    putchar('\n');
}

static int run(const struct config *config, bool json) {
    struct kafka_group_offsets offsets = {0};
    struct kafka_error error;
    int64_t lag = 0;
    bool good = kafka_group_offsets(config, &offsets, &error);
    if (good && !json) {
        /* Behind the answer: an error has no heading above it. */
        puts("partition  committed    log end      lag     redo   events  event time                worker");
    }
    for (int32_t i = 0; good && i < offsets.count; i++) {
        struct row row = row_of(&offsets, i);
        (json ? print_json : print_for_people)(&row);
        lag += row.lag;
    }
    if (good && !json) {
        printf("lag in all: %" PRId64 "\n", lag);
    } else if (!good) {
        printable_say(stderr, "caravan lag: %s", error.text);
    }
    kafka_group_offsets_release(&offsets);
    return good ? COMMANDS_OK : options_common_code(&error);
}

int command_lag(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    bool json = false;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        json = json || option == OPTION_JSON;
        if (option != OPTION_JSON && !options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan lag: `%s` is not an option; `caravan lag --help` lists them", argv[optind]);
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&common, "lag", &config);
    int code = good ? run(&config, json) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
