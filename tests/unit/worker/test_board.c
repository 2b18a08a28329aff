#include <criterion/criterion.h>

#include "worker/board.h"

static void post(struct board *board, int64_t at_ms) {
    struct board_view *view = board_view_new(3);
    view->at_ms = at_ms;
    board_post(board, view);
}

Test(board, shows_the_newest_view_until_there_is_a_newer_one) {
    struct board *board = board_new(2);
    cr_assert_null(board_look(board));
    post(board, 1);
    post(board, 2);
    cr_assert_eq(board_look(board)->at_ms, 2);
    cr_assert_eq(board_look(board)->at_ms, 2);
    cr_assert_eq(board_look(board)->partition_count, 3);
    post(board, 3);
    cr_assert_eq(board_look(board)->at_ms, 3);
    post(board, 4); /* never looked at */
    board_free(board);
}

Test(board, tells_the_phase) {
    struct board *board = board_new(2);
    cr_assert_eq(board_phase(board), BOARD_STARTING);
    board_set_phase(board, BOARD_STOPPING);
    cr_assert_eq(board_phase(board), BOARD_STOPPING);
    board_free(board);
}
