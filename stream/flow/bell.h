/* An event count: what an idle thread sleeps on until somebody has something for it. The sleeper arms the bell, looks
 * once more at all that it waits for, and sleeps; whoever puts something there rings afterwards. Then either the look
 * finds it or the ring ends the sleep. Ringing a bell on which nobody sleeps is a fence and a load. One sleeper, any
 * number of ringers; one bell may stand for everything that its sleeper waits for. */
#ifndef CARAVAN_FLOW_BELL_H
#define CARAVAN_FLOW_BELL_H

struct bell;

/* The caller's; free with bell_free, when no thread rings it or sleeps on it any more. */
struct bell *bell_new(void);
void bell_free(struct bell *bell);
/* Ends the sleep that was armed, or is. Any thread; never waits. */
void bell_ring(struct bell *bell);
/* The sleeper says that it is about to sleep; it must look at everything once more before bell_sleep. */
void bell_arm(struct bell *bell);
/* Sleeps until rung since bell_arm, at most timeout_ms (-1: for ever; 0: not at all). Disarms the bell. */
void bell_sleep(struct bell *bell, int timeout_ms);

#endif
