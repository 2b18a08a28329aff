/* caravan merge: the merge over files. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/timestamp.h"
#include "commands/commands.h"
#include "commands/show.h"
#include "commands/summary.h"
#include "encode/line_json.h"
#include "encode/record_json.h"
#include "pipeline/dead_letter.h"
#include "pipeline/file_merge.h"
#include "pipeline/lanes.h"

enum {
    DEFAULT_JOBS_MAX = 8,
    MESSAGE_BYTES_MAX = 1024 * 1024,
    PROGRESS_MS = 500,
    SCRATCH_KEEP_BYTES = 16 * 1024 * 1024
};

struct merge {
    struct file_merge_options files;
    struct rules rules;
    bool summary, pretty;
    const char *rejects_path, *facts_path, *output_path;
    FILE *output, *rejects, *facts;
    int64_t started_ms, shown_ms; /* steady clock */
    bool progress_shown;
    struct buffer line;
    const struct train *train; /* whose facts are being written */
};

static const char HELP[] =
    "usage: caravan merge [OPTION...] [FILE...]\n\n"
    "Reads events, one JSON a line, from the files (.gz and .zst are unpacked) or from standard input (no file, or -), "
    "and\n"
    "writes one clearance record a line, sorted by train key.\n\n"
    "  -o, --output FILE        write records there instead of standard output\n"
    "      --pretty             print records for people instead of JSON\n"
    "      --policy NAME        merge policy: auto (default), applied, never\n"
    "      --require LEVEL      declarations that clearance needs: none, summary (default), full\n"
    "      --jobs N             lanes, 1 to 64 (default: processors, at most 8)\n"
    "      --keyed              lines are KEY, TAB, message; the key is checked as on Kafka\n"
    "      --rejects FILE       write each rejected message with its reason, one JSON a line\n"
    "      --facts FILE         write each live event: where a record's content comes from, one JSON a line\n"
    "      --summary            print a table of totals on standard error; its last line is `live: N S`\n"
    "  -h, --help               this text\n\n"
    "Exit: 0 done (also when events were rejected), 1 a file cannot be read or written, 2 wrong usage.\n";

enum {
    OPTION_PRETTY = 256,
    OPTION_POLICY,
    OPTION_REQUIRE,
    OPTION_JOBS,
    OPTION_KEYED,
    OPTION_REJECTS,
    OPTION_FACTS,
    OPTION_SUMMARY
};

static const struct option OPTIONS[] = {
    {"output", required_argument, NULL, 'o'},
    {"pretty", no_argument, NULL, OPTION_PRETTY},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"require", required_argument, NULL, OPTION_REQUIRE},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"keyed", no_argument, NULL, OPTION_KEYED},
    {"rejects", required_argument, NULL, OPTION_REJECTS},
    {"facts", required_argument, NULL, OPTION_FACTS},
    {"summary", no_argument, NULL, OPTION_SUMMARY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool parse_jobs(const char *text, unsigned *jobs) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    *jobs = (unsigned)value;
    return errno == 0 && end != text && *end == '\0' && text[0] != '-' && value >= 1 && value <= LANES_MAX;
}

static bool bad_value(const char *option, const char *value, const char *allowed) {
    fprintf(stderr, "caravan merge: --%s: `%s` is not %s\n", option, value, allowed);
    return false;
}

static bool take_option(struct merge *merge, int option, const char *value) {
    switch (option) {
    case 'o': merge->output_path = value; return true;
    case OPTION_PRETTY: merge->pretty = true; return true;
    case OPTION_POLICY:
        return rules_parse_merge(slice_of(value), &merge->rules.merge) ||
               bad_value("policy", value, "auto, applied or never");
    case OPTION_REQUIRE:
        return rules_parse_require(slice_of(value), &merge->rules.require) ||
               bad_value("require", value, "none, summary or full");
    case OPTION_JOBS: return parse_jobs(value, &merge->files.jobs) || bad_value("jobs", value, "a number from 1 to 64");
    case OPTION_KEYED: merge->files.keyed = true; return true;
    case OPTION_REJECTS: merge->rejects_path = value; return true;
    case OPTION_FACTS: merge->facts_path = value; return true;
    case OPTION_SUMMARY: merge->summary = true; return true;
    default: return false;
    }
}

/* COMMANDS_OK, or the exit code to end with at once; *help says that the text was asked for. */
static int parse_options(struct merge *merge, int argc, char **argv, bool *help) {
    static const char *const standard_input[] = {"-"};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    merge->files.jobs = processors < 1 ? 1 : processors > DEFAULT_JOBS_MAX ? DEFAULT_JOBS_MAX : (unsigned)processors;
    merge->rules = (struct rules){MERGE_AUTO, REQUIRE_SUMMARY};
    merge->files.message_bytes_max = MESSAGE_BYTES_MAX;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "o:h", OPTIONS, NULL)) != -1;) {
        *help = *help || option == 'h';
        if (option != 'h' && !take_option(merge, option, optarg)) {
            fputs("`caravan merge --help` lists the options\n", stderr);
            return COMMANDS_USAGE;
        }
    }
    merge->files.files = optind < argc ? (const char *const *)(argv + optind) : standard_input;
    merge->files.file_count = optind < argc ? (size_t)(argc - optind) : 1;
    return COMMANDS_OK;
}

/* ---- files */

static FILE *open_output(const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "caravan merge: %s: cannot be written: %s\n", path, strerror(errno));
    }
    return file;
}

