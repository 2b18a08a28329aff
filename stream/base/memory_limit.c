/* How much memory this process may use, as its control groups say; a machine may have both versions of them mounted.
 * The kernel enforces each group on the way up to the root, so the smallest limit holds. */
#include "base/memory_limit.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* v1 writes "no limit" as the largest multiple of a page in 63 bits; no machine has a sixteenth of that. */
#define UNLIMITED_BYTES (UINT64_C(1) << 59)

/* The limit that this file holds, or `limit` when that is smaller or there is none. */
static uint64_t lowered(uint64_t limit, const char *path) {
    uint64_t bytes = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return limit;
    }
    bool found = fscanf(file, "%" SCNu64, &bytes) == 1 && bytes < UNLIMITED_BYTES; /* v2 writes "max" for none */
    fclose(file);
    return found && (limit == 0 || bytes < limit) ? bytes : limit;
}

/* From the group up to the mount's root. In a container the mount often begins at its own group, whose path then does
 * not exist below it: the root has the limit. */
static uint64_t lowered_upwards(uint64_t limit, const char *mount, char *group, const char *file) {
    char path[PATH_MAX + 128];
    for (char *end = group + strlen(group); end != NULL; end = strrchr(group, '/')) {
        *end = '\0';
        snprintf(path, sizeof path, "%s%s/%s", mount, group, file);
        limit = lowered(limit, path);
    }
    return limit;
}

/* True when `controllers`, as "cpu,memory", has memory among them. */
static bool has_memory(const char *controllers) {
    static const char name[] = "memory";
    const char *at = strstr(controllers, name);
    return at != NULL && (at == controllers || at[-1] == ',') &&
           (at[sizeof name - 1] == ',' || at[sizeof name - 1] == '\0');
}

/* A line is NUMBER:CONTROLLERS:/PATH; v2 has one with number 0 and no controllers. */
uint64_t memory_limit_bytes(const char *root) {
    char name[PATH_MAX], mount[PATH_MAX], line[PATH_MAX];
    uint64_t limit = 0;
    snprintf(name, sizeof name, "%s/proc/self/cgroup", root);
    FILE *groups = fopen(name, "re");
    while (groups != NULL && fgets(line, sizeof line, groups) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL) {
            continue;
        }
        *group++ = '\0';
        if (*++controllers == '\0') {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup", root);
            limit = lowered_upwards(limit, mount, group, "memory.max");
        } else if (has_memory(controllers)) {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/memory", root);
            limit = lowered_upwards(limit, mount, group, "memory.limit_in_bytes");
        }
    }
    if (groups != NULL) {
        fclose(groups);
    }
    return limit;
}
