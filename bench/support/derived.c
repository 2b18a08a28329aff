#include "support/derived.h"

#include "encode/record_json.h"
#include "record/record.h"

enum { KEEP_BYTES = 1 << 24 };

size_t derived_write(const struct train *train, struct arena *scratch, struct buffer *out) {
    const struct rules rules = {MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")};
    buffer_clear(out);
    encode_record(record_derive(train, rules, scratch), false, out);
    arena_reset(scratch, KEEP_BYTES);
    return out->len;
}
