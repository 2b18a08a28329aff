/* SIGHUP of a running worker: log.level is read again, and nothing else is. One at a time. */
#ifndef CARAVAN_COMMANDS_RELOAD_H
#define CARAVAN_COMMANDS_RELOAD_H

#include "commands/options_common.h"

/* From here on SIGHUP waits until reload_start: call it before any thread starts. A worker outlives its terminal. */
void reload_hold(void);
/* Starts the thread that serves SIGHUP; `options` (borrowed until reload_stop) say where the configuration stands. What
 * is wrong with it by now goes to the log, and the level stays. */
void reload_start(const struct options_common *options);
void reload_stop(void);

#endif
