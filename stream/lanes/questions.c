/* Questions from outside to the lanes. A question has a part for each lane, which goes to it by one ring and comes back
 * by another; the lane answers from its own state, so nothing of that is locked, or copied while nobody asks. */
#include "lanes/questions.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

struct road { /* to one lane and back */
    struct bell *lane_bell;
    struct ring *asked, *answered; /* struct question_part */
};

struct questions {
    struct bell *bell;
    unsigned lane_count;
    unsigned on_the_way; /* the asker's */
    atomic_uint_fast64_t decided;
    struct road roads[];
};

struct questions *questions_new(unsigned lanes) {
    struct questions *questions = alloc_zeroed(1, sizeof *questions + lanes * sizeof questions->roads[0]);
    questions->bell = bell_new();
    questions->lane_count = lanes;
    for (unsigned i = 0; i < lanes; i++) {
        struct road *road = &questions->roads[i];
        road->lane_bell = bell_new();
        road->asked = ring_new(QUESTIONS_MAX, road->lane_bell);
        road->answered = ring_new(QUESTIONS_MAX, questions->bell);
    }
    return questions;
}

struct question *question_new(const struct questions *questions, enum question_kind kind) {
    struct question *question = alloc_zeroed(1, sizeof *question + questions->lane_count * sizeof question->parts[0]);
    question->kind = kind;
    question->part_count = questions->lane_count;
    for (unsigned i = 0; i < questions->lane_count; i++) {
        question->parts[i].question = question;
    }
    return question;
}

void question_free(struct question *question) {
    for (unsigned i = 0; i < question->part_count; i++) {
        buffer_release(&question->parts[i].out);
    }
    free(question);
}

/* Whatever is in the ring counts as answered; the last part takes the question with it. */
static void drain(struct ring *ring) {
    for (struct question_part *part; (part = ring_poll(ring)) != NULL;) {
        if (++part->question->answered == part->question->part_count) {
            question_free(part->question);
        }
    }
}

void questions_free(struct questions *questions) {
    for (unsigned i = 0; i < questions->lane_count; i++) {
        struct road *road = &questions->roads[i];
        drain(road->asked);
        drain(road->answered);
        ring_free(road->asked);
        ring_free(road->answered);
        bell_free(road->lane_bell);
    }
    bell_free(questions->bell);
    free(questions);
}

bool questions_ask(struct questions *questions, struct question *question) {
    if (questions->on_the_way == QUESTIONS_MAX) {
        return false;
    }
    questions->on_the_way++;
    for (unsigned i = 0; i < questions->lane_count; i++) {
        ring_push(questions->roads[i].asked,
                  &question->parts[i]); /* has room: a ring holds all that may be on the way */
    }
    return true;
}

struct question *questions_answered(struct questions *questions) {
    for (unsigned i = 0; i < questions->lane_count; i++) {
        for (struct question_part *part; (part = ring_poll(questions->roads[i].answered)) != NULL;) {
            if (++part->question->answered == part->question->part_count) {
                questions->on_the_way--;
                return part->question;
            }
        }
    }
    return NULL;
}

uint64_t questions_decided(const struct questions *questions) {
    return atomic_load(&questions->decided);
}

struct bell *questions_bell(const struct questions *questions) {
    return questions->bell;
}

struct bell *questions_lane_bell(const struct questions *questions, unsigned lane) {
    return questions->roads[lane].lane_bell;
}

struct question_part *questions_next(struct questions *questions, unsigned lane) {
    return ring_poll(questions->roads[lane].asked);
}

void questions_answer(struct questions *questions, unsigned lane, struct question_part *part) {
    ring_push(questions->roads[lane].answered, part);
}

void questions_decide(struct questions *questions, uint64_t epoch) {
    atomic_store(&questions->decided, epoch);
    bell_ring(questions->bell);
}
