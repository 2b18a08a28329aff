/* A request that only lanes can answer, from its taking to its answer. A question goes to every lane; once all have
 * filled their parts, and the epoch that these may speak of is decided, it is told. Who waits too long is told so, but
 * lanes go on writing into the question, so that must live until they are done. Hence the two ends of an inquiry: its
 * request may be gone (NULL) while its question is under way, and a list has a request long before its question. Lists
 * take turns, and all that ask for the same one get it at once: so a wall of screens waits no longer than one. */
#include "http/inquiry.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/timestamp.h"
#include "encode/json_put.h"
#include "http/filter.h"
#include "http/reply.h"
#include "http/trains_json.h"
#include "kafka/source.h"
#include "lanes/questions.h"
#include "worker/worker.h"

enum { LIST_SHARE = 20 /* of the lanes' time, at most one part in so many */ };

static const char TRAINS[] = "/v1/trains";
static const char FACTS[] = "/facts";

/* A question on its way, or answered. */
struct asked {
    struct question *question;
    size_t inquiries; /* that it is asked for */
    bool answered;
    uint64_t holds_from;
};

struct inquiry {
    struct link all;
    struct http_request *request; /* NULL: it has its answer, or none was in time */
    struct asked *asked;          /* NULL: a list whose turn it is not yet */
    struct question_filter filter;
    enum question_kind kind;
    bool wants_facts; /* QUESTION_TRAIN: the facts, not the record */
    int64_t until_ms; /* steady clock */
};

struct inquiries {
    const struct config *config;
    struct board *board;
    struct questions *questions;
    struct link all; /* head, the oldest first */
    size_t waiting;  /* requests */
    bool listing;    /* a list is being made */
    int64_t list_ms; /* steady clock: the next list may be made from here on */
};

struct inquiries *inquiries_new(const struct config *config, struct board *board) {
    struct inquiries *inquiries = alloc_zeroed(1, sizeof *inquiries);
    inquiries->config = config;
    inquiries->board = board;
    inquiries->questions = board_questions(board);
    list_init(&inquiries->all);
    return inquiries;
}

/* What is not answered is the lanes', or questions_free's, and whoever gets the answer must not follow it to what is
 * freed. */
static void asked_free(struct asked *asked) {
    if (asked->answered) {
        question_free(asked->question);
    } else {
        asked->question->context = NULL;
    }
    free(asked);
}

static void forget(struct inquiry *inquiry) {
    if (inquiry->asked != NULL && --inquiry->asked->inquiries == 0) {
        asked_free(inquiry->asked);
    }
    list_remove(&inquiry->all);
    free(inquiry);
}

void inquiries_free(struct inquiries *inquiries) {
    for (struct link *first; (first = list_first(&inquiries->all)) != NULL;) {
        forget(LIST_OWNER(first, struct inquiry, all));
    }
    free(inquiries);
}

bool inquiries_wait(const struct inquiries *inquiries) {
    return inquiries->waiting > 0;
}

/* ---- what an answer says */

/* Nobody has the train: where it would be, by the partitioner that producers use. The status says whether to ask here
 * again: 503 while its partition is being restored, 404 for good; `partition` lets the asker find the worker that has
 * it. */
static void reply_none(struct inquiries *inquiries, struct http_request *request, const char *key) {
    static const char *const states[BOARD_STATE_COUNT] = {"restoring", "waiting", "changing", "live"};
    const struct board_view *view = board_look(inquiries->board);
    struct buffer body = {0};
    int32_t partition = view == NULL ? -1 : kafka_key_partition(slice_of(key), view->input_partitions);
    const struct board_partition *here = NULL;
    for (size_t i = 0; view != NULL && i < view->partition_count; i++) {
        here = view->partitions[i].number == partition ? &view->partitions[i] : here;
    }
    bool is_live = here != NULL && here->state == BOARD_LIVE;
    JSON_PUT(&body, "{");
    JSON_MEMBER(&body, "error", text,
                is_live        ? SLICE("no such train: no event of it is committed")
                : here != NULL ? SLICE("its partition is this worker's, and not restored yet")
                               : SLICE("not here: another worker has its partition"));
    if (partition >= 0) {
        JSON_MEMBER(&body, "partition", count, (uint64_t)partition);
    }
    JSON_MEMBER(&body, "here", bool, here != NULL);
    if (here != NULL) {
        JSON_MEMBER(&body, "state", text, slice_of(states[here->state]));
    }
    JSON_PUT(&body, "}\n");
    reply_json(request, here == NULL || is_live ? 404 : 503, &body);
}

