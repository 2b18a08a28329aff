/* caravan generate: a seeded workload of events. The workload itself knows nothing of options as text or of files
 * (workload/): it gets a struct and a sink for lines. Rates and the scale are exact millionths all the way, since a
 * floating number could make the same options give other bytes on another machine. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/outputs.h"
#include "commands/paper.h"
#include "commands/truth.h"
#include "workload/workload.h"

/* Bytes of stdio's buffer: a year's workload is some gigabytes, in writes of a megabyte. The help has 80 columns like
 * every other, which are written by hand. */
enum { OUTPUT_BUFFER_BYTES = 1024 * 1024, RATE_PLACES = 6, SCALE_MAX = 100, HELP_COLUMNS = 80, HELP_INDENT = 27 };

enum { OUTPUT_EVENTS, OUTPUT_TRUTH, OUTPUT_COUNT };

struct generate {
    struct workload_options workload;
    uint64_t trains; /* 0: the preset's */
    struct output_file outputs[OUTPUT_COUNT];
};

static const char USAGE[] = "usage: caravan generate [OPTION...]\n\n"
                            "Writes events of China-Europe trains, one a line. The same options give the same\n"
                            "bytes on any machine, and after the merge exactly the totals of the preset,\n"
                            "whatever the rates; but --linked adds trains.\n\n"
                            "      --preset NAME        small (default): 60 trains with something of\n"
                            "                           everything\n"
                            "                           xinjiang-2020: 10,051 trains, 7,262,800 t\n"
                            "                           china-2020: 12,400 trains, 1,135,000 TEU\n"
                            "                           xinjiang-2011-2020: 27,187 trains, 18,722,800 t\n"
                            "      --seed N             another workload of the same kind (default 0)\n"
                            "      --trains N           so many trains; the preset's averages stay, its\n"
                            "                           totals scale\n"
                            "      --waybills A-B       waybills of a train\n"
                            "      --scale F            0.01 to 100: waybills of a train (below 1 also\n"
                            "                           containers, where no TEU are promised) and so\n"
                            "                           events; the totals stay exact\n"
                            "      --shuffle ORDER      none (default): train by train, each as it happened;\n"
                            "                           train: each shuffled; window:N: within N messages;\n"
                            "                           all: as a whole, held in memory\n"
                            "      --keyed              lines are KEY, TAB, message\n"
                            "      --format lines       the only format so far\n"
                            "  -o, --output FILE        write there instead of standard output\n"
                            "      --truth FILE         write what the merge must find, as JSON\n"
                            "  -h, --help               this text\n\n"
                            "Rates from 0 to 1 (defaults of the presets of whole years; of small):\n";

static const char EXIT_HELP[] = "\nA file is written beside its place and takes it when it is whole.\n\nExit: 0 done, "
                                "1 a file cannot be written, 2 wrong usage.\n";

/* Rates are rows of one table (workload/options.h), each with two defaults. The help is made from it, and so are the
 * long options, their numbers and their parsing: a new rate is one row. */
static void print_help(void) {
    struct workload_options year = workload_preset(PRESET_XINJIANG_2020), small = workload_preset(PRESET_SMALL);
    fputs(USAGE, stdout);
    for (int i = 0; i < RATE_COUNT; i++) {
        struct buffer rates = {0};
        buffer_printf(&rates, "%s (", WORKLOAD_RATE_HELP[i]);
        decimal_write(&rates, year.rates[i], RATE_PLACES);
        buffer_append_text(&rates, ", ");
        decimal_write(&rates, small.rates[i], RATE_PLACES);
        buffer_append_byte(&rates, ')');
        struct paper line = paper_on(stdout);
        line.columns = HELP_COLUMNS;
        line.indent = HELP_INDENT;
        printf("      --%s", WORKLOAD_RATE_NAMES[i]);
        line.column = sizeof "      --" - 1 + strlen(WORKLOAD_RATE_NAMES[i]);
        paper_tab(&line, HELP_INDENT);
        paper_wrap(&line, buffer_slice(&rates));
        paper_end(&line);
        buffer_release(&rates);
    }
    fputs(EXIT_HELP, stdout);
}

/* ---- options */

enum {
    OPTION_PRESET = RATE_COUNT + 1000, /* below: rates, by their number + OPTION_RATE */
    OPTION_SEED,
    OPTION_TRAINS,
    OPTION_WAYBILLS,
    OPTION_SCALE,
    OPTION_SHUFFLE,
    OPTION_KEYED,
    OPTION_FORMAT,
    OPTION_TRUTH,
    OPTION_RATE = 1000
};

