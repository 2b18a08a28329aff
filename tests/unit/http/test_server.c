/* The server against its own client and against raw connections: what is refused, what every answer carries, how it
 * stops. */
#include <criterion/criterion.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "http/client.h"
#include "http/server.h"

enum { WAIT_MS = 5000 };

static struct http_server *server;
static struct address place;
static char error[HTTP_ERROR_BYTES];
static struct http_request *_Atomic held; /* by /hold, until release_held */

static void take(void *context, struct http_request *request) {
    (void)context;
    struct buffer body = {0};
    if (strcmp(request->path, "/hold") == 0) {
        atomic_store(&held, request);
        return;
    }
    const char *word = http_argument(request, "word");
    buffer_printf(&body, "%s %s %s %zu", request->path, word == NULL ? "-" : word,
                  request->authorized ? "authorized" : "stranger", request->argument_count);
    http_answer(request, &(struct http_answer){200, "text/plain", strcmp(request->path, "/page") == 0 ? "KEY" : NULL},
                &body);
}

static void start(const char *address, const char *token) {
    struct http_server_options options = {.token = token, .take = take};
    cr_assert(address_parse(address, &options.address));
    server = http_server_start(&options, error);
    cr_assert(server != NULL, "%s", error);
    place = http_server_address(server);
}

static void begin(void) {
    start("127.0.0.1:0", NULL);
}

static void stop(void) {
    if (server != NULL) {
        http_server_quiet(server);
        http_server_stop(server);
    }
}

TestSuite(server, .init = begin, .fini = stop);

