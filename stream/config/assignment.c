/* `name = value`, alone or as the lines of a file. The form is that of Java's properties without its escapes and
 * continued lines: a backslash is a character like any other, since passwords have some. Both ways end in
 * config_set_value, which knows nothing of files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/options.h"

/* Splits "name = value"; the caller frees *name. Blanks at the end of a value stay, as in Java's properties: a password
 * may end in one. False when there is no '='. */
static bool split(struct slice assignment, char **name, struct slice *value) {
    /* The first one: a value may hold '=' (base64 of a secret), a name never does. */
    const char *sign = memchr(assignment.data, '=', assignment.len);
    if (sign == NULL) {
        return false;
    }
    size_t name_len = (size_t)(sign - assignment.data);
    struct slice left = config_trim((struct slice){assignment.data, name_len});
    *name = alloc_copy(left.data, left.len);
    *value = config_trim_left((struct slice){sign + 1, assignment.len - name_len - 1});
    return true;
}

static bool say_no_sign(const char *where, char error[CONFIG_ERROR_BYTES]) {
    snprintf(error, CONFIG_ERROR_BYTES, "%s: there is no '=' (name = value is needed)", where);
    return false;
}

bool config_set(struct config *config, const char *assignment, const char *where, char error[CONFIG_ERROR_BYTES]) {
    char *name;
    struct slice value;
    config->reading = CONFIG_FROM_ASSIGNMENTS;
    if (!split(slice_of(assignment), &name, &value)) {
        return say_no_sign(where, error);
    }
    bool done = config_set_value(config, name, value, where, error);
    free(name);
    return done;
}

/* ---- a file */

struct reading { /* of one file */
    struct config *config;
    const char *path;
    struct seen {
        char *name;
        unsigned line;
    } * seen; /* what it has set so far */
    size_t seen_count;
};

/* Two lines that say one thing twice: which of them somebody meant, nobody knows. Lists add up. Compared one by one:
 * files have tens of lines. */
static bool note_name(struct reading *reading, const char *name, unsigned line, char error[CONFIG_ERROR_BYTES]) {
    const struct option *option = option_find(name);
    for (size_t i = 0; i < reading->seen_count && (option == NULL || option->type != OPTION_LIST); i++) {
        if (strcmp(reading->seen[i].name, name) == 0) {
            snprintf(error, CONFIG_ERROR_BYTES, "%s:%u: %s was set in line %u already; keep one of the two",
                     reading->path, line, name, reading->seen[i].line);
            return false;
        }
    }
    reading->seen = alloc_resize(reading->seen, reading->seen_count + 1, sizeof *reading->seen);
    reading->seen[reading->seen_count++] = (struct seen){alloc_copy(name, strlen(name)), line};
    return true;
}

static bool take_line(struct reading *reading, struct slice text, unsigned line, char error[CONFIG_ERROR_BYTES]) {
    char where[CONFIG_ERROR_BYTES / 2];
    char *name;
    struct slice value;
    snprintf(where, sizeof where, "%s:%u", reading->path, line);
    if (!split(text, &name, &value)) {
        return say_no_sign(where, error);
    }
    /* First whether it is an option at all, so that no piece of a secret is quoted as a name. */
    bool good = config_set_value(reading->config, name, value, where, error) && note_name(reading, name, line, error);
    free(name);
    return good;
}

/* What Windows editors put before the first line. False, with `error`, when it announces another encoding. */
static bool pass_byte_order_mark(struct slice *text, const char *path, char error[CONFIG_ERROR_BYTES]) {
    static const char utf8[] = "\xef\xbb\xbf", utf16_le[] = "\xff\xfe", utf16_be[] = "\xfe\xff";
    if (text->len >= 2 && (memcmp(text->data, utf16_le, 2) == 0 || memcmp(text->data, utf16_be, 2) == 0)) {
        snprintf(error, CONFIG_ERROR_BYTES, "%s: its byte order mark says UTF-16; save it as UTF-8", path);
        return false;
    }
    if (text->len >= 3 && memcmp(text->data, utf8, 3) == 0) {
        *text = (struct slice){text->data + 3, text->len - 3};
    }
    return true;
}

/* Without its LF, or CR and LF. */
static struct slice without_end(const char *line, size_t len) {
    if (len > 0 && line[len - 1] == '\n') {
        len -= len > 1 && line[len - 2] == '\r' ? 2 : 1;
    }
    return (struct slice){line, len};
}

static bool take_lines(struct reading *reading, FILE *file, char error[CONFIG_ERROR_BYTES]) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    unsigned number = 0;
    bool good = true;
    while (good && (len = getline(&line, &capacity, file)) >= 0) {
        struct slice text = without_end(line, (size_t)len);
        good = ++number > 1 || pass_byte_order_mark(&text, reading->path, error);
        text = config_trim_left(text);
        if (good && text.len > 0 && text.data[0] != '#' && text.data[0] != '!') {
            good = take_line(reading, text, number, error);
        }
    }
    if (good && ferror(file)) {
        snprintf(error, CONFIG_ERROR_BYTES, "%s: cannot be read: %s", reading->path, strerror(errno));
        good = false;
    }
    free(line);
    return good;
}

bool config_read_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]) {
    FILE *file = fopen(path, "r");
    struct reading reading = {.config = config, .path = path};
    config->reading = CONFIG_FROM_FILE;
    if (file == NULL) {
        snprintf(error, CONFIG_ERROR_BYTES, "%s: cannot be opened: %s", path, strerror(errno));
        return false;
    }
    bool good = take_lines(&reading, file, error);
    for (size_t i = 0; i < reading.seen_count; i++) {
        free(reading.seen[i].name);
    }
    free(reading.seen);
    fclose(file);
    return good;
}
