/* caravan convert: files of other standards to events. The room convert/ knows the standards; here are the words that
 * say what the files do not, and where what cannot be converted goes. Events go out as they are found, so a file may be
 * larger than memory. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/convert_trains.h"
#include "commands/outputs.h"
#include "commands/streams.h"
#include "convert/conversion.h"
#include "convert/edifact_reader.h"
#include "event/kinds.h"
#include "files/file_reader.h"

enum { OUTPUT_EVENTS, OUTPUT_REJECTS, OUTPUT_COUNT };
enum { REJECTS_SHOWN_MAX = 100, ZONE_BYTES = 6, ZONE_HOURS_MAX = 14 };

struct request {
    const char *form_name;
    struct convert_options options;
    struct convert_place *places; /* owned; what options.places shows */
    struct output_file outputs[OUTPUT_COUNT];
    char *const *paths;
    size_t path_count;
    const char *trains_path; /* NULL: none */
    struct convert_trains trains;
    const char *path; /* being read */
    struct buffer line;
    uint64_t shown; /* rejects told on standard error */
};

static const char HELP[] = "usage: caravan convert dcsa|epcis|edifact [OPTION...] [FILE...]\n\n"
                           "Turns what others write into events, one JSON a line, as merge and produce read\n"
                           "them. Reads files (.gz and .zst are unpacked) or standard input (no file, or -).\n\n"
                           "dcsa: Track & Trace equipment events (2.2, 3.0) that are actual, in JSON\n\n"
                           "epcis: EPCIS 2.0 events that name containers, in JSON or JSON-LD\n\n"
                           "edifact: consignments of CUSCAR, IFTMIN and IFTMCS messages\n\n"
                           "      --train KEY          whose events they are, NUMBER|DATE|PORT; goes before\n"
                           "                           what an EDIFACT message says\n"
                           "      --trains FILE        instead of --train, which container is on which:\n"
                           "                           lines of CONTAINER and KEY; events of others are\n"
                           "                           passed over\n"
                           "      --source TEXT        source of the events (default: /dcsa/PARTY, /epcis,\n"
                           "                           /edifact/SENDER)\n"
                           "      --place CODE=LOCODE  the UN/LOCODE of a place that the file names by\n"
                           "                           another code; several options add up\n"
                           "  -o, --output FILE        write events there; - is standard output (default)\n"
                           "      --rejects FILE       write each input that cannot be converted with its\n"
                           "                           reason, one JSON a line\n"
                           "  -h, --help               this text\n\n"
                           "edifact alone:\n"
                           "      --tests              convert what is marked as a test, too\n"
                           "      --direction WORD     exit, entry or transit, where a message does not say\n"
                           "      --product TEXT       product of the waybills (default: as a message says)\n"
                           "      --zone OFFSET        of times without a zone, as +08:00 (default: UTC)\n"
                           "      --charset NAME       UNOA, UNOB, UNOC, UNOE, UNOW or UNOY, whatever UNB\n"
                           "                           says\n\n"
                           "What cannot be converted is told with its place and does not stop the rest. The\n"
                           "last line on standard error counts what was found and what became of it.\n\n"
                           "Exit: 0 done (also when inputs were rejected), 1 a file cannot be read or\n"
                           "written, 2 wrong usage.\n";

enum {
    OPTION_TRAIN = 256,
    OPTION_TRAINS,
    OPTION_TESTS,
    OPTION_SOURCE,
    OPTION_PLACE,
    OPTION_REJECTS,
    OPTION_DIRECTION,
    OPTION_PRODUCT,
    OPTION_ZONE,
    OPTION_CHARSET
};

