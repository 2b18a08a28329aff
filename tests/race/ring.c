/* A producer and a consumer thread over one ring, built with ThreadSanitizer: order is kept, nothing is lost, and what
 * the producer wrote before a push is seen after the pop. A plain program: 0 is success. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "flow/ring.h"

enum { ITEMS = 200000, SLOTS = 64 };

struct item {
    int number;
};

static void *produce(void *context) {
    for (int i = 0; i < ITEMS; i++) {
        struct item *item = malloc(sizeof *item);
        item->number = i;
        ring_push(context, item);
    }
    return NULL;
}

int main(void) {
    struct bell *bell = bell_new();
    struct ring *ring = ring_new(SLOTS, bell);
    pthread_t producer;
    if (pthread_create(&producer, NULL, produce, ring) != 0) {
        return 1;
    }
    int wrong = 0;
    for (int i = 0; i < ITEMS; i++) {
        struct item *item = ring_pop(ring, -1);
        wrong += item->number != i;
        free(item);
    }
    pthread_join(producer, NULL);
    wrong += ring_poll(ring) != NULL;
    ring_free(ring);
    bell_free(bell);
    printf("race_ring: %d items, %d wrong\n", ITEMS, wrong);
    return wrong != 0;
}
