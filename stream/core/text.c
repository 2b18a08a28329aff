#include "core/text.h"

#include <stdbool.h>

size_t text_normalise(struct slice raw, char *out) {
    size_t len = 0;
    bool space = false; /* one is due before the next character */
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        if (c == ' ') {
            space = len > 0;
            continue;
        }
        if (space) {
            out[len++] = ' ';
            space = false;
        }
        out[len++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return len;
}
