/* Two questions, for two hands: who finds a worker not alive kills it, who finds it not ready sends its work elsewhere
 * or waits. So nothing that a new process would find again (brokers that are away, a commit that is late, a full state)
 * makes a worker not alive: it would be killed over and over, and each start costs a restore. */
#include "http/health.h"

#include <inttypes.h>
#include <stdarg.h>

#include "encode/json_put.h"

struct answer {
    struct buffer checks; /* the members of the array */
    bool good;
};

static void answer_init(struct answer *answer) {
    *answer = (struct answer){.good = true};
    /* At once, for json_put_next looks at the byte before to know whether a comma is due. */
    JSON_PUT(&answer->checks, "[");
}

/* Good checks are told as well: the answer shows what was looked at, not only what was found. */
__attribute__((format(printf, 4, 5))) static void check(struct answer *answer, const char *name, bool good,
                                                        const char *format, ...) {
    struct buffer sentence = {0};
    va_list args;
    va_start(args, format);
    buffer_vprintf(&sentence, format, args);
    va_end(args);
    json_put_next(&answer->checks);
    JSON_PUT(&answer->checks, "{");
    JSON_MEMBER(&answer->checks, "name", text, slice_of(name));
    JSON_MEMBER(&answer->checks, "ok", bool, good);
    JSON_MEMBER(&answer->checks, "detail", text, buffer_slice(&sentence));
    JSON_PUT(&answer->checks, "}");
    buffer_release(&sentence);
    answer->good = answer->good && good;
}

/* The verdict stands in front of the checks that it follows from; so those were gathered apart. */
static bool finish(struct answer *answer, const char *good, struct buffer *out) {
    JSON_PUT(&answer->checks, "]");
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "status", text, slice_of(answer->good ? good : "failing"));
    JSON_NAME(out, "checks", "");
    buffer_append_slice(out, buffer_slice(&answer->checks));
    JSON_PUT(out, "}\n");
    buffer_release(&answer->checks);
    return answer->good;
}

static double seconds(int64_t ms) {
    return (double)ms / 1000;
}

/* ---- alive */

/* Silence is no fault while it starts or stops: both wait for brokers, for longer than the bound if they are away, and
 * a new process would wait for the same. */
static void check_source(struct answer *answer, const struct health_question *question) {
    int64_t silent_ms = question->view == NULL ? 0 : question->now_ms - question->view->at_ms;
    if (question->phase == BOARD_STARTING || question->view == NULL) {
        check(answer, "source", true, "starting");
    } else if (silent_ms < HEALTH_STUCK_MS) {
        check(answer, "source", true, "polls");
    } else {
        check(answer, "source", question->phase == BOARD_STOPPING, "has not moved for %.0f s", seconds(silent_ms));
    }
}

/* A lane with nothing to do is not stuck: time counts only while an order lies in its ring (worker/worker_board.c). The
 * first one that is stuck is enough. */
static void check_lanes(struct answer *answer, const struct health_question *question) {
    const struct board_view *view = question->view;
    for (unsigned i = 0; view != NULL && i < view->lane_count; i++) {
        if (view->lanes[i].stuck_ms >= HEALTH_STUCK_MS) {
            check(answer, "lanes", false, "lane %u has not taken the %u orders in its ring for %.0f s", i,
                  view->lanes[i].waiting, seconds(view->lanes[i].stuck_ms));
            return;
        }
    }
    check(answer, "lanes", true, "take what is there");
}

bool health_alive(const struct health_question *question, struct buffer *out) {
    struct answer answer;
    answer_init(&answer);
    check_source(&answer, question);
    check_lanes(&answer, question);
    return finish(&answer, "alive", out);
}

/* ---- ready */

static void check_phase(struct answer *answer, const struct health_question *question) {
    switch (question->phase) {
    case BOARD_STARTING: check(answer, "running", false, "starting: looks at the topics, joins the group"); break;
    case BOARD_RUNNING: check(answer, "running", true, "runs"); break;
    case BOARD_STOPPING: check(answer, "running", false, "stopping"); break;
    }
}

/* Without a partition it is as ready as it can be: with more workers than partitions one stands by, and a roll-out that
 * waits for each worker to be ready must get past it. */
static void check_assigned(struct answer *answer, const struct board_view *view) {
    if (!view->joined) {
        check(answer, "assigned", false, "the group has not said yet which partitions are this worker's");
    } else if (view->partition_count == 0) {
        check(answer, "assigned", true, "in the group, without a partition: it stands by");
    } else {
        check(answer, "assigned", true, "%zu of %d partitions", view->partition_count, (int)view->input_partitions);
    }
}

static void check_restored(struct answer *answer, const struct board_view *view) {
    size_t restoring = 0, waiting = 0, changing = 0;
    for (size_t i = 0; i < view->partition_count; i++) {
        restoring += view->partitions[i].state == BOARD_RESTORING;
        waiting += view->partitions[i].state == BOARD_WAITING;
        changing += view->partitions[i].state == BOARD_CHANGING;
    }
    if (restoring + waiting + changing == 0) {
        check(answer, "restored", true, "every partition");
    } else {
        check(answer, "restored", false,
              "%zu partitions are being restored, %zu wait for room below state.bytes_max, %zu bring in a changed "
              "configuration",
              restoring, waiting, changing);
    }
}

/* The worker asks about its input all the time (worker/worker_topic.c), so silence is the brokers' own and does not
 * depend on whether events come. */
static void check_brokers(struct answer *answer, const struct health_question *question) {
    int64_t told_ms = question->view->brokers_ms;
    if (told_ms == 0) {
        check(answer, "brokers", false, "have not answered yet");
    } else {
        int64_t silent_ms = question->now_ms - told_ms;
        check(answer, "brokers", silent_ms <= question->within_ms, "last answered %.1f s ago", seconds(silent_ms));
    }
}

/* An epoch with nothing to commit is over at once, so an idle worker is never late. */
static void check_committing(struct answer *answer, const struct health_question *question) {
    int64_t due_ms = question->view->epoch_ms;
    int64_t late_ms = due_ms == 0 ? 0 : question->now_ms - due_ms;
    if (late_ms > question->within_ms) {
        check(answer, "committing", false,
              "the commit that was due %.0f s ago is not done: nothing is lost, nothing new "
              "goes out",
              seconds(late_ms));
    } else {
        check(answer, "committing", true, "no commit is late");
    }
}

/* The one check that time alone does not mend, so its sentence says what would. */
static void check_room(struct answer *answer, const struct board_view *view) {
    if (view->full) {
        check(answer, "room", false,
              "the state holds %zu bytes, above state.bytes_max (%" PRIu64
              "): reading rests until there is more room or "
              "another worker",
              view->state_bytes, view->state_bytes_max);
    } else {
        check(answer, "room", true, "the state is below state.bytes_max");
    }
}

/* A view that is old says nothing of now. */
static void check_fresh(struct answer *answer, const struct health_question *question) {
    int64_t old_ms = question->now_ms - question->view->at_ms;
    check(answer, "source", old_ms <= question->within_ms, "told of itself %.1f s ago", seconds(old_ms));
}

bool health_ready(const struct health_question *question, struct buffer *out) {
    struct answer answer;
    answer_init(&answer);
    check_phase(&answer, question);
    if (question->view == NULL) {
        check(&answer, "assigned", false, "not in the group yet");
    } else {
        check_fresh(&answer, question);
        check_assigned(&answer, question->view);
        check_restored(&answer, question->view);
        check_brokers(&answer, question);
        check_committing(&answer, question);
        check_room(&answer, question->view);
    }
    return finish(&answer, "ready", out);
}
