/* The policies a record is derived under (contract 5.1). */
#ifndef CARAVAN_RECORD_RULES_H
#define CARAVAN_RECORD_RULES_H

#include <stdbool.h>

#include "base/slice.h"

enum merge_policy { MERGE_AUTO, MERGE_APPLIED, MERGE_NEVER, MERGE_POLICY_COUNT };
enum require_level { REQUIRE_NONE, REQUIRE_SUMMARY, REQUIRE_FULL, REQUIRE_RELEASE, REQUIRE_LEVEL_COUNT };

struct rules {
    enum merge_policy merge;
    enum require_level require;
    /* What is recognised (contract 5.19), checked, sorted, each once, joined by commas (config/recognised.h); borrowed
     * from whoever configures, for as long as a record is derived. */
    struct slice recognised;
};

/* Names as configuration, records and commit texts write them. Static. */
extern const char *const MERGE_POLICY_NAMES[MERGE_POLICY_COUNT];
extern const char *const REQUIRE_LEVEL_NAMES[REQUIRE_LEVEL_COUNT];
/* False, *out untouched, when there is no such name. */
bool rules_parse_merge(struct slice name, enum merge_policy *out);
bool rules_parse_require(struct slice name, enum require_level *out);

/* The next entry of what is recognised; *rest begins as the whole text. False at the end. */
bool rules_next_recognised(struct slice *rest, struct slice *entry);
/* Whether passes of a customs in controls of this kind end those of others. */
bool rules_recognise_control(const struct rules *rules, struct slice authority, const char *kind);
/* Whether a country's authorised operators are recognised for a train of this date (YYYY-MM-DD). */
bool rules_recognise_aeo(const struct rules *rules, struct slice country, struct slice date);

#endif
