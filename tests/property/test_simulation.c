/* Thousands of seeded histories of workers on a log (simulation/simulation.h). CARAVAN_LONG=1 runs many more;
 * CARAVAN_TEST_SEED=N runs the one with that seed. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "simulation/simulation.h"

#if defined(__SANITIZE_ADDRESS__) /* some eight times slower */
enum { HISTORIES = 1000, HISTORIES_LONG = 20000 };
#else
enum { HISTORIES = 5000, HISTORIES_LONG = 60000 };
#endif

Test(simulation, every_restore_is_the_commit_and_every_record_is_right, .timeout = 3000) {
    struct simulation_stats stats = {0};
    const char *one = getenv("CARAVAN_TEST_SEED");
    const char *more = getenv("CARAVAN_LONG");
    if (one != NULL) {
        simulation_run(strtoull(one, NULL, 10), &stats);
        return;
    }
    uint64_t count = more != NULL && more[0] == '1' ? HISTORIES_LONG : HISTORIES;
    for (uint64_t seed = 1; seed <= count; seed++) {
        simulation_run(seed, &stats);
    }
    /* A history in which something never happens proves nothing of it. */
#define SHOW(name) fprintf(stderr, "%s %llu ", #name, (unsigned long long)stats.name);
#define EXPECT_SOME(name) cr_expect_gt(stats.name, 0, "no history had " #name);
    SIMULATION_STATS(SHOW)
    fprintf(stderr, "\n");
    SIMULATION_STATS(EXPECT_SOME)
}
