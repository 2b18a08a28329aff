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

void outbox_put(struct outbox *outbox, const struct output *output) {
    outbox->outputs = grown(outbox->outputs, outbox->output_count, &outbox->output_capacity, sizeof *output);
    outbox->outputs[outbox->output_count++] = *output;
    outbox->bytes += output->key.len + output->value.len;
    for (size_t i = 0; i < output->header_count; i++) {
        outbox->bytes += output->headers[i].name.len + output->headers[i].value.len;
    }
}

void outbox_put_offset(struct outbox *outbox, const struct output_offset *offset) {
    outbox->offsets = grown(outbox->offsets, outbox->offset_count, &outbox->offset_capacity, sizeof *offset);
    struct output_offset *kept = &outbox->offsets[outbox->offset_count++];
    *kept = *offset;
    kept->metadata = outbox_keep(outbox, offset->metadata);
}

struct slice outbox_keep(struct outbox *outbox, struct slice bytes) {
    return bytes.data == NULL ? bytes : arena_copy(&outbox->memory, bytes);
}
