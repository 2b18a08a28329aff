/* A table finds a train by its key, an array keeps the order; both point to the same entries. The key is made from the
 * record and not from its message, since files of records have no messages. */
#include "report/newest.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "event/pick.h"

/* What a train's number may be at most (contract 2.5), and its port (contract 1.7). */
enum { NUMBER_BYTES_MAX = 17, PORT_BYTES = 5 };

/* The node is the first member of its train. */
static bool is_key(const struct table_node *node, struct slice key) {
    return slice_equal(((const struct newest_train *)(const void *)node)->key, key);
}

void newest_init(struct newest *newest, size_t piece_bytes) {
    *newest = (struct newest){.piece_bytes = piece_bytes};
}

void newest_release(struct newest *newest, void (*release)(void *piece)) {
    for (size_t i = 0; i < newest->count; i++) {
        struct newest_train *train = newest->trains[i];
        if (train->piece != NULL && release != NULL) {
            release(train->piece);
        }
        free(train->piece);
        /* A slice points to bytes that it does not own; these were copied by `add`. */
        free((char *)(uintptr_t)train->key.data);
        free(train);
    }
    free(newest->trains);
    table_release(&newest->table);
    *newest = (struct newest){0};
}

static struct newest_train *add(struct newest *newest, struct slice key, uint64_t hash) {
    struct newest_train *train = alloc_zeroed(1, sizeof *train);
    train->key = (struct slice){alloc_copy(key.data, key.len), key.len};
    table_add(&newest->table, &train->node, hash);
    if (newest->count == newest->capacity) {
        newest->capacity = newest->capacity == 0 ? 64 : newest->capacity * 2;
        newest->trains = alloc_resize(newest->trains, newest->capacity, sizeof(struct newest_train *));
    }
    newest->trains[newest->count++] = train;
    return train;
}

struct newest_train *newest_of(struct newest *newest, const struct json_value *record) {
    const struct json_value *train = pick(record, "train");
    struct slice number = pick_text(train, "number"), date = pick_text(train, "date"), port = pick_text(train, "port");
    int32_t days;
    /* As strict as newest_split needs it, which finds the parts by their place: no | in a number, and date and port of
     * their one length. */
    if (number.len == 0 || number.len > NUMBER_BYTES_MAX || memchr(number.data, '|', number.len) != NULL ||
        !date_parse(date, &days) || port.len != PORT_BYTES) {
        return NULL;
    }
    struct buffer key = {0};
    buffer_append_slice(&key, number);
    buffer_append_byte(&key, '|');
    buffer_append_slice(&key, date);
    buffer_append_byte(&key, '|');
    buffer_append_slice(&key, port);
    /* Not seeded: who reads records asked for them, and waits if they were made to collide. */
    uint64_t hash = hash64_of(buffer_slice(&key));
    struct table_node *found = table_find(&newest->table, hash, buffer_slice(&key), is_key);
    struct newest_train *entry =
        found != NULL ? (struct newest_train *)(void *)found : add(newest, buffer_slice(&key), hash);
    buffer_release(&key);
    return entry;
}

void *newest_piece(struct newest *newest, struct newest_train *train) {
    /* Only on demand: a report may need few of the trains. */
    if (train->piece == NULL) {
        train->piece = alloc_zeroed(1, newest->piece_bytes);
    }
    return train->piece;
}

struct newest_key newest_split(struct slice key) {
    const char *bar = memchr(key.data, '|', key.len);
    struct newest_key parts = {.number = {key.data, (size_t)(bar - key.data)}};
    parts.date = (struct slice){bar + 1, DATE_TEXT_BYTES};
    parts.port = (struct slice){bar + 1 + DATE_TEXT_BYTES + 1, PORT_BYTES};
    return parts;
}

/* By the parts, since the key itself begins with the number. */
static int compare(const void *left, const void *right) {
    const struct newest_train *const *a = left, *const *b = right;
    struct newest_key one = newest_split((*a)->key), other = newest_split((*b)->key);
    int order = slice_compare(one.date, other.date);
    order = order != 0 ? order : slice_compare(one.number, other.number);
    return order != 0 ? order : slice_compare(one.port, other.port);
}

void newest_sort(struct newest *newest) {
    if (newest->count > 1) {
        qsort(newest->trains, newest->count, sizeof(struct newest_train *), compare);
    }
}
