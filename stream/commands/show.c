/* A record for people, from its JSON: one code for files, topics and `merge --pretty`. What a record of another version
 * lacks shows as empty, what it has more is passed over (event/pick.h). */
#include "commands/show.h"

#include <inttypes.h>
#include <stdlib.h>

#include "commands/explain.h"
#include "commands/paper.h"
#include "event/pick.h"

enum { LABEL_AT = 2, INNER_AT = 18, WHY_WIDTH = 22, STATUS_WIDTH = 10 };

/* Where a line's label and its value stand. */
struct margin {
    size_t label_at, value_at;
};
static const struct margin OUTER = {LABEL_AT, 14};
static const struct margin INNER = {LABEL_AT + 2, INNER_AT}; /* of a declaration */

/* ---- lines */

/* Begins a line of "label: value"; what is wrapped stays beside the label. */
static void begin(struct paper *paper, const struct margin *margin, const char *label) {
    paper->indent = margin->value_at;
    paper_tab(paper, margin->label_at);
    paper_puts(paper, label);
    paper_tab(paper, margin->value_at);
}

static void heading(struct paper *paper, const char *text) {
    paper_end(paper);
    paper_tab(paper, LABEL_AT);
    paper_colour(paper, PAPER_BOLD);
    paper_puts(paper, text);
    paper_colour(paper, PAPER_PLAIN);
    paper_end(paper);
}

static void wrap_pair(struct paper *paper, struct slice value, const char *unit) {
    if (value.len != 0) {
        paper_wrap_pair(paper, value, slice_of(unit));
    }
}

static void wrap_count(struct paper *paper, struct slice count, const char *one, const char *several) {
    wrap_pair(paper, count, slice_equal(count, SLICE("1")) ? one : several);
}

static void wrap_list(struct paper *paper, struct json_walk walk) {
    struct slice name;
    const struct json_value *value;
    while (json_step(&walk, &name, &value)) {
        paper_wrap(paper, pick_text_of(value));
    }
}

static void print_list(struct paper *paper, const struct margin *margin, const char *label,
                       const struct json_value *object, const char *name) {
    if (pick_count(object, name) != 0) {
        begin(paper, margin, label);
        wrap_list(paper, pick_walk(object, name));
        paper_end(paper);
    }
}

/* "12.5 EUR 100 USD" */
static void wrap_values(struct paper *paper, const struct json_value *object) {
    struct slice currency;
    const struct json_value *amount;
    for (struct json_walk walk = pick_walk(object, "values"); json_step(&walk, &currency, &amount);) {
        paper_wrap_pair(paper, pick_text_of(amount), currency);
    }
}

/* ---- the head */

static enum paper_colour status_colour(struct slice status) {
    if (slice_equal(status, SLICE("cleared"))) {
        return PAPER_GREEN;
    }
    return slice_equal(status, SLICE("held"))   ? PAPER_RED
           : slice_equal(status, SLICE("open")) ? PAPER_BOLD
                                                : PAPER_YELLOW;
}

static void print_head(struct paper *paper, const struct json_value *record) {
    const struct json_value *train = pick(record, "train");
    struct slice status = pick_text(record, "status");
    paper_colour(paper, status_colour(status));
    paper_left(paper, status, STATUS_WIDTH);
    paper_colour(paper, PAPER_BOLD);
    paper_puts(paper, " train ");
    paper_put(paper, pick_text(train, "number"));
    paper_puts(paper, " of ");
    paper_put(paper, pick_text(train, "date"));
    paper_puts(paper, " at ");
    paper_put(paper, pick_text(train, "port"));
    paper_colour(paper, PAPER_PLAIN);
    if (pick_flag(record, "expired")) {
        paper_puts(paper, "  (expired: the last record of this train)");
    }
    paper_end(paper);
}

static void put_duration(struct paper *paper, struct slice seconds) {
    char text[64];
    uint64_t count = strtoull(seconds.data, NULL, 10);
    snprintf(text, sizeof text, " (%" PRIu64 " h %" PRIu64 " min %" PRIu64 " s after the arrival)", count / 3600,
             count / 60 % 60, count % 60);
    paper_puts(paper, text);
}

