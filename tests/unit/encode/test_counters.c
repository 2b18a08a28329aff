#include <criterion/criterion.h>

#include "encode/counters.h"

/* All members are 64-bit numbers: so every one of them can be set and looked at, also those that come later. */
enum { NUMBERS = sizeof(struct counters) / sizeof(uint64_t) };

Test(counters, adding_leaves_none_out) {
    union {
        struct counters counters;
        uint64_t numbers[NUMBERS];
    } sum = {0}, part = {0};
    for (uint64_t i = 0; i < NUMBERS; i++) {
        sum.numbers[i] = 1000 * i;
        part.numbers[i] = i + 1;
    }
    counters_add(&sum.counters, &part.counters);
    for (uint64_t i = 0; i < NUMBERS; i++) {
        cr_expect_eq(sum.numbers[i], 1001 * i + 1, "number %llu", (unsigned long long)i);
    }
}

Test(counters, rejected_sums_over_reasons) {
    struct counters counters = {0};
    cr_expect_eq(counters_rejected(&counters), 0);
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        counters.rejected[i] = 1;
    }
    cr_expect_eq(counters_rejected(&counters), REJECT_REASON_COUNT);
}
