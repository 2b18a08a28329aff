#include <criterion/criterion.h>

#include "http/metric_text.h"

static struct buffer out;
static struct metric_text text = {&out, NULL};

static void end(void) {
    buffer_release(&out);
}

TestSuite(metric_text, .fini = end);

static void says(const char *wanted) {
    buffer_append_byte(&out, '\0');
    cr_assert_str_eq(out.data, wanted);
}

Test(metric_text, writes_a_family_and_its_samples) {
    metric_family(&text, "caravan_events_total", METRIC_COUNTER, "Events.");
    metric_count(&text, "outcome=\"stale\"", UINT64_MAX);
    metric_count(&text, "", 0);
    says("# HELP caravan_events_total Events.\n# TYPE caravan_events_total counter\n"
         "caravan_events_total{outcome=\"stale\"} 18446744073709551615\ncaravan_events_total 0\n");
}

Test(metric_text, milliseconds_are_seconds) {
    metric_family(&text, "a_seconds", METRIC_GAUGE, "A.");
    metric_thousandths(&text, "", 1);
    metric_thousandths(&text, "", 61005);
    metric_thousandths(&text, "", -1500);
    metric_signed(&text, "", -7);
    says("# HELP a_seconds A.\n# TYPE a_seconds gauge\na_seconds 0.001\na_seconds 61.005\na_seconds -1.500\na_seconds "
         "-7\n");
}

Test(metric_text, labels_are_escaped) {
    metric_label(&out, "topic", "a\"b\\c\nd");
    metric_label(&out, "x", "");
    says("topic=\"a\\\"b\\\\c\\nd\",x=\"\"");
}

Test(metric_text, buckets_are_cumulative_and_end_with_all) {
    struct histogram histogram = {0};
    histogram_add(&histogram, 2, 1);
    histogram_add(&histogram, 127, 2);
    histogram_add(&histogram, 128, 4);
    histogram_add(&histogram, 10000000, 8);
    metric_family(&text, "x_seconds", METRIC_HISTOGRAM, "X.");
    metric_histogram(&text, "", &histogram);
    metric_histogram(&text, "a=\"b\"", &histogram);
    buffer_append_byte(&out, '\0');
    const char *const lines[] = {"\nx_seconds_bucket{le=\"0.001\"} 0\n",
                                 "\nx_seconds_bucket{le=\"0.003\"} 1\n",
                                 "\nx_seconds_bucket{le=\"0.127\"} 3\n",
                                 "\nx_seconds_bucket{le=\"0.191\"} 7\n",
                                 "\nx_seconds_bucket{le=\"262.143\"} 7\n",
                                 "\nx_seconds_bucket{le=\"+Inf\"} 15\n",
                                 "\nx_seconds_sum 80000.768\n",
                                 "\nx_seconds_count 15\n",
                                 "\nx_seconds_bucket{a=\"b\",le=\"0.003\"} 1\n",
                                 "\nx_seconds_sum{a=\"b\"} 80000.768\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        cr_assert(strstr(out.data, lines[i]) != NULL, "%s in %s", lines[i], out.data);
    }
}
