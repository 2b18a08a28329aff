#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "worker/throughput.h"

static json_t *written(struct throughput *throughput, const struct throughput_lag *lags, size_t count) {
    struct buffer out = {0};
    json_error_t error;
    throughput_write(throughput, lags, count, 4096, &out);
    json_t *document = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(document, "%s: %.*s", error.text, (int)out.len, out.data);
    buffer_release(&out);
    return document;
}

static json_int_t number(json_t *document, const char *name) {
    json_t *value = json_object_get(document, name);
    cr_assert(json_is_integer(value), "%s", name);
    return json_integer_value(value);
}

Test(throughput, starts_at_zero) {
    struct throughput *throughput = throughput_new("w\"1", "g", 2);
    json_t *document = written(throughput, NULL, 0);
    cr_assert_str_eq(json_string_value(json_object_get(document, "schema")), "rail.throughput.v1");
    cr_assert_str_eq(json_string_value(json_object_get(document, "worker")), "w\"1");
    cr_assert_eq(number(document, "lanes"), 2);
    cr_assert_eq(number(document, "events_in"), 0);
    cr_assert_eq(number(document, "state_bytes"), 4096);
    cr_assert_eq(json_object_size(json_object_get(document, "rejected")), REJECT_REASON_COUNT,
                 "every reason, also with 0");
    cr_assert_eq(json_object_size(json_object_get(document, "lag")), 0);
    json_decref(document);
    throughput_free(throughput);
}

Test(throughput, tells_what_reports_and_restores_told) {
    struct throughput *throughput = throughput_new("w", "g", 1);
    struct lanes_partition partitions[] = {{.partition = 0, .trains = 3}, {.partition = 4, .trains = 4}};
    struct committer_report report = {.partitions = partitions, .partition_count = 2};
    report.counters.events = 10;
    report.counters.accepted = 6;
    report.counters.rejected[REJECT_TOO_LATE] = 4;
    report.stats.commits = 2;
    histogram_add(&report.end_to_end, 5, 10);
    throughput_committed(throughput, &report);
    throughput_restored(throughput, &(struct restorer_result){.facts = 7, .events = 8, .took_ms = 1500});
    throughput_restored(throughput, &(struct restorer_result){.facts = 1, .events = 1, .took_ms = 500});
    throughput_paused(throughput, true);
    const struct throughput_lag lags[] = {{0, 12}, {4, -1}};
    json_t *document = written(throughput, lags, 2);
    cr_assert_eq(number(document, "events_in"), 10);
    cr_assert_eq(number(document, "trains"), 7);
    cr_assert_eq(number(document, "commits"), 2);
    cr_assert_eq(number(document, "restored_facts"), 8);
    cr_assert_eq(number(document, "restored_events"), 9);
    cr_assert_float_eq(json_number_value(json_object_get(document, "restore_seconds")), 2.0, 1e-9);
    cr_assert_eq(number(json_object_get(document, "rejected"), "TOO_LATE"), 4);
    cr_assert_eq(number(json_object_get(document, "end_to_end_latency_ms"), "p99_9"), 5);
    cr_assert_eq(number(json_object_get(document, "lag"), "0"), 12);
    cr_assert_null(json_object_get(json_object_get(document, "lag"), "4"), "an unknown lag is left out");
    cr_assert(json_is_true(json_object_get(document, "paused")));
    cr_assert_gt(json_number_value(json_object_get(json_object_get(document, "rates"), "events_in")), 0);
    json_decref(document);
    throughput_progress(throughput, (struct kafka_commit_stats){.commits = 2, .aborts = 3});
    document = written(throughput, NULL, 0);
    cr_assert_eq(number(document, "aborts"), 3, "aborts show before the epoch's report");
    cr_assert_eq(json_number_value(json_object_get(json_object_get(document, "rates"), "events_in")), 0,
                 "rates are of the interval");
    json_decref(document);
    throughput_free(throughput);
}