/* What comes back for raw bytes, until the server closes or a second passes without a byte. */
static const char *raw(const char *text) {
    static char answer[64 * 1024];
    size_t len = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval wait = {.tv_sec = 1};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    cr_assert(connect(fd, &place.socket.any, place.len) == 0);
    cr_assert(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
    for (ssize_t got; len < sizeof answer - 1 && (got = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0;) {
        len += (size_t)got;
    }
    close(fd);
    answer[len] = '\0';
    return answer;
}

static void gets(const char *path, const char *token, unsigned status, const char *wanted) {
    struct buffer body = {0};
    unsigned got = http_get(&(struct http_question){&place, path, token, WAIT_MS}, &body, error);
    buffer_append_byte(&body, '\0');
    cr_assert_eq(got, status, "%s: %u %s %s", path, got, error, body.data);
    cr_assert(strstr(body.data, wanted) != NULL, "%s: %s", path, body.data);
    buffer_release(&body);
}

#define SAYS(answer, ...) says(answer, (const char *const[]){__VA_ARGS__, NULL})

static void says(const char *answer, const char *const *words) {
    for (; *words != NULL; words++) {
        cr_assert(strstr(answer, *words) != NULL, "'%s' is not in:\n%s", *words, answer);
    }
}

Test(server, decodes_path_and_arguments) {
    gets("/v1/X%7C1?word=a%20b&x&y=", NULL, 200, "/v1/X|1 a b authorized 3");
    gets("/", NULL, 200, "/ - authorized 0");
}

Test(server, every_answer_forbids_to_keep_and_to_embed_it) {
    SAYS(raw("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "HTTP/1.1 200 OK\r\n",
         "Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
         "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    SAYS(raw("GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "script-src 'nonce-KEY'",
         "connect-src 'self'", "frame-ancestors 'none'");
}

Test(server, head_has_no_body) {
    const char *answer = raw("HEAD /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    SAYS(answer, "200 OK");
    cr_assert(strstr(answer, "authorized") == NULL, "%s", answer);
}

Test(server, refuses_what_would_change_something) {
    const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        char request[128];
        snprintf(request, sizeof request, "%s / HTTP/1.1\r\nHost: localhost\r\n\r\n", methods[i]);
        SAYS(raw(request), " 405 ", "Allow: GET, HEAD", "no-store");
    }
}

Test(server, refuses_a_body) {
    SAYS(raw("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"), " 413 ");
    SAYS(raw("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
         " 413 ");
}

Test(server, bounds_what_a_request_may_say) {
    static char request[HTTP_HEAD_BYTES_MAX * 2];
    int len = snprintf(request, sizeof request, "GET /");
    memset(request + len, 'x', sizeof request - 64);
    snprintf(request + sizeof request - 64, 64, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const char *answer = raw(request);
    cr_assert(strstr(answer, " 200 ") == NULL, "%.200s", answer);
    gets("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p", NULL, 200, " 16");
    gets("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", NULL, 400, "too many arguments");
}

Test(server, survives_garbage) {
    const char *const garbage[] = {"\r\n\r\n",
                                   "GET\r\n\r\n",
                                   "\x16\x03\x01\x02",
                                   "GET / HTTP/9.9\r\n\r\n",
                                   "GET /%zz%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                   "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"};
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        raw(garbage[i]);
        gets("/alive", NULL, 200, "/alive");
    }
}

Test(server, another_name_for_loopback_is_refused) {
    const char *const good[] = {"localhost", "LOCALHOST:80", "127.0.0.1:80", "127.1.2.3", "[::1]:80"};
    const char *const bad[] = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1].evil"};
    char request[160];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", good[i]);
        SAYS(raw(request), " 200 ");
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", bad[i]);
        SAYS(raw(request), " 403 ", "http.listen");
    }
}

Test(server, an_answer_may_come_later_from_another_thread) {
    pthread_t thread;
    static unsigned status;
    extern void *get_held(void *out);
    cr_assert(pthread_create(&thread, NULL, get_held, &status) == 0);
    for (int i = 0; i < WAIT_MS && atomic_load(&held) == NULL; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    cr_assert(atomic_load(&held) != NULL);
    gets("/beside", NULL, 200, "/beside");
    cr_assert_eq(http_server_waiting(server), 1);
    http_server_quiet(server);
    gets("/late", NULL, 503, "stopping");
    struct buffer body = {0};
    buffer_append_text(&body, "at last");
    http_answer(atomic_load(&held), &(struct http_answer){418, "text/plain", NULL}, &body);
    cr_assert(pthread_join(thread, NULL) == 0);
    cr_assert_eq(status, 418);
    cr_assert_eq(http_server_waiting(server), 0);
}

void *get_held(void *out);
void *get_held(void *out) {
    struct buffer body = {0};
    char sentence[HTTP_ERROR_BYTES];
    *(unsigned *)out = http_get(&(struct http_question){&place, "/hold", NULL, WAIT_MS}, &body, sentence);
    buffer_release(&body);
    return NULL;
}

Test(server, a_taken_address_is_a_sentence) {
    struct http_server_options options = {.address = place, .take = take};
    cr_assert(http_server_start(&options, error) == NULL);
    SAYS(error, "cannot listen on 127.0.0.1:", "in use");
}

/* Connections that say nothing; how many of them were taken is not known before they are used. */
static void connect_silently(int *fds, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        cr_assert(fds[i] >= 0 && connect(fds[i], &place.socket.any, place.len) == 0);
    }
}

Test(server, one_address_cannot_take_every_connection) {
    static int fds[HTTP_CONNECTIONS_MAX];
    struct buffer body = {0};
    connect_silently(fds, HTTP_CONNECTIONS_MAX);
    cr_assert_eq(http_get(&(struct http_question){&place, "/", NULL, 1000}, &body, error), 0,
                 "this address has as many as it may");
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        close(fds[i]);
    }
    bool answered = false;
    for (int i = 0; i < 50 && !answered; i++) {
        answered = http_get(&(struct http_question){&place, "/", NULL, 1000}, &body, error) == 200;
    }
    cr_assert(answered, "once they are closed it answers again: %s", error);
    buffer_release(&body);
}

Test(server, a_silent_connection_is_closed) {
    char answer[1024]; /* it may say why */
    int fd;
    ssize_t got;
    struct timeval wait = {.tv_sec = 3 * HTTP_IDLE_S};
    connect_silently(&fd, 1);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    cr_assert(send(fd, "GET / HTT", 9, MSG_NOSIGNAL) == 9);
    do {
        got = recv(fd, answer, sizeof answer, 0);
    } while (got > 0);
    cr_assert(got == 0 || errno != EAGAIN, "not closed within %d s", 3 * HTTP_IDLE_S);
    close(fd);
}

TestSuite(server_token, .fini = stop);

Test(server_token, only_the_token_opens) {
    start("127.0.0.1:0", "correct-horse-battery");
    gets("/", "correct-horse-battery", 200, "authorized");
    gets("/", NULL, 200, "stranger");
    gets("/", "correct-horse-batterx", 200, "stranger");
    gets("/", "correct-horse-batter", 200, "stranger");
    gets("/", "correct-horse-battery2", 200, "stranger");
    SAYS(raw("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic correct-horse-battery\r\nConnection: "
             "close\r\n\r\n"),
         "stranger");
}

Test(server_token, both_families_at_once) {
    struct buffer body = {0};
    server = NULL;
    struct http_server_options options = {.take = take};
    cr_assert(address_parse(":0", &options.address));
    server = http_server_start(&options, error);
    if (server == NULL) {
        cr_skip("no IPv6 here");
    }
    struct address any = http_server_address(server);
    struct address ipv4;
    cr_assert(address_parse("127.0.0.1:0", &ipv4));
    ipv4.socket.ipv4.sin_port = any.socket.ipv6.sin6_port;
    cr_assert_eq(http_get(&(struct http_question){&ipv4, "/", NULL, WAIT_MS}, &body, error), 200, "%s", error);
    buffer_release(&body);
}
