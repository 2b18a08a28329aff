#include "support/partition_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "partition/partition_keep.h"

struct kit kit;
const struct partition_sink KIT_SINK = {&kit.outbox, &kit.counters};

static struct decoder *decoder;
static struct arena scratch;
static bool epoch_closed;

void kit_open(void) {
    memset(&kit, 0, sizeof kit);
    kit.options = (struct partition_options){
        .number = 3,
        .check_key = true,
        .limits = {.message_bytes = 1 << 20, .train_bytes = 8 << 20, .retention_days = 75},
        .rules = {MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")},
        .input_id = "jSdx3ZPbTv-kKG_SxAeKUg",
        .checkpoint_bytes = UINT64_MAX,
        .checkpoint_age_ms = INT64_C(1) << 50,
        .checkpoint_part_bytes_max = 1 << 20,
        .seen_entries = 1024,
    };
    kit.wall_ms = EVENTS_TIME_MS;
    kit.room_bytes = kit.steady_bytes = 1 << 20;
    kit.kept_bytes_max = SIZE_MAX;
    kit.committed = -1;
    decoder = decoder_new(1 << 20);
    arena_init(&scratch);
    outbox_init(&kit.outbox);
}

void kit_start(void) {
    if (kit.partition == NULL) {
        kit.partition = partition_new(&kit.options);
    }
}

static void forget(void) {
    if (kit.partition != NULL) {
        partition_free(kit.partition);
    }
    kit.partition = NULL;
}

static void free_slice(struct slice slice) {
    free((char *)slice.data);
}

static void free_message(struct message *message) {
    free_slice(message->key);
    free_slice(message->value);
    headers_free(message->owner);
}

void kit_close(void) {
    forget();
    for (size_t i = 0; i < kit.message_count; i++) {
        free_message(&kit.messages[i]);
    }
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        free_slice(kit.checkpoints[i].key);
        free_slice(kit.checkpoints[i].value);
    }
    free_slice(kit.text);
    headers_clear(&kit.headers);
    outbox_release(&kit.outbox);
    decoder_free(decoder);
    arena_release(&scratch);
}

static struct slice copy(struct slice slice) {
    return slice.data == NULL ? slice : (struct slice){alloc_copy(slice.data, slice.len), slice.len};
}

static void open_epoch(void) {
    kit_start();
    if (epoch_closed) {
        outbox_reset(&kit.outbox);
        epoch_closed = false;
    }
}

static struct moment now(void) {
    return (struct moment){kit.wall_ms, kit.wall_ms - kit.clock_set_ms};
}

enum offer_result kit_offer_raw(struct slice key, struct slice value, int64_t timestamp_ms) {
    open_epoch();
    struct message *message = &kit.messages[kit.message_count++];
    *message = (struct message){.key = copy(key),
                                .value = copy(value),
                                .offset = kit.next_offset++,
                                .timestamp_ms = timestamp_ms,
                                .partition = kit.options.number,
                                .owner = headers_copy(&kit.headers)};
    enum offer_result result =
        partition_offer(kit.partition, message, &(struct partition_intake){decoder, &scratch, now(), headers_of},
                        &KIT_SINK, &kit.reject);
    arena_reset(&scratch, 1 << 20);
    return result;
}

enum offer_result kit_offer(const struct events_spec *spec) {
    struct buffer value = {0};
    events_put(spec, &value);
    enum offer_result result = kit_offer_raw(slice_of(spec->train), buffer_slice(&value), MESSAGE_NO_TIMESTAMP);
    buffer_release(&value);
    return result;
}

enum offer_result kit_offer_binary(const struct events_spec *spec) {
    struct buffer event = {0};
    size_t own = kit.headers.count;
    events_put(spec, &event);
    struct slice value = headers_from_event(buffer_slice(&event), &kit.headers);
    enum offer_result result = kit_offer_raw(slice_of(spec->train), value, MESSAGE_NO_TIMESTAMP);
    while (kit.headers.count > own) {
        headers_drop(&kit.headers);
    }
    buffer_release(&event);
    return result;
}

