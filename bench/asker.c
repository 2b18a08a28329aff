/* Asks a worker's HTTP server at a fixed rate, and says how it answers.
 *
 *   asker ADDRESS RATE SECONDS PATH…    ADDRESS as http.listen names it; the paths are taken in turn
 *
 * Each request has a connection of its own, and is due at its time whether those before it are answered or not; late
 * ones count from when they were due. Prints one JSON line: requests, answers by status, and their latency in
 * milliseconds. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/histogram.h"
#include "base/timestamp.h"
#include "http/client.h"

enum { THREADS = 32, TIMEOUT_MS = 10000 };

struct asking {
    struct address address;
    char **paths;
    size_t path_count;
    uint64_t rate, total;
    int64_t began_ns;
    atomic_uint_fast64_t next; /* request */
};

struct asker {
    struct asking *asking;
    pthread_t thread;
    uint64_t good, bad, unanswered;
    struct histogram latency;
};

static void wait_until(int64_t ns) {
    int64_t left_ns = ns - clock_steady_ns();
    if (left_ns > 0) {
        nanosleep(&(struct timespec){left_ns / 1000000000, left_ns % 1000000000}, NULL);
    }
}

static void *ask(void *context) {
    struct asker *asker = context;
    struct asking *asking = asker->asking;
    for (uint64_t i; (i = atomic_fetch_add(&asking->next, 1)) < asking->total;) {
        int64_t due_ns = asking->began_ns + (int64_t)(i * 1000000000 / asking->rate);
        struct buffer body = {0};
        char error[HTTP_ERROR_BYTES];
        wait_until(due_ns);
        unsigned status =
            http_get(&(struct http_question){&asking->address, asking->paths[i % asking->path_count], NULL, TIMEOUT_MS},
                     &body, error);
        histogram_add(&asker->latency, (clock_steady_ns() - due_ns) / 1000000, 1);
        asker->good += status == 200;
        asker->bad += status != 200 && status != 0;
        asker->unanswered += status == 0;
        buffer_release(&body);
    }
    return NULL;
}

int main(int argc, char **argv) {
    static struct asker askers[THREADS];
    struct asking asking = {.began_ns = clock_steady_ns()};
    if (argc < 5 || !address_parse(argv[1], &asking.address)) {
        fprintf(stderr, "usage: asker ADDRESS RATE SECONDS PATH...\n");
        return 2;
    }
    asking.rate = strtoull(argv[2], NULL, 10);
    asking.total = asking.rate * strtoull(argv[3], NULL, 10);
    asking.paths = argv + 4;
    asking.path_count = (size_t)argc - 4;
    for (int i = 0; i < THREADS; i++) {
        askers[i].asking = &asking;
        if (pthread_create(&askers[i].thread, NULL, ask, &askers[i]) != 0) {
            abort();
        }
    }
    struct asker sum = {0};
    for (int i = 0; i < THREADS; i++) {
        pthread_join(askers[i].thread, NULL);
        sum.good += askers[i].good;
        sum.bad += askers[i].bad;
        sum.unanswered += askers[i].unanswered;
        sum.latency = histogram_sum(&sum.latency, &askers[i].latency);
    }
    printf("{\"requests\":%" PRIu64 ",\"good\":%" PRIu64 ",\"bad\":%" PRIu64 ",\"unanswered\":%" PRIu64
           ",\"seconds\":%.2f,\"p50_ms\":%" PRId64 ",\"p99_ms\":%" PRId64 ",\"max_ms\":%" PRId64 "}\n",
           asking.total, sum.good, sum.bad, sum.unanswered, (double)(clock_steady_ns() - asking.began_ns) / 1e9,
           histogram_quantile(&sum.latency, 0.5), histogram_quantile(&sum.latency, 0.99), sum.latency.max_ms);
    return 0;
}
