#include <criterion/criterion.h>

#include "base/histogram.h"

Test(histogram, empty_is_zero) {
    struct histogram histogram = {0};
    cr_assert_eq(histogram_quantile(&histogram, 0.5), 0);
}

Test(histogram, small_values_are_exact) {
    struct histogram histogram = {0};
    for (int64_t ms = 0; ms < 8; ms++) {
        histogram_add(&histogram, ms, 1);
    }
    cr_assert_eq(histogram_quantile(&histogram, 0.125), 0);
    cr_assert_eq(histogram_quantile(&histogram, 0.5), 3);
    cr_assert_eq(histogram_quantile(&histogram, 1), 7);
}

Test(histogram, quantiles_are_within_an_eighth) {
    struct histogram histogram = {0};
    for (int64_t ms = 1; ms <= 100000; ms++) {
        histogram_add(&histogram, ms, 1);
    }
    const double parts[] = {0.5, 0.99, 0.999};
    for (int i = 0; i < 3; i++) {
        double exact = parts[i] * 100000;
        double told = (double)histogram_quantile(&histogram, parts[i]);
        cr_assert(told >= exact && told <= exact * 1.125, "p%g: %g", parts[i], told);
    }
    cr_assert_eq(histogram_quantile(&histogram, 1), 100000, "never above the greatest sample");
}

Test(histogram, takes_the_extremes) {
    struct histogram histogram = {0};
    histogram_add(&histogram, -5, 1);
    histogram_add(&histogram, INT64_MAX, 3);
    cr_assert_eq(histogram.count, 4);
    cr_assert_eq(histogram_quantile(&histogram, 0.25), 0);
    cr_assert_eq(histogram.max_ms, INT64_MAX);
}

Test(histogram, counts_up_to_an_edge_are_exact) {
    struct histogram histogram = {0};
    for (int64_t ms = 1; ms <= 5000; ms++) {
        histogram_add(&histogram, ms, 2);
    }
    const int64_t edges[] = {1, 7, 11, 23, 127, 191, 1023, 3071};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        cr_assert_eq(histogram_count_up_to(&histogram, edges[i]), 2 * (uint64_t)edges[i], "up to %d", (int)edges[i]);
    }
    cr_assert_eq(histogram_count_up_to(&histogram, INT64_MAX), histogram.count);
    cr_assert_eq(histogram.sum_ms, 2 * UINT64_C(5000) * 5001 / 2);
}

Test(histogram, since_has_the_samples_that_came_later_alone) {
    struct histogram histogram = {0};
    histogram_add(&histogram, 60000, 5);
    struct histogram before = histogram;
    histogram_add(&histogram, 5, 3);
    histogram_add(&histogram, 100, 1);
    struct histogram since = histogram_since(&histogram, &before);
    cr_assert_eq(since.count, 4);
    cr_assert_eq(since.sum_ms, 115);
    cr_assert_eq(histogram_quantile(&since, 0.5), 5);
    cr_assert(since.max_ms >= 100 && since.max_ms < 113, "%d", (int)since.max_ms);
    since = histogram_since(&histogram, &histogram);
    cr_assert_eq(since.count, 0);
    cr_assert_eq(since.max_ms, 0);
}

Test(histogram, a_sum_has_the_samples_of_both) {
    struct histogram a = {0}, b = {0};
    histogram_add(&a, 5, 3);
    histogram_add(&b, 700, 1);
    struct histogram sum = histogram_sum(&a, &b);
    cr_assert_eq(sum.count, 4);
    cr_assert_eq(sum.sum_ms, 715);
    cr_assert_eq(sum.max_ms, 700);
    cr_assert_eq(histogram_quantile(&sum, 0.5), 5);
}
