/* Requests come from the server's thread through one ring, answers of lanes through those of the questions, and both
 * ring the same bell: this thread sleeps in one place. It is the board's one looking thread (worker/board.h) and the
 * only one that touches inquiries and history, so nothing below needs a lock. */
#include "http/desk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "flow/ring.h"
#include "http/health.h"
#include "http/history.h"
#include "http/inquiry.h"
#include "http/metrics.h"
#include "http/page.h"
#include "http/reply.h"
#include "http/status_json.h"

/* The bell ends a sleep early. Ticks are for what nobody rings for: a sample that is due, a list whose turn has come, a
 * request whose time is over. */
enum { TICK_MS = 200, WAITING_TICK_MS = 20 };

/* The version belongs to the type: a scraper picks its parser by it. */
static const char METRICS_TYPE[] = "text/plain; version=0.0.4; charset=utf-8";

struct desk {
    const struct config *config;
    struct board *board;
    pthread_t thread;
    struct bell *bell; /* the questions' */
    struct ring *requests;
    struct inquiries *inquiries;
    struct history *history;
    const struct http_server *server; /* set before `stopping` */
    atomic_bool stopping;             /* the last requests are answered still */
};

/* ---- answers */

static struct health_question question_of(const struct desk *desk) {
    return (struct health_question){board_phase(desk->board), board_look(desk->board), clock_steady_ms(),
                                    desk->config->http_ready_ms};
}

/* Probes look at the status alone; the sentences in the body are for the person who looks afterwards. */
static void answer_healthz(struct desk *desk, struct http_request *request) {
    struct buffer body = {0};
    struct health_question question = question_of(desk);
    reply_json(request, health_alive(&question, &body) ? 200 : 503, &body);
}

static void answer_readyz(struct desk *desk, struct http_request *request) {
    struct buffer body = {0};
    struct health_question question = question_of(desk);
    reply_json(request, health_ready(&question, &body) ? 200 : 503, &body);
}

/* Readiness is one figure here; why not is for /readyz to say. */
static void answer_metrics(struct desk *desk, struct http_request *request) {
    struct buffer body = {0};
    struct buffer reasons = {0};
    struct health_question question = question_of(desk);
    const struct metrics_subject subject = {desk->config, question.view, question.now_ms,
                                            health_ready(&question, &reasons)};
    metrics_write(&subject, &body);
    buffer_release(&reasons);
    http_answer(request, &(struct http_answer){200, METRICS_TYPE, NULL}, &body);
}

/* 200 also while it is not ready: then above all somebody wants to see the figures. */
static void answer_status(struct desk *desk, struct http_request *request) {
    struct buffer body = {0};
    struct health_question question = question_of(desk);
    status_put(&(struct status_subject){desk->config, &question, desk->history}, &body);
    reply_json(request, 200, &body);
}

static void answer_page(struct desk *desk, struct http_request *request) {
    struct buffer body = {0};
    char key[PAGE_KEY_BYTES];
    (void)desk;
    page_put(key, &body);
    http_answer(request, &(struct http_answer){200, "text/html; charset=utf-8", key}, &body);
}

static void ask_lanes(struct desk *desk, struct http_request *request) {
    inquiries_take(desk->inquiries, request);
}

/* ---- routes */

static const struct route {
    const char *path; /* one that ends with a slash stands for all below it */
    void (*answer)(struct desk *desk, struct http_request *request);
    bool open; /* no token: whoever looks after the process has none, and it says nothing of the trains */
} ROUTES[] = {
    {"/", answer_page, true}, /* its frame; what it shows it asks for with the token */
    {"/metrics", answer_metrics, false},
    {"/healthz", answer_healthz, true},
    {"/readyz", answer_readyz, true},
    {"/v1/status", answer_status, false},
    {"/v1/rejects", ask_lanes, false},
    {"/v1/trains", ask_lanes, false},
    {"/v1/trains/", ask_lanes, false},
};

/* "/" alone is a page and no folder: as one it would take every path. */
static const struct route *route_of(const char *path) {
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++) {
        size_t len = strlen(ROUTES[i].path);
        bool is_folder = len > 1 && ROUTES[i].path[len - 1] == '/';
        if (is_folder ? strncmp(ROUTES[i].path, path, len) == 0 : strcmp(ROUTES[i].path, path) == 0) {
            return &ROUTES[i];
        }
    }
    return NULL;
}

/* Without the token an unknown path gets 401 like a known one, so that nobody learns what is there by trying. */
static void take(struct desk *desk, struct http_request *request) {
    const struct route *route = route_of(request->path);
    if (!request->authorized && (route == NULL || !route->open)) {
        reply_error(request, 401, "a token is needed: `Authorization: Bearer TOKEN`, that of http.token_file");
    } else if (route == NULL) {
        reply_error(request, 404,
                    "nothing is here: there is the page at /, /metrics, /healthz, /readyz, /v1/status, /v1/trains and "
                    "/v1/rejects");
    } else {
        route->answer(desk, request);
    }
}

/* ---- the thread */

/* Requests are answered in the order in which they came, but for those that wait for a lane. */
static void work(struct desk *desk) {
    for (struct http_request *request; (request = ring_poll(desk->requests)) != NULL;) {
        take(desk, request);
    }
    inquiries_go_on(desk->inquiries);
    if (atomic_load(&desk->stopping)) {
        inquiries_give_up(desk->inquiries);
    }
    const struct board_view *view = board_look(desk->board);
    if (view != NULL) {
        history_take(desk->history, view);
    }
}

/* A request that the server has taken must be answered, or the server cannot be stopped; one that never started took
 * none. */
static bool is_over(const struct desk *desk) {
    return atomic_load(&desk->stopping) && (desk->server == NULL || http_server_waiting(desk->server) == 0);
}

static void *desk_main(void *context) {
    struct desk *desk = context;
    while (!is_over(desk)) {
        bell_arm(desk->bell); /* what comes from here on ends the sleep */
        work(desk);
        bell_sleep(desk->bell, inquiries_wait(desk->inquiries) ? WAITING_TICK_MS : TICK_MS);
    }
    return NULL;
}

struct desk *desk_start(const struct config *config, struct board *board) {
    struct desk *desk = alloc_zeroed(1, sizeof *desk);
    desk->config = config;
    desk->board = board;
    desk->bell = questions_bell(board_questions(board));
    /* A connection has one request at a time, so this is never full and the server's thread never waits for room. */
    desk->requests = ring_new(HTTP_CONNECTIONS_MAX, desk->bell);
    desk->inquiries = inquiries_new(config, board);
    desk->history = history_new();
    /* As without memory: a worker that cannot have its few threads at the start cannot run. */
    if (pthread_create(&desk->thread, NULL, desk_main, desk) != 0) {
        abort();
    }
    return desk;
}

void desk_take(void *context, struct http_request *request) {
    struct desk *desk = context;
    ring_push(desk->requests, request);
}

void desk_stop(struct desk *desk, const struct http_server *server) {
    desk->server = server;
    atomic_store(&desk->stopping, true);
    /* The bell is the board's, like the questions, and stays when the desk is gone. */
    bell_ring(desk->bell);
    pthread_join(desk->thread, NULL);
    inquiries_free(desk->inquiries);
    history_free(desk->history);
    ring_free(desk->requests);
    free(desk);
}
