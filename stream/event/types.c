/* Each event type, once: its members in JSON with their rules, the struct that they become, what a fact keeps of them
 * and in which bytes, the registers that it writes (contract 2.5 to 2.19). Rows stand in the order in which they are
 * checked, and lie in a fact. Those of elements of lists, and the words that all are made of, are in rows.h. */
#include <assert.h>

#include "event/finish.h"
#include "event/rows.h"

static_assert(sizeof(enum tracking) == sizeof(unsigned), "a choice is read and written as an unsigned");

/* What every type begins with (contract 2.5): it goes into the event, not into its data. */
#define TRAIN                                                                                                          \
    { .name = "train", .name_len = 5, REQUIRED, .kind = SHAPE_TRAIN }

/* ---- what several types name */

/* Contract 2.5. */
static const struct shape_member TRAIN_MEMBERS[] = {
    {MEMBER(event_train, "number", number), REQUIRED, TOKEN(1, 17, CLASS_UPPER | CLASS_DIGIT | CLASS_DASH)},
    {MEMBER(event_train, "date", date), REQUIRED, .kind = SHAPE_DATE},
    {MEMBER(event_train, "port", port), REQUIRED, PLACE},
};
const struct shape SHAPE_OF_TRAIN = {SHAPE(event_train, TRAIN_MEMBERS)};

static const struct shape_member WAYBILL_NUMBER[] = {{REQUIRED, WAYBILL, KEPT, ONCE(SET_WAYBILLS)}};
const struct shape SHAPE_OF_WAYBILL_NUMBERS = {SHAPE(slice, WAYBILL_NUMBER), .scalar = true};

static const struct shape_member CONTAINER_NUMBER[] = {
    {REQUIRED, CONTAINER, KEPT_IN(CONTAINER_NUMBER_BYTES), ONCE(SET_CONTAINERS)}};
const struct shape SHAPE_OF_CONTAINER_NUMBERS = {SHAPE(slice, CONTAINER_NUMBER), .scalar = true};

/* A list of numbers alone, as facts keep them. */
static const struct shape_member UN_NUMBER[] = {{REQUIRED, TOKEN(UN_BYTES, UN_BYTES, CLASS_DIGIT), KEPT_IN(UN_BYTES)}};
const struct shape SHAPE_OF_UN_NUMBERS = {SHAPE(slice, UN_NUMBER), .scalar = true};

/* Of a deletion: whoever deletes need not know what was in the waybill. */
static const struct shape_member WAYBILL_NAMED[] = {{.name = "number", .name_len = 6, REQUIRED, WAYBILL}};
static const struct shape NAMED_WAYBILL = {SHAPE(slice, WAYBILL_NAMED)};

/* ---- manifests */

/* Contract 2.8. */
static const struct shape_member PARTY_MEMBERS[] = {
    {MEMBER(event_party, "code", code), REQUIRED,
     TOKEN(1, 35, CLASS_UPPER | CLASS_LOWER | CLASS_DIGIT | CLASS_DOT | CLASS_UNDERSCORE | CLASS_SLASH | CLASS_DASH),
     KEPT},
    {MEMBER(event_party, "name", name), REQUIRED, TEXT(255), KEPT},
    {MEMBER(event_party, "country", country), REQUIRED, TOKEN(2, 2, CLASS_UPPER), KEPT_IN(2)},
    {MEMBER(event_party, "aeo", aeo), TEXT(32), KEPT},
};
static const struct shape PARTY = {SHAPE(event_party, PARTY_MEMBERS)};

