/* caravan show: records of a file as a person reads them. Lines are read by getline into one buffer: a record may have
 * megabytes. The first line that is no record ends it, since the file is then not what it was taken for. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/show.h"
#include "commands/streams.h"

static const char HELP[] = "usage: caravan show [OPTION...] [RECORDS...]\n\n"
                           "Prints clearance records (one JSON a line, as `caravan merge` writes them) as a\n"
                           "person reads them. Without a file, or for -, they come from standard input.\n\n"
                           "      --train KEY          only this train: number|date|port, or just its number\n"
                           "      --brief              without containers and lines of goods\n"
                           "  -h, --help               this text\n\n"
                           "Exit: 0 shown, 1 a file cannot be read, holds something else, or has no such\n"
                           "train, 2 wrong usage.\n";

static const struct option OPTIONS[] = {{"train", required_argument, NULL, 't'},
                                        {"brief", no_argument, NULL, 'b'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

struct show {
    const char *train;
    bool brief;
    char *line; /* getline's */
    size_t line_capacity;
    uint64_t shown;
};

/* Records are canonical JSON: `train` is their last member, its members stand in one order, and it holds no object, so
 * the last brace that opens is its own. To find one train among thousands, those bytes are searched and only what is
 * shown is parsed. In a text of the record a quote is escaped, so nothing that a sender wrote can look like a member.
 */
static bool is_wanted(const struct show *show, struct slice record) {
    if (show->train == NULL) {
        return true;
    }
    const char *bar = strchr(show->train, '|'), *second = bar == NULL ? NULL : strchr(bar + 1, '|');
    const char *own = memrchr(record.data, '{', record.len);
    char wanted[256];
    int len;
    if (second == NULL) {
        len = snprintf(wanted, sizeof wanted, ",\"number\":\"%s\",\"port\":\"", show->train);
    } else {
        len = snprintf(wanted, sizeof wanted, "{\"date\":\"%.*s\",\"number\":\"%.*s\",\"port\":\"%s\"}",
                       (int)(second - bar - 1), bar + 1, (int)(bar - show->train), show->train, second + 1);
    }
    /* A key that does not fit is longer than any train's and matches nothing. */
    return own != NULL && len > 0 && (size_t)len < sizeof wanted &&
           memmem(own, record.len - (size_t)(own - record.data), wanted, (size_t)len) != NULL;
}

static bool show_stream(struct show *show, FILE *file, const char *name) {
    uint64_t number = 0;
    for (ssize_t len; (len = getline(&show->line, &show->line_capacity, file)) >= 0;) {
        number++;
        struct slice record = {show->line, (size_t)len};
        record.len -= record.len > 0 && record.data[record.len - 1] == '\n';
        if (record.len == 0 || !is_wanted(show, record)) {
            continue;
        }
        if (!(show->brief ? show_print_brief : show_print)(stdout, record)) {
            printable_say(stderr, "caravan show: %s: line %" PRIu64 " is not a clearance record", name, number);
            return false;
        }
        show->shown++;
        if (streams_broken()) {
            return false; /* the end of the program says why */
        }
    }
    if (ferror(file)) {
        printable_say(stderr, "caravan show: %s: %s", name, strerror(errno));
    }
    return !ferror(file);
}

static bool show_file(struct show *show, const char *path) {
    if (strcmp(path, "-") == 0) {
        streams_say_waiting("show", "records, one JSON a line,");
        return show_stream(show, stdin, "standard input");
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        printable_say(stderr, "caravan show: %s: %s", path, strerror(errno));
        return false;
    }
    bool shown = show_stream(show, file, path);
    fclose(file);
    return shown;
}

int command_show(int argc, char **argv) {
    struct show show = {0};
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, "h", OPTIONS)) != -1;) {
        switch (option) {
        case 't': show.train = optarg; break;
        case 'b': show.brief = true; break;
        case 'h': fputs(HELP, stdout); return COMMANDS_OK;
        default: printable_say(stderr, "`caravan show --help` lists the options"); return COMMANDS_USAGE;
        }
    }
    bool good = optind < argc || show_file(&show, "-");
    for (int i = optind; good && i < argc; i++) {
        good = show_file(&show, argv[i]);
    }
    free(show.line);
    /* For scripts: "not there" is no success. */
    if (good && show.train != NULL && show.shown == 0) {
        printable_say(stderr, "caravan show: there is no record of train `%s`", show.train);
        good = false;
    }
    return good ? COMMANDS_OK : COMMANDS_FAILED;
}