static void print_times(struct paper *paper, const struct json_value *record) {
    struct slice arrived = pick_text(record, "arrived_at"), cleared = pick_text(record, "cleared_at");
    begin(paper, &OUTER, "arrived");
    if (arrived.len == 0) {
        paper_puts(paper, "not yet");
    } else {
        paper_put(paper, arrived);
        paper_puts(paper, " at ");
        paper_put(paper, pick_text(record, "arrived_place"));
    }
    paper_end(paper);
    if (cleared.len != 0) {
        begin(paper, &OUTER, "cleared");
        paper_put(paper, cleared);
        put_duration(paper, pick_text(record, "clearance_seconds"));
        paper_end(paper);
    }
}

static void print_reasons(struct paper *paper, const struct json_value *record) {
    struct slice name;
    const struct json_value *value;
    const char *label = "why not";
    for (struct json_walk walk = pick_walk(record, "reasons"); json_step(&walk, &name, &value);) {
        struct slice code = pick_text_of(value);
        const struct explanation *explanation = explain_find(code);
        begin(paper, &OUTER, label);
        paper_left(paper, code, WHY_WIDTH);
        paper_puts(paper, explanation == NULL ? "" : explanation->brief);
        paper_end(paper);
        label = "";
    }
}

/* ---- what stands against it */

static void wrap_alert_values(struct paper *paper, const struct json_value *alert) {
    struct slice name;
    const struct json_value *value;
    const char *comma = "";
    for (struct json_walk walk = pick_walk(alert, "values"); json_step(&walk, &name, &value);) {
        paper_puts(paper, comma);
        paper_wrap(paper, pick_text(value, "value"));
        paper_wrap(paper, SLICE("by"));
        paper_wrap(paper, pick_text(value, "waybill"));
        comma = ",";
    }
}

static void wrap_difference(struct paper *paper, const struct json_value *alert) {
    paper_wrap(paper, pick_text(alert, "field"));
    paper_wrap(paper, SLICE("expected"));
    paper_wrap(paper, pick_text(alert, "expected"));
    paper_puts(paper, ",");
    paper_wrap(paper, SLICE("found"));
    paper_wrap(paper, pick_text(alert, "found"));
}

static void print_alert(struct paper *paper, const struct json_value *alert) {
    paper->indent = LABEL_AT + 2;
    paper_wrap(paper, pick_text(alert, "kind"));
    paper_wrap(paper, SLICE("on"));
    paper_wrap(paper, pick_text(alert, "container"));
    paper_puts(paper, ":");
    if (pick(alert, "values") != NULL) {
        paper_wrap(paper, pick_text(alert, "field"));
        paper_wrap(paper, SLICE("is"));
        wrap_alert_values(paper, alert);
    } else if (pick(alert, "waybills") != NULL) {
        paper_wrap(paper, SLICE("claimed by"));
        wrap_list(paper, pick_walk(alert, "waybills"));
    } else if (pick(alert, "un") != NULL) {
        paper_wrap(paper, SLICE("UN"));
        wrap_list(paper, pick_walk(alert, "un"));
    } else if (pick(alert, "found") != NULL) {
        wrap_difference(paper, alert);
    } else if (pick(alert, "expected") != NULL) {
        paper_wrap(paper, SLICE("from train"));
        paper_wrap(paper, pick_text(alert, "expected"));
    } else {
        const struct explanation *explanation = explain_find(pick_text(alert, "kind"));
        paper_wrap(paper, slice_of(explanation == NULL ? "" : explanation->brief));
    }
    paper_end(paper);
}

static void wrap_subject(struct paper *paper, const struct json_value *control) {
    paper_wrap(paper, SLICE("on the"));
    paper_wrap(paper, pick_text(control, "scope"));
    paper_wrap(paper, pick_text(control, "ref"));
    paper_wrap(paper, SLICE("by"));
    paper_wrap(paper, pick_text(control, "authority"));
}

static void print_control(struct paper *paper, const struct json_value *control) {
    paper->indent = LABEL_AT + 2;
    paper_wrap(paper, pick_text(control, "kind"));
    paper_wrap(paper, pick_text(control, "outcome"));
    wrap_subject(paper, control);
    paper_wrap(paper, SLICE("since"));
    paper_wrap(paper, pick_text(control, "at"));
    paper_end(paper);
}

