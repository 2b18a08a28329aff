/* caravan explain: what a word of the output means and what to do. */
#include "commands/explain.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands/commands.h"
#include "commands/paper.h"
#include "config/nearest.h"

enum { CODE_BYTES_MAX = 128 }; /* longer ones are like none */

static const char HELP[] = "usage: caravan explain [CODE...]\n\n"
                           "Says what a status, reason, alert, reject or term of the output means and what to do about "
                           "it; all of them without a CODE.\n\n"
                           "Exit: 0 explained, 2 there is no such code.\n";

static const char *const HEADINGS[EXPLAIN_KIND_COUNT] = {[EXPLAIN_STATUS] = "Statuses of a train",
                                                         [EXPLAIN_REASON] = "Reasons that block a clearance",
                                                         [EXPLAIN_ALERT] = "Alerts: facts that contradict each other",
                                                         [EXPLAIN_REJECT] = "Rejects: why an event is turned away",
                                                         [EXPLAIN_TERM] = "Terms"};

static const char *const KINDS[EXPLAIN_KIND_COUNT] = {[EXPLAIN_STATUS] = "status",
                                                      [EXPLAIN_REASON] = "reason",
                                                      [EXPLAIN_ALERT] = "alert",
                                                      [EXPLAIN_REJECT] = "reject",
                                                      [EXPLAIN_TERM] = "term"};

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

/* `code` in the case in which codes of that kind are written. */
static void fold(const char *code, enum explain_kind kind, char *out, size_t capacity) {
    size_t i = 0;
    for (; code[i] != '\0' && i + 1 < capacity; i++) {
        out[i] = (char)(kind == EXPLAIN_REJECT ? toupper((unsigned char)code[i]) : tolower((unsigned char)code[i]));
    }
    out[i] = '\0';
}

static void print_unknown(const char *code) {
    struct nearest nearest = {0};
    const struct explanation *explanation;
    for (size_t i = 0; (explanation = explain_at(i)) != NULL; i++) {
        char folded[CODE_BYTES_MAX];
        fold(code, explanation->kind, folded, sizeof folded);
        nearest_offer(&nearest, folded, explanation->code);
    }
    fprintf(stderr, "caravan explain: there is no code `%s`", code);
    if (nearest.name != NULL) {
        fprintf(stderr, "; `%s` is the nearest", nearest.name);
    }
    fputs("\n`caravan explain` lists all\n", stderr);
}

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
        if (explanation == NULL) {
            print_unknown(argv[i]);
            code = COMMANDS_USAGE;
        } else {
            print_explanation(&paper, explanation);
        }
    }
    return code;
}
