#include "core/rules.h"

const char *const MERGE_POLICY_NAMES[MERGE_POLICY_COUNT] = {"auto", "applied", "never"};
const char *const REQUIRE_LEVEL_NAMES[REQUIRE_LEVEL_COUNT] = {"none", "summary", "full"};

/* The index of `name`, or -1. */
static int find_name(const char *const *names, int count, struct slice name) {
    for (int i = 0; i < count; i++) {
        if (slice_equal(slice_of(names[i]), name)) {
            return i;
        }
    }
    return -1;
}

bool rules_parse_merge(struct slice name, enum merge_policy *out) {
    int index = find_name(MERGE_POLICY_NAMES, MERGE_POLICY_COUNT, name);
    if (index >= 0) {
        *out = (enum merge_policy)index;
    }
    return index >= 0;
}

bool rules_parse_require(struct slice name, enum require_level *out) {
    int index = find_name(REQUIRE_LEVEL_NAMES, REQUIRE_LEVEL_COUNT, name);
    if (index >= 0) {
        *out = (enum require_level)index;
    }
    return index >= 0;
}