/* Contract 2.7. Of the parties a record needs the acting one, and of its counterpart one country. */
static const struct shape_member WAYBILL_MEMBERS[] = {
    {MEMBER(event_waybill, "number", number), REQUIRED, WAYBILL},
    {MEMBER(event_waybill, "direction", direction), REQUIRED, CHOICE(DIRECTION_NAMES, DIRECTION_COUNT), KEPT_IN(1)},
    {MEMBER(event_waybill, "contract", contract), TEXT(64), KEPT},
    {MEMBER(event_waybill, "product", product), REQUIRED, TEXT(255), KEYED},
    {MEMBER(event_waybill, "consignor", consignor), REQUIRED, OBJECT(PARTY)},
    {MEMBER(event_waybill, "consignee", consignee), REQUIRED, OBJECT(PARTY)},
    {MEMBER(event_waybill, "declarant", declarant), OBJECT(PARTY)},
    {MADE(event_waybill, party), REQUIRED, OBJECT(PARTY), KEPT},
    {MADE(event_waybill, partner_aeo), TOKEN(COUNTRY_BYTES, COUNTRY_BYTES, CLASS_UPPER), KEPT_IN(COUNTRY_BYTES)},
    {MEMBER(event_waybill, "origin", origin), REQUIRED, PLACE},
    {MEMBER(event_waybill, "destination", destination), REQUIRED, PLACE},
};
static const struct shape TRANSMITTED_WAYBILL = {SHAPE(event_waybill, WAYBILL_MEMBERS), .finish = finish_waybill};

const struct shape SHAPE_OF_GOODS = {SHAPE(event_goods, GOODS_MEMBERS), .finish = finish_goods};

const struct shape SHAPE_OF_CONTAINERS = {SHAPE(event_container, CONTAINER_MEMBERS), .finish = finish_container};

static const struct shape_member TRANSMITTED[] = {
    TRAIN,
    {MEMBER(event_transmitted, "waybill", waybill), REQUIRED, OBJECT(TRANSMITTED_WAYBILL), KEPT},
    {MEMBER(event_transmitted, "containers", containers), REQUIRED, LIST(SHAPE_OF_CONTAINERS, 1, 200),
     OPENS(IN(SET_CONTAINERS)), KEPT},
};

static const struct shape_member DELETED[] = {
    TRAIN,
    {MEMBER(event_deleted, "waybill", waybill), REQUIRED, OBJECT(NAMED_WAYBILL)},
    {MEMBER(event_deleted, "reason", reason), TOKEN(3, 3, CLASS_DIGIT)},
};

/* ---- trains */

const struct shape SHAPE_OF_SLOTS = {SHAPE(event_slot, SLOT_MEMBERS)};

const struct shape SHAPE_OF_WAGONS = {SHAPE(event_wagon, WAGON_MEMBERS)};

static const struct shape_member COMPOSED[] = {
    TRAIN,
    {MEMBER(event_composed, "wagons", wagons), REQUIRED, LIST(SHAPE_OF_WAGONS, 1, 120),
     OPENS(IN(SET_WAGONS) | IN(SET_POSITIONS) | IN(SET_CONTAINERS)), KEPT},
};

/* The place need not be the train's port: nobody knows where a report was typed. */
static const struct shape_member ARRIVED[] = {
    TRAIN,
    {MEMBER(event_arrived, "place", place), REQUIRED, PLACE, KEPT_IN(PLACE_BYTES)},
    {MEMBER(event_arrived, "arrived_at", arrived_at_ms), REQUIRED, TIME, KEPT_IN(TIME_BYTES)},
};

/* ---- customs */

/* Contract 2.12. What the ref must look like depends on the scope. */
static const struct shape_member CONTROL[] = {
    TRAIN,
    {MEMBER(event_control, "scope", scope), REQUIRED, CHOICE(CONTROL_SCOPE_NAMES, SCOPE_COUNT), KEPT_IN(1)},
    {MEMBER(event_control, "ref", ref), TEXT(70)},
    {MEMBER(event_control, "kind", kind), REQUIRED, CHOICE(CONTROL_KIND_NAMES, KIND_COUNT), KEPT_IN(1)},
    {MEMBER(event_control, "outcome", outcome), REQUIRED, CHOICE(CONTROL_OUTCOME_NAMES, OUTCOME_COUNT), KEPT_IN(1)},
    {MEMBER(event_control, "authority", authority), TOKEN(COUNTRY_BYTES, COUNTRY_BYTES, CLASS_UPPER)},
    {MEMBER(event_control, "found", found), LIST(UN_ENTRIES, 0, UN_MAX), OPENS(IN(SET_UN))},
    {MADE(event_control, un), LIST(SHAPE_OF_UN_NUMBERS, 0, UN_MAX), KEPT},
    {MEMBER(event_control, "note", note), TEXT(200)},
};

