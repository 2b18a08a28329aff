#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/paper.h"

static char *text;
static size_t len;

static struct paper open_paper(void) {
    FILE *to = open_memstream(&text, &len);
    return paper_on(to);
}

static void expect_text(struct paper *paper, const char *expected) {
    fclose(paper->to);
    cr_assert_str_eq(text, expected, "%s", text);
    free(text);
}

Test(paper, counts_columns_not_bytes) {
    cr_assert_eq(paper_width(SLICE("abc")), 3);
    cr_assert_eq(paper_width(SLICE("西安")), 4);
    cr_assert_eq(paper_width(SLICE("Nürnberg")), 8);
    cr_assert_eq(paper_width(SLICE("Минск")), 5);
    cr_assert_eq(paper_width(SLICE("\U0001f682")), 2);
}

Test(paper, pads_on_either_side) {
    struct paper paper = open_paper();
    paper_left(&paper, SLICE("西"), 4);
    paper_right(&paper, SLICE("7"), 3);
    paper_left(&paper, SLICE("too long"), 2);
    expect_text(&paper, "西    7too long");
}

Test(paper, breaks_lines_between_words_and_indents_them) {
    struct paper paper = open_paper();
    paper.indent = 90;
    paper_wrap(&paper, SLICE("one  two three fourteenletters"));
    char expected[512];
    snprintf(expected, sizeof expected, "%90sone two\n%90sthree\n%90sfourteenle\n%90stters", "", "", "",
             ""); /* no line has room for it */
    expect_text(&paper, expected);
}

Test(paper, keeps_a_pair_together) {
    struct paper paper = open_paper();
    paper.indent = 90;
    paper_wrap(&paper, SLICE("abcd"));
    paper_wrap_pair(&paper, SLICE("12"), SLICE("EUR"));
    char expected[512];
    snprintf(expected, sizeof expected, "%90sabcd\n%90s12 EUR", "", "");
    expect_text(&paper, expected);
}

Test(paper, has_no_colours_but_on_a_terminal) {
    struct paper paper = open_paper();
    paper_colour(&paper, PAPER_RED);
    paper_puts(&paper, "held");
    paper_colour(&paper, PAPER_PLAIN);
    expect_text(&paper, "held");
}
