#include "base/outbox.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { KEEP_BYTES_MAX = 64 * 1024 * 1024 };

void outbox_init(struct outbox *outbox) {
    *outbox = (struct outbox){0};
}

void outbox_release(struct outbox *outbox) {
    arena_release(&outbox->memory);
    free(outbox->outputs);
    free(outbox->offsets);
    *outbox = (struct outbox){0};
}

void outbox_reset(struct outbox *outbox) {
    arena_reset(&outbox->memory, KEEP_BYTES_MAX);
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

static size_t output_bytes(const struct output *output) {
    size_t bytes = output->key.len + output->value.len;
    for (size_t i = 0; i < output->header_count; i++) {
        bytes += output->headers[i].name.len + output->headers[i].value.len;
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
    kept->metadata = outbox_keep(outbox, offset->metadata);
}

void outbox_forget(struct outbox *outbox, int32_t input_partition) {
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
    outbox->output_count = outputs;
    outbox->offset_count = offsets;
}

struct slice outbox_keep(struct outbox *outbox, struct slice bytes) {
    return bytes.data == NULL ? bytes : arena_copy(&outbox->memory, bytes);
}
