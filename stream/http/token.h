/* The bearer token of `http.token_file`: one line of a file, so that it stands in no command line and no log. */
#ifndef CARAVAN_HTTP_TOKEN_H
#define CARAVAN_HTTP_TOKEN_H

#include "http/server.h"

enum { HTTP_TOKEN_BYTES_MIN = 16, HTTP_TOKEN_BYTES_MAX = 1024 };

/* The token, without the line's end; the caller's to free. NULL with a sentence that does not show it: the file cannot
 * be read, or holds less than HTTP_TOKEN_BYTES_MIN (which could be guessed), more than _MAX, or what no header can
 * carry. */
char *http_token_read(const char *path, char error[HTTP_ERROR_BYTES]);

#endif