static const struct option OPTIONS[] = {
    {"train", required_argument, NULL, OPTION_TRAIN},
    {"trains", required_argument, NULL, OPTION_TRAINS},
    {"tests", no_argument, NULL, OPTION_TESTS},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"place", required_argument, NULL, OPTION_PLACE},
    {"output", required_argument, NULL, 'o'},
    {"rejects", required_argument, NULL, OPTION_REJECTS},
    {"direction", required_argument, NULL, OPTION_DIRECTION},
    {"product", required_argument, NULL, OPTION_PRODUCT},
    {"zone", required_argument, NULL, OPTION_ZONE},
    {"charset", required_argument, NULL, OPTION_CHARSET},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* ---- options */

static bool bad_value(const char *option, const char *value, const char *allowed) {
    printable_say(stderr, "caravan convert: --%s: `%s` is not %s", option, value, allowed);
    return false;
}

static bool take_train(struct request *request, const char *value) {
    return convert_trains_key(slice_of(value), &request->options.train) ||
           bad_value("train", value, "a train's key as X8024|2020-12-18|CNAKL");
}

static bool take_text(const char *option, const char *value, struct slice *to) {
    *to = slice_of(value);
    return (to->len > 0 && utf8_is_valid(*to)) || bad_value(option, value, "a text in UTF-8");
}

/* Codes may hold an equals sign; a UN/LOCODE has none. */
static bool take_place(struct request *request, const char *value) {
    const char *equals = strrchr(value, '=');
    if (equals == NULL || equals == value || strlen(equals + 1) != PLACE_BYTES || !utf8_is_valid(slice_of(value))) {
        return bad_value("place", value, "a code and its UN/LOCODE, as 33011503=CNAKL");
    }
    size_t count = request->options.place_count;
    request->places = alloc_resize(request->places, count + 1, sizeof *request->places);
    request->places[count] = (struct convert_place){{value, (size_t)(equals - value)}, slice_of(equals + 1)};
    request->options.places = request->places;
    request->options.place_count = count + 1;
    return true;
}

static bool take_direction(struct request *request, const char *value) {
    request->options.direction = event_name_index(DIRECTION_NAMES, DIRECTION_COUNT, slice_of(value));
    return request->options.direction >= 0 || bad_value("direction", value, "exit, entry or transit");
}