static void print_accepted(struct paper *paper, const struct json_value *accepted) {
    paper->indent = LABEL_AT + 2;
    paper_wrap(paper, pick_text(accepted, "kind"));
    wrap_subject(paper, accepted);
    paper_puts(paper, ",");
    paper_wrap(paper, SLICE("by the pass of"));
    paper_wrap(paper, pick_text(accepted, "by"));
    paper_wrap(paper, SLICE("at"));
    paper_wrap(paper, pick_text(accepted, "at"));
    paper_end(paper);
}

static void print_link(struct paper *paper, const struct json_value *link) {
    const struct json_value *train = pick(link, "train");
    paper->indent = LABEL_AT + 2;
    paper_wrap(paper, pick_text(link, "role"));
    paper_wrap(paper, pick_text(train, "number"));
    paper_wrap(paper, SLICE("of"));
    paper_wrap(paper, pick_text(train, "date"));
    paper_wrap(paper, SLICE("at"));
    paper_wrap(paper, pick_text(train, "port"));
    paper_puts(paper, ":");
    wrap_list(paper, pick_walk(link, "containers"));
    paper_end(paper);
}

static void print_each(struct paper *paper, const struct json_value *record, const char *name, const char *title,
                       void (*print)(struct paper *, const struct json_value *)) {
    struct slice member;
    const struct json_value *value;
    if (pick_count(record, name) != 0) {
        heading(paper, title);
    }
    for (struct json_walk walk = pick_walk(record, name); json_step(&walk, &member, &value);) {
        print(paper, value);
    }
}

/* ---- what is on it */

static void print_totals(struct paper *paper, const struct json_value *record) {
    const struct json_value *totals = pick(record, "totals");
    begin(paper, &OUTER, "cargo");
    wrap_count(paper, pick_text(totals, "waybills"), "waybill in", "waybills in");
    wrap_count(paper, pick_text(totals, "declarations"), "declaration,", "declarations,");
    wrap_count(paper, pick_text(totals, "containers"), "container,", "containers,");
    wrap_pair(paper, pick_text(totals, "teu"), "TEU,");
    wrap_count(paper, pick_text(totals, "empty_containers"), "empty container,", "empty containers,");
    wrap_count(paper, pick_text(totals, "wagons"), "wagon,", "wagons,");
    wrap_count(paper, pick_text(totals, "packages"), "package", "packages");
    paper_end(paper);
    begin(paper, &OUTER, "weight");
    wrap_pair(paper, pick_text(totals, "gross_kg"), "kg gross,");
    wrap_pair(paper, pick_text(totals, "net_kg"), "kg net,");
    wrap_pair(paper, pick_text(totals, "tare_kg"), "kg tare");
    paper_end(paper);
    if (pick_count(totals, "values") != 0) {
        begin(paper, &OUTER, "value");
        wrap_values(paper, totals);
        paper_end(paper);
    }
}

enum { HS_WIDTH = 14, NUMBER_WIDTH = 13, VALUE_WIDTH = 17, PACKAGES_WIDTH = 9 };

/* HS, packages with their type, gross, value with its currency, goods; the description is last, as long as it wants to
 * be. */
static void print_line(struct paper *paper, const struct json_value *line) {
    paper_tab(paper, LABEL_AT + 2);
    paper_left(paper, pick_text(line, "hs"), HS_WIDTH);
    paper_right(paper, pick_text(line, "packages"), PACKAGES_WIDTH);
    paper_puts(paper, " ");
    paper_left(paper, pick_text(line, "package_type"), 3);
    paper_right(paper, pick_text(line, "gross_kg"), NUMBER_WIDTH);
    paper_puts(paper, " kg");
    paper_right(paper, pick_text(line, "value"), VALUE_WIDTH);
    paper_puts(paper, " ");
    paper_left(paper, pick_text(line, "currency"), 3);
    paper_puts(paper, "  ");
    paper->indent = paper->column;
    paper_wrap(paper, pick_text(line, "description"));
    paper_end(paper);
}

