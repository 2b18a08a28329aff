/* What one epoch puts out, in one arena: nothing of it is given back alone, and all of it at once when the epoch is
 * decided (exactly-once.md E2). */
#include "flow/outbox.h"

#include <stdlib.h>

#include "base/alloc.h"

enum {
    /* Records of any size leave little of a block unused, so that the next epoch's, which are others, fit as well. */
    BLOCK_BYTES = ALLOC_HUGE_BYTES,
    KEEP_STEPS = 64 /* resets until most of what one large epoch took is given back */
};

void outbox_init(struct outbox *outbox) {
    *outbox = (struct outbox){.memory.block_bytes = BLOCK_BYTES};
}

void outbox_release(struct outbox *outbox) {
    arena_release(&outbox->memory);
    free(outbox->outputs);
    free(outbox->offsets);
    *outbox = (struct outbox){0};
}

void outbox_reset(struct outbox *outbox) {
    /* Memory that is freed and mapped again faults page by page, and a huge page costs as much as all that it replaces;
     * what one large epoch took is not kept for ever. Epochs in a row differ by much, so it goes slowly, and by whole
     * blocks. */
    size_t filled = arena_filled(&outbox->memory), kept = outbox->keep_bytes - outbox->keep_bytes / KEEP_STEPS;
    outbox->keep_bytes = filled > kept ? filled : kept;
    arena_reset(&outbox->memory, (outbox->keep_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES);
    outbox->output_count = 0;
    outbox->offset_count = 0;
    outbox->bytes = 0;
}

/* Room for one more of `size` bytes in a growing array. */
static void *grown(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    return alloc_resize(items, *capacity, size);
}

static void add_header(void *bytes, struct slice name, struct slice value) {
    *(size_t *)bytes += name.len + value.len;
}

/* As it will be on the wire: the budget counts these. */
static size_t output_bytes(const struct output *output) {
    size_t bytes = output->key.len + output->value.len;
    for (size_t i = 0; i < output->header_count; i++) {
        add_header(&bytes, output->headers[i].name, output->headers[i].value);
    }
    if (output->letter != NULL) {
        letter_each(output->letter, add_header, &bytes);
    }
    return bytes;
}

void outbox_put(struct outbox *outbox, const struct output *output) {
    outbox->outputs = grown(outbox->outputs, outbox->output_count, &outbox->output_capacity, sizeof *output);
    outbox->outputs[outbox->output_count++] = *output;
    outbox->bytes += output_bytes(output);
}

void outbox_put_offset(struct outbox *outbox, const struct output_offset *offset) {
    outbox->offsets = grown(outbox->offsets, outbox->offset_count, &outbox->offset_capacity, sizeof *offset);
    struct output_offset *kept = &outbox->offsets[outbox->offset_count++];
    *kept = *offset;
    /* Copied: the caller writes the next epoch's text into the same buffer while this one is in flight. */
    kept->metadata = outbox_keep(outbox, offset->metadata);
    kept->previous = outbox_keep(outbox, offset->previous);
}

void outbox_forget(struct outbox *outbox, int32_t input_partition) {
    /* What stays keeps its order, in which the records of a key follow each other. */
    size_t outputs = 0;
    size_t offsets = 0;
    for (size_t i = 0; i < outbox->output_count; i++) {
        if (outbox->outputs[i].input_partition == input_partition) {
            outbox->bytes -= output_bytes(&outbox->outputs[i]);
        } else {
            outbox->outputs[outputs++] = outbox->outputs[i];
        }
    }
    for (size_t i = 0; i < outbox->offset_count; i++) {
        if (outbox->offsets[i].partition != input_partition) {
            outbox->offsets[offsets++] = outbox->offsets[i];
        }
    }
    /* Their bytes stay in the arena until the reset, which is soon. */
    outbox->output_count = outputs;
    outbox->offset_count = offsets;
}

char *outbox_take(struct outbox *outbox, size_t bytes) {
    return arena_take(&outbox->memory, bytes);
}

struct slice outbox_keep(struct outbox *outbox, struct slice bytes) {
    /* NULL stays NULL: Kafka tells a null value from an empty one. */
    return bytes.data == NULL ? bytes : arena_copy(&outbox->memory, bytes);
}
