/* The order of names, and sums of money; what records say is in tests/rules/. */
#include <criterion/criterion.h>

#include "record/derive.h"

static void expect_sorted(const char *const *names, int count) {
    for (int i = 1; i < count; i++) {
        cr_expect_lt(slice_compare(slice_of(names[i - 1]), slice_of(names[i])), 0, "%s before %s", names[i - 1],
                     names[i]);
    }
}

/* Records list these by number; contract 5.15 sorts them by name. */
Test(record, names_are_in_byte_order) {
    expect_sorted(REASON_NAMES, REASON_COUNT);
    expect_sorted(ALERT_NAMES, ALERT_COUNT);
    expect_sorted(ALERT_FIELD_NAMES, FIELD_COUNT);
    expect_sorted(CONTROL_SCOPE_NAMES, SCOPE_COUNT);
    expect_sorted(CONTROL_KIND_NAMES, KIND_COUNT);
}

Test(record, moneys_are_summed_by_currency) {
    struct record_money items[] = {{SLICE("USD"), 1},
                                   {SLICE("CNY"), 0},
                                   {SLICE("USD"), (uint128)UINT64_MAX},
                                   {SLICE("EUR"), 5}};
    struct record_moneys sums = derive_sum_moneys(items, 4);
    cr_assert_eq(sums.count, 3);
    cr_expect(slice_equal(sums.items[0].currency, SLICE("CNY")));
    cr_expect(slice_equal(sums.items[2].currency, SLICE("USD")));
    cr_expect(sums.items[0].amount == 0);
    cr_expect(sums.items[2].amount == (uint128)1 << 64);
}
