/* Says how far a group has come, until it has everything.
 *
 *   committed BROKERS GROUP TOPIC [EVERY_MS]
 *
 * Asks every EVERY_MS (20). A line whenever it changed, and once a second: `DONE END`, sums over the partitions of
 * committed offsets and of the ends as they were at the start. Code 0: DONE reached END. Ends by itself with nobody to
 * read it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/timestamp.h"
#include "support/client.h"

enum { EVERY_MS = 20, SILENT_MS = 1000 };

static void sleep_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static int64_t sum_committed(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list) {
    int64_t sum = 0;
    if (rd_kafka_committed(client, list, CLIENT_WAIT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int i = 0; i < list->cnt; i++) {
            sum += list->elems[i].offset > 0 ? list->elems[i].offset : 0;
        }
    }
    return sum;
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: committed BROKERS GROUP TOPIC [EVERY_MS]\n");
        return 2;
    }
    /* read_uncommitted: an offset in a transaction that is open is no reason to wait for its end. */
    const struct client_setting settings[] = {{"group.id", argv[2]},
                                              {"isolation.level", "read_uncommitted"},
                                              {NULL, NULL}};
    rd_kafka_t *client = client_open(RD_KAFKA_CONSUMER, client_conf(argv[1], settings));
    int count = client_partitions(client, argv[3]);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    int64_t end = 0;
    int64_t done = -1;
    int64_t told_ms = 0;
    for (int i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, argv[3], i);
        end += client_end(client, argv[3], i);
    }
    while (done < end) {
        int64_t now = sum_committed(client, list);
        if (now != done || clock_steady_ms() - told_ms >= SILENT_MS) {
            done = now;
            told_ms = clock_steady_ms();
            printf("%" PRId64 " %" PRId64 "\n", done, end);
            fflush(stdout);
        }
        if (done < end) {
            sleep_ms(argc > 4 ? atol(argv[4]) : EVERY_MS);
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return 0;
}
