/* Ringers and a sleeper over one bell, built with ThreadSanitizer: every item that was put before a ring is seen by the
 * sleeper, whatever it was doing, and it never sleeps through the last one. A plain program: 0 is success, and a lost
 * ring never ends. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "flow/bell.h"

enum { RINGERS = 2, ROUNDS = 100000 };

static struct bell *bell;
static atomic_int put[RINGERS];
static int written[RINGERS]; /* by its ringer, before the item that says so */

static void *ring_on(void *context) {
    atomic_int *mine = context;
    for (int i = 1; i <= ROUNDS; i++) {
        if (i == ROUNDS) {
            written[mine - put] = i;
        }
        atomic_store_explicit(mine, i, memory_order_release);
        bell_ring(bell);
    }
    return NULL;
}

static int seen(void) {
    int sum = 0;
    for (int i = 0; i < RINGERS; i++) {
        sum += atomic_load_explicit(&put[i], memory_order_acquire);
    }
    return sum;
}

int main(void) {
    pthread_t threads[RINGERS];
    int sleeps = 0, wrong = 0;
    bell = bell_new();
    for (int i = 0; i < RINGERS; i++) {
        if (pthread_create(&threads[i], NULL, ring_on, &put[i]) != 0) {
            return 1;
        }
    }
    for (int had = 0; had < RINGERS * ROUNDS;) {
        bell_arm(bell);
        int now = seen();
        if (now == had) {
            bell_sleep(bell, -1);
            sleeps++;
        }
        had = now;
    }
    for (int i = 0; i < RINGERS; i++) {
        pthread_join(threads[i], NULL);
        wrong += written[i] != ROUNDS;
    }
    bell_free(bell);
    printf("race_bell: %d rings, %d sleeps, %d wrong\n", RINGERS * ROUNDS, sleeps, wrong);
    return wrong != 0;
}
