/* caravan report: what many records say together. Each report takes one record at a time and keeps what it needs of it,
 * so files may be larger than memory. The command joins any of them with any source and any form; the sums and their
 * exactness are theirs (report/). */
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/timestamp.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/outputs.h"
#include "commands/report_source.h"
#include "report/journey.h"
#include "report/periodic.h"
#include "report/traffic.h"

static const char HELP[] =
    "usage: caravan report traffic [OPTION...] [RECORDS...]\n"
    "       caravan report journey CONTAINER [OPTION...] [RECORDS...]\n"
    "       caravan report periodic PARTY --from DATE --to DATE [OPTION...]\n"
    "                               [RECORDS...]\n\n"
    "Tells what clearance records say together. They come from files (one JSON a\n"
    "line, as `caravan merge` writes them; .gz and .zst are unpacked), from standard\n"
    "input (no file, or -), or from the clearances topic. Of several records of a\n"
    "train the last one counts.\n\n"
    "traffic: trains, TEU, tonnes and mean hours to clearance, beside the published\n"
    "figures\n"
    "      --by LIST            rows by year, month, port, direction (default: all)\n"
    "      --svg                a drawing by month and direction\n\n"
    "journey: every train that a container rode, where it was last seen, and what\n"
    "does not fit\n\n"
    "periodic: what the party of this code moved over many trains, lines merged into\n"
    "one declaration\n"
    "      --from DATE          of trains of this day or later\n"
    "      --to DATE            of this day or earlier\n\n"
    "any:\n"
    "      --csv                a line of names and a line a row\n"
    "      --json               one JSON text, numbers exact\n"
    "  -o, --output FILE        write there instead of standard output\n"
    "      --topic              read the clearances topic to where it ends now\n" VERIFY_HELP OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 done, 1 records cannot be read or say nothing of it, 2 wrong usage, 3 a\n"
    "record that --verify-key refuses.\n";

enum { OPTION_BY = 256, OPTION_FROM, OPTION_TO, OPTION_SVG, OPTION_CSV, OPTION_JSON, OPTION_TOPIC, OPTION_VERIFY };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"by", required_argument, NULL, OPTION_BY},
    {"from", required_argument, NULL, OPTION_FROM},
    {"to", required_argument, NULL, OPTION_TO},
    {"svg", no_argument, NULL, OPTION_SVG},
    {"csv", no_argument, NULL, OPTION_CSV},
    {"json", no_argument, NULL, OPTION_JSON},
    {"output", required_argument, NULL, 'o'},
    {"topic", no_argument, NULL, OPTION_TOPIC},
    {"verify-key", required_argument, NULL, OPTION_VERIFY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* A report in the making. One row of functions a kind of report, over a pointer of which only they know the type. */
struct report {
    void *self;
    const char *(*take)(void *self, const struct json_value *record);
    bool (*is_empty)(void *self);
    void (*write)(void *self, enum report_form form, struct buffer *out);
    void (*free)(void *self);
};

struct request {
    struct options_common common;
    struct verify verify;
    struct report report;
    unsigned by;               /* of enum traffic_by; 0: not said */
    struct periodic_days days; /* 0: not said */
    enum report_form form;
    int forms; /* how many were asked for */
    bool from_topic;
    struct output_file output;
    char *const *paths;
    size_t path_count;
};

/* The i-th name is bit i of enum traffic_by. One that stands twice is no mistake. */
static bool parse_by(const char *text, unsigned *by) {
    static const char *const names[] = {"year", "month", "port", "direction"};
    *by = 0;
    for (const char *at = text; at != NULL;) {
        const char *comma = strchr(at, ',');
        struct slice name = {at, comma == NULL ? strlen(at) : (size_t)(comma - at)};
        unsigned found = 0;
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            found |= slice_equal(name, slice_of(names[i])) ? 1u << i : 0;
        }
        if (found == 0) {
            printable_say(stderr, "caravan report: --by: `%.*s` is none of year, month, port and direction",
                          (int)name.len, name.data);
            return false;
        }
        *by |= found;
        at = comma == NULL ? NULL : comma + 1;
    }
    return true;
}

/* Days are counted from 1970 and dates begin in 2000 (contract 1.6), so that 0 can mean "not said". */
static bool parse_day(const char *option, const char *text, int32_t *day) {
    bool good = date_parse(slice_of(text), day);
    if (!good) {
        printable_say(stderr, "caravan report: --%s: `%s` is not a date as 2020-12-31", option, text);
    }
    return good;
}

static bool take_form(struct request *request, enum report_form form) {
    request->form = form;
    if (++request->forms > 1) {
        printable_say(stderr, "caravan report: --csv, --json and --svg are three forms: say one");
    }
    return request->forms == 1;
}

static bool take_option(struct request *request, int option, const char *value) {
    switch (option) {
    case OPTION_BY: return parse_by(value, &request->by);
    case OPTION_FROM: return parse_day("from", value, &request->days.from);
    case OPTION_TO: return parse_day("to", value, &request->days.to);
    case OPTION_SVG: return take_form(request, REPORT_SVG);
    case OPTION_CSV: return take_form(request, REPORT_CSV);
    case OPTION_JSON: return take_form(request, REPORT_JSON);
    case OPTION_TOPIC: request->from_topic = true; return true;
    case OPTION_VERIFY: request->verify.key_path = value; return true;
    case 'o': request->output.path = value; return true;
    default: return options_common_take(&request->common, option, value);
    }
}

/* The functions of a report as those of any. A function called through a pointer of another type is undefined in C, so
 * the conversion from void * is spelled out for each. */
