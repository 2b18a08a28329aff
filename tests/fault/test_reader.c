/* A reader's first question to a cluster that it has no connection to yet. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "kafka/reader.h"
#include "support/mock_worker.h"

enum { READERS = 12, PATIENCE_MS = 1000 };

/* The first address that is tried is most often one where nobody listens. */
static void with_dead_addresses(void) {
    char text[256];
    mock_begin();
    snprintf(text, sizeof text, "kafka.bootstrap.servers=127.0.0.1:9,127.0.0.1:10,127.0.0.1:11,%s",
             rd_kafka_mock_cluster_bootstraps(mock.cluster));
    mock_set(text);
    mock_set("log.level=error");
}

TestSuite(reader, .init = with_dead_addresses, .fini = mock_end);

static bool is_answered(void) {
    struct kafka_watermarks log;
    struct kafka_reader *reader = kafka_reader_open(&mock.config, &mock.error);
    cr_assert_not_null(reader, "%s", mock.error.text);
    const struct kafka_place input = {mock.config.topics[CONFIG_TOPIC_INPUT], 0};
    bool answered = kafka_reader_watermarks(reader, input, PATIENCE_MS, &log, &mock.error);
    cr_assert(!answered || (log.low == 0 && log.high == 0));
    kafka_reader_close(reader);
    return answered;
}

/* librdkafka's ListOffsets that finds no connection tries again only after one to three seconds: half of the readers
 * would not be answered in time. One may be late on a busy machine. */
Test(reader, the_first_question_waits_for_a_connection) {
    int late = 0;
    for (int i = 0; i < READERS; i++) {
        late += !is_answered();
    }
    cr_assert_leq(late, 1, "%d of %d: %s", late, READERS, mock.error.text);
}
