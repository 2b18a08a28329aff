#include <criterion/criterion.h>
#include <stdio.h>

#include "workload/mixer.h"

enum { LINES = 1000, WINDOW = 50 };

struct heard {
    unsigned order[LINES];
    size_t count, stop_at;
};

static bool hear(void *context, struct slice line) {
    struct heard *heard = context;
    cr_assert(heard->count < LINES && line.data[line.len - 1] == '\n');
    unsigned number = 0;
    for (size_t i = 0; i + 1 < line.len; i++) {
        number = number * 10 + (unsigned)(line.data[i] - '0');
    }
    heard->order[heard->count++] = number;
    return heard->count != heard->stop_at;
}

/* Every line once, in some order. */
static void mix(enum workload_order order, struct heard *heard, uint64_t seed) {
    struct workload_options options = {.order = order, .window = WINDOW, .seed = seed};
    struct mixer mixer;
    mixer_init(&mixer, &options, (struct workload_sink){hear, heard});
    for (unsigned i = 0; i < LINES; i++) {
        char line[32];
        int len = snprintf(line, sizeof line, "%u\n", i);
        cr_assert(mixer_put(&mixer, (struct slice){line, (size_t)len}));
    }
    cr_assert(mixer_finish(&mixer));
    mixer_release(&mixer);
    bool seen[LINES] = {0};
    cr_assert_eq(heard->count, LINES);
    for (size_t i = 0; i < LINES; i++) {
        cr_assert_not(seen[heard->order[i]]);
        seen[heard->order[i]] = true;
    }
}

static size_t count_moved(const struct heard *heard) {
    size_t moved = 0;
    for (unsigned i = 0; i < LINES; i++) {
        moved += heard->order[i] != i;
    }
    return moved;
}

Test(mixer, passes_lines_in_the_order_of_the_story) {
    struct heard heard = {0};
    mix(ORDER_STORY, &heard, 1);
    cr_assert_eq(count_moved(&heard), 0);
}

Test(mixer, shuffles_the_whole) {
    struct heard heard = {0};
    mix(ORDER_ALL, &heard, 1);
    cr_assert_gt(count_moved(&heard), LINES * 9 / 10);
    bool far = false;
    for (unsigned i = 0; i < LINES; i++) {
        far = far || heard.order[i] > i + LINES / 2;
    }
    cr_assert(far);
}

Test(mixer, moves_a_line_ahead_by_less_than_the_window) {
    struct heard heard = {0};
    mix(ORDER_WINDOW, &heard, 1);
    cr_assert_gt(count_moved(&heard), LINES / 2);
    for (unsigned i = 0; i < LINES; i++) {
        cr_assert_leq(heard.order[i], i + WINDOW);
    }
}

Test(mixer, is_another_order_for_another_seed_only) {
    struct heard a = {0}, again = {0}, other = {0};
    mix(ORDER_ALL, &a, 1);
    mix(ORDER_ALL, &again, 1);
    mix(ORDER_ALL, &other, 2);
    cr_assert_arr_eq(a.order, again.order, sizeof a.order);
    cr_assert_neq(memcmp(a.order, other.order, sizeof a.order), 0);
}

Test(mixer, stops_when_the_sink_says_so) {
    for (enum workload_order order = ORDER_STORY; order <= ORDER_ALL; order++) {
        struct heard heard = {.stop_at = 3};
        struct workload_options options = {.order = order, .window = 2};
        struct mixer mixer;
        mixer_init(&mixer, &options, (struct workload_sink){hear, &heard});
        bool going = true;
        for (int i = 0; going && i < 10; i++) {
            going = mixer_put(&mixer, SLICE("7\n"));
        }
        cr_assert_not(going && mixer_finish(&mixer));
        cr_assert_eq(heard.count, 3);
        mixer_release(&mixer);
    }
}
