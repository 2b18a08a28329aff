/* What goes out of a partition: records, traffic rows, checkpoints and the last words of expired trains, and how much
 * of it is to be expected. Internal to partition*.c. */
#ifndef CARAVAN_PARTITION_PARTITION_EMIT_H
#define CARAVAN_PARTITION_PARTITION_EMIT_H

#include "partition/partition_state.h"

enum { ROW_BYTES = 768 /* of a traffic row with its key, about */ };

/* A changed train took an event of so many bytes: its record is counted among what is pending. */
void emit_expect(struct partition *partition, struct train_entry *entry, size_t value_bytes);
/* About how large the record of a train is of which none was made yet. */
size_t emit_expected(const struct train_entry *entry);
/* Before the first change of one of the row's trains in this life: derives what each train's record and share were, and
 * the sum. `except`: the train that is that change because it is new, else NULL. */
void emit_learn(struct partition *partition, struct row *row, const struct train_entry *except);
/* The same for one row that nothing changed, where options.learn asks for it. */
void emit_learn_some(struct partition *partition);
/* The changed trains: shares, and records that differ from the last. */
void emit_changed(struct partition *partition, const struct partition_sink *sink);
/* The touched rows that differ from what they were. */
void emit_touched(struct partition *partition, const struct partition_sink *sink);
/* Drops every day before `horizon_days`, with the last record and row that are due. */
void emit_expired(struct partition *partition, int32_t horizon_days, const struct partition_sink *sink);
/* A train's record and share under other rules than before; true when a record went out. */
bool emit_renewed(struct partition *partition, struct train_entry *entry, const struct partition_sink *sink);
/* Every row, whatever it was. */
void emit_all_rows(struct partition *partition, const struct partition_sink *sink);
/* A train's checkpoint at `offset`; returns its bytes. */
uint64_t emit_checkpoint(struct partition *partition, struct train_entry *entry, int64_t offset,
                         const struct partition_sink *sink);

#endif