static const struct option OPTIONS[] = {
    {"preset", required_argument, NULL, OPTION_PRESET},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"trains", required_argument, NULL, OPTION_TRAINS},
    {"waybills", required_argument, NULL, OPTION_WAYBILLS},
    {"scale", required_argument, NULL, OPTION_SCALE},
    {"shuffle", required_argument, NULL, OPTION_SHUFFLE},
    {"keyed", no_argument, NULL, OPTION_KEYED},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"truth", required_argument, NULL, OPTION_TRUTH},
    {"help", no_argument, NULL, 'h'},
#define RATE_OPTION(suffix, name, year, small, help) {name, required_argument, NULL, OPTION_RATE + RATE_##suffix},
    WORKLOAD_RATE_MAP(RATE_OPTION)
#undef RATE_OPTION
        {NULL, 0, NULL, 0},
};

static bool bad_value(const char *option, const char *value, const char *allowed) {
    printable_say(stderr, "caravan generate: --%s: `%s` is not %s", option, value, allowed);
    return false;
}

/* A whole number up to `most`; *end is behind it. strtoull takes a minus and wraps it around, and blanks in front: so
 * the first character must be a digit. */
static bool parse_number(const char *text, uint64_t most, uint64_t *out, const char **end) {
    char *stop;
    errno = 0;
    unsigned long long value = strtoull(text, &stop, 10);
    *end = stop;
    *out = value;
    return errno == 0 && text[0] >= '0' && text[0] <= '9' && value <= most;
}

static bool take_number(const char *option, const char *value, uint64_t least, uint64_t most, uint64_t *out) {
    const char *end;
    if (parse_number(value, most, out, &end) && *end == '\0' && *out >= least) {
        return true;
    }
    printable_say(stderr, "caravan generate: --%s: `%s` is not a number from %" PRIu64 " to %" PRIu64 "", option, value,
                  least, most);
    return false;
}

static bool take_preset(struct generate *generate, const char *value) {
    for (int i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(value, WORKLOAD_PRESET_NAMES[i]) == 0) {
            generate->workload = workload_preset((enum workload_preset)i);
            return true;
        }
    }
    return bad_value("preset", value, "small, xinjiang-2020, china-2020 or xinjiang-2011-2020");
}

static bool take_waybills(struct generate *generate, const char *value) {
    uint64_t least, most;
    const char *end;
    bool valid = parse_number(value, WORKLOAD_WAYBILLS_MAX, &least, &end) && *end == '-' &&
                 parse_number(end + 1, WORKLOAD_WAYBILLS_MAX, &most, &end) && *end == '\0' && least >= 1 &&
                 least <= most;
    if (!valid) {
        return bad_value("waybills", value, "a range such as 30-50, within 1-4000");
    }
    generate->workload.waybills_min = (uint32_t)least;
    generate->workload.waybills_max = (uint32_t)most;
    return true;
}

static bool take_scale(struct generate *generate, const char *value) {
    uint64_t scale;
    if (!decimal_parse(slice_of(value), 3, RATE_PLACES, &scale) || scale < RNG_MILLION / 100 ||
        scale > SCALE_MAX * (uint64_t)RNG_MILLION) {
        return bad_value("scale", value, "a number from 0.01 to 100");
    }
    generate->workload.scale = scale;
    return true;
}

/* What an order costs is memory: a window holds N lines, `all` holds every one, `train` a train's. */
static bool take_shuffle(struct generate *generate, const char *value) {
    static const char window[] = "window:";
    static const struct {
        const char *name;
        enum workload_order order;
    } orders[] = {{"none", ORDER_STORY}, {"train", ORDER_TRAIN}, {"all", ORDER_ALL}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (strcmp(value, orders[i].name) == 0) {
            generate->workload.order = orders[i].order;
            return true;
        }
    }
    if (strncmp(value, window, sizeof window - 1) != 0) {
        return bad_value("shuffle", value, "none, train, window:N or all");
    }
    generate->workload.order = ORDER_WINDOW;
    return take_number("shuffle window:N", value + sizeof window - 1, 1, WORKLOAD_WINDOW_MAX,
                       &generate->workload.window);
}

/* Below 10 and without a digit behind the sixth place, whatever the spelling: what passes is a whole number of
 * millionths. */
