/* The steps are in derive_*.c, one file each for what the contract has one section for; here is their order, and what
 * needs all of them: reasons, status, clearance. */
#include "record/record.h"

#include <assert.h>

#include "record/derive.h"

/* Reasons, alerts and fields in byte order of their names, which records rely on for sorting (contract 5.15). */
const char *const STATUS_NAMES[STATUS_COUNT] = {"open", "cleared", "held", "incomplete"};
const char *const REASON_NAMES[REASON_COUNT] = {"composition-missing", "conflict",
                                                "containers-missing",  "control-open",
                                                "declaration-missing", "declaration-refused",
                                                "release-missing"};
const char *const ALERT_NAMES[ALERT_COUNT] = {
    "container-claimed-twice", "container-mismatch", "container-number", "dangerous-unchecked", "dangerous-undeclared",
    "domestic-with-manifest",  "door-opened",        "empty-with-goods", "link-missing",        "seal-changed",
    "tally-mismatch",          "tally-unexpected"};
const char *const ALERT_FIELD_NAMES[FIELD_COUNT] = {"gross_kg", "packages", "seal", "size_type", "tare_kg", "wagon"};
const char *const DECLARED_NAMES[DECLARED_COUNT] = {"none", "summary", "full"};

/* Of the newest arrival: a corrected one replaces it. */
static void put_arrival(struct derive *derive) {
    struct record *record = derive->record;
    if (derive->arrival != NULL) {
        record->arrived = true;
        struct event_arrived arrived = fact_arrived(derive->arrival);
        record->arrived_at_ms = arrived.arrived_at_ms;
        record->arrived_place = arrived.place;
    }
}

/* An irregular number is written on the box, and boxes may stay behind at the gauge break: neither is a contradiction.
 */
bool alert_blocks(enum alert_kind kind) {
    return kind != ALERT_CONTAINER_NUMBER && kind != ALERT_LINK_MISSING;
}

static bool has_conflict(const struct record *record) {
    for (size_t i = 0; i < record->alert_count; i++) {
        if (alert_blocks(record->alerts[i].kind)) {
            return true;
        }
    }
    return false;
}

/* Those of declarations come with their standings (derive_end). */
static unsigned reasons_of(const struct derive *derive) {
    const struct record *record = derive->record;
    return (derive->composition == NULL ? 1u << REASON_COMPOSITION_MISSING : 0) |
           (has_conflict(record) ? 1u << REASON_CONFLICT : 0) |
           (record->missing_count > 0 ? 1u << REASON_CONTAINERS_MISSING : 0) |
           (record->control_count > 0 ? 1u << REASON_CONTROL_OPEN : 0);
}

/* Contract 5.12: `held` asks somebody to decide, `incomplete` only waits for papers. */
static enum record_status status_of(const struct record *record) {
    if (!record->arrived) {
        return STATUS_OPEN;
    }
    if (record->reasons == 0) {
        return STATUS_CLEARED;
    }
    unsigned decided = 1u << REASON_CONFLICT | 1u << REASON_CONTROL_OPEN | 1u << REASON_DECLARATION_REFUSED;
    return (record->reasons & decided) != 0 ? STATUS_HELD : STATUS_INCOMPLETE;
}

static void put_clearance(struct record *record, int64_t ground_ms) {
    record->cleared_at_ms = 0;
    record->clearance_seconds = 0;
    /* 5.13: the last fact that the clearance rests on; papers in order before the arrival clear at once. */
    if (record->status == STATUS_CLEARED) {
        int64_t waited_ms = ground_ms - record->arrived_at_ms;
        record->cleared_at_ms = ground_ms;
        record->clearance_seconds = waited_ms < 0 ? 0 : (uint64_t)waited_ms / 1000;
    }
}

void derive_end(struct derive *derive) {
    struct record *record = derive->record;
    int64_t ground_ms = derive->ground_ms;
    record->fact_count = train_live_events(derive->train);
    record->reasons = reasons_of(derive);
    for (size_t i = 0; i < record->declaration_count; i++) {
        const struct derive_standing *standing = &derive->standings[i];
        record->reasons |= standing->reasons;
        ground_ms = standing->reached_ms > ground_ms ? standing->reached_ms : ground_ms;
    }
    record->status = status_of(record);
    put_clearance(record, ground_ms);
}

void derive_all(struct derive *derive) {
    struct record *record = derive->record;
    assert(train_live_events(derive->train) > 0);
    record->number = train_number(derive->train);
    record->date = train_date(derive->train);
    record->port = train_port(derive->train);
    /* Each step needs what the ones before it found (derive.h). */
    derive_registers(derive);
    put_arrival(derive);
    derive_claims(derive);
    derive_containers(derive);
    derive_links(derive);
    derive_alerts_end(derive);
    derive_controls(derive);
    derive_declarations(derive);
    derive_end(derive);
}

/* One arena for both purposes: nothing outlives the call but the record, which goes with the arena. */
const struct record *record_derive(const struct train *train, struct rules rules, struct arena *scratch) {
    struct record *record = arena_zeroed(scratch, 1, sizeof *record);
    struct derive *derive = arena_zeroed(scratch, 1, sizeof *derive);
    derive->train = train;
    derive->arena = scratch;
    derive->scratch = scratch;
    derive->record = record;
    record->rules = rules;
    derive_all(derive);
    return record;
}
