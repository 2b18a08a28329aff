/* One thread of libmicrohttpd reads requests and writes answers, and waits for nobody. A connection whose request is
 * handed over is suspended, out of the library's loop, until http_answer resumes it. In the meantime the library
 * neither times it out nor notices that the other side has gone, and may not be stopped: hence whoever takes a request
 * must answer it, and soon. */
#include "http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

enum { BACKLOG = 128, POLICY_BYTES = 512 };

struct http_server {
    struct MHD_Daemon *daemon;
    struct address address;
    char *token;
    void (*take)(void *context, struct http_request *request);
    void *context;
    bool local; /* reached from this machine only: see is_meant */
    atomic_bool quiet;
    atomic_size_t waiting;
};

/* A connection's request, and its answer once there is one. */
struct exchange {
    struct http_request request; /* first, so that one is the other */
    struct http_server *server;
    struct MHD_Connection *connection;
    char *path;
    struct MHD_Response *response; /* NULL until answered */
    unsigned status;
};

const char *http_argument(const struct http_request *request, const char *name) {
    for (size_t i = 0; i < request->argument_count; i++) {
        if (strcmp(request->arguments[i].name, name) == 0) {
            return request->arguments[i].value;
        }
    }
    return NULL;
}

/* ---- answers */

/* A page runs its own script and style and nothing else, and talks to nobody but us; everything else is no page. */
static void add_policy(struct MHD_Response *response, const char *script_key) {
    char policy[POLICY_BYTES];
    if (script_key == NULL) {
        snprintf(policy, sizeof policy, "default-src 'none'; frame-ancestors 'none'");
    } else {
        snprintf(policy, sizeof policy,
                 "default-src 'none'; script-src 'nonce-%s'; style-src 'nonce-%s'; img-src data:; connect-src 'self'; "
                 "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                 script_key, script_key);
    }
    MHD_add_response_header(response, "Content-Security-Policy", policy);
}

/* These headers go with every answer, errors too. no-store: figures are of a moment, and records are not for a proxy's
 * disk. nosniff: a record quotes what others sent and must never be taken for a page. The library frees the body. */
static struct MHD_Response *response_of(const struct http_answer *answer, struct buffer *body) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->len, body->data,
                                        body->data == NULL ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
    *body = (struct buffer){0};
    if (response == NULL) {
        abort(); /* without memory, as everywhere (base/alloc.h) */
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    add_policy(response, answer->script_key);
    if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    } else if (answer->status == MHD_HTTP_UNAUTHORIZED) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    } else if (answer->status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    }
    return response;
}

void http_answer(struct http_request *request, const struct http_answer *answer, struct buffer *body) {
    /* From the resume on, the server's thread may free the exchange: what is needed of it is read before. */
    struct exchange *exchange = (struct exchange *)request;
    struct http_server *server = exchange->server;
    exchange->response = response_of(answer, body);
    exchange->status = answer->status;
    MHD_resume_connection(exchange->connection);
    atomic_fetch_sub(&server->waiting, 1); /* last: from 0 on the server may be stopped */
}

/* What is wrong with the request itself is said at once; the connection is closed after it. `sentence` is a literal of
 * ours without anything to escape. */
static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status, const char *sentence) {
    struct buffer body = {0};
    buffer_printf(&body, "{\"error\":\"%s\"}\n", sentence);
    struct MHD_Response *response = response_of(&(struct http_answer){status, "application/json", NULL}, &body);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests */

static const char *header_of(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Takes as long for a wrong token as for the right one, so that it cannot be found out byte by byte. */
static bool has_token(const char *token, const char *shown) {
    size_t len = strlen(token);
    size_t shown_len = strlen(shown);
    unsigned differ = len != shown_len;
    for (size_t i = 0; i < shown_len; i++) {
        differ |= (unsigned char)shown[i] ^ (unsigned char)token[len == 0 ? 0 : i % len];
    }
    return differ == 0;
}

/* The scheme is compared without case (RFC 9110), the token byte by byte. */
static bool is_authorized(const struct http_server *server, struct MHD_Connection *connection) {
    static const char scheme[] = "Bearer ";
    const char *shown = header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION);
    return server->token == NULL || (shown != NULL && strncasecmp(shown, scheme, sizeof scheme - 1) == 0 &&
                                     has_token(server->token, shown + sizeof scheme - 1));
}

/* All of 127.0.0.0/8 is this machine. A name that only resolves to it does not count: that is the trick of is_meant. */
static bool is_local_name(const char *host, size_t len) {
    return (len == 9 && strncasecmp(host, "localhost", len) == 0) || (len == 5 && strncmp(host, "[::1]", len) == 0) ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == len);
}

/* A page of another site can have its own name point to 127.0.0.1 and so read what only this machine may (DNS
 * rebinding); then that name stands in Host. A server that others reach knows no list of its names, so there Host says
 * nothing. Without a Host it is HTTP/1.0 (the library refuses 1.1 without one), which no browser speaks. */
static bool is_meant(const struct http_server *server, struct MHD_Connection *connection) {
    const char *host = header_of(connection, MHD_HTTP_HEADER_HOST);
    if (!server->local || host == NULL) {
        return true;
    }
    /* The name ends before the port's colon; an IPv6 address has colons itself and ends with its bracket. */
    size_t len = strcspn(host, host[0] == '[' ? "]" : ":");
    len += host[len] == ']';
    return (host[len] == '\0' || host[len] == ':') && is_local_name(host, len);
}