/* Contract 2.13. */
static const struct shape_member DECLARATION[] = {
    TRAIN,
    {MEMBER(event_declaration, "step", step), REQUIRED, CHOICE(STEP_NAMES, STEP_COUNT), KEPT_IN(1)},
    {MEMBER(event_declaration, "waybills", waybills), REQUIRED,
     LIST(SHAPE_OF_WAYBILL_NUMBERS, 1, REGISTERS_PER_EVENT_MAX), OPENS(IN(SET_WAYBILLS))},
    {MEMBER(event_declaration, "lodged_at", lodged_at_ms), REQUIRED, TIME, KEPT_IN(TIME_BYTES)},
    {MEMBER(event_declaration, "declaration_number", declaration_number), TEXT(32), KEPT},
};

/* Contract 2.17. */
static const struct shape_member DECISION[] = {
    TRAIN,
    {MEMBER(event_decision, "declaration_number", declaration_number), REQUIRED, TEXT(32)},
    {MEMBER(event_decision, "outcome", outcome), REQUIRED, CHOICE(DECISION_NAMES, DECISION_COUNT), KEPT_IN(1)},
    {MEMBER(event_decision, "reason", reason), TEXT(200)},
};

/* Contract 2.14. */
static const struct shape_member APPLICATION[] = {
    TRAIN,
    {MEMBER(event_application, "application", application), REQUIRED, TEXT(64)},
    {MEMBER(event_application, "waybills", waybills), REQUIRED, LIST(SHAPE_OF_WAYBILL_NUMBERS, 0, 500),
     OPENS(IN(SET_WAYBILLS)), KEPT},
};

/* ---- containers */

/* Contract 2.18. */
static const struct shape_member TALLY[] = {
    TRAIN,
    {MEMBER(event_tally, "container", container), REQUIRED, CONTAINER},
    {MEMBER(event_tally, "packages", packages), COUNT(0, COUNT_MAX), HAS(event_tally, has_packages),
     KEPT_IN(COUNT_BYTES)},
    {MEMBER(event_tally, "gross_kg", gross_kg), MASS, HAS(event_tally, has_gross), KEPT_IN(MASS_BYTES)},
    {MEMBER(event_tally, "seal", seal), TEXT(32), KEPT},
    {MEMBER(event_tally, "damaged", damaged), BOOLEAN, KEPT_IN(1)},
};

/* Contract 2.19. */
static const struct shape_member LINK[] = {
    TRAIN,
    {MEMBER(event_link, "role", role), REQUIRED, CHOICE(ROLE_NAMES, ROLE_COUNT), KEPT_IN(1)},
    {MEMBER(event_link, "other", other), REQUIRED, .kind = SHAPE_OTHER},
    {MEMBER(event_link, "containers", containers), REQUIRED, LIST(SHAPE_OF_CONTAINER_NUMBERS, 0, 480),
     OPENS(IN(SET_CONTAINERS)), KEPT},
};

/* Contract 2.15. */
static const struct shape_member TRACKED[] = {
    TRAIN,
    {MEMBER(event_tracked, "container", container), REQUIRED, CONTAINER},
    {MEMBER(event_tracked, "event", event), REQUIRED, CHOICE(TRACKING_NAMES, TRACKING_COUNT), KEPT_IN(1)},
    {MEMBER(event_tracked, "place", place), PLACE, KEPT_IN(PLACE_BYTES)},
    {MEMBER(event_tracked, "seal", seal), TEXT(32), KEPT},
    {MEMBER(event_tracked, "wagon", wagon), WAGON},
    {MEMBER(event_tracked, "latitude", latitude), DEGREES(90), HAS(event_tracked, has_position),
     KEPT_IN(DEGREES_BYTES)},
    {MEMBER(event_tracked, "longitude", longitude), DEGREES(180), HAS(event_tracked, has_longitude),
     KEPT_IN(DEGREES_BYTES)},
};

/* ---- the types */

#define WITH(owner, member) .has_text = true, .text = offsetof(struct owner, member)
#define EACH(owner, member) .has_text = true, .each = true, .text = offsetof(struct owner, member)
#define PICK(owner, member, step)                                                                                      \
    { offsetof(struct owner, member), (step) }
#define WHEN(owner, member, bits) .when_offset = offsetof(struct owner, member), .when = (bits)

