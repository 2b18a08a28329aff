#include "worker/board.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

struct board {
    atomic_int phase;
    /* Not looked at yet; NULL: none. Who takes it out owns it: the worker, to put a newer one, or who looks. */
    struct board_view *_Atomic posted;
    struct board_view *seen; /* the looking thread's */
    struct questions *questions;
};

struct board *board_new(unsigned lanes) {
    struct board *board = alloc_zeroed(1, sizeof *board);
    board->questions = questions_new(lanes);
    return board;
}

void board_free(struct board *board) {
    free(atomic_load(&board->posted));
    free(board->seen);
    questions_free(board->questions);
    free(board);
}

struct board_view *board_view_new(size_t partitions) {
    struct board_view *view = alloc_zeroed(1, sizeof *view + partitions * sizeof view->partitions[0]);
    view->partition_count = partitions;
    return view;
}

void board_post(struct board *board, struct board_view *view) {
    /* One place, taken and put by exchange: the worker never waits for who looks, and what nobody looked at is freed
     * here. */
    free(atomic_exchange(&board->posted, view));
}

void board_set_phase(struct board *board, enum board_phase phase) {
    atomic_store(&board->phase, (int)phase);
}

const struct board_view *board_look(struct board *board) {
    /* Without a new one the last one is still true of its time. */
    struct board_view *posted = atomic_exchange(&board->posted, NULL);
    if (posted != NULL) {
        free(board->seen);
        board->seen = posted;
    }
    return board->seen;
}

enum board_phase board_phase(const struct board *board) {
    return (enum board_phase)atomic_load(&board->phase);
}

struct questions *board_questions(const struct board *board) {
    return board->questions;
}