static enum MHD_Result take_argument(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct http_request *request = context;
    (void)kind;
    if (request->argument_count == HTTP_ARGUMENTS_MAX) {
        return MHD_NO;
    }
    request->arguments[request->argument_count++] = (struct http_argument){name, value == NULL ? "" : value};
    return MHD_YES;
}

/* Whatever is refused here was never `taken`: no path or token has been looked at, and nothing is allocated for it. */
static enum MHD_Result begin(struct http_server *server, struct MHD_Connection *connection, const char *path,
                             const char *method, void **state) {
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD: nothing can be changed here");
    }
    if (header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH) != NULL ||
        header_of(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL) {
        return refuse(connection, MHD_HTTP_CONTENT_TOO_LARGE, "a request here has no body");
    }
    if (!is_meant(server, connection)) {
        return refuse(connection, MHD_HTTP_FORBIDDEN,
                      "this address is for its own machine: ask for it as localhost, or set http.listen to an address "
                      "that others reach, with http.token_file");
    }
    if (MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > HTTP_ARGUMENTS_MAX) {
        return refuse(connection, MHD_HTTP_BAD_REQUEST, "too many arguments");
    }
    struct exchange *exchange = alloc_zeroed(1, sizeof *exchange);
    exchange->server = server;
    exchange->connection = connection;
    exchange->path = alloc_copy(path, strlen(path));
    exchange->request.path = exchange->path;
    exchange->request.authorized = is_authorized(server, connection);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_argument, &exchange->request);
    *state = exchange;
    return MHD_YES;
}

/* libmicrohttpd calls this when the headers are there, then to have the request answered, then after each wake-up. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload, size_t *upload_bytes,
                                  void **state) {
    struct http_server *server = context;
    struct exchange *exchange = *state;
    (void)version;
    (void)upload;
    (void)upload_bytes;
    if (exchange == NULL) {
        return begin(server, connection, path, method, state);
    }
    if (exchange->response != NULL) {
        return MHD_queue_response(connection, exchange->status, exchange->response);
    }
    atomic_fetch_add(&server->waiting, 1); /* before the look at `quiet`: whoever set it waits for 0 */
    if (atomic_load(&server->quiet)) {
        atomic_fetch_sub(&server->waiting, 1);
        return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "the worker is stopping");
    }
    /* Before `take`, which may have the request answered from another thread before it returns: only a connection that
     * is suspended may be resumed. */
    MHD_suspend_connection(connection);
    server->take(server->context, &exchange->request);
    return MHD_YES;
}

/* Also called where the connection broke, and for requests that `begin` refused, which have no exchange. A response is
 * counted: the library holds it for as long as it sends, and this gives our part back. */
static void on_end(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code) {
    struct exchange *exchange = *state;
    (void)context;
    (void)connection;
    (void)code;
    if (exchange != NULL) {
        if (exchange->response != NULL) {
            MHD_destroy_response(exchange->response);
        }
        free(exchange->path);
        free(exchange);
        *state = NULL;
    }
}

/* ---- the server */

/* The library could open the socket itself, but would only say that it did not start; here the error has the address
 * and the reason. */
static int listen_on(const struct address *address, char error[HTTP_ERROR_BYTES]) {
    int on = 1, off = 0;
    char text[ADDRESS_TEXT_BYTES];
    int family = address->socket.any.sa_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        /* A worker that is started again gets its port though old connections are still in TIME_WAIT. */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (family == AF_INET6) {
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off); /* [::] is every address of both families */
        }
    }
    if (fd >= 0 && bind(fd, &address->socket.any, address->len) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    address_write(address, text);
    snprintf(error, HTTP_ERROR_BYTES, "cannot listen on %s: %s", text, strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

struct http_server *http_server_start(const struct http_server_options *options, char error[HTTP_ERROR_BYTES]) {
    int fd = listen_on(&options->address, error);
    if (fd < 0) {
        return NULL;
    }
    struct http_server *server = alloc_zeroed(1, sizeof *server);
    server->address = options->address;
    server->local = address_is_loopback(&options->address);
    getsockname(fd, &server->address.socket.any, &server->address.len);
    server->token = options->token == NULL ? NULL : alloc_copy(options->token, strlen(options->token));
    server->take = options->take;
    server->context = options->context;
    /* Suspending needs the library's own wake-up pipe, which the flag brings. The memory limit is a connection's pool,
     * which must hold request line, headers and arguments. A quarter of the connections is out of one address's reach,
     * so that a probe gets in whatever one client does. */
    server->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
                         MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
                         MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX / 4 * 3,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)HTTP_HEAD_BYTES_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
                         on_end, NULL, MHD_OPTION_END);
    if (server->daemon == NULL) {
        snprintf(error, HTTP_ERROR_BYTES, "the HTTP server does not start (threads or files are short)");
        close(fd);
        free(server->token);
        free(server);
        return NULL;
    }
    return server;
}

struct address http_server_address(const struct http_server *server) {
    return server->address;
}

/* on_request counts first and looks at `quiet` second; whoever stops the server does it the other way round. Both are
 * sequentially consistent, so one of the two sees the other, and no request is taken behind a count of 0. */
void http_server_quiet(struct http_server *server) {
    atomic_store(&server->quiet, true);
}

size_t http_server_waiting(const struct http_server *server) {
    return atomic_load(&server->waiting);
}

void http_server_stop(struct http_server *server) {
    MHD_stop_daemon(server->daemon);
    free(server->token);
    free(server);
}