static void print_declared(struct paper *paper, const struct json_value *declaration) {
    begin(paper, &INNER, "declared");
    paper_wrap(paper, pick_text(declaration, "declared"));
    if (pick_flag(declaration, "advance")) {
        paper_wrap(paper, SLICE("before the arrival"));
    }
    if (pick_flag(declaration, "aeo")) {
        paper_wrap(paper, SLICE("by an authorised operator"));
    }
    if (pick_flag(declaration, "aeo_partner")) {
        paper_wrap(paper, SLICE("with a recognised one"));
    }
    if (pick_flag(declaration, "released")) {
        paper_wrap(paper, SLICE("and released"));
    }
    paper_end(paper);
}

static void print_sums(struct paper *paper, const struct json_value *declaration) {
    begin(paper, &INNER, "sums");
    wrap_count(paper, pick_text(declaration, "packages"), "package,", "packages,");
    wrap_pair(paper, pick_text(declaration, "gross_kg"), "kg gross,");
    wrap_pair(paper, pick_text(declaration, "net_kg"), "kg net,");
    wrap_values(paper, declaration);
    paper_end(paper);
}

static void print_optional(struct paper *paper, const struct json_value *declaration, const char *name) {
    if (pick(declaration, name) != NULL) {
        begin(paper, &INNER, name);
        paper_wrap(paper, pick_text(declaration, name));
        paper_end(paper);
    }
}

static void print_declaration(struct paper *paper, const struct json_value *declaration) {
    const struct json_value *party = pick(declaration, "party");
    struct slice name;
    const struct json_value *line;
    paper->indent = LABEL_AT;
    paper_colour(paper, PAPER_BOLD);
    paper_wrap(paper, pick_text(declaration, "id"));
    paper_colour(paper, PAPER_PLAIN);
    paper_wrap(paper, pick_text(declaration, "direction"));
    paper_end(paper);
    begin(paper, &INNER, "party");
    paper_wrap(paper, pick_text(party, "name"));
    paper_wrap(paper, pick_text(party, "code"));
    paper_wrap(paper, pick_text(party, "country"));
    paper_wrap(paper, pick_text(party, "aeo"));
    paper_end(paper);
    print_optional(paper, declaration, "product");
    print_optional(paper, declaration, "contract");
    print_optional(paper, declaration, "application");
    print_declared(paper, declaration);
    print_list(paper, &INNER, "waybills", declaration, "waybills");
    print_list(paper, &INNER, "containers", declaration, "containers");
    print_sums(paper, declaration);
    for (struct json_walk walk = pick_walk(declaration, "lines"); json_step(&walk, &name, &line);) {
        print_line(paper, line);
    }
}

/* One line: how many waybills became one declaration, of what, and how far it is declared. */
static void print_declaration_brief(struct paper *paper, const struct json_value *declaration) {
    char waybills[32];
    snprintf(waybills, sizeof waybills, "%zu", pick_count(declaration, "waybills"));
    paper_right(paper, slice_of(waybills), LABEL_AT + 5);
    paper_puts(paper, " -> 1  ");
    paper_left(paper, pick_text(declaration, "direction"), 7);
    paper_left(paper, pick_text(declaration, "declared"), 8);
    paper_right(paper, pick_text(declaration, "gross_kg"), NUMBER_WIDTH);
    paper_puts(paper, " kg  ");
    paper->indent = paper->column;
    paper_wrap(paper, pick_text(declaration, "product"));
    paper_puts(paper, ",");
    paper_wrap(paper, pick_text(pick(declaration, "party"), "name"));
    paper_end(paper);
}

static void print_last(struct paper *paper, const struct json_value *last) {
    paper->indent = INNER_AT;
    paper_wrap(paper, SLICE("last"));
    paper_wrap(paper, pick_text(last, "event"));
    paper_wrap(paper, pick_text(last, "place"));
    paper_wrap(paper, pick_text(last, "at"));
    if (pick(last, "latitude") != NULL) {
        paper_wrap(paper, pick_text(last, "latitude"));
        paper_wrap(paper, pick_text(last, "longitude"));
    }
    paper_end(paper);
}

