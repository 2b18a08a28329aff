#include <criterion/criterion.h>

#include <librdkafka/rdkafka.h>

#include "kafka/figures.h"

Test(figures, count_by_kind) {
    kafka_figures_trouble(RD_KAFKA_RESP_ERR__TRANSPORT);
    kafka_figures_trouble(RD_KAFKA_RESP_ERR__RESOLVE);
    kafka_figures_trouble(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN);
    kafka_figures_trouble(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    kafka_figures_trouble(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
    kafka_figures_throttled(250);
    kafka_figures_throttled(-1);
    struct kafka_figures now = kafka_figures_now();
    cr_assert_eq(now.troubles[KAFKA_TROUBLE_CONNECTION], 2);
    cr_assert_eq(now.troubles[KAFKA_TROUBLE_NO_BROKER], 1);
    cr_assert_eq(now.troubles[KAFKA_TROUBLE_TIMEOUT], 0);
    cr_assert_eq(now.troubles[KAFKA_TROUBLE_SECURITY], 1);
    cr_assert_eq(now.troubles[KAFKA_TROUBLE_OTHER], 1);
    cr_assert_eq(now.throttled_ms, 250);
}
