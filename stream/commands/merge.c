/* caravan merge: the merge over files. Everything is read before a record goes out, since any line may change any train
 * (contract 6.7); rejects are written while it reads. The records come from the code that a worker runs: for the same
 * events they are equal to the last byte (contract 0.3), which tests compare. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/outputs.h"
#include "commands/show.h"
#include "commands/streams.h"
#include "commands/summary.h"
#include "config/recognised.h"
#include "encode/line_json.h"
#include "encode/record_json.h"
#include "files/file_merge.h"
#include "files/file_reader.h"
#include "flow/letter.h"
#include "lanes/lanes.h"

enum {
    DEFAULT_JOBS_MAX = 8,
    MESSAGE_BYTES_MAX = 1024 * 1024,
    PROGRESS_MS = 500,
    SCRATCH_KEEP_BYTES = 16 * 1024 * 1024
};

enum { OUTPUT_RECORDS, OUTPUT_REJECTS, OUTPUT_FACTS, OUTPUT_COUNT };

struct merge {
    struct file_merge_options files;
    struct rules rules;
    char *recognised; /* owned; what rules.recognised shows */
    bool summary, pretty;
    struct output_file outputs[OUTPUT_COUNT];
    int64_t started_ms, shown_ms; /* steady clock */
    bool progress_shown;
    struct buffer line;
    const struct train *train; /* whose facts are being written */
};

static const char HELP[] = "usage: caravan merge [OPTION...] [FILE...]\n\n"
                           "Reads events, one JSON a line, from the files (.gz and .zst are unpacked) or\n"
                           "from standard input (no file, or -; unpacked too), and writes one clearance\n"
                           "record a line, sorted by train key.\n\n"
                           "  -o, --output FILE        write records there; - is standard output (default)\n"
                           "      --pretty             print records for people instead of JSON\n"
                           "      --policy NAME        merge policy: auto (default), applied, never\n"
                           "      --require LEVEL      declarations that clearance needs: none,\n"
                           "                           summary (default), full, release\n"
                           "      --recognised LIST    of other customs: control:CC:KIND,\n"
                           "                           aeo:CC:YYYY-MM-DD, apart by commas; several options\n"
                           "                           add up\n"
                           "      --jobs N             lanes, 1 to 64 (default: processors, at most 8)\n"
                           "      --keyed              lines are KEY, TAB, message; the key is checked as\n"
                           "                           on Kafka\n"
                           "      --rejects FILE       write each rejected message with its reason, one\n"
                           "                           JSON a line\n"
                           "      --facts FILE         write each live event: where a record's content\n"
                           "                           comes from, one JSON a line\n"
                           "      --summary            print a table of totals on standard error; its last\n"
                           "                           line is `live: N S`\n"
                           "  -h, --help               this text\n\n"
                           "A file is written beside its place and takes it when it is whole; it may not be\n"
                           "an input or another output.\n\n"
                           "Exit: 0 done (also when events were rejected), 1 a file cannot be read or\n"
                           "written, 2 wrong usage.\n";

enum {
    OPTION_PRETTY = 256,
    OPTION_POLICY,
    OPTION_REQUIRE,
    OPTION_RECOGNISED,
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
    {"recognised", required_argument, NULL, OPTION_RECOGNISED},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"keyed", no_argument, NULL, OPTION_KEYED},
    {"rejects", required_argument, NULL, OPTION_REJECTS},
    {"facts", required_argument, NULL, OPTION_FACTS},
    {"summary", no_argument, NULL, OPTION_SUMMARY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* strtoul turns `-1` into a huge number, which the bound refuses, but `-18446744073709551615` into 1. */
static bool parse_jobs(const char *text, unsigned *jobs) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    *jobs = (unsigned)value;
    return errno == 0 && end != text && *end == '\0' && text[0] != '-' && value >= 1 && value <= LANES_MAX;
}

static bool bad_value(const char *option, const char *value, const char *allowed) {
    printable_say(stderr, "caravan merge: --%s: `%s` is not %s", option, value, allowed);
    return false;
}

static void want_output(struct merge *merge, int output, const char *option, const char *path) {
    merge->outputs[output].option = option;
    merge->outputs[output].path = path;
}

/* Adds to what earlier ones gave, in one sorted list: two orders of options are the same rules, and the record shows
 * the list (contract 5.1). */
