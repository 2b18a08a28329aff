/* Seeded histories of two workers on a log in memory: whatever happens to them, the state after every restore is that
 * of the commit it starts from, byte for byte, and a reader of committed records sees what the events mean
 * (sim_model.h). Drives partition/partition.h as the worker does, with every crash point, abort and unknown outcome of
 * its transactions. A history that fails ends the process with a sentence that has its seed. */
#ifndef CARAVAN_TESTS_SIMULATION_H
#define CARAVAN_TESTS_SIMULATION_H

#include <stdint.h>

/* What happened, summed over histories, so that a test can see that all of it did. clang-format
 * would lay a list of this length otherwise each time. */
/* clang-format off */
#define SIMULATION_STATS(X) \
    X(histories) X(messages) X(commits) X(restores) X(restored_from_checkpoints) X(redone) X(multi_part) \
    X(crashes) X(aborts) X(unknown_committed) X(unknown_aborted) X(stale_generations) X(voided) \
    X(lost_without_a_word) X(void_without_a_word) X(moves) X(late_markers) X(truncations) X(compacted) \
    X(checkpoints) X(expired) X(limited) X(refused_rules) X(limit_changes) X(rule_changes) X(crashes_in_change) \
    X(views) X(file_mode_views) X(rows) X(idle) X(full_epochs) X(owing) X(short_rooms) X(stops_in_steps) \
    X(clocks_set)
/* clang-format on */

struct simulation_stats {
#define SIMULATION_FIELD(name) uint64_t name;
    SIMULATION_STATS(SIMULATION_FIELD)
#undef SIMULATION_FIELD
};

void simulation_run(uint64_t seed, struct simulation_stats *stats);

#endif
