/* Questions and answers without lanes: this thread is asker, lanes and collector. */
#include <criterion/criterion.h>

#include "lanes/questions.h"

enum { LANES = 3 };

static struct questions *questions;

static void begin(void) {
    questions = questions_new(LANES);
}

static void end(void) {
    questions_free(questions);
}

TestSuite(questions, .init = begin, .fini = end);

Test(questions, go_to_every_lane_and_come_back_whole) {
    struct question *question = question_new(questions, QUESTION_LIST);
    cr_assert(questions_ask(questions, question));
    for (unsigned lane = 0; lane < LANES; lane++) {
        cr_assert_null(questions_answered(questions), "lane %u has not answered", lane);
        struct question_part *part = questions_next(questions, lane);
        cr_assert_not_null(part);
        cr_assert_eq(part->question, question);
        cr_assert_null(questions_next(questions, lane));
        buffer_append_text(&part->out, "lines");
        questions_answer(questions, lane, part);
    }
    cr_assert_eq(questions_answered(questions), question);
    cr_assert_null(questions_answered(questions));
    question_free(question);
}

Test(questions, are_bounded) {
    for (int i = 0; i < QUESTIONS_MAX; i++) {
        cr_assert(questions_ask(questions, question_new(questions, QUESTION_REJECTS)));
    }
    struct question *more = question_new(questions, QUESTION_REJECTS);
    cr_assert(!questions_ask(questions, more));
    for (unsigned lane = 0; lane < LANES; lane++) {
        questions_answer(questions, lane, questions_next(questions, lane));
    }
    question_free(questions_answered(questions));
    cr_assert(questions_ask(questions, more), "one has come back");
}

Test(questions, half_answered_ones_go_with_the_whole) {
    cr_assert(questions_ask(questions, question_new(questions, QUESTION_TRAIN)));
    questions_answer(questions, 1, questions_next(questions, 1));
    cr_assert_null(questions_answered(questions)); /* its other parts are on their way: end() frees it */
}

Test(questions, tell_which_epoch_is_decided) {
    cr_assert_eq(questions_decided(questions), 0);
    questions_decide(questions, 7);
    cr_assert_eq(questions_decided(questions), 7);
}
