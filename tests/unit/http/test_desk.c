/* /v1 as a client sees it: the server, the desk and real lanes, without Kafka; this thread is their feeder and
 * collector. */
#include <criterion/criterion.h>

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "http/client.h"
#include "http/desk.h"
#include "kafka/source.h"
#include "lanes/lanes.h"
#include "support/events.h"
#include "worker/worker.h"

enum { LANES = 2, PARTITIONS = 4, WAIT_MS = 10000 };

static struct config config;
static struct board *board;
static struct lanes *lanes;
static struct desk *desk;
static struct http_server *server;
static struct address place;
static struct lanes_epoch epoch;
static struct lanes_position positions[PARTITIONS];
static char error[HTTP_ERROR_BYTES];

static void assign(int32_t number) {
    lanes_assign(lanes,
                 partition_new(&(struct partition_options){.number = number,
                                                           .check_key = true,
                                                           .limits = {1 << 20, 8 << 20, 36500},
                                                           .rules = worker_rules(&config),
                                                           .checkpoint_bytes = UINT64_MAX,
                                                           .checkpoint_age_ms = INT64_C(1) << 50,
                                                           .checkpoint_part_bytes_max = 1 << 20,
                                                           .learn = true}),
                 1);
    positions[number].partition = number;
}

static void post_view(void) {
    struct board_view *view = board_view_new(PARTITIONS - 1); /* the last one is another worker's */
    view->at_ms = clock_steady_ms();
    view->input_partitions = PARTITIONS;
    for (int32_t i = 0; i < PARTITIONS - 1; i++) {
        view->partitions[i] = (struct board_partition){.number = i, .state = i == 2 ? BOARD_RESTORING : BOARD_LIVE};
    }
    board_post(board, view);
}

static void start_lanes(void) {
    lanes = lanes_start(&(struct lanes_options){
        .count = LANES, .message_bytes_max = 1 << 20, .topic = SLICE("input"), .questions = board_questions(board)});
}

static void begin(void) {
    config_init(&config);
    config.worker_id = alloc_copy("w", 1);
    board = board_new(LANES);
    start_lanes();
    assign(0);
    assign(1);
    post_view();
    desk = desk_start(&config, board);
    struct http_server_options options = {.take = desk_take, .context = desk};
    cr_assert(address_parse("127.0.0.1:0", &options.address));
    server = http_server_start(&options, error);
    cr_assert(server != NULL, "%s", error);
    place = http_server_address(server);
}

static void release(void) {
    if (epoch.count > 0) {
        lanes_release(lanes, &epoch);
    }
}

static void end(void) {
    release();
    lanes_stop(lanes, NULL, NULL);
    http_server_quiet(server);
    desk_stop(desk, server);
    http_server_stop(server);
    board_free(board);
    config_release(&config);
}

TestSuite(desk, .init = begin, .fini = end);

/* ---- events */

struct one {
    struct message_batch batch;
    struct message message;
    struct buffer value;
    char key[QUESTION_KEY_BYTES];
};

static void free_one(struct message_batch *batch) {
    buffer_release(&((struct one *)(void *)batch)->value);
    free(batch);
}

static void send_event(int32_t partition, const struct events_spec *spec) {
    struct one *one = alloc_zeroed(1, sizeof *one);
    snprintf(one->key, sizeof one->key, "%s", spec->train);
    events_put(spec, &one->value);
    one->message = (struct message){.key = slice_of(one->key),
                                    .value = buffer_slice(&one->value),
                                    .offset = positions[partition].offset++,
                                    .timestamp_ms = EVENTS_TIME_MS,
                                    .partition = partition};
    one->batch = (struct message_batch){&one->message, 1, one->value.len, NULL, free_one};
    lanes_send(lanes, lanes_of(lanes, partition), &one->batch);
}

static void rest(int ms) {
    nanosleep(&(struct timespec){.tv_nsec = (long)ms * 1000000}, NULL);
}

