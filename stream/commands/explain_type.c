/* The members of an event type, printed from the rows that decode it (event/shape.h). So what is told here is what is
 * checked: a member, a range or a length that changes there changes here, and no text needs to follow it. */
#include "commands/explain_type.h"

#include "event/shape_text.h"

/* Columns: a level of nesting; a member's name, from the margin; "required" and a gap. Rules begin in one column
 * however deep a member stands. */
enum { STEP = 2, NAME_WIDTH = 24, NEED_WIDTH = 10 };

static void print_members(struct paper *paper, const struct shape *shape, size_t depth);

static void print_rule(struct paper *paper, const struct shape_member *member) {
    struct buffer rule = {0};
    shape_write_rule(member, &rule);
    paper_wrap(paper, buffer_slice(&rule));
    buffer_release(&rule);
}

/* Of a list of plain values the value's rule stands behind how many there may be. */
static void print_member(struct paper *paper, const struct shape_member *member, size_t depth) {
    size_t at = STEP * depth;
    paper->indent = STEP + NAME_WIDTH + NEED_WIDTH;
    paper_tab(paper, at);
    paper_left(paper, slice_of(member->name), STEP + NAME_WIDTH - at);
    paper_left(paper, member->required ? SLICE("required") : SLICE("optional"), NEED_WIDTH);
    print_rule(paper, member);
    bool nested = member->kind == SHAPE_OBJECT || member->kind == SHAPE_LIST;
    if (nested && member->of->scalar) {
        paper_puts(paper, ",");
        paper_wrap(paper, SLICE("each"));
        print_rule(paper, &member->of->members[0]);
    }
    paper_end(paper);
    if (nested && !member->of->scalar) {
        print_members(paper, member->of, depth + 1);
    }
}

static void print_members(struct paper *paper, const struct shape *shape, size_t depth) {
    for (size_t i = 0; i < shape->count; i++) {
        /* Members without a name are made by the decoder from others; nobody sends them. */
        if (shape->members[i].name != NULL) {
            print_member(paper, &shape->members[i], depth);
        }
    }
}

void explain_type(struct paper *paper, enum event_type type) {
    paper_colour(paper, PAPER_BOLD);
    paper_puts(paper, event_type_name(type));
    paper_colour(paper, PAPER_PLAIN);
    paper_puts(paper, " (event type): the members of `data`; more rules in schemas/contract.md");
    paper_end(paper);
    print_members(paper, &EVENT_TYPES[type].data, 1);
    paper->indent = 0;
    paper_end(paper);
}
