/* Puts server and desk together and takes them apart. The server hands over requests from its first moment on, so the
 * desk is started before it; and it must not end while a request waits, so the desk ends in between. */
#include "http/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "http/desk.h"
#include "http/token.h"

struct http {
    struct desk *desk;
    struct http_server *server;
};

/* False with a sentence; *token is NULL where none is configured. */
static bool read_token(const struct config *config, char **token, char error[HTTP_ERROR_BYTES]) {
    const char *path = config->http_token_file;
    bool is_set = path != NULL && *path != '\0';
    *token = is_set ? http_token_read(path, error) : NULL;
    return !is_set || *token != NULL;
}

/* The address is the server's, not the configured one: for port 0 only it knows which. That everybody may read is the
 * operator's to decide, so it is said and not refused. */
static void tell(const struct http *http, bool has_token) {
    struct address address = http_server_address(http->server);
    char text[ADDRESS_TEXT_BYTES];
    address_write(&address, text);
    log_line(LOG_INFO, "http", "status page, /metrics, /healthz and /readyz at http://%s/", text);
    if (!has_token && !address_is_loopback(&address)) {
        log_line(LOG_WARNING, "http",
                 "whoever reaches %s can read every record: set http.token_file, or see to it that "
                 "only those reach it who may",
                 text);
    }
}

/* NULL with a sentence. */
static struct http *open_at(const struct address *address, const char *token, struct desk *desk,
                            char error[HTTP_ERROR_BYTES]) {
    struct http_server *server = http_server_start(
        &(struct http_server_options){.address = *address, .token = token, .take = desk_take, .context = desk}, error);
    if (server == NULL) {
        desk_stop(desk, NULL);
        return NULL;
    }
    struct http *http = alloc_zeroed(1, sizeof *http);
    *http = (struct http){desk, server};
    return http;
}

bool http_start(const struct config *config, struct board *board, struct http **out, char error[HTTP_ERROR_BYTES]) {
    struct address address;
    char *token;
    *out = NULL;
    if (*config->http_listen == '\0') {
        return true;
    }
    if (!address_parse(config->http_listen, &address) || !read_token(config, &token, error)) {
        return false;
    }
    *out = open_at(&address, token, desk_start(config, board), error);
    /* Several workers on one machine are often started with the same defaults: the second one must run, if only without
     * a page. An address that was asked for is another matter. */
    bool is_default = strcmp(config->http_listen, CONFIG_HTTP_LISTEN) == 0;
    if (*out != NULL) {
        tell(*out, token != NULL);
    } else if (is_default) { /* nobody asked for it */
        log_line(LOG_WARNING, "http",
                 "%s: this worker has no /metrics and no status page; give it an http.listen of its own", error);
    }
    free(token);
    return *out != NULL || is_default;
}

bool http_check(const struct config *config, char error[HTTP_ERROR_BYTES]) {
    char *token = NULL;
    bool good = *config->http_listen == '\0' || read_token(config, &token, error);
    free(token);
    return good;
}

void http_stop(struct http *http) {
    if (http != NULL) {
        /* In this order: no request is taken any more; those that wait get their answer, which ends the desk's thread;
         * then no connection sleeps, and the server may close them. */
        http_server_quiet(http->server);
        desk_stop(http->desk, http->server);
        http_server_stop(http->server);
        free(http);
    }
}
