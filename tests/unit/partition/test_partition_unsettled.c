/* The way back over checkpoints in a transaction that does not end (stream/restore.md R15): it may have been committed
 * or undone, and either may come to light later. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "support/partition_kit.h"

TestSuite(partition_unsettled, .init = kit_open, .fini = kit_close);

struct commit { /* as the group has it */
    struct slice text;
    int64_t offset;
};

static struct commit keep(void) {
    return (struct commit){{alloc_copy(kit.text.data, kit.text.len), kit.text.len}, kit.committed};
}

/* What was committed since was not. */
static void take_back(struct commit commit) {
    free((char *)kit.text.data);
    kit.text = commit.text;
    kit.committed = commit.offset;
}

/* Those from `settled` on are held by the transaction. */
static bool restores(size_t settled) {
    bool good = kit_restore_begin();
    for (size_t i = 0; good && i < kit.checkpoint_count; i++) {
        const struct kit_checkpoint *message = &kit.checkpoints[i];
        if (i < settled) {
            good = partition_restore_checkpoint(kit.partition, message->key, message->value, kit.error);
        } else {
            partition_restore_unsettled(kit.partition, message->key, message->value);
        }
    }
    good = good && partition_restore_checkpoints_end(kit.partition, kit.error);
    if (good) {
        kit_restore_redo();
    }
    return good && partition_restore_end(kit.partition, kit.error);
}

static void undo_checkpoints(size_t settled) {
    while (kit.checkpoint_count > settled) {
        struct kit_checkpoint *message = &kit.checkpoints[--kit.checkpoint_count];
        free((char *)message->key.data);
        free((char *)message->value.data);
    }
}

/* A restore of its own proves the state by its sums. */
Test(partition_unsettled, what_the_commit_counts_on_is_taken) {
    kit_fill(0, 60);
    kit_barrier();
    size_t settled = kit.checkpoint_count;
    kit_fill(60, 60);
    kit_drain();
    cr_assert_gt(kit.checkpoint_count, settled);
    cr_expect(restores(settled), "%s", kit.error);
    cr_expect_eq(partition_restored_events(kit.partition), 0);
}

/* What was taken of it is gone later, and what has been committed since must not rest on it. */
Test(partition_unsettled, what_was_taken_may_be_undone_afterwards) {
    kit_fill(0, 60);
    kit_drain();
    kit_fill(60, 60);
    kit_barrier();
    struct commit commit = keep();
    size_t settled = kit.checkpoint_count;
    kit_drain();
    take_back(commit);
    cr_assert_gt(kit.checkpoint_count, settled);
    cr_assert(restores(settled), "%s", kit.error);
    OFFER(EVENTS_ARRIVAL, "X9|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 900);
    kit_barrier();
    cr_expect_eq(partition_text(kit.partition)->redo_offset, 60);
    undo_checkpoints(settled);
    cr_expect(kit_restart(), "%s", kit.error);
}

/* Once the trains are checkpointed anew F goes on. */
Test(partition_unsettled, what_was_taken_is_checkpointed_anew) {
    kit_fill(0, 60);
    kit_barrier();
    struct commit commit = keep();
    kit_drain();
    take_back(commit);
    size_t held = kit.checkpoint_count;
    cr_assert(restores(0), "%s", kit.error);
    kit_drain();
    cr_expect_eq(partition_text(kit.partition)->redo_offset, kit.committed);
    cr_expect_geq(kit.checkpoint_count, 2 * held);
    cr_expect(kit_restart(), "%s", kit.error);
}

/* A text with F at C has nothing that waits. */
Test(partition_unsettled, a_commit_without_room_for_all_of_them_can_be_gone_on_from) {
    kit_fill(0, 60);
    kit_drain();
    cr_assert(restores(0), "%s", kit.error);
    kit.room_bytes = 1;
    size_t before = kit.checkpoint_count;
    cr_assert(kit_drain());
    cr_assert_eq(kit.checkpoint_count, before + 1);
    cr_expect_eq(partition_text(kit.partition)->redo_offset, kit.committed);
    cr_expect(kit_restart(), "%s", kit.error);
}

Test(partition_unsettled, what_is_not_of_the_commit_is_passed_over) {
    kit_fill(0, 60);
    kit_drain();
    struct commit commit = keep();
    size_t settled = kit.checkpoint_count;
    kit_fill(60, 60);
    kit_drain();
    take_back(commit);
    cr_assert_gt(kit.checkpoint_count, settled);
    static const char *const strange[][2] = {{"", ""},
                                             {"X1|2020-06-01|CNAKL", "x"},
                                             {"X1|2020-06-01|CNAKL\x1f"
                                              "0",
                                              "CRVT"},
                                             {"X9|2020-06-01|CNAKL\x1f"
                                              "7",
                                              NULL}};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        const char *key = strange[i][0], *value = strange[i][1];
        kit.checkpoints[kit.checkpoint_count++] =
            (struct kit_checkpoint){{alloc_copy(key, strlen(key)), strlen(key)},
                                    {value == NULL ? NULL : alloc_copy(value, strlen(value)),
                                     value == NULL ? 0 : strlen(value)}};
    }
    cr_expect(restores(settled), "%s", kit.error);
}

/* A part that is null there leaves a state that is not the commit's: then its end has to be waited for. */
Test(partition_unsettled, what_makes_another_state_is_refused) {
    kit_fill(0, 60);
    kit_drain();
    size_t settled = kit.checkpoint_count;
    struct kit_checkpoint *last = &kit.checkpoints[kit.checkpoint_count++];
    last->key =
        (struct slice){alloc_copy(kit.checkpoints[0].key.data, kit.checkpoints[0].key.len), kit.checkpoints[0].key.len};
    cr_expect_not(restores(settled));
    undo_checkpoints(settled);
    cr_expect(restores(settled), "%s", kit.error);
}
