#include <criterion/criterion.h>
#include <pthread.h>
#include <time.h>

#include "base/timestamp.h"
#include "flow/ring.h"

/* One for all: Criterion 2.4.1 leaks where a case with a short time-out ends beside one with a longer. */
TestSuite(ring, .timeout = 120);

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

enum { ITEMS = 20000 };

static void *produce(void *context) {
    static int items[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        items[i] = i;
        ring_push(context, &items[i]);
    }
    return NULL;
}

/* Of a ring that is full most of the time and empty in between, each side sleeps again and again: a wake-up that is
 * lost never ends. */
Test(ring, neither_side_sleeps_for_ever) {
    struct bell *bell = bell_new();
    struct ring *ring = ring_new(2, bell);
    pthread_t producer;
    cr_assert_eq(pthread_create(&producer, NULL, produce, ring), 0);
    for (int i = 0; i < ITEMS; i++) {
        cr_assert_eq(*(int *)ring_pop(ring, -1), i);
    }
    pthread_join(producer, NULL);
    ring_free(ring);
    bell_free(bell);
}

static void *take_late(void *context) {
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    return ring_poll(context);
}

Test(ring, whoever_waits_for_room_is_woken_by_the_next_taking) {
    int item;
    struct bell *bell = bell_new();
    struct ring *ring = ring_new(3, bell);
    for (int i = 0; i < 3; i++) {
        ring_push(ring, &item);
    }
    pthread_t consumer;
    cr_assert_eq(pthread_create(&consumer, NULL, take_late, ring), 0);
    ring_push(ring, &item);
    pthread_join(consumer, NULL);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(ring_poll(ring), &item);
    }
    ring_free(ring);
    bell_free(bell);
}
