/* A worker seen from outside: its HTTP server from the first moment to the last, on http.listen. */
#ifndef CARAVAN_HTTP_HTTP_H
#define CARAVAN_HTTP_HTTP_H

#include <stdbool.h>

#include "config/config.h"
#include "http/server.h"
#include "worker/board.h"

struct http;

/* Shows what stands on the board; both are borrowed until http_stop. True with *out, which is NULL where http.listen is
 * empty, or is the default and taken (then the log says so). False with a sentence: the configuration is wrong. */
bool http_start(const struct config *config, struct board *board, struct http **out, char error[HTTP_ERROR_BYTES]);
/* What http_start would find wrong before it opens anything: false with a sentence. */
bool http_check(const struct config *config, char error[HTTP_ERROR_BYTES]);
/* `http` may be NULL. */
void http_stop(struct http *http);

#endif
