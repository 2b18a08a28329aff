#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/timestamp.h"
#include "flow/bell.h"

Test(bell, rung_after_arming_does_not_sleep) {
    struct bell *bell = bell_new();
    bell_arm(bell);
    bell_ring(bell);
    int64_t began_ms = clock_steady_ms();
    bell_sleep(bell, 10000);
    cr_assert_lt(clock_steady_ms() - began_ms, 5000);
    bell_free(bell);
}

Test(bell, sleep_ends_after_its_time) {
    struct bell *bell = bell_new();
    bell_ring(bell); /* nobody waits: it leaves no trace */
    bell_arm(bell);
    int64_t began_ms = clock_steady_ms();
    bell_sleep(bell, 30);
    cr_assert_geq(clock_steady_ms() - began_ms, 29);
    bell_arm(bell);
    bell_sleep(bell, 0);
    bell_free(bell);
}

/* Two threads that each wait for the other, for ever: one ring lost and the test never ends. */
enum { ROUNDS = 50000 };

struct player {
    struct bell *own, *other;
    atomic_int *ball; /* whose turn it is */
    int number;
};

static void *play(void *context) {
    const struct player *player = context;
    for (int round = 0; round < ROUNDS; round++) {
        while (atomic_load_explicit(player->ball, memory_order_acquire) != player->number) {
            bell_arm(player->own);
            if (atomic_load_explicit(player->ball, memory_order_acquire) != player->number) {
                bell_sleep(player->own, -1);
            }
        }
        atomic_store_explicit(player->ball, 1 - player->number, memory_order_release);
        bell_ring(player->other);
    }
    return NULL;
}

Test(bell, no_ring_is_lost, .timeout = 120) {
    struct bell *bells[2] = {bell_new(), bell_new()};
    atomic_int ball = 0;
    struct player players[2] = {{bells[0], bells[1], &ball, 0}, {bells[1], bells[0], &ball, 1}};
    pthread_t other;
    cr_assert_eq(pthread_create(&other, NULL, play, &players[1]), 0);
    play(&players[0]);
    pthread_join(other, NULL);
    bell_free(bells[0]);
    bell_free(bells[1]);
}
