/* Read as a whole and sorted, since events come in any order. A line that is wrong ends the command: containers that
 * are passed over for a typing error would be missed by nobody. */
#include "commands/convert_trains.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "files/file_reader.h"

enum { BOXES_FIRST = 256 };

/* Takes what stands in front of the mark, or the whole, off the text. */
static struct slice part_to(struct slice *rest, char mark) {
    const char *end = rest->len == 0 ? NULL : memchr(rest->data, mark, rest->len);
    struct slice part = *rest;
    if (end == NULL) {
        *rest = (struct slice){NULL, 0};
        return part;
    }
    part.len = (size_t)(end - rest->data);
    *rest = (struct slice){end + 1, rest->len - part.len - 1};
    return part;
}

bool convert_trains_key(struct slice text, struct convert_train *train) {
    bool readable = utf8_is_valid(text);
    train->number = part_to(&text, '|');
    train->date = part_to(&text, '|');
    train->port = part_to(&text, '|');
    return readable && train->number.data != NULL && train->date.data != NULL && train->port.data != NULL &&
           text.data == NULL;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t';
}

static struct slice trimmed(struct slice text) {
    while (text.len > 0 && is_space(text.data[0])) {
        text = (struct slice){text.data + 1, text.len - 1};
    }
    while (text.len > 0 && is_space(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

static bool take_line(struct convert_trains *trains, struct slice line) {
    struct slice text = arena_copy(&trains->texts, trimmed(line));
    size_t len = 0;
    while (len < text.len && !is_space(text.data[len])) {
        len++;
    }
    if (trains->count == trains->room) {
        trains->room = trains->room == 0 ? BOXES_FIRST : trains->room * 2;
        trains->boxes = alloc_resize(trains->boxes, trains->room, sizeof *trains->boxes);
    }
    struct convert_box *box = &trains->boxes[trains->count++];
    box->container = (struct slice){text.data, len};
    return len > 0 && convert_trains_key(trimmed((struct slice){text.data + len, text.len - len}), &box->train);
}

static int by_container(const void *a, const void *b) {
    return slice_compare(((const struct convert_box *)a)->container, ((const struct convert_box *)b)->container);
}

/* A container that stands twice: one file of trains is of one time, and a container is on one of them then. */
static const struct convert_box *repeated(const struct convert_trains *trains) {
    for (size_t i = 1; i < trains->count; i++) {
        if (slice_equal(trains->boxes[i - 1].container, trains->boxes[i].container)) {
            return &trains->boxes[i];
        }
    }
    return NULL;
}

static bool read_lines(struct convert_trains *trains, struct file_reader *reader, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct slice key, value;
    uint64_t line;
    enum file_read read;
    while ((read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        if (!take_line(trains, value)) {
            printable_say(stderr, "caravan convert: %s:%" PRIu64 ": not a container and a key NUMBER|DATE|PORT", path,
                          line);
            return false;
        }
    }
    if (read == FILE_READ_FAILED) {
        printable_say(stderr, "caravan convert: %s", error);
    }
    return read == FILE_READ_END;
}

bool convert_trains_read(struct convert_trains *trains, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, false, error);
    if (reader == NULL) {
        printable_say(stderr, "caravan convert: --trains: %s", error);
        return false;
    }
    bool good = read_lines(trains, reader, path);
    file_reader_close(reader);
    if (good && trains->count == 0) {
        printable_say(stderr, "caravan convert: %s: no container is in it", path);
        return false;
    }
    if (good) {
        qsort(trains->boxes, trains->count, sizeof *trains->boxes, by_container);
    }
    const struct convert_box *twice = good ? repeated(trains) : NULL;
    if (twice != NULL) {
        printable_say(stderr, "caravan convert: %s: container `%.*s` stands twice", path, (int)twice->container.len,
                      twice->container.data);
    }
    return good && twice == NULL;
}

void convert_trains_release(struct convert_trains *trains) {
    free(trains->boxes);
    arena_release(&trains->texts);
}
