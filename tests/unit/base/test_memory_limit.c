#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory_limit.h"

static char root[32]; /* stands for / */

static void make_root(void) {
    strcpy(root, "/tmp/caravan-XXXXXX");
    cr_assert(mkdtemp(root) != NULL);
}

static void remove_root(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert(system(command) == 0);
}

/* A file below the root, with the folders above it. */
static void put(const char *path, const char *text) {
    char full[256];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        mkdir(full, 0700);
        *at = '/';
    }
    FILE *file = fopen(full, "w");
    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
}

TestSuite(memory_limit, .init = make_root, .fini = remove_root);

Test(memory_limit, without_groups_there_is_none) {
    cr_assert_eq(memory_limit_bytes(root), 0);
}

Test(memory_limit, v2_of_the_group_itself) {
    put("/proc/self/cgroup", "0::/pod/worker\n");
    put("/sys/fs/cgroup/pod/worker/memory.max", "536870912\n");
    cr_assert_eq(memory_limit_bytes(root), 536870912);
}

Test(memory_limit, v2_the_smallest_above_counts) {
    put("/proc/self/cgroup", "0::/pod/worker\n");
    put("/sys/fs/cgroup/pod/worker/memory.max", "max\n");
    put("/sys/fs/cgroup/pod/memory.max", "1000000\n");
    put("/sys/fs/cgroup/memory.max", "2000000\n");
    cr_assert_eq(memory_limit_bytes(root), 1000000);
}

/* As in a container without a namespace of its own for groups: the path is the host's, the mount the container's. */
Test(memory_limit, v2_of_a_mount_that_begins_at_the_group) {
    put("/proc/self/cgroup", "0::/kubepods/burstable/pod1/abc\n");
    put("/sys/fs/cgroup/memory.max", "1073741824\n");
    cr_assert_eq(memory_limit_bytes(root), 1073741824);
}

Test(memory_limit, v1_beside_other_controllers) {
    put("/proc/self/cgroup", "9:name=systemd:/\n8:cpu,cpuacct:/a\n4:hugetlb,memory:/a/b\n0::/\n");
    put("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "268435456\n");
    cr_assert_eq(memory_limit_bytes(root), 268435456);
}

Test(memory_limit, no_limit_is_none) {
    put("/proc/self/cgroup", "4:memory:/\nnonsense\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory.max", "max\n");
    cr_assert_eq(memory_limit_bytes(root), 0);
}