static void print_tally(struct paper *paper, const struct json_value *tally) {
    paper->indent = INNER_AT;
    paper_wrap(paper, SLICE("tallied"));
    paper_wrap(paper, pick_text(tally, "at"));
    wrap_count(paper, pick_text(tally, "packages"), "package", "packages");
    wrap_pair(paper, pick_text(tally, "gross_kg"), "kg gross");
    if (pick(tally, "seal") != NULL) {
        paper_wrap_pair(paper, SLICE("seal"), pick_text(tally, "seal"));
    }
    if (pick_flag(tally, "damaged")) {
        paper_wrap(paper, SLICE("damaged"));
    }
    paper_end(paper);
}

static void print_container(struct paper *paper, const struct json_value *container) {
    paper_tab(paper, LABEL_AT + 2);
    paper_left(paper, pick_text(container, "number"), 13);
    paper_left(paper, pick_text(container, "size_type"), 5);
    paper_left(paper, pick_text(container, "load"), 4);
    paper_puts(paper, "seal ");
    paper_left(paper, pick_text(container, "seal"), 12);
    paper_puts(paper, "wagon ");
    paper_left(paper, pick_text(container, "wagon"), 10);
    paper_right(paper, pick_text(container, "position"), 3);
    paper_right(paper, pick_text(container, "tare_kg"), 9);
    paper_puts(paper, " kg ");
    paper->indent = paper->column;
    wrap_list(paper, pick_walk(container, "waybills"));
    paper_end(paper);
    print_list(paper, &INNER, "UN", container, "dangerous");
    if (pick(container, "tally") != NULL) {
        print_tally(paper, pick(container, "tally"));
    }
    if (pick(container, "last") != NULL) {
        print_last(paper, pick(container, "last"));
    }
}

static void print_foot(struct paper *paper, const struct json_value *record) {
    const struct json_value *facts = pick(record, "facts"), *rules = pick(record, "rules");
    paper_end(paper);
    begin(paper, &OUTER, "rests on");
    wrap_count(paper, pick_text(facts, "count"), "event from", "events from");
    paper_wrap(paper, pick_text(facts, "first_at"));
    paper_wrap(paper, SLICE("to"));
    paper_wrap(paper, pick_text(facts, "last_at"));
    paper_end(paper);
    begin(paper, &OUTER, "rules");
    paper_wrap(paper, SLICE("merge"));
    paper_wrap(paper, pick_text(rules, "merge"));
    paper_puts(paper, ",");
    paper_wrap(paper, SLICE("require"));
    paper_wrap(paper, pick_text(rules, "require"));
    paper_end(paper);
    print_list(paper, &OUTER, "recognised", rules, "recognised");
    begin(paper, &OUTER, "digest");
    paper_put(paper, pick_text(record, "digest"));
    paper_end(paper);
}

static void print_record(struct paper *paper, const struct json_value *record, bool brief) {
    print_head(paper, record);
    print_times(paper, record);
    print_reasons(paper, record);
    print_totals(paper, record);
    print_list(paper, &OUTER, "missing", record, "missing");
    print_list(paper, &OUTER, "off train", record, "off_train");
    print_list(paper, &OUTER, "domestic", record, "domestic");
    print_each(paper, record, "alerts", "alerts", print_alert);
    print_each(paper, record, "controls", "open controls", print_control);
    print_each(paper, record, "accepted", "controls accepted", print_accepted);
    print_each(paper, record, "links", "linked trains", print_link);
    if (brief) {
        print_each(paper, record, "declarations", "waybills -> declaration", print_declaration_brief);
    } else {
        print_each(paper, record, "declarations", "declarations", print_declaration);
        print_each(paper, record, "containers", "containers", print_container);
    }
    print_foot(paper, record);
}

static bool print_valid(FILE *to, struct slice record_json, bool brief) {
    struct json_parser *parser = json_parser_new();
    const char *what;
    size_t at;
    const struct json_value *record = json_parse(parser, record_json, &what, &at);
    bool valid = record != NULL && slice_equal(pick_text(record, "schema"), SLICE("rail.clearance.v1"));
    if (valid) {
        struct paper paper = paper_on(to);
        print_record(&paper, record, brief);
        paper_end(&paper);
    }
    json_parser_free(parser);
    return valid;
}

bool show_print(FILE *to, struct slice record_json) {
    return print_valid(to, record_json, false);
}

bool show_print_brief(FILE *to, struct slice record_json) {
    return print_valid(to, record_json, true);
}
