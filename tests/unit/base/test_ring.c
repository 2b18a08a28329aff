#include <criterion/criterion.h>

#include "base/ring.h"
#include "base/timestamp.h"

Test(ring, keeps_order_and_capacity) {
    int items[100];
    struct bell *bell = bell_new();
    struct ring *ring = ring_new(100, bell);
    cr_assert_null(ring_poll(ring));
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            ring_push(ring, &items[i]);
        }
        for (int i = 0; i < 100; i++) {
            cr_assert_eq(ring_poll(ring), &items[i]);
        }
    }
    cr_assert_null(ring_poll(ring));
    ring_free(ring);
    bell_free(bell);
}

Test(ring, pop_gives_up_after_its_time) {
    struct bell *bell = bell_new();
    struct ring *ring = ring_new(4, bell);
    int64_t began_ms = clock_steady_ms();
    cr_assert_null(ring_pop(ring, 30));
    cr_assert_geq(clock_steady_ms() - began_ms, 29);
    ring_free(ring);
    bell_free(bell);
}

Test(ring, a_bell_rung_after_arming_does_not_sleep) {
    struct bell *bell = bell_new();
    bell_arm(bell);
    bell_ring(bell);
    int64_t began_ms = clock_steady_ms();
    bell_sleep(bell, 10000);
    cr_assert_lt(clock_steady_ms() - began_ms, 5000);
    bell_free(bell);
}
