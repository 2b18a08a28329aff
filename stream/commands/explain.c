/* caravan explain: what a word of the output means and what to do. The words are a table (explain_table.c); an event
 * type is told from the rows that decode it (explain_type.c), which nobody needs to keep in step. */
#include "commands/explain.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "commands/commands.h"
#include "commands/explain_type.h"
#include "commands/paper.h"
#include "config/nearest.h"

enum { CODE_BYTES_MAX = 128 }; /* longer ones are like none */

static const char HELP[] = "usage: caravan explain [CODE...]\n\n"
                           "Says what a status, reason, alert, reject or term of the output means and what\n"
                           "to do about it; all of them without a CODE. Of an event type, such as\n"
                           "rail.tally.reported.v1, it says the members.\n\n"
                           "Exit: 0 explained, 2 there is no such code.\n";

static const char *const HEADINGS[EXPLAIN_KIND_COUNT] = {[EXPLAIN_STATUS] = "Statuses of a train",
                                                         [EXPLAIN_REASON] = "Reasons that block a clearance",
                                                         [EXPLAIN_ALERT] = "Alerts: facts that contradict each other",
                                                         [EXPLAIN_REJECT] = "Rejects: why an event is turned away",
                                                         [EXPLAIN_TERM] = "Terms"};

/* Behind each code: `missing` or `released` alone could be a status as well as a term. */
static const char *const KINDS[EXPLAIN_KIND_COUNT] = {[EXPLAIN_STATUS] = "status",
                                                      [EXPLAIN_REASON] = "reason",
                                                      [EXPLAIN_ALERT] = "alert",
                                                      [EXPLAIN_REJECT] = "reject",
                                                      [EXPLAIN_TERM] = "term"};

/* The code begins the line, so that grep and the eye find it. */
static void print_explanation(struct paper *paper, const struct explanation *explanation) {
    enum { INDENT = 2 };
    paper_colour(paper, PAPER_BOLD);
    paper_puts(paper, explanation->code);
    paper_colour(paper, PAPER_PLAIN);
    paper_puts(paper, " (");
    paper_puts(paper, KINDS[explanation->kind]);
    paper_puts(paper, "): ");
    paper_puts(paper, explanation->brief);
    paper_end(paper);
    paper->indent = INDENT;
    paper_wrap(paper, slice_of(explanation->means));
    paper_end(paper);
    if (explanation->todo[0] != '\0') {
        paper_wrap(paper, SLICE("What to do:"));
        paper_wrap(paper, slice_of(explanation->todo));
        paper_end(paper);
    }
    paper->indent = 0;
}

/* The table stands in the order of the kinds, so a heading goes out where the kind changes. */
static int print_all(struct paper *paper) {
    const struct explanation *explanation;
    int kind = -1;
    for (size_t i = 0; (explanation = explain_at(i)) != NULL; i++) {
        if ((int)explanation->kind != kind) {
            kind = (int)explanation->kind;
            fputs(i == 0 ? "" : "\n", paper->to);
            paper_puts(paper, HEADINGS[kind]);
            paper_end(paper);
            paper_end(paper);
        }
        print_explanation(paper, explanation);
    }
    return COMMANDS_OK;
}

/* `code` in the case in which codes of that kind are written. The distance counts a letter in another case as a
 * difference: `too_late` would be far from `TOO_LATE` without this. */
static void fold(const char *code, enum explain_kind kind, char *out, size_t capacity) {
    size_t i = 0;
    for (; code[i] != '\0' && i + 1 < capacity; i++) {
        out[i] = (char)(kind == EXPLAIN_REJECT ? toupper((unsigned char)code[i]) : tolower((unsigned char)code[i]));
    }
    out[i] = '\0';
}

/* Over all kinds and the event types: who mistypes a word need not know of which kind it is. */
static void print_unknown(const char *code) {
    struct nearest nearest = {0};
    const struct explanation *explanation;
    for (size_t i = 0; (explanation = explain_at(i)) != NULL; i++) {
        char folded[CODE_BYTES_MAX];
        fold(code, explanation->kind, folded, sizeof folded);
        nearest_offer(&nearest, folded, explanation->code);
    }
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        nearest_offer(&nearest, code, event_type_name((enum event_type)type));
    }
    if (nearest.name != NULL) {
        printable_say(stderr, "caravan explain: there is no code `%s`; `%s` is the nearest", code, nearest.name);
    } else {
        printable_say(stderr, "caravan explain: there is no code `%s`", code);
    }
    printable_say(stderr, "`caravan explain` lists all");
}

/* Codes are read off a screen or a form and typed in any case; no two of them differ in case alone. */
static const struct explanation *find_any_case(const char *code) {
    const struct explanation *explanation = explain_find(slice_of(code));
    for (size_t i = 0; explanation == NULL && explain_at(i) != NULL; i++) {
        explanation = strcasecmp(code, explain_at(i)->code) == 0 ? explain_at(i) : NULL;
    }
    return explanation;
}

int command_explain(int argc, char **argv) {
    struct paper paper = paper_on(stdout);
    int code = COMMANDS_OK;
    if (argc == 1) {
        return print_all(&paper);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(HELP, stdout);
        return COMMANDS_OK;
    }
    for (int i = 1; i < argc; i++) {
        const struct explanation *explanation = find_any_case(argv[i]);
        /* Each word is looked up by itself, so that of several the right ones are explained also when one is wrong. */
        int type = event_type_of(slice_of(argv[i]));
        if (type >= 0) {
            explain_type(&paper, (enum event_type)type);
        } else if (explanation == NULL) {
            print_unknown(argv[i]);
            code = COMMANDS_USAGE;
        } else {
            print_explanation(&paper, explanation);
        }
    }
    return code;
}
