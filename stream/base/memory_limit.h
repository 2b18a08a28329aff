/* How much memory the control group of this process allows: what Kubernetes, Docker and systemd set. Linux, cgroup v1
 * and v2. Any thread. */
#ifndef CARAVAN_BASE_MEMORY_LIMIT_H
#define CARAVAN_BASE_MEMORY_LIMIT_H

#include <stdint.h>

/* The smallest limit of the process's group and of those above it, in bytes; 0 when there is none or none can be read.
 * Reads ROOT/proc/self/cgroup and ROOT/sys/fs/cgroup; `root` is "" but in tests. */
uint64_t memory_limit_bytes(const char *root);

#endif
