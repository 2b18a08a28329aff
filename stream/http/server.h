/* The HTTP side of the server: connections, their bounds, and the headers that every answer carries (libmicrohttpd; the
 * only file that knows it). Read only: GET and HEAD, no body. What is answered is somebody else's: a request is handed
 * to `take`, its connection sleeps, and http_answer wakes it, from any thread.
 *
 * Bounds: HTTP_CONNECTIONS_MAX connections and three quarters of them from one address, HTTP_HEAD_BYTES_MAX of request
 * line and headers, HTTP_ARGUMENTS_MAX arguments, HTTP_IDLE_S seconds in which nothing moves. */
#ifndef CARAVAN_HTTP_SERVER_H
#define CARAVAN_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "config/address.h"

enum {
    HTTP_CONNECTIONS_MAX = 256,
    HTTP_HEAD_BYTES_MAX = 16 * 1024,
    HTTP_ARGUMENTS_MAX = 16,
    HTTP_IDLE_S = 10,
    HTTP_ERROR_BYTES = 256
};

struct http_server;

/* One that waits for its answer. Its texts are valid until it is answered. */
struct http_request {
    const char *path; /* decoded: "%7C" is "|" */
    struct http_argument {
        const char *name, *value; /* decoded; "" for a name without one */
    } arguments[HTTP_ARGUMENTS_MAX];
    size_t argument_count;
    bool authorized; /* there is no token, or the request has it */
};

/* The value of an argument, NULL when it is not given; the first of several. */
const char *http_argument(const struct http_request *request, const char *name);

struct http_server_options {
    struct address address;
    const char *token; /* requests show it as `Authorization: Bearer TOKEN`; NULL: none is asked for. Copied */
    /* Called on the server's own thread, which must not be kept: ends with http_answer, here or later. */
    void (*take)(void *context, struct http_request *request);
    void *context;
};

/* Listens and answers from here on. NULL with a sentence: the address is taken, or not this machine's. */
struct http_server *http_server_start(const struct http_server_options *options, char error[HTTP_ERROR_BYTES]);
/* Where it listens: the port that the system picked, for port 0. */
struct address http_server_address(const struct http_server *server);
/* Takes no more requests: new ones get 503 by themselves. Those taken before must still be answered. Any thread. */
void http_server_quiet(struct http_server *server);
/* Closes every connection. After http_server_quiet, once no request waits (http_server_waiting is 0). */
void http_server_stop(struct http_server *server);
/* Requests taken and not answered. Any thread. */
size_t http_server_waiting(const struct http_server *server);

struct http_answer {
    unsigned status;
    const char *type;       /* Content-Type; static */
    const char *script_key; /* the nonce of a page's own script and style; NULL for what is no page */
};

/* Answers and forgets the request; `body` is taken over. */
void http_answer(struct http_request *request, const struct http_answer *answer, struct buffer *body);

#endif
