/* Asks a worker's HTTP server one question, for commands: GET, one answer, the connection closed. */
#ifndef CARAVAN_HTTP_CLIENT_H
#define CARAVAN_HTTP_CLIENT_H

#include "base/buffer.h"
#include "config/address.h"
#include "http/server.h"

enum { HTTP_CLIENT_BODY_BYTES_MAX = 16 * 1024 * 1024 };

struct http_question {
    const struct address *address;
    const char *path;  /* stands in the request as it is: encoded, with its arguments */
    const char *token; /* NULL: none */
    int timeout_ms;    /* for all of it */
};

/* The status (such as 200) with the body appended to `body`; 0 with a sentence when there was no answer in time. */
unsigned http_get(const struct http_question *question, struct buffer *body, char error[HTTP_ERROR_BYTES]);

#endif