void kit_fill(unsigned from, unsigned count) {
    char key[40];
    for (unsigned i = from; i < from + count; i++) {
        snprintf(key, sizeof key, "X%u|2020-06-0%u|CNAKL", i % 7, 1 + i % 3);
        OFFER((enum events_kind)(i % EVENTS_KIND_COUNT), key, EVENTS_TIME_MS + i % 11, .id = i, .waybill = i % 5,
              .kg = i, .box = i % 3);
    }
}

static bool barrier(bool drain, bool lost) {
    open_epoch();
    epoch_closed = true;
    const struct partition_cut cut = {kit.next_offset, now(), 1, ++kit.epoch, drain};
    kit.room = (struct partition_room){.bytes = kit.room_bytes, .steady_bytes = kit.steady_bytes};
    partition_keep(kit.partition, kit.kept_bytes_max);
    bool any = partition_barrier(kit.partition, &cut, &kit.room, &KIT_SINK);
    for (size_t i = 0; !lost && i < kit.outbox.output_count; i++) {
        const struct output *output = &kit.outbox.outputs[i];
        if (output->topic == OUTPUT_CHECKPOINTS) {
            kit.checkpoints[kit.checkpoint_count++] = (struct kit_checkpoint){copy(output->key), copy(output->value)};
        }
    }
    if (any && !lost) {
        free_slice(kit.text);
        kit.text = copy(kit.outbox.offsets[0].metadata);
        kit.committed = kit.outbox.offsets[0].offset;
    }
    return any;
}

bool kit_barrier(void) {
    return barrier(false, false);
}

bool kit_drain(void) {
    return barrier(true, false);
}

bool kit_barrier_lost(void) {
    return barrier(false, true);
}

bool kit_restore_begin(void) {
    forget();
    kit_start();
    kit.next_offset = kit.committed;
    while (kit.message_count > 0 && kit.messages[kit.message_count - 1].offset >= kit.committed) {
        free_message(&kit.messages[--kit.message_count]);
    }
    return partition_restore_begin(kit.partition, kit.committed, kit.text, kit.error);
}

bool kit_restore_checkpoints(void) {
    for (size_t i = 0; i < kit.checkpoint_count; i++) {
        if (!partition_restore_checkpoint(kit.partition, kit.checkpoints[i].key, kit.checkpoints[i].value, kit.error)) {
            return false;
        }
    }
    return partition_restore_checkpoints_end(kit.partition, kit.error);
}

void kit_restore_redo(void) {
    for (size_t i = 0; i < kit.message_count; i++) {
        const struct message *message = &kit.messages[i];
        if (message->offset >= partition_redo_offset(kit.partition) && message->offset < kit.committed) {
            partition_redo(kit.partition, message, &(struct partition_intake){decoder, &scratch, now(), headers_of});
            arena_reset(&scratch, 1 << 20);
        }
    }
}

bool kit_restart(void) {
    if (!kit_restore_begin() || !kit_restore_checkpoints()) {
        return false;
    }
    kit_restore_redo();
    return partition_restore_end(kit.partition, kit.error);
}

size_t kit_count(enum output_topic topic) {
    size_t count = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        count += kit.outbox.outputs[i].topic == topic;
    }
    return count;
}

const char *kit_value(enum output_topic topic, const char *key) {
    for (size_t i = kit.outbox.output_count; i-- > 0;) {
        const struct output *output = &kit.outbox.outputs[i];
        if (output->topic == topic && slice_equal(output->key, slice_of(key))) {
            struct slice value = output->value.data == NULL ? SLICE("null") : output->value;
            char *text = arena_take(&kit.outbox.memory, value.len + 1);
            memcpy(text, value.data, value.len);
            text[value.len] = '\0';
            return text;
        }
    }
    return NULL;
}

const char *kit_text(void) {
    return kit.text.data; /* alloc_copy ends it with NUL */
}

struct buffer kit_dump(void) {
    struct buffer out = {0};
    partition_dump(kit.partition, &out);
    return out;
}

bool kit_same_dumps(struct buffer *a, struct buffer *b) {
    bool same = slice_equal(buffer_slice(a), buffer_slice(b));
    buffer_release(a);
    buffer_release(b);
    return same;
}