static void reply_train(struct inquiries *inquiries, struct inquiry *inquiry) {
    /* At most one part has it: a train is of one partition, and a partition of one lane. */
    const struct question *question = inquiry->asked->question;
    const struct slice key = slice_of(question->key);
    const struct question_part *found = NULL;
    struct buffer body = {0};
    for (unsigned i = 0; i < question->part_count; i++) {
        found = question->parts[i].found ? &question->parts[i] : found;
    }
    if (found == NULL) {
        reply_none(inquiries, inquiry->request, question->key);
        return;
    }
    struct slice facts = buffer_slice(&found->out);
    bool good = inquiry->wants_facts ? trains_put_facts(key, found->partition, facts, &body)
                                     : trains_put_record(key, facts, worker_rules(inquiries->config), &body);
    if (good) {
        reply_json(inquiry->request, 200, &body);
    } else {
        buffer_release(&body);
        reply_error(inquiry->request, 500, "the train's facts cannot be read");
    }
}

static void reply(struct inquiries *inquiries, struct inquiry *inquiry) {
    struct buffer body = {0};
    switch (inquiry->kind) {
    case QUESTION_TRAIN: reply_train(inquiries, inquiry); return;
    case QUESTION_LIST: trains_put_list(inquiry->asked->question, &body); break;
    case QUESTION_REJECTS: trains_put_rejects(inquiry->asked->question, &body); break;
    }
    reply_json(inquiry->request, 200, &body);
}

/* ---- from the request to the question */

static void join(struct inquiry *inquiry, struct asked *asked) {
    inquiry->asked = asked;
    asked->inquiries++;
}

/* Where too many are on the way the answer is 503 at once: a queue here would only hide for a while that lanes do not
 * keep up. False then, and `inquiry` is gone. */
static bool ask(struct inquiries *inquiries, struct inquiry *inquiry, const char *key) {
    struct asked *asked = alloc_zeroed(1, sizeof *asked);
    asked->question = question_new(inquiries->questions, inquiry->kind);
    asked->question->context = asked;
    asked->question->filter = inquiry->filter;
    if (key != NULL) {
        memcpy(asked->question->key, key, strlen(key) + 1);
    }
    if (questions_ask(inquiries->questions, asked->question)) {
        join(inquiry, asked);
        return true;
    }
    question_free(asked->question);
    free(asked);
    inquiries->waiting--;
    reply_error(inquiry->request, 503, "too many questions are on their way to the lanes");
    forget(inquiry);
    return false;
}

static struct inquiry *inquiry_new(struct inquiries *inquiries, struct http_request *request, enum question_kind kind) {
    struct inquiry *inquiry = alloc_zeroed(1, sizeof *inquiry);
    inquiry->request = request;
    inquiry->kind = kind;
    /* From here on, so that a list's wait for its turn counts as well. */
    inquiry->until_ms = clock_steady_ms() + INQUIRY_WAIT_MS;
    list_append(&inquiries->all, &inquiry->all);
    inquiries->waiting++;
    return inquiry;
}

/* The key of /v1/trains/KEY, and whether the facts are wanted; false when it has not the shape of one. No key ends with
 * `/facts`: its sixth byte from the end is a bar (contract 2.2). */
static bool read_key(const char *path, char key[QUESTION_KEY_BYTES], bool *wants_facts) {
    size_t len = strlen(path);
    size_t tail = sizeof FACTS - 1;
    int32_t days;
    *wants_facts = len > tail && strcmp(path + len - tail, FACTS) == 0;
    len -= *wants_facts ? tail : 0;
    if (len >= QUESTION_KEY_BYTES || !train_key_parse((struct slice){path, len}, &days)) {
        return false;
    }
    memcpy(key, path, len);
    key[len] = '\0';
    return true;
}

static void take_train(struct inquiries *inquiries, struct http_request *request) {
    char key[QUESTION_KEY_BYTES];
    bool wants_facts;
    if (request->argument_count > 0) {
        reply_error(request, 400, "a train takes no arguments");
    } else if (!read_key(request->path + sizeof TRAINS, key, &wants_facts)) {
        reply_error(request, 400, "a train is named NUMBER|DATE|PORT, such as /v1/trains/X8024%%7C2020-12-18%%7CCNAKL");
    } else {
        struct inquiry *inquiry = inquiry_new(inquiries, request, QUESTION_TRAIN);
        inquiry->wants_facts = wants_facts;
        ask(inquiries, inquiry, key);
    }
}

static void take_list(struct inquiries *inquiries, struct http_request *request) {
    struct question_filter filter;
    char wrong[HTTP_ERROR_BYTES];
    if (!filter_read(request, &filter, wrong)) {
        reply_error(request, 400, "%s", wrong);
    } else {
        /* A list makes each lane look at all its trains; one train is a look into a table. */
        inquiry_new(inquiries, request, QUESTION_LIST)->filter = filter; /* asked when it is its turn */
    }
}

