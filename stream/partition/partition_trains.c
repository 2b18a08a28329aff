#include "partition/partition_trains.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/prefetch.h"
#include "partition/partition_emit.h"
#include "partition/partition_motion.h"

enum { ROW_KEY_BYTES = PLACE_BYTES + sizeof(int32_t) };

/* ---- rows and days */

static bool is_row(const struct table_node *node, struct slice key) {
    const struct row *row = LIST_OWNER(node, const struct row, node);
    return memcmp(row->port, key.data, PLACE_BYTES) == 0 &&
           memcmp(&row->day->date_days, key.data + PLACE_BYTES, sizeof row->day->date_days) == 0;
}

/* Where the day stands, or would. Days are few and seldom new, and trains expire by the oldest one, so they lie sorted
 * in one piece. */
static size_t day_index(const struct partition *partition, int32_t date_days) {
    size_t low = 0;
    size_t high = partition->day_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (partition->days[middle]->date_days < date_days) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct day *day_of(struct partition *partition, int32_t date_days) {
    size_t at = day_index(partition, date_days);
    if (at < partition->day_count && partition->days[at]->date_days == date_days) {
        return partition->days[at];
    }
    if (partition->day_count == partition->day_capacity) {
        partition->day_capacity = partition->day_capacity == 0 ? 64 : partition->day_capacity * 2;
        partition->days = alloc_resize(partition->days, partition->day_capacity, sizeof *partition->days);
    }
    memmove(partition->days + at + 1, partition->days + at, (partition->day_count - at) * sizeof *partition->days);
    partition->day_count++;
    struct day *day = alloc_zeroed(1, sizeof *day);
    day->date_days = date_days;
    list_init(&day->rows);
    partition->days[at] = day;
    return day;
}

static struct row *row_new(struct partition *partition, struct slice port, int32_t date_days, uint64_t hash) {
    struct row *row = alloc_zeroed(1, sizeof *row);
    row->day = day_of(partition, date_days);
    memcpy(row->port, port.data, PLACE_BYTES);
    list_init(&row->trains);
    list_append(&row->day->rows, &row->in_day);
    table_add(&partition->by_port, &row->node, hash);
    partition->row_count++;
    return row;
}

static void give_row(struct partition *partition, struct train_entry *entry, bool restoring) {
    char key[ROW_KEY_BYTES];
    struct slice port = train_port(entry->train);
    int32_t date_days = train_date_days(entry->train);
    assert(port.len == PLACE_BYTES);
    /* Of fixed length, so that no port and date together can read like another port and date. */
    memcpy(key, port.data, PLACE_BYTES);
    memcpy(key + PLACE_BYTES, &date_days, sizeof date_days);
    struct slice whole = {key, sizeof key};
    uint64_t hash = hash_seeded(whole, partition->seed);
    struct table_node *node = table_find(&partition->by_port, hash, whole, is_row);
    if (node != NULL) {
        entry->row = LIST_OWNER(node, struct row, node);
    } else {
        entry->row = row_new(partition, port, date_days, hash);
        /* What earlier lives sent for it is not known yet: its trains come from checkpoints (restore.md R12). */
        if (restoring) {
            list_append(&partition->unknown, &entry->row->unknown);
        } else {
            entry->row->known = true;
        }
    }
    list_append(&entry->row->trains, &entry->in_row);
}

void trains_know_row(struct row *row) {
    row->known = true;
    list_remove(&row->unknown);
}

void trains_remove_row(struct partition *partition, struct row *row) {
    struct day *day = row->day;
    assert(list_empty(&row->trains));
    table_remove(&partition->by_port, &row->node);
    list_remove(&row->in_day);
    list_remove(&row->unknown);
    /* It is touched no more, so nothing is expected of it. */
    partition->pending_bytes -= list_has(&row->touched) ? ROW_BYTES : 0;
    list_remove(&row->touched);
    free(row);
    partition->row_count--;
    if (list_empty(&day->rows)) {
        size_t at = day_index(partition, day->date_days);
        partition->day_count--;
        memmove(partition->days + at, partition->days + at + 1, (partition->day_count - at) * sizeof *partition->days);
        free(day);
    }
}

struct day *trains_first_day(const struct partition *partition) {
    return partition->day_count == 0 ? NULL : partition->days[0];
}

/* ---- trains */

static bool is_entry(const struct table_node *node, struct slice key) {
    return slice_equal(train_key(LIST_OWNER(node, const struct train_entry, node)->train), key);
}

uint64_t trains_hash(const struct partition *partition, struct slice key) {
    return hash_seeded(key, partition->seed);
}

struct train_entry *trains_find(const struct partition *partition, struct slice key) {
    struct table_node *node = table_find(&partition->by_key, trains_hash(partition, key), key, is_entry);
    return node == NULL ? NULL : LIST_OWNER(node, struct train_entry, node);
}

static const struct train_entry *first_entry(const struct partition *partition, uint64_t hash) {
    const struct table_node *node = table_first(&partition->by_key, hash);
    return node == NULL ? NULL : LIST_OWNER(node, const struct train_entry, node);
}

/* Nearly always the first one of its bucket is meant; to look further would wait for it. */
void trains_expect(const struct partition *partition, uint64_t hash, unsigned ahead) {
    if (ahead == partition_nearer(PARTITION_AHEAD)) {
        table_expect(&partition->by_key, hash);
        return;
    }
    const struct train_entry *entry = first_entry(partition, hash);
    if (entry == NULL) {
        return;
    }
    if (ahead > 1) {
        prefetch(entry, offsetof(struct train_entry, digest)); /* what a barrier needs stands behind it */
    } else {
        train_expect(entry->train);
    }
}

/* N and S are sums over live events, so they follow each change by one addition and never need a pass over the
 * trains (contract 7.N, 7.S). */
void trains_count(struct partition *partition, const struct join_effect *effect) {
    partition->live_events += (uint64_t)effect->live_events;
    partition->hash_sum = hash_add(partition->hash_sum, effect->hash_sum);
    partition->train_bytes += (size_t)effect->memory_bytes;
}

static void count_train(struct partition *partition, const struct train *train) {
    partition->live_events += train_live_events(train);
    partition->hash_sum = hash_add(partition->hash_sum, train_hash_sum(train));
    partition->train_bytes += train_memory_bytes(train);
}

static void uncount_train(struct partition *partition, const struct train *train) {
    partition->live_events -= train_live_events(train);
    partition->hash_sum = hash_subtract(partition->hash_sum, train_hash_sum(train));
    partition->train_bytes -= train_memory_bytes(train);
}

struct train_entry *trains_add(struct partition *partition, struct train *train, bool restoring) {
    struct train_entry *entry = alloc_zeroed(1, sizeof *entry);
    entry->train = train;
    /* Below every offset: redo passes nothing over for it. */
    entry->checkpoint_offset = -1;
    entry->summary.state = restoring ? SUMMARY_UNKNOWN : SUMMARY_NONE;
    table_add(&partition->by_key, &entry->node, trains_hash(partition, train_key(train)));
    list_append(&partition->trains, &entry->all);
    if (!partition->options.file_mode) {
        give_row(partition, entry, restoring);
    }
    count_train(partition, train);
    partition->train_count++;
    return entry;
}

void trains_remove(struct partition *partition, struct train_entry *entry) {
    assert(entry->parts == NULL);
    motion_end(partition, entry); /* before the train that it watches */
    uncount_train(partition, entry->train);
    totals_subtract(&partition->sum, &entry->share);
    partition->pending_bytes -= entry->pending_bytes;
    /* An expired train must not hold F back: nothing of it is needed by a restore to this commit or a later one. */
    journal_leave(&partition->journal, &entry->journal);
    list_remove(&entry->changed);
    list_remove(&entry->in_row);
    list_remove(&entry->all);
    table_remove(&partition->by_key, &entry->node);
    train_free(entry->train);
    free(entry);
    partition->train_count--;
}

void trains_empty(struct partition *partition, struct train_entry *entry) {
    assert(entry->motion == NULL); /* no record goes out while restoring */
    /* A new one under the same key: rows, days and lists go on pointing to the entry. */
    struct train *empty = train_new_in(partition->commons, train_key(entry->train), partition->seed);
    uncount_train(partition, entry->train);
    train_free(entry->train);
    entry->train = empty;
    count_train(partition, empty);
}

void trains_release(struct partition *partition) {
    while (!list_empty(&partition->trains)) {
        struct train_entry *entry = LIST_OWNER(list_first(&partition->trains), struct train_entry, all);
        struct row *row = entry->row;
        trains_remove(partition, entry);
        if (row != NULL && list_empty(&row->trains)) {
            trains_remove_row(partition, row);
        }
    }
    table_release(&partition->by_key);
    table_release(&partition->by_port);
    free(partition->days);
}

size_t trains_bytes(const struct partition *partition) {
    return partition->train_bytes + partition->train_count * sizeof(struct train_entry) +
           partition->row_count * sizeof(struct row) + partition->day_count * sizeof(struct day) +
           partition->day_capacity * sizeof(struct day *) + table_bytes(&partition->by_key) +
           table_bytes(&partition->by_port);
}
