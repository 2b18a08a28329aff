/* The policies a record is derived under (spec section 5). */
#ifndef CARAVAN_CORE_RULES_H
#define CARAVAN_CORE_RULES_H

#include <stdbool.h>

#include "base/slice.h"

enum merge_policy { MERGE_AUTO, MERGE_APPLIED, MERGE_NEVER, MERGE_POLICY_COUNT };
enum require_level { REQUIRE_NONE, REQUIRE_SUMMARY, REQUIRE_FULL, REQUIRE_LEVEL_COUNT };

struct rules {
    enum merge_policy merge;
    enum require_level require;
};

/* Names as configuration, records and commit texts write them. Static. */
extern const char *const MERGE_POLICY_NAMES[MERGE_POLICY_COUNT];
extern const char *const REQUIRE_LEVEL_NAMES[REQUIRE_LEVEL_COUNT];
/* False, *out untouched, when there is no such name. */
bool rules_parse_merge(struct slice name, enum merge_policy *out);
bool rules_parse_require(struct slice name, enum require_level *out);

#endif
