#include "http/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* One word of printable ASCII: what a client can put behind `Bearer`. A blank or a second line that was pasted along is
 * told and does not become part of the token; what is wrong is said without quoting it. */
static const char *judge(const char *text, size_t len) {
    if (len < HTTP_TOKEN_BYTES_MIN) {
        return "is shorter than 16 characters: it could be guessed";
    }
    if (len > HTTP_TOKEN_BYTES_MAX) {
        return "is longer than 1024 characters";
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return "must be one word of printable ASCII";
        }
    }
    return NULL;
}

char *http_token_read(const char *path, char error[HTTP_ERROR_BYTES]) {
    char text[HTTP_TOKEN_BYTES_MAX + 3]; /* and a line's end, and one byte more that says that it is too long */
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(error, HTTP_ERROR_BYTES, "http.token_file %s: %s", path, strerror(errno));
        return NULL;
    }
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    /* The line's end that editors add, of either kind, and only one: another is a fault (judge). */
    len -= len > 0 && text[len - 1] == '\n';
    len -= len > 0 && text[len - 1] == '\r';
    const char *wrong = judge(text, len);
    if (wrong != NULL) {
        snprintf(error, HTTP_ERROR_BYTES, "http.token_file %s: the token %s", path, wrong);
        return NULL;
    }
    return alloc_copy(text, len);
}
