/* The throughput document, byte for byte: each figure under its own name. */
#include <criterion/criterion.h>

#include "encode/throughput_json.h"

static const struct throughput_sums NOW = {.counters = {.events = 1001,
                                                        .bytes = 1002,
                                                        .accepted = 1003,
                                                        .duplicate = 1004,
                                                        .stale = 1005,
                                                        .rejected = {[REJECT_TOO_LATE] = 30, [REJECT_NOT_JSON] = 2},
                                                        .records = 1006,
                                                        .record_bytes = 1007,
                                                        .outputs = 1008,
                                                        .output_bytes = 1009,
                                                        .checkpoints = 1010,
                                                        .checkpoint_bytes = 1011,
                                                        .expired_trains = 1012,
                                                        .misplaced_keys = 1013},
                                           .commits = 1014,
                                           .aborts = 1015,
                                           .restored_facts = 1016,
                                           .restored_events = 1017,
                                           .restore_ms = 1018};

Test(throughput_json, every_figure) {
    struct throughput_sums before = NOW;
    before.counters.events -= 1;
    before.counters.bytes -= 2;
    before.counters.accepted -= 3;
    before.counters.duplicate -= 4;
    before.counters.stale -= 5;
    before.counters.rejected[REJECT_TOO_LATE] -= 6;
    before.counters.records -= 7;
    before.counters.outputs -= 8;
    before.counters.output_bytes -= 9;
    before.commits -= 10;
    struct histogram commit_latency = {0}, end_to_end = {0};
    histogram_add(&commit_latency, 7, 1);
    const struct histogram earlier = commit_latency;
    histogram_add(&commit_latency, 3, 1);
    const struct throughput_lag lags[] = {{0, 12}, {4, -1}, {11, 0}};
    struct throughput_figures figures = {.worker = SLICE("w\"1"),
                                         .group = SLICE("g"),
                                         .started_at_ms = 1608278400123,
                                         .at_ms = 1608278404123,
                                         .interval_ms = 4000,
                                         .sums = &NOW,
                                         .before = &before,
                                         .lanes = 2,
                                         .trains = 7,
                                         .state_bytes = 4096,
                                         .commit_latency = &commit_latency,
                                         .end_to_end = &end_to_end,
                                         .commit_latency_before = &earlier,
                                         .end_to_end_before = &end_to_end,
                                         .lags = lags,
                                         .lag_count = 3};
    struct buffer out = {0};
    encode_throughput(&figures, &out);
    buffer_append_byte(&out, '\0');
    cr_expect_str_eq(
        out.data,
        "{\"schema\":\"rail.throughput.v1\",\"worker\":\"w\\\"1\",\"group\":\"g\",\"version\":\"" CARAVAN_VERSION "\","
        "\"started_at\":\"2020-12-18T08:00:00.123Z\",\"at\":\"2020-12-18T08:00:04.123Z\",\"interval_ms\":4000,"
        "\"lanes\":2,\"paused\":false,\"events_in\":1001,\"bytes_in\":1002,\"accepted\":1003,\"duplicate\":1004,"
        "\"stale\":1005,\"rejected\":{\"TOO_LARGE\":0,\"NOT_JSON\":2,\"BAD_ENVELOPE\":0,\"UNKNOWN_TYPE\":0,"
        "\"MISSING_FIELD\":0,\"BAD_FIELD\":0,\"DUPLICATE_MEMBER\":0,\"LIMIT_EXCEEDED\":0,\"KEY_MISMATCH\":0,"
        "\"TIME_IN_FUTURE\":0,\"TOO_LATE\":30},\"records_out\":1006,\"record_bytes_out\":1007,\"messages_out\":1008,"
        "\"bytes_out\":1009,\"checkpoints\":1010,\"checkpoint_bytes\":1011,\"expired_trains\":1012,"
        "\"misplaced_keys\":1013,\"commits\":1014,\"aborts\":1015,\"restored_facts\":1016,\"restored_events\":1017,"
        "\"restore_seconds\":1.018,\"rates\":{\"events_in\":0.2,\"bytes_in\":0.5,\"accepted\":0.7,\"duplicate\":1,"
        "\"stale\":1.2,\"rejected\":1.5,\"records_out\":1.7,\"messages_out\":2,\"bytes_out\":2.2,\"commits\":2.5},"
        "\"trains\":7,\"state_bytes\":4096,\"commit_latency_ms\":{\"count\":1,\"p50\":3,\"p99\":3,\"p99_9\":3,"
        "\"max\":3,\"life\":{\"count\":2,\"p50\":3,\"p99\":7,\"p99_9\":7,\"max\":7}},\"end_to_end_latency_ms\":"
        "{\"count\":0,\"p50\":0,\"p99\":0,\"p99_9\":0,\"max\":0,\"life\":{\"count\":0,\"p50\":0,\"p99\":0,\"p99_9\":0,"
        "\"max\":0}},"
        "\"lag\":{\"0\":12,\"11\":0}}");
    buffer_release(&out);
}