/* +hh:mm or -hh:mm. */
static bool take_zone(struct request *request, const char *value) {
    bool formed = strlen(value) == ZONE_BYTES && (value[0] == '+' || value[0] == '-') && value[3] == ':' &&
                  strspn(value + 1, "0123456789") == 2 && strspn(value + 4, "0123456789") == 2;
    int hours = formed ? atoi(value + 1) : 0, minutes = formed ? atoi(value + 4) : 0;
    if (!formed || hours > ZONE_HOURS_MAX || minutes > 59) {
        return bad_value("zone", value, "an offset as +08:00");
    }
    request->options.zone_minutes = (value[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

static bool take_charset(struct request *request, const char *value) {
    request->options.charset = slice_of(value);
    return edifact_reader_knows(request->options.charset) ||
           bad_value("charset", value, "UNOA, UNOB, UNOC, UNOE, UNOW or UNOY");
}

static bool take_option(struct request *request, int option, const char *value) {
    switch (option) {
    case OPTION_TRAIN: return take_train(request, value);
    case OPTION_TRAINS: request->trains_path = value; return true;
    case OPTION_TESTS: request->options.tests = true; return true;
    case OPTION_SOURCE: return take_text("source", value, &request->options.source);
    case OPTION_PLACE: return take_place(request, value);
    case OPTION_DIRECTION: return take_direction(request, value);
    case OPTION_PRODUCT: return take_text("product", value, &request->options.product);
    case OPTION_ZONE: return take_zone(request, value);
    case OPTION_CHARSET: return take_charset(request, value);
    case OPTION_REJECTS: request->outputs[OUTPUT_REJECTS].path = value; return true;
    case 'o': request->outputs[OUTPUT_EVENTS].path = value; return true;
    default: return false;
    }
}

/* An option that does not go with the form or with another one; NULL: all go together. */
static const char *contradiction(const struct request *request, int form) {
    const struct convert_options *options = &request->options;
    if (form == CONVERSION_EDIFACT) {
        return request->trains_path != NULL ? "--trains goes with dcsa and epcis" : NULL;
    }
    if (request->trains_path != NULL && options->train.number.data != NULL) {
        return "--train and --trains: say one";
    }
    return options->direction >= 0         ? "--direction goes with edifact"
           : options->product.data != NULL ? "--product goes with edifact"
           : options->charset.data != NULL ? "--charset goes with edifact"
           : options->zone_minutes != 0    ? "--zone goes with edifact"
           : options->tests                ? "--tests goes with edifact"
                                           : NULL;
}

/* ---- what comes out */

static void write_events(void *context, struct slice lines) {
    struct request *request = context;
    while (lines.len > 0) {
        const char *end = memchr(lines.data, '\n', lines.len);
        size_t len = (size_t)(end - lines.data) + 1;
        buffer_append(&request->line, lines.data, len);
        output_write_json(&request->outputs[OUTPUT_EVENTS], &request->line);
        lines = (struct slice){lines.data + len, lines.len - len};
    }
}

/* A file of the wrong form is nothing but rejects: the first of them say enough. */
static void write_reject(void *context, const struct line_reject *reject) {
    struct request *request = context;
    if (request->shown < REJECTS_SHOWN_MAX) {
        printable_say(stderr, "caravan convert: %s:%" PRIu64 ": %.*s", request->path, reject->line,
                      (int)reject->message.len, reject->message.data);
    } else if (request->shown == REJECTS_SHOWN_MAX) {
        printable_say(stderr, "caravan convert: further ones are counted only (--rejects FILE takes them all)");
    }
    request->shown++;
    if (request->outputs[OUTPUT_REJECTS].file != NULL) {
        struct line_reject whole = *reject;
        whole.file = slice_of(request->path);
        line_write_reject(&whole, &request->line);
        output_write_json(&request->outputs[OUTPUT_REJECTS], &request->line);
    }
}

static void say_counts(const struct request *request, const struct convert_counts *counts) {
    bool kept = counts->rejected == 0 || request->outputs[OUTPUT_REJECTS].file != NULL;
    printable_say(stderr,
                  "caravan convert: %" PRIu64 " inputs: %" PRIu64 " gave %" PRIu64 " events; %" PRIu64
                  " planned, estimated or tests, %" PRIu64 " withdrawn, %" PRIu64 " of other things, %" PRIu64
                  " rejected%s",
                  counts->found, counts->converted, counts->events, counts->forecast, counts->withdrawn, counts->other,
                  counts->rejected, kept ? "" : " (--rejects FILE keeps them)");
    if (counts->unknown_places > 0) {
        printable_say(stderr, "caravan convert: %" PRIu64 " places have no UN/LOCODE and were left out (--place)",
                      counts->unknown_places);
    }
}

/* ---- reading */

static bool read_file(struct request *request, struct conversion *conversion, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct slice bytes;
    request->path = path;
    if (strcmp(path, "-") == 0) {
        streams_say_waiting("convert", request->form_name);
    }
    struct file_reader *reader = file_reader_open(path, false, error);
    enum file_read read = reader == NULL ? FILE_READ_FAILED : FILE_READ_MESSAGE;
    while (read == FILE_READ_MESSAGE && (read = file_reader_bytes(reader, &bytes, error)) == FILE_READ_MESSAGE &&
           !output_broken(&request->outputs[OUTPUT_EVENTS])) {
        conversion_feed(conversion, bytes);
    }
    conversion_end(conversion);
    if (reader != NULL) {
        file_reader_close(reader);
    }
    if (read == FILE_READ_FAILED) {
        printable_say(stderr, "caravan convert: %s", error);
    }
    return read != FILE_READ_FAILED;
}

static int read_files(struct request *request, int form) {
    const struct convert_sink sink = {request, write_events, write_reject};
    struct conversion *conversion = conversion_new((enum conversion_form)form, &request->options, &sink);
    bool good = true;
    for (size_t i = 0; good && i < request->path_count; i++) {
        good = read_file(request, conversion, request->paths[i]);
    }
    say_counts(request, conversion_counts(conversion));
    conversion_free(conversion);
    return good ? COMMANDS_OK : COMMANDS_FAILED;
}

/* Inputs first, and only looked at: what cannot be read leaves no trace. */
static bool check_inputs(const struct request *request) {
    char error[FILE_READER_ERROR_BYTES];
    for (size_t i = 0; i < request->path_count; i++) {
        if (!file_reader_check(request->paths[i], error)) {
            printable_say(stderr, "caravan convert: %s", error);
            return false;
        }
    }
    return true;
}

/* None may be a file that is read, the trains' neither. */
static int open_outputs(struct request *request) {
    size_t count = request->path_count;
    const char **inputs = alloc_zeroed(count + 1, sizeof *inputs);
    memcpy(inputs, request->paths, count * sizeof *inputs);
    if (request->trains_path != NULL) {
        inputs[count++] = request->trains_path;
    }
    int code = outputs_open("convert", request->outputs, OUTPUT_COUNT, inputs, count);
    free(inputs);
    return code;
}

static int run(struct request *request, int form) {
    if (!check_inputs(request) ||
        (request->trains_path != NULL && !convert_trains_read(&request->trains, request->trains_path))) {
        return COMMANDS_FAILED;
    }
    request->options.boxes = request->trains.boxes;
    request->options.box_count = request->trains.count;
    int code = open_outputs(request);
    if (code == COMMANDS_OK) {
        code = read_files(request, form);
        bool kept = outputs_close("convert", request->outputs, OUTPUT_COUNT, code == COMMANDS_OK);
        code = kept ? code : COMMANDS_FAILED;
    }
    return code;
}

/* The form of the first word, or -1 after a sentence. */
static int form_of(const struct request *request, const char *name) {
    int form = name == NULL ? -1 : conversion_form_of(slice_of(name));
    if (form < 0) {
        printable_say(stderr, "caravan convert: %s%s%ssay what the files are: dcsa, epcis or edifact",
                      name == NULL ? "" : "`", name == NULL ? "" : name, name == NULL ? "" : "` is no form of them: ");
        return -1;
    }
    const char *wrong = contradiction(request, form);
    if (wrong != NULL) {
        printable_say(stderr, "caravan convert: %s", wrong);
        return -1;
    }
    return form;
}

int command_convert(int argc, char **argv) {
    static char dash[] = "-";
    static char *const standard_input[] = {dash};
    struct request request = {
        .options.direction = -1,
        .outputs = {[OUTPUT_EVENTS] = {.option = "-o", .path = "-"}, [OUTPUT_REJECTS] = {.option = "--rejects"}}};
    bool good = true, help = false;
    optind = 1;
    for (int option; good && !help && (option = arguments_next(argc, argv, "o:h", OPTIONS)) != -1;) {
        help = option == 'h';
        good = help || take_option(&request, option, optarg);
    }
    int code = good ? COMMANDS_OK : COMMANDS_USAGE;
    if (help) {
        fputs(HELP, stdout);
    } else if (good) {
        bool named = optind < argc;
        int form = form_of(&request, named ? argv[optind] : NULL);
        request.form_name = named ? argv[optind] : "";
        request.paths = optind + 1 < argc ? argv + optind + 1 : standard_input;
        request.path_count = optind + 1 < argc ? (size_t)(argc - optind - 1) : 1;
        code = form < 0 ? COMMANDS_USAGE : run(&request, form);
    }
    free(request.places);
    convert_trains_release(&request.trains);
    buffer_release(&request.line);
    return code;
}
