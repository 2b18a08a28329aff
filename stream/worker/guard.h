/* The last resort of a worker that must end: a thread that ends the process when its time is over, whatever else it
 * waits for. A client of Kafka may wait for its own threads without a bound, also where it is asked to wait a moment
 * only, and what a killed worker leaves behind is right at any moment (stream/exactly-once.md): so leaving late is
 * worse than leaving without the client's last words. One a process. */
#ifndef CARAVAN_WORKER_GUARD_H
#define CARAVAN_WORKER_GUARD_H

#include <stdint.h>

/* Begins to watch. Once told, the process has timeout_ms and GUARD_GRACE_MS more. */
void guard_start(int64_t timeout_ms);
enum { GUARD_GRACE_MS = 1500 };
/* The process is to end with `exit_code`; the first call starts the time, and its code stands. May be called by a
 * signal handler. */
void guard_tell(int exit_code);
/* When the first guard_tell was plus timeout_ms (steady clock); INT64_MAX before. Any thread. */
int64_t guard_deadline_ms(void);

#endif
