#include <criterion/criterion.h>

#include "record/rules.h"

Test(rules, every_name_is_read_back) {
    for (int i = 0; i < MERGE_POLICY_COUNT; i++) {
        enum merge_policy policy = MERGE_POLICY_COUNT;
        cr_expect(rules_parse_merge(slice_of(MERGE_POLICY_NAMES[i]), &policy));
        cr_expect_eq((int)policy, i);
    }
    for (int i = 0; i < REQUIRE_LEVEL_COUNT; i++) {
        enum require_level level = REQUIRE_LEVEL_COUNT;
        cr_expect(rules_parse_require(slice_of(REQUIRE_LEVEL_NAMES[i]), &level));
        cr_expect_eq((int)level, i);
    }
}

Test(rules, no_other_name_is) {
    static const char *const WRONG[] = {"", "Auto", "auto ", "aut", "autos", "none!", "*"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        enum merge_policy policy = MERGE_NEVER;
        enum require_level level = REQUIRE_FULL;
        cr_expect_not(rules_parse_merge(slice_of(WRONG[i]), &policy));
        cr_expect_not(rules_parse_require(slice_of(WRONG[i]), &level));
        cr_expect_eq(policy, MERGE_NEVER);
        cr_expect_eq(level, REQUIRE_FULL);
    }
}
