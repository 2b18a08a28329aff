/* A lock-free ring of pointers from one producer thread to one consumer thread (ck_ring), and the bell that an idle
 * consumer sleeps on. One bell may serve several rings of one consumer. */
#ifndef CARAVAN_BASE_RING_H
#define CARAVAN_BASE_RING_H

#include <stdbool.h>

struct bell;
struct ring;

struct bell *bell_new(void);
void bell_free(struct bell *bell);
/* Wakes the consumer if it sleeps. Any thread. */
void bell_ring(struct bell *bell);
/* The consumer says that it is about to sleep; it must look at all its rings once more before bell_sleep. */
void bell_arm(struct bell *bell);
/* Sleeps until rung since bell_arm, at most timeout_ms (-1: for ever). */
void bell_sleep(struct bell *bell, int timeout_ms);

/* At least `slots` items fit; `bell` is the consumer's (borrowed; must outlive the ring). */
struct ring *ring_new(unsigned slots, struct bell *bell);
/* The ring must be empty: it does not own what lies in it. */
void ring_free(struct ring *ring);
/* Producer: puts `item` (not NULL); waits while the ring is full. */
void ring_push(struct ring *ring, void *item);
/* Consumer: the oldest item, or NULL at once. */
void *ring_poll(struct ring *ring);
/* Consumer of this one ring on its bell: the oldest item; waits at most timeout_ms (-1: for ever), then NULL. */
void *ring_pop(struct ring *ring, int timeout_ms);

#endif