/* The desk's routes let nothing else come here, so what is no train and no list is /v1/rejects. */
void inquiries_take(struct inquiries *inquiries, struct http_request *request) {
    size_t len = sizeof TRAINS - 1;
    if (strncmp(request->path, TRAINS, len) == 0 && request->path[len] == '/') {
        take_train(inquiries, request);
    } else if (strcmp(request->path, TRAINS) == 0) {
        take_list(inquiries, request);
    } else {
        ask(inquiries, inquiry_new(inquiries, request, QUESTION_REJECTS), NULL);
    }
}

/* ---- going on */

/* The answer holds once the latest epoch that any part names is decided. Lanes work side by side, so the longest of
 * their times is what the question cost. */
static uint64_t note_answer(struct asked *asked) {
    uint64_t took_ns = 0;
    asked->answered = true;
    for (unsigned i = 0; i < asked->question->part_count; i++) {
        const struct question_part *part = &asked->question->parts[i];
        asked->holds_from = part->holds_from > asked->holds_from ? part->holds_from : asked->holds_from;
        took_ns = part->took_ns > took_ns ? part->took_ns : took_ns;
    }
    return took_ns;
}

static void take_answers(struct inquiries *inquiries) {
    for (struct question *question; (question = questions_answered(inquiries->questions)) != NULL;) {
        struct asked *asked = question->context;
        if (asked == NULL) { /* of inquiries that are gone: the board outlives its desk */
            question_free(question);
            continue;
        }
        uint64_t took_ns = note_answer(asked);
        if (question->kind == QUESTION_LIST) {
            inquiries->listing = false;
            /* A list that kept lanes busy for 10 ms is followed by 190 ms without one, however many ask. */
            inquiries->list_ms = clock_steady_ms() + (int64_t)(took_ns * (LIST_SHARE - 1) / 1000000);
        }
    }
}

/* Only now, and not while a list is being made: what changed before somebody asked is in the answer. */
static void join_equal(struct inquiries *inquiries, struct inquiry *first) {
    for (struct link *at = &first->all; (at = list_next(&inquiries->all, at)) != NULL;) {
        struct inquiry *inquiry = LIST_OWNER(at, struct inquiry, all);
        /* Of what waits to be asked all are lists. */
        if (inquiry->asked == NULL && filter_equal(&inquiry->filter, &first->filter)) {
            join(inquiry, first->asked);
        }
    }
}

/* Inquiries are gone through from the oldest on, so lists get their turn in the order of their requests. */
static void begin_list(struct inquiries *inquiries, struct inquiry *inquiry, int64_t now_ms) {
    if (!inquiries->listing && now_ms >= inquiries->list_ms) {
        inquiries->listing = ask(inquiries, inquiry, NULL);
        if (inquiries->listing) {
            join_equal(inquiries, inquiry);
        }
    }
}

/* Ends the request, not the question. A list that timed out keeps `listing` set until the lanes are done with it: a
 * second one would only add to what they are slow with. */
static void time_out(struct inquiries *inquiries, struct inquiry *inquiry) {
    inquiries->waiting--;
    reply_error(
        inquiry->request, 503,
        "no answer within %d s: the lanes are busy, or the commit that it waits for is late (/readyz says more)",
        INQUIRY_WAIT_MS / 1000);
    inquiry->request = NULL;
}

static void go_on(struct inquiries *inquiries, struct inquiry *inquiry, int64_t now_ms) {
    /* First the request: it ends with the answer or with its time. Then the inquiry, which goes when neither a request
     * nor a lane needs it. */
    const struct asked *asked = inquiry->asked;
    bool holds = asked != NULL && asked->answered && questions_decided(inquiries->questions) >= asked->holds_from;
    if (inquiry->request != NULL && holds) {
        inquiries->waiting--;
        reply(inquiries, inquiry);
        inquiry->request = NULL;
    } else if (inquiry->request != NULL && now_ms >= inquiry->until_ms) {
        time_out(inquiries, inquiry);
    }
    if (inquiry->request == NULL && (asked == NULL || asked->answered)) {
        forget(inquiry);
    } else if (inquiry->request != NULL && asked == NULL) {
        begin_list(inquiries, inquiry, now_ms);
    }
}

void inquiries_go_on(struct inquiries *inquiries) {
    int64_t now_ms = clock_steady_ms();
    take_answers(inquiries);
    struct link *next;
    for (struct link *at = list_first(&inquiries->all); at != NULL; at = next) {
        /* Before go_on, which may free this one. */
        next = list_next(&inquiries->all, at);
        go_on(inquiries, LIST_OWNER(at, struct inquiry, all), now_ms);
    }
}

void inquiries_give_up(struct inquiries *inquiries) {
    for (struct link *at = list_first(&inquiries->all); at != NULL; at = list_next(&inquiries->all, at)) {
        struct inquiry *inquiry = LIST_OWNER(at, struct inquiry, all);
        if (inquiry->request != NULL) {
            inquiries->waiting--;
            reply_error(inquiry->request, 503, "the worker is stopping");
            inquiry->request = NULL;
        }
    }
}