static bool take_rate(struct generate *generate, int rate, const char *value) {
    uint64_t parsed;
    if (!decimal_parse(slice_of(value), 1, RATE_PLACES, &parsed) || parsed > RNG_MILLION) {
        return bad_value(WORKLOAD_RATE_NAMES[rate], value, "a rate from 0 to 1");
    }
    generate->workload.rates[rate] = (uint32_t)parsed;
    return true;
}

static void want_output(struct generate *generate, int output, const char *option, const char *path) {
    generate->outputs[output].option = option;
    generate->outputs[output].path = path;
}

static bool take_option(struct generate *generate, int option, const char *value) {
    switch (option) {
    case OPTION_PRESET: return true; /* taken before all others */
    case OPTION_SEED: return take_number("seed", value, 0, UINT64_MAX, &generate->workload.seed);
    case OPTION_TRAINS: return take_number("trains", value, 1, WORKLOAD_TRAINS_MAX, &generate->trains);
    case OPTION_WAYBILLS: return take_waybills(generate, value);
    case OPTION_SCALE: return take_scale(generate, value);
    case OPTION_SHUFFLE: return take_shuffle(generate, value);
    case OPTION_KEYED: generate->workload.keyed = true; return true;
    /* There is one form; the option lets a script say that it relies on it. */
    case OPTION_FORMAT: return strcmp(value, "lines") == 0 || bad_value("format", value, "lines");
    case OPTION_TRUTH: want_output(generate, OUTPUT_TRUTH, "--truth", value); return true;
    case 'o': want_output(generate, OUTPUT_EVENTS, "-o", value); return true;
    default:
        return option >= OPTION_RATE && option < OPTION_RATE + RATE_COUNT &&
               take_rate(generate, option - OPTION_RATE, value);
    }
}

/* One pass over the arguments: presets first, since other options change what they give. Each pass takes what the other
 * one leaves. A wrong option ends the first pass, so it is told once. */
static bool take_options(struct generate *generate, int argc, char **argv, bool presets, bool *help) {
    /* 0, not 1: glibc then also forgets how far it was within a word and how it moved arguments in the pass before. */
    optind = 0;
    opterr = presets ? 1 : 0;
    for (int option; (option = arguments_next(argc, argv, "o:h", OPTIONS)) != -1;) {
        *help = *help || option == 'h';
        bool mine = option == '?' || (option == OPTION_PRESET) == presets;
        if (option != 'h' && mine &&
            !(presets && option == OPTION_PRESET ? take_preset(generate, optarg)
                                                 : take_option(generate, option, optarg))) {
            return false;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan generate: `%s`: there are no arguments but options", argv[optind]);
    }
    return optind >= argc;
}

/* ---- files */

static bool write_line(void *context, struct slice line) {
    struct output_file *output = context;
    /* A full disk or a lost reader stops the generator, which else would go on for millions of lines. */
    return fwrite(line.data, 1, line.len, output->file) == line.len || !output_broken(output);
}

static int run(struct generate *generate) {
    struct output_file *events = &generate->outputs[OUTPUT_EVENTS], *truth = &generate->outputs[OUTPUT_TRUTH];
    int code = outputs_open("generate", generate->outputs, OUTPUT_COUNT, NULL, 0);
    if (code != COMMANDS_OK) {
        return code;
    }
    struct workload_truth found;
    setvbuf(events->file, NULL, _IOFBF, OUTPUT_BUFFER_BYTES);
    bool written = workload_generate(&generate->workload, (struct workload_sink){write_line, events}, &found);
    /* Behind the events, since it is counted while they are made. */
    if (written && truth->file != NULL) {
        struct buffer text = {0};
        truth_write(&found, &text);
        output_write_json(truth, &text);
        buffer_release(&text);
    }
    bool taken = outputs_close("generate", generate->outputs, OUTPUT_COUNT, written);
    return written && taken ? COMMANDS_OK : COMMANDS_FAILED;
}

int command_generate(int argc, char **argv) {
    struct generate generate = {.workload = workload_preset(PRESET_SMALL), .outputs[OUTPUT_EVENTS].path = "-"};
    bool help = false;
    if (!take_options(&generate, argc, argv, true, &help) || !take_options(&generate, argc, argv, false, &help)) {
        printable_say(stderr, "`caravan generate --help` lists the options");
        return COMMANDS_USAGE;
    }
    if (help) {
        print_help();
        return COMMANDS_OK;
    }
    /* Last, whatever the order of the options: the preset's totals are scaled by it, once. */
    if (generate.trains != 0) {
        workload_set_trains(&generate.workload, generate.trains);
    }
    return run(&generate);
}