static bool take_recognised(struct merge *merge, const char *value) {
    char error[RECOGNISED_ERROR_BYTES];
    if (!recognised_add(&merge->recognised, slice_of(value), error)) {
        printable_say(stderr, "caravan merge: --recognised: %s", error);
        return false;
    }
    merge->rules.recognised = slice_of(merge->recognised);
    return true;
}

static bool take_option(struct merge *merge, int option, const char *value) {
    switch (option) {
    case 'o': want_output(merge, OUTPUT_RECORDS, "-o", value); return true;
    case OPTION_PRETTY: merge->pretty = true; return true;
    case OPTION_POLICY:
        return rules_parse_merge(slice_of(value), &merge->rules.merge) ||
               bad_value("policy", value, "auto, applied or never");
    case OPTION_REQUIRE:
        return rules_parse_require(slice_of(value), &merge->rules.require) ||
               bad_value("require", value, "none, summary, full or release");
    case OPTION_RECOGNISED: return take_recognised(merge, value);
    case OPTION_JOBS: return parse_jobs(value, &merge->files.jobs) || bad_value("jobs", value, "a number from 1 to 64");
    case OPTION_KEYED: merge->files.keyed = true; return true;
    case OPTION_REJECTS: want_output(merge, OUTPUT_REJECTS, "--rejects", value); return true;
    case OPTION_FACTS: want_output(merge, OUTPUT_FACTS, "--facts", value); return true;
    case OPTION_SUMMARY: merge->summary = true; return true;
    default: return false;
    }
}

/* COMMANDS_OK, or the exit code to end with at once; *help says that the text was asked for. */
static int parse_options(struct merge *merge, int argc, char **argv, bool *help) {
    static const char *const standard_input[] = {"-"};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    merge->files.jobs = processors < 1 ? 1 : processors > DEFAULT_JOBS_MAX ? DEFAULT_JOBS_MAX : (unsigned)processors;
    /* A worker's defaults, so that without options both write the same records. */
    merge->rules = (struct rules){MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")};
    merge->files.message_bytes_max = MESSAGE_BYTES_MAX;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, "o:h", OPTIONS)) != -1;) {
        *help = *help || option == 'h';
        if (option != 'h' && !take_option(merge, option, optarg)) {
            printable_say(stderr, "`caravan merge --help` lists the options");
            return COMMANDS_USAGE;
        }
    }
    merge->files.files = optind < argc ? (const char *const *)(argv + optind) : standard_input;
    merge->files.file_count = optind < argc ? (size_t)(argc - optind) : 1;
    return COMMANDS_OK;
}

/* ---- files */

/* Inputs first: what cannot be read leaves no trace. They are only looked at, not opened: there may be thousands of
 * them. */
static int open_files(struct merge *merge) {
    char error[FILE_READER_ERROR_BYTES];
    for (size_t i = 0; i < merge->files.file_count; i++) {
        if (!file_reader_check(merge->files.files[i], error)) {
            printable_say(stderr, "caravan merge: %s", error);
            return COMMANDS_FAILED;
        }
        if (strcmp(merge->files.files[i], "-") == 0) {
            streams_say_waiting("merge", "events, one JSON a line,");
        }
    }
    return outputs_open("merge", merge->outputs, OUTPUT_COUNT, merge->files.files, merge->files.file_count);
}

/* An origin is file and line in one number (files/file_merge.h): facts and rejects carry it through the lanes. */
static struct slice file_of(const struct merge *merge, uint64_t origin) {
    return slice_of(merge->files.files[file_merge_file(origin)]);
}

/* Called while the lanes work, but always by this thread and in the order of the input, so neither a lock nor sorting
 * is needed and --jobs changes nothing in the file. */
static void write_reject(void *context, const struct output *output) {
    struct merge *merge = context;
    const struct letter *letter = output->letter;
    uint64_t origin = (uint64_t)letter->offset;
    if (merge->outputs[OUTPUT_REJECTS].file == NULL) {
        return;
    }
    line_write_reject(
        &(struct line_reject){
            .reason = letter->reason,
            .pointer = letter->pointer,
            .message = letter->message,
            .file = file_of(merge, origin),
            .line = file_merge_line(origin),
            .value = output->value,
        },
        &merge->line);
    output_write_json(&merge->outputs[OUTPUT_REJECTS], &merge->line);
}

