/* How far a declaration has come with customs: its steps, decisions on them, and what is still asked for. A waybill has
 * at most two facts of it, `summary` and `full`, and a decision each. A declaration is what its least declared waybill
 * is, so each waybill is looked at once and the worst is kept. */
#include "record/derive.h"

/* A step that counts; all NULL: there is none. */
struct step {
    const struct fact *fact;
    const struct fact *release; /* the decision that releases it */
    int64_t lodged_at_ms;
};

/* What is known of one waybill. */
struct steps {
    struct step summary, full;
    bool any_void;
};

/* Contract 5.20. A decision speaks of what was lodged before it: whoever lodges anew waits for the next one. */
static struct step find_step(const struct derive *derive, unsigned kind, struct slice waybill, bool *is_void) {
    struct step step = {derive_find(derive, kind, waybill), NULL, 0};
    if (step.fact == NULL) {
        return step;
    }
    struct event_declaration lodged = fact_declaration(step.fact);
    step.lodged_at_ms = lodged.lodged_at_ms;
    const struct fact *decision = NULL;
    if (lodged.declaration_number.data != NULL) {
        decision = derive_find(derive, REGISTER_DECISION, lodged.declaration_number);
    }
    if (decision == NULL || fact_compare(decision, step.fact) < 0) {
        return step;
    }
    switch (fact_decision(decision)) {
    case DECISION_REFUSED:
    case DECISION_WITHDRAWN: *is_void = true; return (struct step){NULL, NULL, 0};
    case DECISION_RELEASED: step.release = decision; return step;
    default: return step;
    }
}

static struct steps find_steps(const struct derive *derive, struct slice waybill) {
    struct steps steps = {.any_void = false};
    steps.summary = find_step(derive, REGISTER_SUMMARY, waybill, &steps.any_void);
    steps.full = find_step(derive, REGISTER_FULL, waybill, &steps.any_void);
    return steps;
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Absent is later than everything, so that the earlier of two needs no cases. */
static int64_t fact_ms(const struct fact *fact) {
    return fact == NULL ? INT64_MAX : fact_time_ms(fact);
}

static int64_t lodged_ms(const struct step *step) {
    return step->fact == NULL ? INT64_MAX : step->lodged_at_ms;
}

/* When the waybill reached what clearance requires (contract 5.13); INT64_MAX: not yet, INT64_MIN: nothing is required.
 */
static int64_t reached_ms(const struct steps *steps, enum require_level require) {
    switch (require) {
    case REQUIRE_SUMMARY: return earlier(fact_ms(steps->summary.fact), fact_ms(steps->full.fact));
    case REQUIRE_FULL: return fact_ms(steps->full.fact);
    case REQUIRE_RELEASE: return earlier(fact_ms(steps->summary.release), fact_ms(steps->full.release));
    default: return INT64_MIN;
    }
}

/* What a declaration lacks, as bits of reasons. */
static unsigned lacks(const struct record *record, const struct record_declaration *declaration) {
    static const enum declared NEEDED[REQUIRE_LEVEL_COUNT] = {[REQUIRE_NONE] = DECLARED_NONE,
                                                              [REQUIRE_SUMMARY] = DECLARED_SUMMARY,
                                                              [REQUIRE_FULL] = DECLARED_FULL,
                                                              [REQUIRE_RELEASE] = DECLARED_SUMMARY};
    enum require_level require = record->rules.require;
    return (declaration->declared < NEEDED[require] ? 1u << REASON_DECLARATION_MISSING : 0) |
           (require == REQUIRE_RELEASE && !declaration->released ? 1u << REASON_RELEASE_MISSING : 0);
}

/* Contract 5.10: as far as the waybill that is least declared; in advance only if that is true of every waybill. */
void derive_declared(const struct derive *derive, struct record_declaration *declaration,
                     struct derive_standing *standing) {
    const struct record *record = derive->record;
    bool before_arrival = record->arrived;
    bool any_void = false;
    declaration->declared = DECLARED_FULL;
    declaration->released = true;
    standing->reached_ms = INT64_MIN;
    for (size_t i = 0; i < declaration->waybill_count; i++) {
        struct steps steps = find_steps(derive, declaration->waybills[i]);
        enum declared declared = steps.full.fact != NULL      ? DECLARED_FULL
                                 : steps.summary.fact != NULL ? DECLARED_SUMMARY
                                                              : DECLARED_NONE;
        declaration->declared = declared < declaration->declared ? declared : declaration->declared;
        declaration->released = declaration->released && (steps.summary.release != NULL || steps.full.release != NULL);
        before_arrival =
            before_arrival && earlier(lodged_ms(&steps.summary), lodged_ms(&steps.full)) < record->arrived_at_ms;
        any_void = any_void || steps.any_void;
        int64_t reached = reached_ms(&steps, record->rules.require);
        standing->reached_ms = reached > standing->reached_ms ? reached : standing->reached_ms;
    }
    declaration->advance = declaration->declared != DECLARED_NONE && before_arrival;
    unsigned reasons = lacks(record, declaration);
    /* Somebody said no to it, and what is asked for is still not there: it waits for a decision, not for papers. */
    standing->reasons = reasons | (reasons != 0 && any_void ? 1u << REASON_DECLARATION_REFUSED : 0);
}
