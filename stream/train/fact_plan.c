#include "train/fact_plan.h"

#include <assert.h>
#include <string.h>

#include "base/timestamp.h"
#include "event/shape.h"
#include "train/fact_number.h"

enum {
    STEPS_MAX = 192, /* of all types together, for one width of references */
    BODIES_MAX = 32,
    BODY_STEPS_MAX = 48
};

struct plan {
    unsigned ref_bytes;
    struct fact_body types[EVENT_TYPE_COUNT];
    struct fact_body bodies[BODIES_MAX]; /* of elements */
    struct fact_step steps[STEPS_MAX];
    size_t body_count, step_count;
};

static struct plan plans[2]; /* narrow, wide */

/* A body while its steps are found: they get their place when those of its lists have theirs. */
struct draft {
    struct plan *plan;
    size_t count, run; /* the run that is open: its step */
    struct fact_step steps[BODY_STEPS_MAX];
};

static struct fact_step *add(struct draft *draft, enum fact_step_kind kind) {
    assert(draft->count < BODY_STEPS_MAX);
    struct fact_step *step = &draft->steps[draft->count++];
    *step = (struct fact_step){.kind = (uint8_t)kind};
    return step;
}

static void open_run(struct draft *draft) {
    draft->run = draft->count;
    add(draft, FACT_STEP_RUN);
}

/* The next bytes of the run, whose place *step says then, and so many in a tight fact. */
static void take(struct draft *draft, struct fact_step *step, size_t bytes, size_t tight_bytes) {
    struct fact_step *run = &draft->steps[draft->run];
    step->at = run->bytes;
    step->tight_at = run->tight_bytes;
    run->bytes = (uint16_t)(run->bytes + bytes);
    run->tight_bytes = (uint16_t)(run->tight_bytes + tight_bytes);
}

static void add_string(struct draft *draft, bool required) {
    struct fact_step *step = add(draft, FACT_STEP_STRING);
    step->required = required;
    take(draft, step, draft->plan->ref_bytes, draft->plan->ref_bytes);
}

/* Zero bytes in front are an absent text, so a required one must not begin with one. Another may be anything. */
static void add_inline(struct draft *draft, size_t width, bool required) {
    struct fact_step unseen;
    take(draft, required ? add(draft, FACT_STEP_TEXT) : &unseen, width, width);
}

static void add_text(struct draft *draft, const struct shape_member *member) {
    /* Whether it is always there in a fact. */
    bool required = member->required || member->fallback != NULL;
    if (member->width > 0) {
        add_inline(draft, member->width, required);
        return;
    }
    add_string(draft, required);
    if (member->keep == SHAPE_KEYED) {
        add_string(draft, required);
    }
}

/* Numbers within the bounds of their kind: sums over a train and texts of times rely on them. */
static void add_number(struct draft *draft, const struct shape_member *member) {
    struct fact_step *step = add(draft, FACT_STEP_NUMBER);
    step->bytes = member->width;
    step->tight_bytes = (uint16_t)fact_number_bytes(member, true);
    take(draft, step, step->bytes, step->tight_bytes);
    step->min = member->kind == SHAPE_TIME ? (uint64_t)DATE_MIN * TIMESTAMP_DAY_MS : 0;
    step->max = shape_number_max(member);
}

static struct fact_body body_of(struct plan *plan, const struct shape *shape);

static void add_list(struct draft *draft, const struct shape_member *member) {
    struct plan *plan = draft->plan;
    struct fact_body of = body_of(plan, member->of);
    assert(plan->body_count < BODIES_MAX);
    plan->bodies[plan->body_count] = of;
    struct fact_step *step = add(draft, FACT_STEP_LIST);
    step->min = member->min;
    step->max = member->max;
    step->of = &plan->bodies[plan->body_count++];
    open_run(draft);
}

/* The same order as in fact_pack.c. */
static void add_members(struct draft *draft, const struct shape *shape) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        if (member->keep == SHAPE_DROPPED) {
            continue;
        }
        if (shape_is_text(member)) {
            add_text(draft, member);
        } else if (member->kind == SHAPE_OBJECT) {
            add_members(draft, member->of);
        } else if (member->kind == SHAPE_LIST) {
            add_list(draft, member);
        } else {
            add_number(draft, member);
        }
    }
}

static struct fact_body body_of(struct plan *plan, const struct shape *shape) {
    struct draft draft = {.plan = plan};
    open_run(&draft);
    add_members(&draft, shape);
    /* Behind a list, and of a type that keeps nothing, there may be no bytes. */
    draft.count -= draft.steps[draft.count - 1].kind == FACT_STEP_RUN && draft.steps[draft.count - 1].bytes == 0;
    assert(draft.count <= STEPS_MAX - plan->step_count);
    struct fact_step *steps = &plan->steps[plan->step_count];
    memcpy(steps, draft.steps, draft.count * sizeof *steps);
    plan->step_count += draft.count;
    return (struct fact_body){steps, (uint32_t)draft.count};
}

/* Before main begins, so that whoever asks later only reads, in any thread. */
__attribute__((constructor)) static void make(void) {
    for (int wide = 0; wide <= 1; wide++) {
        struct plan *plan = &plans[wide];
        plan->ref_bytes = wide ? FACT_WIDE_BYTES : FACT_NARROW_BYTES;
        for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
            plan->types[type] = body_of(plan, &EVENT_TYPES[type].data);
        }
    }
}

const struct fact_body *fact_plan(enum event_type type, bool wide) {
    return &plans[wide].types[type];
}