/* For each live event of merge->train, in the order of the hashes (contract 9.5). */
static void write_fact(void *context, const struct fact *fact, const size_t *registers, size_t count) {
    struct merge *merge = context;
    uint64_t origin = fact_origin(fact);
    line_write_fact(
        &(struct line_fact){
            .train_key = train_key(merge->train),
            .fact = fact,
            .registers = registers,
            .register_count = count,
            .file = file_of(merge, origin),
            .line = file_merge_line(origin),
        },
        &merge->line);
    output_write_json(&merge->outputs[OUTPUT_FACTS], &merge->line);
}

/* ---- progress, on a terminal only */

/* Bytes are those of the file, compressed or not, since nobody knows how long it is unpacked. The line is written over
 * in place: \r goes to its beginning, \033[K clears what a longer one left. */
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

/* One record at a time: derived, encoded, written, forgotten. So memory is that of the state, not of the output. The
 * arena keeps what it has between two trains, up to SCRATCH_KEEP_BYTES: else each large record would take new pages
 * from the system. */
static void write_records(struct merge *merge, const struct file_merge *result, struct summary *summary) {
    struct arena scratch = {0};
    struct output_file *records = &merge->outputs[OUTPUT_RECORDS];
    for (size_t i = 0; i < file_merge_train_count(result) && !output_broken(records); i++) {
        merge->train = file_merge_train(result, i);
        const struct record *record = record_derive(merge->train, merge->rules, &scratch);
        summary_add(summary, merge->train, record);
        encode_record(record, false, &merge->line);
        /* From the JSON and not from the record: what people see is what a reader of the topic would, printed by one
         * code. */
        if (merge->pretty) {
            show_print(records->file, buffer_slice(&merge->line));
            buffer_clear(&merge->line);
        } else {
            buffer_append_byte(&merge->line, '\n');
            output_write_json(records, &merge->line);
        }
        if (merge->outputs[OUTPUT_FACTS].file != NULL) {
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
        printable_say(stderr, "caravan merge: %s", error);
        return COMMANDS_FAILED;
    }
    write_records(merge, result, &summary);
    /* Without a table: it would be of a part only. What failed is told when the outputs are closed. */
    if (output_broken(&merge->outputs[OUTPUT_RECORDS])) {
        file_merge_free(result);
        return COMMANDS_FAILED;
    }
    const struct counters *counters = file_merge_counters(result);
    /* A millisecond more than none, which events are divided by. */
    double seconds = (double)(clock_steady_ms() - merge->started_ms + 1) / 1000;
    if (merge->summary) {
        summary_print(&summary, counters, seconds, stderr);
        /* Told without --summary too: rejects do not change the exit code, and nobody should take them for nothing. */
    } else if (counters_rejected(counters) > 0) {
        printable_say(stderr, "caravan merge: %" PRIu64 " of %" PRIu64 " events were rejected%s",
                      counters_rejected(counters), counters->events,
                      merge->outputs[OUTPUT_REJECTS].file == NULL ? "; --rejects FILE tells which and why" : "");
    }
    file_merge_free(result);
    /* With --summary standard error is an output that was asked for. */
    return merge->summary && ferror(stderr) ? COMMANDS_FAILED : COMMANDS_OK;
}

static int merge_files(struct merge *merge) {
    int code = open_files(merge);
    if (code == COMMANDS_OK) {
        alloc_whole_heaps();
        code = run(merge);
        /* Also after a failure: then nothing is put in place, and what was there before stays whole. */
        bool taken = outputs_close("merge", merge->outputs, OUTPUT_COUNT, code == COMMANDS_OK);
        code = taken ? code : COMMANDS_FAILED;
    }
    return code;
}

int command_merge(int argc, char **argv) {
    struct merge merge = {.outputs[OUTPUT_RECORDS].path = "-"};
    bool help = false;
    int code = parse_options(&merge, argc, argv, &help);
    fputs(code == COMMANDS_OK && help ? HELP : "", stdout);
    if (code == COMMANDS_OK && !help) {
        code = merge_files(&merge);
    }
    buffer_release(&merge.line);
    free(merge.recognised);
    return code;
}
