/* A look at the bytes by memmem and memchr instead of decoding. Where a line may read otherwise than it looks, it does
 * not answer, and the line is decoded. */
#include "files/route.h"

/* White space of JSON behind `at`. */
static size_t skip_space(struct slice text, size_t at) {
    while (at < text.len &&
           (text.data[at] == ' ' || text.data[at] == '\t' || text.data[at] == '\n' || text.data[at] == '\r')) {
        at++;
    }
    return at;
}

/* The object that is the value of the only member named train, from its { to its }. */
static bool find_train(struct slice message, struct slice *object) {
    static const char name[] = "\"train\"";
    size_t found = 0;
    const char *from = message.data;
    const char *end = message.data + message.len;
    for (const char *hit; (hit = memmem(from, (size_t)(end - from), name, sizeof name - 1)) != NULL; from = hit + 1) {
        size_t at = skip_space(message, (size_t)(hit - message.data) + sizeof name - 1);
        if (at == message.len || message.data[at] != ':') {
            continue;
        }
        at = skip_space(message, at + 1);
        const char *close = at < message.len ? memchr(message.data + at, '}', message.len - at) : NULL;
        /* A second "train" may be in a text, or name the train that decoding finds: then this look does not know. */
        if (++found > 1 || close == NULL || message.data[at] != '{') {
            return false;
        }
        *object = (struct slice){message.data + at + 1, (size_t)(close - message.data) - at - 1};
    }
    return found == 1;
}

/* The string value of the only member of this name (given with its quotes) in a flat object. */
static bool find_string(struct slice object, struct slice name, struct slice *value) {
    const char *hit = memmem(object.data, object.len, name.data, name.len);
    if (hit == NULL) {
        return false;
    }
    size_t behind = (size_t)(hit - object.data) + name.len;
    size_t at = skip_space(object, behind);
    if (at == object.len || object.data[at] != ':' ||
        memmem(object.data + behind, object.len - behind, name.data, name.len) != NULL) {
        return false;
    }
    at = skip_space(object, at + 1);
    if (at == object.len || object.data[at] != '"') {
        return false;
    }
    const char *start = object.data + at + 1;
    const char *close = memchr(start, '"', object.len - at - 1);
    *value = (struct slice){start, close == NULL ? 0 : (size_t)(close - start)};
    return close != NULL;
}

size_t route_scan(struct slice message, char key[TRAIN_KEY_BYTES_MAX]) {
    struct slice object;
    struct slice part[3];
    /* With an escape a name or a string may read otherwise than it looks. */
    if (message.len == 0 || memchr(message.data, '\\', message.len) != NULL || !find_train(message, &object) ||
        memchr(object.data, '{', object.len) != NULL || !find_string(object, SLICE("\"number\""), &part[0]) ||
        !find_string(object, SLICE("\"date\""), &part[1]) || !find_string(object, SLICE("\"port\""), &part[2])) {
        return 0;
    }
    /* No valid key is that long. */
    if (part[0].len + part[1].len + part[2].len + 2 > TRAIN_KEY_BYTES_MAX) {
        return 0;
    }
    size_t len = 0;
    for (int i = 0; i < 3; i++) {
        memcpy(key + len, part[i].data, part[i].len);
        len += part[i].len;
        if (i < 2) {
            key[len++] = '|';
        }
    }
    return len;
}
