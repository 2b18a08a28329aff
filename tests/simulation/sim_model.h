/* What an input partition means, told plainly and slowly: each message in turn by the checks of contract 7, no
 * checkpoints, no epochs, no restarts. The simulation holds the partition's state, texts and outputs against it. */
#ifndef CARAVAN_TESTS_SIM_MODEL_H
#define CARAVAN_TESTS_SIM_MODEL_H

#include "partition/partition.h"
#include "simulation/sim_log.h"

/* Key and value by key; value.data NULL: none. */
struct sim_map {
    struct sim_entry {
        struct slice key, value; /* owned */
    } * entries;
    size_t count, capacity;
};

/* Takes `value`. */
void sim_map_put(struct sim_map *map, struct slice key, struct slice value);
const struct slice *sim_map_get(const struct sim_map *map, struct slice key);
void sim_map_release(struct sim_map *map);

struct sim_model {
    int32_t number;
    int64_t position; /* the next message to take */
    int64_t stream_time_ms;
    int32_t horizon_days;
    struct train **trains;
    size_t train_count, train_capacity;
    struct sim_map last_records; /* of expired trains */
    struct sim_map frozen_rows;
    uint64_t expired;
};

void sim_model_init(struct sim_model *model, int32_t number);
void sim_model_release(struct sim_model *model);
/* Takes the messages before `to` under `options`. */
void sim_model_advance(struct sim_model *model, const struct sim_input *input, int64_t to,
                       const struct partition_options *options, struct decoder *decoder);
uint64_t sim_model_live_events(const struct sim_model *model);
struct hash128 sim_model_hash_sum(const struct sim_model *model);
/* Key and packed facts of each train, by key. The same of a partition. */
void sim_model_trains(const struct sim_model *model, struct buffer *out);
void sim_partition_trains(const struct partition *partition, struct buffer *out);
/* What a reader should find last under each key. */
void sim_model_records(const struct sim_model *model, const struct partition_options *options, struct sim_map *out);
void sim_model_rows(const struct sim_model *model, const struct partition_options *options, struct sim_map *out);

#endif