static bool open_outputs(struct merge *merge) {
    merge->output = merge->output_path == NULL ? stdout : open_output(merge->output_path);
    merge->rejects = merge->rejects_path == NULL ? NULL : open_output(merge->rejects_path);
    merge->facts = merge->facts_path == NULL ? NULL : open_output(merge->facts_path);
    return merge->output != NULL && (merge->rejects_path == NULL || merge->rejects != NULL) &&
           (merge->facts_path == NULL || merge->facts != NULL);
}

static bool close_output(FILE *file, const char *path) {
    if (file == NULL) {
        return true;
    }
    bool written = ferror(file) == 0;
    written = (file == stdout ? fflush(file) : fclose(file)) == 0 && written;
    if (!written) {
        fprintf(stderr, "caravan merge: %s: writing failed: %s\n", path == NULL ? "standard output" : path,
                strerror(errno));
    }
    return written;
}

static bool close_outputs(struct merge *merge) {
    bool output = close_output(merge->output, merge->output_path);
    bool rejects = close_output(merge->rejects, merge->rejects_path);
    bool facts = close_output(merge->facts, merge->facts_path);
    buffer_release(&merge->line);
    return output && rejects && facts;
}

static void write_buffer(struct buffer *text, FILE *to) {
    fwrite(text->data, 1, text->len, to);
    buffer_clear(text);
}

static struct slice file_of(const struct merge *merge, uint64_t origin) {
    return slice_of(merge->files.files[file_merge_file(origin)]);
}

static void write_reject(void *context, const struct output *letter) {
    struct merge *merge = context;
    uint64_t origin = (uint64_t)dead_letter_number(letter, "offset");
    if (merge->rejects == NULL) {
        return;
    }
    line_write_reject(
        &(struct line_reject){
            .reason = dead_letter_header(letter, "reason"),
            .pointer = dead_letter_header(letter, "pointer"),
            .message = dead_letter_header(letter, "message"),
            .file = file_of(merge, origin),
            .line = file_merge_line(origin),
            .value = letter->value,
        },
        &merge->line);
    write_buffer(&merge->line, merge->rejects);
}

static void write_fact(void *context, const struct fact *fact, const size_t *registers, size_t count) {
    struct merge *merge = context;
    uint64_t origin = fact_origin(fact);
    line_write_fact(train_key(merge->train), fact, registers, count, file_of(merge, origin), file_merge_line(origin),
                    &merge->line);
    write_buffer(&merge->line, merge->facts);
}

/* ---- progress, on a terminal only */

static void show_progress(void *context, uint64_t events, uint64_t position, uint64_t size) {
    struct merge *merge = context;
    int64_t now_ms = clock_steady_ms();
    if (now_ms - merge->shown_ms < PROGRESS_MS) {
        return;
    }
    merge->shown_ms = now_ms;
    merge->progress_shown = true;
    double seconds = (double)(now_ms - merge->started_ms) / 1000;
    fprintf(stderr, "\r%.1f MB", (double)position / 1e6);
    if (size > 0) {
        fprintf(stderr, " of %.1f MB (%.0f %%)", (double)size / 1e6, 100.0 * (double)position / (double)size);
    }
    fprintf(stderr, ", %" PRIu64 " events, %.0f events/s \033[K", events, (double)events / seconds);
}

static void end_progress(const struct merge *merge) {
    if (merge->progress_shown) {
        fputs("\r\033[K", stderr);
    }
}

/* ---- records */

static void write_records(struct merge *merge, const struct file_merge *result, struct summary *summary) {
    struct arena scratch = {0};
    for (size_t i = 0; i < file_merge_train_count(result); i++) {
        merge->train = file_merge_train(result, i);
        const struct record *record = record_derive(merge->train, merge->rules, &scratch);
        summary_add(summary, merge->train, record);
        encode_record(record, false, &merge->line);
        if (merge->pretty) {
            show_print(merge->output, buffer_slice(&merge->line));
            buffer_clear(&merge->line);
        } else {
            buffer_append_byte(&merge->line, '\n');
            write_buffer(&merge->line, merge->output);
        }
        if (merge->facts != NULL) {
            train_each(merge->train, write_fact, merge);
        }
        arena_reset(&scratch, SCRATCH_KEEP_BYTES);
    }
    arena_release(&scratch);
}

static int run(struct merge *merge) {
    char error[FILE_MERGE_ERROR_BYTES];
    struct summary summary = {0};
    merge->files.context = merge;
    merge->files.rejected = write_reject;
    merge->files.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    merge->started_ms = merge->shown_ms = clock_steady_ms();
    struct file_merge *result = file_merge_run(&merge->files, error);
    end_progress(merge);
    if (result == NULL) {
        fprintf(stderr, "caravan merge: %s\n", error);
        return COMMANDS_FAILED;
    }
    write_records(merge, result, &summary);
    const struct counters *counters = file_merge_counters(result);
    double seconds = (double)(clock_steady_ms() - merge->started_ms + 1) / 1000;
    if (merge->summary) {
        summary_print(&summary, counters, seconds, stderr);
    } else if (counters_rejected(counters) > 0) {
        fprintf(stderr, "caravan merge: %" PRIu64 " of %" PRIu64 " events were rejected%s\n",
                counters_rejected(counters), counters->events,
                merge->rejects == NULL ? "; --rejects FILE tells which and why" : "");
    }
    file_merge_free(result);
    return COMMANDS_OK;
}

int command_merge(int argc, char **argv) {
    struct merge merge = {0};
    bool help = false;
    int code = parse_options(&merge, argc, argv, &help);
    if (code != COMMANDS_OK || help) {
        fputs(help ? HELP : "", stdout);
        return code;
    }
    code = open_outputs(&merge) ? run(&merge) : COMMANDS_FAILED;
    return close_outputs(&merge) ? code : COMMANDS_FAILED;
}