#define DATA(owner, rows) .data = {SHAPE(owner, rows)}
#define DATA_FINISHED(owner, rows, by) .data = {SHAPE(owner, rows), .finish = (by)}
#define WRITES(...) .register_count = 1, .registers = {{__VA_ARGS__}}
#define KIND(kind_) .kind = (kind_)
#define PICKED(...) .picks = {__VA_ARGS__}

const struct event_description EVENT_TYPES[EVENT_TYPE_COUNT] = {
    [EVENT_TRANSMITTED] = {.name = "rail.manifest.transmitted.v1",
                           DATA(event_transmitted, TRANSMITTED),
                           WRITES(KIND(REGISTER_MANIFEST), WITH(event_transmitted, waybill.number))},
    [EVENT_DELETED] = {.name = "rail.manifest.deleted.v1",
                       DATA(event_deleted, DELETED),
                       WRITES(KIND(REGISTER_MANIFEST), WITH(event_deleted, waybill))},
    [EVENT_COMPOSED] = {.name = "rail.train.composed.v1",
                        DATA(event_composed, COMPOSED),
                        WRITES(KIND(REGISTER_COMPOSITION))},
    [EVENT_ARRIVED] = {.name = "rail.train.arrived.v1", DATA(event_arrived, ARRIVED), WRITES(KIND(REGISTER_ARRIVAL))},
    [EVENT_CONTROL] = {.name = "rail.control.reported.v1",
                       DATA_FINISHED(event_control, CONTROL, finish_control),
                       WRITES(KIND(REGISTER_CONTROL), WITH(event_control, key),
                              PICKED(PICK(event_control, scope, KIND_COUNT), PICK(event_control, kind, 1))),
                       .holds = holds_control},
    [EVENT_DECLARATION] = {.name = "rail.declaration.lodged.v1",
                           DATA(event_declaration, DECLARATION),
                           WRITES(KIND(REGISTER_SUMMARY), EACH(event_declaration, waybills),
                                  PICKED(PICK(event_declaration, step, REGISTER_FULL - REGISTER_SUMMARY)))},
    [EVENT_DECISION] = {.name = "rail.declaration.decided.v1",
                        DATA(event_decision, DECISION),
                        WRITES(KIND(REGISTER_DECISION), WITH(event_decision, declaration_number))},
    [EVENT_APPLICATION] = {.name = "rail.merge.applied.v1",
                           DATA(event_application, APPLICATION),
                           WRITES(KIND(REGISTER_APPLICATION), WITH(event_application, application))},
    [EVENT_TALLY] = {.name = "rail.tally.reported.v1",
                     DATA(event_tally, TALLY),
                     WRITES(KIND(REGISTER_TALLY), WITH(event_tally, container))},
    [EVENT_LINK] = {.name = "rail.train.linked.v1",
                    DATA_FINISHED(event_link, LINK, finish_link),
                    WRITES(KIND(REGISTER_LINK_FROM), WITH(event_link, other),
                           PICKED(PICK(event_link, role, REGISTER_LINK_TO - REGISTER_LINK_FROM))),
                    .holds = holds_link},
    /* The first register is always written; of the other two at most one, so a fact needs one place for a second
     * kind. */
    [EVENT_TRACKED] = {.name = "rail.container.tracked.v1",
                       DATA_FINISHED(event_tracked, TRACKED, finish_tracked),
                       .register_count = 3,
                       .registers = {{KIND(REGISTER_TRACKED), WITH(event_tracked, container)},
                                     {KIND(REGISTER_SEAL), WITH(event_tracked, container),
                                      WHEN(event_tracked, event, IN(TRACKING_SEALED) | IN(TRACKING_RESEALED))},
                                     {KIND(REGISTER_OPENED), WITH(event_tracked, container),
                                      WHEN(event_tracked, event, IN(TRACKING_DOOR_OPENED))}},
                       .holds = holds_tracked},
};

const char *event_type_name(enum event_type type) {
    return EVENT_TYPES[type].name;
}

/* Eleven names, looked through once a message. */
int event_type_of(struct slice name) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        if (slice_equal(name, slice_of(EVENT_TYPES[type].name))) {
            return type;
        }
    }
    return -1;
}
