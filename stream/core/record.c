#include "core/record.h"

#include "core/derive.h"

const char *const STATUS_NAMES[STATUS_COUNT] = {"open", "cleared", "held", "incomplete"};
const char *const REASON_NAMES[REASON_COUNT] = {"composition-missing", "conflict", "containers-missing", "control-open",
                                                "declaration-missing"};
const char *const ALERT_NAMES[ALERT_COUNT] = {"container-claimed-twice", "container-mismatch", "door-opened",
                                              "empty-with-goods", "seal-changed"};
const char *const ALERT_FIELD_NAMES[FIELD_COUNT] = {"seal", "size_type", "tare_kg", "wagon"};
const char *const DECLARED_NAMES[DECLARED_COUNT] = {"none", "summary", "full"};

static void put_arrival(struct derive *derive) {
    struct record *record = derive->record;
    if (derive->arrival != NULL) {
        record->arrived = true;
        record->arrived_at_ms = fact_arrived_at_ms(derive->arrival);
        record->arrived_place = fact_arrived_place(derive->arrival);
    }
}

static bool declaration_is_missing(const struct record *record) {
    static const enum declared NEEDED[REQUIRE_LEVEL_COUNT] = {
        [REQUIRE_NONE] = DECLARED_NONE, [REQUIRE_SUMMARY] = DECLARED_SUMMARY, [REQUIRE_FULL] = DECLARED_FULL};
    for (size_t i = 0; i < record->declaration_count; i++) {
        if (record->declarations[i].declared < NEEDED[record->rules.require]) {
            return true;
        }
    }
    return false;
}

static unsigned reasons_of(const struct derive *derive) {
    const struct record *record = derive->record;
    return (derive->composition == NULL ? 1u << REASON_COMPOSITION_MISSING : 0) |
           (record->alert_count > 0 ? 1u << REASON_CONFLICT : 0) | /* every kind of alert blocks */
           (record->missing_count > 0 ? 1u << REASON_CONTAINERS_MISSING : 0) |
           (record->control_count > 0 ? 1u << REASON_CONTROL_OPEN : 0) |
           (declaration_is_missing(record) ? 1u << REASON_DECLARATION_MISSING : 0);
}

static enum record_status status_of(const struct record *record) {
    if (!record->arrived) {
        return STATUS_OPEN;
    }
    if (record->reasons == 0) {
        return STATUS_CLEARED;
    }
    bool held = (record->reasons & (1u << REASON_CONFLICT | 1u << REASON_CONTROL_OPEN)) != 0;
    return held ? STATUS_HELD : STATUS_INCOMPLETE;
}

static void put_clearance(struct record *record, int64_t ground_ms) {
    if (record->status == STATUS_CLEARED) {
        int64_t waited_ms = ground_ms - record->arrived_at_ms;
        record->cleared_at_ms = ground_ms;
        record->clearance_seconds = waited_ms < 0 ? 0 : (uint64_t)waited_ms / 1000;
    }
}

const struct record *record_derive(const struct train *train, struct rules rules, struct arena *scratch) {
    assert(train_live_events(train) > 0);
    struct record *record = arena_zeroed(scratch, 1, sizeof *record);
    struct derive *derive = arena_zeroed(scratch, 1, sizeof *derive);
    derive->train = train;
    derive->arena = scratch;
    derive->record = record;
    record->rules = rules;
    record->number = train_number(train);
    record->date = train_date(train);
    record->port = train_port(train);
    int64_t ground_ms = derive_registers(derive);
    put_arrival(derive);
    derive_places(derive);
    derive_containers(derive);
    derive_alerts_end(derive);
    derive_controls(derive);
    derive_declarations(derive);
    record->reasons = reasons_of(derive);
    record->status = status_of(record);
    put_clearance(record, ground_ms);
    return record;
}