/* Until the lanes have taken what was sent. */
static void wait_taken(void) {
    for (int waited_ms = 0; lanes_queued_bytes(lanes) > 0; waited_ms++) {
        cr_assert(waited_ms < WAIT_MS);
        rest(1);
    }
}

#define SEND(partition, ...) send_event(partition, &EVENT(__VA_ARGS__))

/* Closes an epoch; it is decided once it is released. */
static void close_epoch(void) {
    release();
    lanes_barrier(lanes, positions, 2, false);
    cr_assert(lanes_collect(lanes, WAIT_MS, &epoch));
}

static void commit(void) {
    close_epoch();
    release();
}

/* ---- requests */

static unsigned ask(const char *path, struct buffer *body) {
    unsigned status = http_get(&(struct http_question){&place, path, NULL, WAIT_MS}, body, error);
    cr_assert(status != 0, "%s: %s", path, error);
    buffer_append_byte(body, '\0');
    body->len--;
    return status;
}

static json_t *get(const char *path, unsigned status) {
    struct buffer body = {0};
    json_error_t wrong;
    unsigned got = ask(path, &body);
    cr_assert_eq(got, status, "%s: %u %s", path, got, body.data);
    json_t *document = json_loadb(body.data, body.len, 0, &wrong);
    cr_assert_not_null(document, "%s: %s", wrong.text, body.data);
    buffer_release(&body);
    return document;
}

