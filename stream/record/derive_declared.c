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

/* What a fact says of each waybill that it lodged. One fact may have lodged many, which mostly lie side by side: so
 * that of the waybill before is asked first. */
struct lodged {
    const struct fact *fact; /* NULL: of no waybill yet */
    struct step step;
    bool is_void;
};

/* What is known of one waybill. */
struct steps {
    struct lodged summary, full;
};

/* Contract 5.20. A decision speaks of what was lodged before it: whoever lodges anew waits for the next one. */
static struct lodged read_lodged(const struct derive *derive, const struct fact *fact) {
    struct event_declaration declaration = fact_declaration(fact);
    struct lodged lodged = {fact, {fact, NULL, declaration.lodged_at_ms}, false};
    const struct fact *decision = NULL;
    if (declaration.declaration_number.data != NULL) {
        decision = derive_find(derive, REGISTER_DECISION, declaration.declaration_number);
    }
    if (decision == NULL || fact_compare(decision, fact) < 0) {
        return lodged;
    }
    switch (fact_decision(decision)) {
    case DECISION_REFUSED:
    case DECISION_WITHDRAWN: return (struct lodged){.fact = fact, .is_void = true};
    case DECISION_RELEASED: lodged.step.release = decision; return lodged;
    default: return lodged;
    }
}

/* `lodged` is that of the waybill before, and becomes that of this one. */
static void find_lodged(const struct derive *derive, unsigned kind, struct slice waybill, struct lodged *lodged) {
    const struct fact *fact = derive_find(derive, kind, waybill);
    if (fact == NULL) {
        *lodged = (struct lodged){.fact = NULL};
    } else if (fact != lodged->fact) {
        *lodged = read_lodged(derive, fact);
    }
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
    case REQUIRE_SUMMARY: return earlier(fact_ms(steps->summary.step.fact), fact_ms(steps->full.step.fact));
    case REQUIRE_FULL: return fact_ms(steps->full.step.fact);
    case REQUIRE_RELEASE: return earlier(fact_ms(steps->summary.step.release), fact_ms(steps->full.step.release));
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
    struct steps steps = {{.fact = NULL}, {.fact = NULL}};
    const struct step *summary = &steps.summary.step;
    const struct step *full = &steps.full.step;
    declaration->declared = DECLARED_FULL;
    declaration->released = true;
    standing->reached_ms = INT64_MIN;
    for (size_t i = 0; i < declaration->waybill_count; i++) {
        find_lodged(derive, REGISTER_SUMMARY, declaration->waybills[i], &steps.summary);
        find_lodged(derive, REGISTER_FULL, declaration->waybills[i], &steps.full);
        enum declared declared = full->fact != NULL      ? DECLARED_FULL
                                 : summary->fact != NULL ? DECLARED_SUMMARY
                                                         : DECLARED_NONE;
        declaration->declared = declared < declaration->declared ? declared : declaration->declared;
        declaration->released = declaration->released && (summary->release != NULL || full->release != NULL);
        before_arrival = before_arrival && earlier(lodged_ms(summary), lodged_ms(full)) < record->arrived_at_ms;
        any_void = any_void || steps.summary.is_void || steps.full.is_void;
        int64_t reached = reached_ms(&steps, record->rules.require);
        standing->reached_ms = reached > standing->reached_ms ? reached : standing->reached_ms;
    }
    declaration->advance = declaration->declared != DECLARED_NONE && before_arrival;
    unsigned reasons = lacks(record, declaration);
    /* Somebody said no to it, and what is asked for is still not there: it waits for a decision, not for papers. */
    standing->reasons = reasons | (reasons != 0 && any_void ? 1u << REASON_DECLARATION_REFUSED : 0);
}
