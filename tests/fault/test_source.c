/* The source and the bell that its polling thread sleeps on (support/mock_worker.h). */
#include <criterion/criterion.h>

#include <stdio.h>

#include "base/timestamp.h"
#include "support/mock_worker.h"

static struct bell *bell;

static void begin(void) {
    mock_begin();
    bell = bell_new();
}

static void end(void) {
    mock_end();
    bell_free(bell); /* after the source, which rings it */
}

TestSuite(source, .init = begin, .fini = end, .timeout = 120);

static void send_to(int32_t partition) {
    rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = mock.config.topics[CONFIG_TOPIC_INPUT]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {.ptr = "event", .size = 5}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
    };
    cr_assert_null(rd_kafka_produceva(mock.host, arguments, sizeof arguments / sizeof arguments[0]));
}

/* Polls and sleeps as a worker does, without any time-out but the test's own. */
static size_t poll_until(size_t wanted) {
    static struct message messages[16];
    size_t count = 0;
    while (count < wanted) {
        bell_arm(bell);
        size_t came = kafka_source_poll(mock.source, 0, messages, 16);
        for (size_t i = 0; i < came; i++) {
            kafka_message_release(&messages[i]);
        }
        count += came;
        bell_sleep(bell, came > 0 ? 0 : -1);
    }
    return count;
}

Test(source, whoever_sleeps_on_its_bell_misses_no_message) {
    enum { ROUNDS = 20 };
    char servers[256];
    mock_join();
    snprintf(servers, sizeof servers, "%s", rd_kafka_mock_cluster_bootstraps(mock.cluster));
    cr_assert_gt(rd_kafka_brokers_add(mock.host, servers), 0);
    kafka_source_ring(mock.source, bell);
    for (int round = 0; round < ROUNDS; round++) {
        send_to(round % PARTITIONS);
        rd_kafka_flush(mock.host, round % 3); /* now and then it has arrived before the sleep, mostly not */
        cr_assert_eq(poll_until(1), 1);
    }
}