static const char *text_of(json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

struct later { /* asked by a thread of its own */
    const char *path;
    pthread_t thread;
    atomic_uint status; /* 0: not answered yet */
    struct buffer body;
};

static void *ask_later(void *context) {
    struct later *later = context;
    unsigned status = ask(later->path, &later->body);
    atomic_store(&later->status, status);
    return NULL;
}

static void begin_later(struct later *later, const char *path) {
    later->path = path;
    cr_assert(pthread_create(&later->thread, NULL, ask_later, later) == 0);
}

/* The numbers of the trains of a list, with a blank between, and the next page's key behind "> ". */
static void lists(const char *path, const char *wanted) {
    char told[1024] = "";
    size_t at, len = 0;
    json_t *document = get(path, 200), *line;
    json_array_foreach(json_object_get(document, "trains"), at, line) {
        len += (size_t)snprintf(told + len, sizeof told - len, "%s%s", at == 0 ? "" : " ",
                                text_of(json_object_get(line, "train"), "number"));
    }
    if (json_object_get(document, "next") != NULL) {
        snprintf(told + len, sizeof told - len, "> %s", text_of(document, "next"));
    }
    cr_assert_str_eq(told, wanted, "%s", path);
    json_decref(document);
}

static void fill(void) {
    SEND(0, EVENTS_MANIFEST, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 1, .waybill = 1);
    SEND(0, EVENTS_ARRIVAL, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 2);
    SEND(1, EVENTS_MANIFEST, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 3, .waybill = 2);
    SEND(0, EVENTS_MANIFEST, "X3|2020-06-02|CNAKL", EVENTS_TIME_MS, .id = 4, .waybill = 3);
    SEND(0, EVENTS_ARRIVAL, "X3|2020-06-02|CNAKL", EVENTS_TIME_MS, .id = 5);
    SEND(0, EVENTS_HOLD, "X3|2020-06-02|CNAKL", EVENTS_TIME_MS, .id = 6);
    commit();
}

/* ---- lists */

Test(desk, lists_trains_of_all_lanes_by_key) {
    lists("/v1/trains", "");
    fill();
    lists("/v1/trains", "X1 X2 X3");
    lists("/v1/trains?limit=2", "X1 X2> X2|2020-06-01|CNAKL");
    lists("/v1/trains?limit=2&after=X2%7C2020-06-01%7CCNAKL", "X3");
}

Test(desk, filters_by_each_argument) {
    fill();
    lists("/v1/trains?status=open", "X2");
    lists("/v1/trains?status=incomplete", "X1");
    lists("/v1/trains?status=held", "X3");
    lists("/v1/trains?status=cleared", "");
    lists("/v1/trains?reason=control-open", "X3");
    lists("/v1/trains?reason=composition-missing", "X1 X3");
    lists("/v1/trains?date=2020-06-01", "X1 X2");
    lists("/v1/trains?port=CNAKL", "X1 X2 X3");
    lists("/v1/trains?port=CNERE", "");
    lists("/v1/trains?number=X2", "X2");
    lists("/v1/trains?status=held&date=2020-06-01", "");
}

Test(desk, a_line_says_how_the_train_stands) {
    fill();
    json_t *document = get("/v1/trains?status=held", 200);
    json_t *line = json_array_get(json_object_get(document, "trains"), 0);
    cr_assert_str_eq(text_of(line, "status"), "held");
    cr_assert_eq(json_array_size(json_object_get(line, "reasons")), 3);
    cr_assert_eq(json_integer_value(json_object_get(line, "partition")), 0);
    cr_assert_eq(json_integer_value(json_object_get(line, "waybills")), 1);
    cr_assert(strlen(text_of(line, "arrived_at")) > 0);
    json_decref(document);
}

Test(desk, wrong_arguments_are_told) {
    const char *const wrong[][2] = {{"/v1/trains?status=lost", "open, cleared, held or incomplete"},
                                    {"/v1/trains?reason=x", "a reason of a record"},
                                    {"/v1/trains?port=akl", "UN/LOCODE"},
                                    {"/v1/trains?date=2020-02-30", "a date such as"},
                                    {"/v1/trains?limit=0", "1 to 500"},
                                    {"/v1/trains?limit=501", "1 to 500"},
                                    {"/v1/trains?limit=1e2", "1 to 500"},
                                    {"/v1/trains?after=x", "the `next` of the page before"},
                                    {"/v1/trains?number=x%20y", "a train's number"},
                                    {"/v1/trains?page=2", "there is no argument `page`"},
                                    {"/v1/trains/X1", "NUMBER|DATE|PORT"},
                                    {"/v1/trains/X1%7C2020-06-01%7CCNAKL/fact", "NUMBER|DATE|PORT"},
                                    {"/v1/trains/X1%7C2020-06-01%7CCNAKL?a=b", "takes no arguments"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        json_t *document = get(wrong[i][0], 400);
        cr_assert(strstr(text_of(document, "error"), wrong[i][1]) != NULL, "%s: %s", wrong[i][0],
                  text_of(document, "error"));
        json_decref(document);
    }
}

/* How many questions it took until all are answered. This thread is the lanes. */
static unsigned answer_all(struct later *later, size_t count) {
    struct questions *questions = board_questions(board);
    unsigned asked = 0;
    for (size_t done = 0; done < count; rest(1)) {
        for (unsigned lane = 0; lane < LANES; lane++) {
            for (struct question_part *part; (part = questions_next(questions, lane)) != NULL; asked += lane == 0) {
                questions_answer(questions, lane, part);
            }
        }
        done = 0;
        for (size_t i = 0; i < count; i++) {
            done += atomic_load(&later[i].status) != 0;
        }
    }
    return asked;
}

/* The first one may be asked before the others are there. */
Test(desk, equal_lists_that_wait_are_one_question, .timeout = 60) {
    enum { EQUAL = 6, ALL = EQUAL + 1 };
    static struct later later[ALL];
    lanes_stop(lanes, NULL, NULL);
    for (size_t i = 0; i < ALL; i++) {
        begin_later(&later[i], i < EQUAL ? "/v1/trains?status=held" : "/v1/trains?status=open");
    }
    while (http_server_waiting(server) < ALL) {
        rest(1);
    }
    rest(100);
    unsigned asked = answer_all(later, ALL);
    cr_expect(asked == 2 || asked == 3, "%u", asked);
    for (size_t i = 0; i < ALL; i++) {
        cr_assert(pthread_join(later[i].thread, NULL) == 0);
        cr_expect_eq(later[i].status, 200, "%s", later[i].body.data);
        buffer_release(&later[i].body);
    }
    start_lanes(); /* for end() */
}

/* ---- one train */

/* The record that the last epoch put out for a train. */
static struct slice put_out(const char *key) {
    for (unsigned i = 0; i < epoch.count; i++) {
        for (size_t k = 0; k < epoch.parts[i]->outbox.output_count; k++) {
            const struct output *output = &epoch.parts[i]->outbox.outputs[k];
            if (output->topic == OUTPUT_CLEARANCES && slice_equal(output->key, slice_of(key))) {
                return output->value;
            }
        }
    }
    cr_assert(false, "no record of %s", key);
    return (struct slice){NULL, 0};
}

Test(desk, a_train_is_the_record_that_went_out) {
    struct buffer body = {0};
    SEND(0, EVENTS_MANIFEST, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 1, .waybill = 1);
    SEND(0, EVENTS_ARRIVAL, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 2);
    close_epoch();
    struct slice record = put_out("X1|2020-06-01|CNAKL");
    struct slice kept = {alloc_copy(record.data, record.len), record.len};
    release();
    cr_assert_eq(ask("/v1/trains/X1%7C2020-06-01%7CCNAKL", &body), 200);
    cr_assert(slice_equal(buffer_slice(&body), kept), "%s", body.data);
    free((void *)(uintptr_t)kept.data);
    buffer_release(&body);
}

Test(desk, facts_say_where_a_record_comes_from) {
    fill();
    json_t *document = get("/v1/trains/X3%7C2020-06-02%7CCNAKL/facts", 200);
    json_t *facts = json_object_get(document, "facts");
    cr_assert_eq(json_array_size(facts), 3);
    cr_assert_eq(json_integer_value(json_object_get(document, "partition")), 0);
    json_int_t offsets = 0;
    size_t at;
    json_t *fact;
    json_array_foreach(facts, at, fact) {
        offsets += json_integer_value(json_object_get(fact, "offset"));
        cr_assert_eq(json_array_size(json_object_get(fact, "registers")), 1);
        cr_assert_eq(strlen(text_of(fact, "hash")), 32);
        cr_assert(strlen(text_of(fact, "id")) > 0 && strlen(text_of(fact, "source")) > 0 &&
                  strlen(text_of(fact, "time")) == 24);
    }
    cr_assert_eq(offsets, 2 + 3 + 4);
    json_decref(document);
}

/* The first number whose train murmur2 puts into this partition. */
static void path_in(int32_t partition, char path[96]) {
    char key[QUESTION_KEY_BYTES];
    int number = 1000;
    do {
        snprintf(key, sizeof key, "N%d|2020-06-01|CNAKL", number++);
    } while (kafka_key_partition(slice_of(key), PARTITIONS) != partition);
    snprintf(path, 96, "/v1/trains/N%d%%7C2020-06-01%%7CCNAKL", number - 1);
}

Test(desk, an_unknown_train_is_said_to_be_here_or_elsewhere) {
    static const struct {
        unsigned status;
        bool here;
        const char *says;
    } wanted[PARTITIONS] = {{404, true, "no such train"},
                            {404, true, "no such train"},
                            {503, true, "not restored yet"},
                            {404, false, "another worker"}};
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        char path[96];
        path_in(partition, path);
        json_t *document = get(path, wanted[partition].status);
        cr_assert_eq(json_integer_value(json_object_get(document, "partition")), partition);
        cr_assert_eq(json_is_true(json_object_get(document, "here")), wanted[partition].here);
        cr_assert(strstr(text_of(document, "error"), wanted[partition].says) != NULL, "%s", text_of(document, "error"));
        json_decref(document);
    }
}

/* ---- as of the last commit */

Test(desk, a_change_is_not_told_before_its_commit) {
    static struct later later;
    fill();
    SEND(1, EVENTS_ARRIVAL, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 9);
    wait_taken();
    lists("/v1/trains?status=open", "X2");
    begin_later(&later, "/v1/trains/X2%7C2020-06-01%7CCNAKL");
    rest(150);
    cr_assert_eq(atomic_load(&later.status), 0, "it changed: its record waits for the barrier");
    close_epoch();
    rest(150);
    cr_assert_eq(atomic_load(&later.status), 0, "and for the commit");
    lists("/v1/trains?status=open", "X2");
    lists("/v1/trains?status=incomplete", "X1");
    release();
    cr_assert(pthread_join(later.thread, NULL) == 0);
    cr_assert_eq(later.status, 200, "%s", later.body.data);
    cr_assert(strstr(later.body.data, "\"arrived_at\"") != NULL, "%s", later.body.data);
    lists("/v1/trains?status=open", "");
    lists("/v1/trains?status=incomplete", "X1 X2");
    buffer_release(&later.body);
}

Test(desk, a_train_whose_first_commit_is_under_way_is_not_there_yet) {
    SEND(0, EVENTS_MANIFEST, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 1, .waybill = 1);
    close_epoch();
    lists("/v1/trains", "");
    json_decref(get("/v1/trains/X1%7C2020-06-01%7CCNAKL", 404));
    release();
    lists("/v1/trains", "X1");
    json_decref(get("/v1/trains/X1%7C2020-06-01%7CCNAKL", 200));
}

Test(desk, what_waits_when_the_worker_stops_is_told) {
    static struct later later;
    fill();
    SEND(1, EVENTS_ARRIVAL, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 9);
    wait_taken();
    begin_later(&later, "/v1/trains/X2%7C2020-06-01%7CCNAKL");
    rest(150);
    http_server_quiet(server);
    desk_stop(desk, server);
    cr_assert(pthread_join(later.thread, NULL) == 0);
    cr_assert_eq(later.status, 503);
    buffer_release(&later.body);
    desk = desk_start(&config, board); /* for end() */
}

/* ---- rejects, status */

Test(desk, rejects_are_told_the_newest_first_once_committed) {
    SEND(0, EVENTS_ARRIVAL, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 1);
    SEND(0, EVENTS_MANIFEST, "X1|2020-06-01|CN", EVENTS_TIME_MS, .id = 2);
    SEND(1, EVENTS_MANIFEST, "X1|2020-06-01|XX", EVENTS_TIME_MS, .id = 3);
    close_epoch();
    json_t *document = get("/v1/rejects", 200);
    cr_assert_eq(json_array_size(json_object_get(document, "rejects")), 0);
    json_decref(document);
    release();
    document = get("/v1/rejects", 200);
    json_t *rejects = json_object_get(document, "rejects");
    cr_assert_eq(json_array_size(rejects), 2);
    json_t *first = json_array_get(rejects, 0);
    cr_assert(strlen(text_of(first, "reason")) > 0 && strlen(text_of(first, "message")) > 0);
    cr_assert_str_eq(text_of(first, "key"), "X1|2020-06-01|CN");
    cr_assert_eq(json_integer_value(json_object_get(first, "offset")), 1);
    json_decref(document);
}

Test(desk, status_has_what_the_page_shows) {
    json_t *document = get("/v1/status", 200);
    cr_assert_str_eq(text_of(document, "worker"), "w");
    cr_assert_eq(json_array_size(json_object_get(document, "partitions")), PARTITIONS - 1);
    cr_assert(json_is_array(json_object_get(document, "history")));
    cr_assert_str_eq(text_of(json_object_get(document, "ready"), "status"), "failing");
    cr_assert_eq(json_integer_value(json_object_get(json_object_get(document, "trains"), "open")), 0);
    json_decref(document);
}

Test(desk, what_is_not_there_is_not_found) {
    json_decref(get("/nothing", 404));
    json_decref(get("/v1/trainsX", 404));
    json_decref(get("/metrics/", 404));
}
