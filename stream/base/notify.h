/* Tells the service manager how a service is doing: the datagrams of sd_notify(3), of which systemd promises that they
 * stay as they are, without its library. */
#ifndef CARAVAN_BASE_NOTIFY_H
#define CARAVAN_BASE_NOTIFY_H

#include <stdbool.h>

/* Sends `state`, such as "READY=1" or "STOPPING=1", to the socket that NOTIFY_SOCKET names. False when there is none
 * (nobody listens: nothing is wrong) or it cannot be reached. Never waits. Any thread. */
bool notify_manager(const char *state);

#endif
