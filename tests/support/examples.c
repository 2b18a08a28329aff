#include "support/examples.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void examples_read_file(const char *path, struct buffer *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        abort();
    }
    size_t got;
    while ((got = fread(buffer_reserve(out, 1 << 16), 1, 1 << 16, file)) > 0) {
        out->len += got;
    }
    fclose(file);
    *buffer_reserve(out, 1) = '\0';
}

static int is_json(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".json") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

void examples_read(struct examples *examples, const char *folder) {
    char path[1024];
    struct dirent **entries;
    snprintf(path, sizeof path, CARAVAN_SOURCE_DIR "/schemas/examples/%s", folder);
    int count = scandir(path, &entries, is_json, by_bytes);
    if (count < 0) {
        perror(path);
        abort();
    }
    examples->items = alloc_resize(examples->items, examples->count + (size_t)count, sizeof *examples->items);
    for (int i = 0; i < count; i++) {
        struct example *example = &examples->items[examples->count++];
        *example = (struct example){.name = alloc_copy(entries[i]->d_name, strlen(entries[i]->d_name))};
        snprintf(path, sizeof path, CARAVAN_SOURCE_DIR "/schemas/examples/%s/%s", folder, example->name);
        examples_read_file(path, &example->text);
        free(entries[i]);
    }
    free(entries);
}

void examples_release(struct examples *examples) {
    for (size_t i = 0; i < examples->count; i++) {
        free(examples->items[i].name);
        buffer_release(&examples->items[i].text);
    }
    free(examples->items);
    *examples = (struct examples){0};
}
