/* Writes the documents that only a worker puts out into the folder schema-docs beside the program, where
 * tests/schemas/run.sh checks them with an independent validator. */
#include <criterion/criterion.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "encode/record_json.h"
#include "worker/throughput.h"

static void put(const char *name, const struct buffer *document) {
    char *program = alloc_copy(CARAVAN_PROGRAM, sizeof CARAVAN_PROGRAM);
    struct buffer path = {0};
    buffer_printf(&path, "%s/schema-docs", dirname(program));
    cr_assert(mkdir(path.data, 0777) == 0 || errno == EEXIST, "%s", path.data);
    buffer_printf(&path, "/%s", name);
    FILE *file = fopen(path.data, "w");
    cr_assert_not_null(file, "%s", path.data);
    cr_assert_eq(fwrite(document->data, 1, document->len, file), document->len);
    cr_assert_eq(fclose(file), 0);
    buffer_release(&path);
    free(program);
}

Test(documents, traffic_empty) {
    struct buffer out = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 0, &(struct totals){0}, &out);
    put("traffic-empty.json", &out);
    buffer_release(&out);
}

Test(documents, traffic_beyond_a_double) {
    const struct totals totals = {
        .trains = 10,
        .open = 1,
        .cleared = 2,
        .held = 3,
        .incomplete = 4,
        .waybills = 5,
        .declarations = 6,
        .containers = 7,
        .teu = 1025,
        .gross_kg = (uint128)UINT64_MAX * 10 + 1,
        .clearance_seconds = 8,
        .entry = {.cleared = 1, .clearance_seconds = 5},
        .exit = {.cleared = 1, .clearance_seconds = 3},
    };
    struct buffer out = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2099-12-31"), INT32_MAX, &totals, &out);
    put("traffic-large.json", &out);
    buffer_release(&out);
}

Test(documents, throughput_at_the_start) {
    struct buffer out = {0};
    struct throughput *throughput = throughput_new("w", "g", 1);
    throughput_write(throughput, NULL, 0, 0, &out);
    put("throughput-start.json", &out);
    throughput_free(throughput);
    buffer_release(&out);
}

Test(documents, throughput_at_work) {
    struct buffer out = {0};
    struct lanes_partition partitions[] = {{.partition = 0, .trains = 3}, {.partition = 14, .trains = 4}};
    struct committer_report report = {.partitions = partitions, .partition_count = 2};
    report.counters.events = 10 + REJECT_REASON_COUNT;
    report.counters.bytes = UINT64_C(1) << 40;
    report.counters.accepted = 5;
    report.counters.duplicate = 3;
    report.counters.stale = 2;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        report.counters.rejected[i] = 1;
    }
    histogram_add(&report.end_to_end, 5, 10);
    struct throughput *throughput = throughput_new("worker \"1\"", "g", 64);
    throughput_committed(throughput, &report);
    throughput_paused(throughput, true);
    throughput_write(throughput, (const struct throughput_lag[]){{0, 12}, {14, 0}, {3, -1}}, 3, 4096, &out);
    put("throughput-work.json", &out);
    throughput_free(throughput);
    buffer_release(&out);
}
