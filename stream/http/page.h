/* The status page: one HTML file (page.html) inside the binary. */
#ifndef CARAVAN_HTTP_PAGE_H
#define CARAVAN_HTTP_PAGE_H

#include "base/buffer.h"

enum { PAGE_KEY_BYTES = 33 /* with the NUL */ };

/* Appends the page under a fresh key, which its own script and style carry: http_answer.script_key. */
void page_put(char key[PAGE_KEY_BYTES], struct buffer *out);

#endif
