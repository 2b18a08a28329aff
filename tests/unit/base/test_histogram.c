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
