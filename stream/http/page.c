/* The page's Content-Security-Policy runs only script and style that carry the answer's nonce (http/server.c). So the
 * marks in the page are replaced each time it is sent, by 128 bits of the system that nobody can guess beforehand. */
#include "http/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

/* Made from page.html by the build (deploy/cmake/embed.cmake). */
extern const unsigned char page_html[];
extern const size_t page_html_bytes;

static const char MARK[] = "@NONCE@";

void page_put(char key[PAGE_KEY_BYTES], struct buffer *out) {
    struct slice rest = {(const char *)page_html, page_html_bytes};
    snprintf(key, PAGE_KEY_BYTES, "%016" PRIx64 "%016" PRIx64, hash_random_seed(), hash_random_seed());
    for (const char *mark; (mark = memmem(rest.data, rest.len, MARK, sizeof MARK - 1)) != NULL;) {
        size_t before = (size_t)(mark - rest.data);
        buffer_append(out, rest.data, before);
        buffer_append_text(out, key);
        rest.data += before + sizeof MARK - 1;
        rest.len -= before + sizeof MARK - 1;
    }
    buffer_append_slice(out, rest);
}
