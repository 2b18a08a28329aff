/* A lock-free ring of pointers from one producer thread to one consumer thread (ck_ring). An idle consumer sleeps on
 * its bell, which may serve several rings; a producer that finds the ring full sleeps on the ring's own. */
#ifndef CARAVAN_FLOW_RING_H
#define CARAVAN_FLOW_RING_H

#include "flow/bell.h"

struct ring;

/* At least `slots` items fit; `bell` is the consumer's (borrowed; must outlive the ring). */
struct ring *ring_new(unsigned slots, struct bell *bell);
/* The ring must be empty: it does not own what lies in it. */
void ring_free(struct ring *ring);
/* Producer: puts `item` (not NULL) and rings; sleeps while the ring is full, until the next item is taken. */
void ring_push(struct ring *ring, void *item);
/* About how many items lie in it. Any thread. */
unsigned ring_depth(const struct ring *ring);
/* Consumer: the oldest item, or NULL at once. */
void *ring_poll(struct ring *ring);
/* Consumer of this one ring on its bell: the oldest item; waits at most timeout_ms (-1: for ever), then NULL. */
void *ring_pop(struct ring *ring, int timeout_ms);

#endif