#define REPORT(name)                                                                                                   \
    static const char *name##_take_any(void *self, const struct json_value *record) {                                  \
        return name##_take(self, record);                                                                              \
    }                                                                                                                  \
    static bool name##_is_empty_any(void *self) {                                                                      \
        return name##_is_empty(self);                                                                                  \
    }                                                                                                                  \
    static void name##_write_any(void *self, enum report_form form, struct buffer *out) {                              \
        name##_write(self, form, out);                                                                                 \
    }                                                                                                                  \
    static void name##_free_any(void *self) {                                                                          \
        name##_free(self);                                                                                             \
    }                                                                                                                  \
    static struct report name##_as_any(struct name *self) {                                                            \
        return (struct report){self, name##_take_any, name##_is_empty_any, name##_write_any, name##_free_any};         \
    }
REPORT(traffic)
REPORT(journey)
REPORT(periodic)

/* Only here is a configuration needed: a report over files works where none is. */
static int read_topic(struct request *request, const struct report_sink *sink) {
    struct config config;
    bool good = options_common_load(&request->common, "report", &config) && verify_open(&request->verify, "report");
    int code = good ? report_read_topic(sink, &config, &request->verify) : COMMANDS_USAGE;
    verify_close(&request->verify);
    config_release(&config);
    return code;
}

static int read_records(struct request *request) {
    const struct report_sink sink = {request->report.take, request->report.self};
    int code = request->from_topic ? read_topic(request, &sink)
                                   : report_read_files(&sink, request->paths, request->path_count);
    /* Not a report of zeros: those would look like an answer, though probably the file or the container was the wrong
     * one. */
    if (code == COMMANDS_OK && request->report.is_empty(request->report.self)) {
        printable_say(stderr, "caravan report: there are no records of it");
        code = COMMANDS_FAILED;
    }
    return code;
}

/* The output is opened first, so that one that cannot be written, or is an input, fails before the reading. */
static int make_report(struct request *request) {
    int code = outputs_open("report", &request->output, 1, (const char *const *)request->paths, request->path_count);
    if (code != COMMANDS_OK) {
        return code;
    }
    code = read_records(request);
    if (code == COMMANDS_OK) {
        struct buffer text = {0};
        /* Into memory first: a report is small beside what it was made from, and its writing cannot fail halfway. */
        request->report.write(request->report.self, request->form, &text);
        fwrite(text.data, 1, text.len, request->output.file);
        buffer_release(&text);
    }
    bool kept = outputs_close("report", &request->output, 1, code == COMMANDS_OK);
    return code == COMMANDS_OK && !kept ? COMMANDS_FAILED : code;
}

/* By its form only: numbers that are not regular ride trains too (contract 1.8). */
static bool is_container(const char *text) {
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 4 && strspn(text + 4, "0123456789") == 7 && text[11] == '\0';
}

/* Takes the report's name and what it is of off the front of the arguments; false after a sentence. Options were read
 * before, wherever they stood: a report is made with them. */
static bool open_report(struct request *request, char **words, size_t count) {
    const char *name = count == 0 ? "" : words[0];
    size_t taken = 1;
    if (strcmp(name, "traffic") == 0) {
        request->report = traffic_as_any(traffic_new(request->by == 0 ? TRAFFIC_BY_ALL : request->by));
    } else if (strcmp(name, "journey") == 0 && count > 1 && is_container(words[1])) {
        request->report = journey_as_any(journey_new(words[1]));
        taken = 2;
    } else if (strcmp(name, "journey") == 0) {
        printable_say(stderr, "caravan report journey: say of which container: four letters and seven digits");
        return false;
    } else if (strcmp(name, "periodic") == 0 && count > 1 && request->days.from != 0 &&
               request->days.from <= request->days.to) {
        request->report = periodic_as_any(periodic_new(words[1], request->days));
        taken = 2;
    } else if (strcmp(name, "periodic") == 0) {
        printable_say(stderr, "caravan report periodic: say of which party (its code), and --from and --to which date");
        return false;
    } else {
        printable_say(stderr, "caravan report: say which one: traffic, journey or periodic");
        return false;
    }
    request->paths = words + taken;
    request->path_count = count - taken;
    return true;
}

/* What does not go together; NULL: nothing. A word that would be passed over in silence is told, since the report would
 * not be what was asked for. */
static const char *contradiction(const struct request *request, const char *name) {
    if (strcmp(name, "traffic") != 0 && (request->by != 0 || request->form == REPORT_SVG)) {
        return "--by and --svg go with traffic";
    }
    if (strcmp(name, "periodic") != 0 && (request->days.from != 0 || request->days.to != 0)) {
        return "--from and --to go with periodic";
    }
    if (request->from_topic && request->path_count > 0) {
        return "records come from files or with --topic from the topic, not from both";
    }
    if (!request->from_topic && request->verify.key_path != NULL) {
        return "--verify-key goes with --topic: in files there are no signatures";
    }
    return NULL;
}

int command_report(int argc, char **argv) {
    /* argv has no const, and neither has what may stand in its place. */
    static char dash[] = "-";
    static char *const standard_input[] = {dash};
    struct request request = {.output = {.path = "-"}};
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS "o:", OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        if (!take_option(&request, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (!open_report(&request, argv + optind, (size_t)(argc - optind))) {
        return COMMANDS_USAGE;
    }
    const char *wrong = contradiction(&request, argv[optind]);
    int code = COMMANDS_USAGE;
    if (wrong != NULL) {
        printable_say(stderr, "caravan report: %s", wrong);
    } else {
        if (!request.from_topic && request.path_count == 0) {
            request.paths = standard_input;
            request.path_count = 1;
        }
        code = make_report(&request);
    }
    request.report.free(request.report.self);
    return code;
}
