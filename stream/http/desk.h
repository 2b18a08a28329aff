/* The desk: the one thread that answers HTTP requests. It reads the worker's board, so that neither a request waits for
 * the worker nor the worker for a request. */
#ifndef CARAVAN_HTTP_DESK_H
#define CARAVAN_HTTP_DESK_H

#include "config/config.h"
#include "http/server.h"
#include "worker/board.h"

struct desk;

/* Both are borrowed until desk_stop. */
struct desk *desk_start(const struct config *config, struct board *board);
/* Takes a request (http_server_options.take). */
void desk_take(void *desk, struct http_request *request);
/* Ends the thread once no request waits at the server, which must have been quieted; NULL: there never was one. */
void desk_stop(struct desk *desk, const struct http_server *server);

#endif
