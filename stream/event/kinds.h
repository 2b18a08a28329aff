/* The closed lists of contract 2: event types, directions, steps, roles, decisions, control scopes, kinds and
 * outcomes, tracking events; with their names as events and records write them. Static data; safe from any thread. */
#ifndef CARAVAN_EVENT_KINDS_H
#define CARAVAN_EVENT_KINDS_H

#include "base/slice.h"

enum event_type {
    EVENT_TRANSMITTED,
    EVENT_DELETED,
    EVENT_COMPOSED,
    EVENT_ARRIVED,
    EVENT_CONTROL,
    EVENT_DECLARATION,
    EVENT_DECISION,
    EVENT_APPLICATION,
    EVENT_TALLY,
    EVENT_LINK,
    EVENT_TRACKED,
    EVENT_TYPE_COUNT
};

enum {
    TRAIN_KEY_TAIL_BYTES = 1 + 10 + 1 + 5, /* |date|port */
    TRAIN_KEY_BYTES_MAX = 17 + TRAIN_KEY_TAIL_BYTES,
    CONTAINER_NUMBER_BYTES = 11,
    PLACE_BYTES = 5,
    COUNTRY_BYTES = 2,
    UN_BYTES = 4
};

enum direction { DIRECTION_EXIT, DIRECTION_ENTRY, DIRECTION_TRANSIT, DIRECTION_COUNT };
enum load { LOAD_FCL, LOAD_LCL, LOAD_COUNT };

/* The order of each of the next four is the byte order of the names. */
enum control_scope { SCOPE_CONTAINER, SCOPE_TRAIN, SCOPE_WAYBILL, SCOPE_COUNT };
enum control_kind {
    KIND_DISINFECTION,
    KIND_DOCUMENT,
    KIND_IMAGE_SCAN,
    KIND_PHYSICAL_INSPECTION,
    KIND_QUARANTINE,
    KIND_RISK,
    KIND_COUNT
};
enum control_outcome { OUTCOME_FAILED, OUTCOME_ORDERED, OUTCOME_PASSED, OUTCOME_RELEASED, OUTCOME_COUNT };

enum link_role { ROLE_FROM, ROLE_TO, ROLE_COUNT };
enum decision_outcome { DECISION_ACCEPTED, DECISION_REFUSED, DECISION_WITHDRAWN, DECISION_RELEASED, DECISION_COUNT };

enum declaration_step { STEP_SUMMARY, STEP_FULL, STEP_COUNT };

enum tracking {
    TRACKING_GATE_IN,
    TRACKING_LOADED,
    TRACKING_DEPARTED,
    TRACKING_ARRIVED,
    TRACKING_BORDER_CROSSED,
    TRACKING_TRANSSHIPPED,
    TRACKING_UNLOADED,
    TRACKING_GATE_OUT,
    TRACKING_SEALED,
    TRACKING_RESEALED,
    TRACKING_DOOR_OPENED,
    TRACKING_DOOR_CLOSED,
    TRACKING_POSITION,
    TRACKING_COUNT
};

/* Names as events and records write them; the reverse returns the index or -1. Static strings. */
const char *event_type_name(enum event_type type);
int event_type_of(struct slice name);
extern const char *const DIRECTION_NAMES[DIRECTION_COUNT];
extern const char *const LOAD_NAMES[LOAD_COUNT];
extern const char *const STEP_NAMES[STEP_COUNT];
extern const char *const ROLE_NAMES[ROLE_COUNT];
extern const char *const DECISION_NAMES[DECISION_COUNT];
extern const char *const CONTROL_SCOPE_NAMES[SCOPE_COUNT];
extern const char *const CONTROL_KIND_NAMES[KIND_COUNT];
extern const char *const CONTROL_OUTCOME_NAMES[OUTCOME_COUNT];
extern const char *const TRACKING_NAMES[TRACKING_COUNT];
int event_name_index(const char *const *names, int count, struct slice name);

#endif
