/* Questions to lanes under ThreadSanitizer: one thread feeds and collects, another asks without end. Every question is
 * answered, lists are sorted, and an answer that names an epoch names one that comes. A plain program: 0 is success. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "lanes/lanes.h"
#include "lanes/questions.h"
#include "support/events.h"

enum { LANES = 3, PARTITIONS = 6, ROUNDS = 60, ANSWERS = 1000, MESSAGES = 16, TRAINS = 40, WAIT_MS = 20000 };

struct batch {
    struct message_batch batch;
    struct message messages[MESSAGES];
    struct buffer values[MESSAGES];
    char keys[MESSAGES][QUESTION_KEY_BYTES];
};

struct asker {
    struct questions *questions;
    atomic_bool ending;
    atomic_uint_fast64_t answered;
    uint64_t asked, found, lines;
    int wrong;
};

static void release(struct message_batch *batch) {
    struct batch *whole = (struct batch *)(void *)batch;
    for (size_t i = 0; i < batch->count; i++) {
        buffer_release(&whole->values[i]);
    }
    free(whole);
}

static void key_of(unsigned train, char key[QUESTION_KEY_BYTES]) {
    snprintf(key, QUESTION_KEY_BYTES, "X%u|2020-06-01|CNAKL", train);
}

static void send_batch(struct lanes *lanes, int round, int32_t partition, int64_t offset) {
    struct batch *batch = alloc_zeroed(1, sizeof *batch);
    batch->batch = (struct message_batch){batch->messages, MESSAGES, 0, NULL, release};
    for (unsigned i = 0; i < MESSAGES; i++) {
        unsigned id = (unsigned)(round * MESSAGES) + i;
        key_of(id * 7 % TRAINS * PARTITIONS + (unsigned)partition, batch->keys[i]);
        events_put(&EVENT((enum events_kind)(id % EVENTS_KIND_COUNT), batch->keys[i], EVENTS_TIME_MS + id, .id = id),
                   &batch->values[i]);
        struct slice value = buffer_slice(&batch->values[i]);
        value.len -= id % 29 == 0; /* not JSON any more */
        batch->messages[i] = (struct message){.key = slice_of(batch->keys[i]),
                                              .value = value,
                                              .offset = offset + i,
                                              .timestamp_ms = EVENTS_TIME_MS,
                                              .partition = partition};
        batch->batch.bytes += value.len;
    }
    lanes_send(lanes, lanes_of(lanes, partition), &batch->batch);
}

static void judge(struct asker *asker, const struct question *question) {
    uint64_t decided = questions_decided(asker->questions);
    atomic_fetch_add(&asker->answered, 1);
    for (unsigned i = 0; i < question->part_count; i++) {
        const struct question_part *part = &question->parts[i];
        asker->found += part->found;
        asker->wrong += part->holds_from > decided + 2;
        if (question->kind == QUESTION_LIST) {
            const struct question_line *lines = (const struct question_line *)(const void *)part->out.data;
            size_t count = part->out.len / sizeof *lines;
            asker->lines += count;
            for (size_t k = 1; k < count; k++) {
                asker->wrong += strcmp(lines[k - 1].key, lines[k].key) >= 0;
            }
        }
    }
}

static void ask(struct asker *asker) {
    struct question *question = question_new(asker->questions, (enum question_kind)(asker->asked % 3));
    key_of((unsigned)(asker->asked * 11 % (TRAINS * PARTITIONS)), question->key);
    question->filter = (struct question_filter){.status = -1, .reason = -1, .limit = 20};
    if (questions_ask(asker->questions, question)) {
        asker->asked++;
    } else {
        question_free(question);
    }
}

static void *ask_on(void *context) {
    struct asker *asker = context;
    while (!atomic_load(&asker->ending)) {
        ask(asker);
        for (struct question *question; (question = questions_answered(asker->questions)) != NULL;) {
            judge(asker, question);
            question_free(question);
        }
        sched_yield();
    }
    return NULL;
}

static void feed(struct lanes *lanes, const struct asker *asker) {
    struct lanes_position positions[PARTITIONS];
    struct lanes_epoch epoch;
    for (int32_t i = 0; i < PARTITIONS; i++) {
        positions[i] = (struct lanes_position){i, 0};
        lanes_assign(lanes,
                     partition_new(&(struct partition_options){.number = i,
                                                               .check_key = true,
                                                               .limits = {1 << 20, 8 << 20, 36500},
                                                               .checkpoint_bytes = UINT64_MAX,
                                                               .checkpoint_age_ms = INT64_C(1) << 50,
                                                               .checkpoint_part_bytes_max = 1 << 20}),
                     1);
    }
    for (int round = 0; round < ROUNDS || atomic_load(&asker->answered) < ANSWERS; round++) {
        for (int32_t i = 0; i < PARTITIONS; i++) {
            send_batch(lanes, round, i, positions[i].offset);
            positions[i].offset += MESSAGES;
        }
        lanes_barrier(lanes, positions, PARTITIONS, false);
        if (!lanes_collect(lanes, WAIT_MS, &epoch)) {
            abort();
        }
        lanes_release(lanes, &epoch);
    }
}

int main(void) {
    struct asker asker = {.questions = questions_new(LANES)};
    struct lanes *lanes = lanes_start(&(struct lanes_options){
        .count = LANES, .message_bytes_max = 1 << 20, .topic = SLICE("input"), .questions = asker.questions});
    pthread_t thread;
    if (pthread_create(&thread, NULL, ask_on, &asker) != 0) {
        return 1;
    }
    feed(lanes, &asker);
    atomic_store(&asker.ending, true);
    pthread_join(thread, NULL);
    lanes_stop(lanes, NULL, NULL); /* with questions on their way */
    questions_free(asker.questions);
    printf("%llu asked, %llu answered, %llu trains found, %llu lines, %d wrong\n", (unsigned long long)asker.asked,
           (unsigned long long)atomic_load(&asker.answered), (unsigned long long)asker.found,
           (unsigned long long)asker.lines, asker.wrong);
    return asker.wrong != 0 || asker.found == 0 || asker.lines == 0;
}
