/* Where tail begins: what people type. */
#include <criterion/criterion.h>

#include "base/timestamp.h"
#include "commands/tail_from.h"

static const int64_t NOW_MS = INT64_C(1795781983292);

static void is(const char *text, enum tail_from_kind kind, int64_t at) {
    struct tail_from from;
    cr_assert(tail_from_parse(text, NOW_MS, &from), "%s", text);
    cr_expect_eq(from.kind, kind, "%s", text);
    cr_expect_eq(from.at, at, "%s: %lld", text, (long long)from.at);
}

Test(tail_from, ends_offsets_times) {
    int64_t at;
    timestamp_parse(SLICE("2026-11-27T08:00:00Z"), &at);
    is("beginning", TAIL_FROM_BEGINNING, 0);
    is("end", TAIL_FROM_END, 0);
    is("0", TAIL_FROM_OFFSET, 0);
    is("12345678901", TAIL_FROM_OFFSET, INT64_C(12345678901));
    is("2026-11-27T08:00Z", TAIL_FROM_TIME, at);
    is("2026-11-27T08:00:00Z", TAIL_FROM_TIME, at);
    is("2026-11-27T08:00:00.250Z", TAIL_FROM_TIME, at + 250);
    is("2026-11-27T16:00+08:00", TAIL_FROM_TIME, at);
    is("2026-11-27", TAIL_FROM_TIME, at - 8 * 3600000);
    is("-1h", TAIL_FROM_TIME, NOW_MS - 3600000);
    is("-90min", TAIL_FROM_TIME, NOW_MS - 5400000);
    is("-36500d", TAIL_FROM_TIME, 0);
}

Test(tail_from, nothing_else) {
    static const char *const wrong[] = {"",    "begin", "1x", "-1",         "-1 fortnight",    "1h",
                                        "now", "1e3",   "-",  "2026-02-30", "2026-11-27T8:00Z"};
    struct tail_from from;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(tail_from_parse(wrong[i], NOW_MS, &from), "%s", wrong[i]);
    }
}
