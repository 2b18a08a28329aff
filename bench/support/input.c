#include "support/input.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "files/file_reader.h"

static void add(struct input *input, struct slice key, struct slice value) {
    if (input->count == input->capacity) {
        input->capacity = input->capacity == 0 ? 65536 : input->capacity * 2;
        input->messages = alloc_resize(input->messages, input->capacity, sizeof *input->messages);
    }
    input->messages[input->count] = (struct message){.key = {NULL, key.len},
                                                     .value = {NULL, value.len},
                                                     .offset = (int64_t)input->count,
                                                     .timestamp_ms = MESSAGE_NO_TIMESTAMP};
    input->count++;
    input->value_bytes += value.len;
    buffer_append_slice(&input->bytes, key);
    buffer_append_slice(&input->bytes, value);
}

/* The bytes moved while they grew. */
static void point(struct input *input) {
    const char *at = input->bytes.data;
    for (size_t i = 0; i < input->count; i++) {
        input->messages[i].key.data = at;
        input->messages[i].value.data = at + input->messages[i].key.len;
        at += input->messages[i].key.len + input->messages[i].value.len;
    }
}

bool input_read(struct input *input, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, true, error);
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read read = FILE_READ_FAILED;
    while (reader != NULL && (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        add(input, key, value);
    }
    if (reader != NULL) {
        file_reader_close(reader);
    }
    if (read != FILE_READ_END) {
        fprintf(stderr, "bench: %s\n", error);
        return false;
    }
    point(input);
    if (input->count == 0) {
        fprintf(stderr, "bench: %s has no event\n", path);
    }
    return input->count > 0;
}

void input_look_ahead(const struct input *input, size_t at, struct partition *partition) {
    for (unsigned ahead = PARTITION_AHEAD; ahead > 0; ahead = partition_nearer(ahead)) {
        if (at + ahead < input->count) {
            partition_expect(partition, &input->messages[at + ahead], ahead);
        }
    }
}

void input_release(struct input *input) {
    free(input->messages);
    buffer_release(&input->bytes);
}
