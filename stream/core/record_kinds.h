/* The closed lists of spec section 5: statuses, reasons, alerts and their fields, how far a declaration is; with their
 * names as records write them. Static data; safe from any thread. */
#ifndef CARAVAN_CORE_RECORD_KINDS_H
#define CARAVAN_CORE_RECORD_KINDS_H

enum record_status { STATUS_OPEN, STATUS_CLEARED, STATUS_HELD, STATUS_INCOMPLETE, STATUS_COUNT };

/* Reasons that block, in the byte order of their names; a bit each. */
enum record_reason {
    REASON_COMPOSITION_MISSING,
    REASON_CONFLICT,
    REASON_CONTAINERS_MISSING,
    REASON_CONTROL_OPEN,
    REASON_DECLARATION_MISSING,
    REASON_COUNT
};

/* In the byte order of their names. */
enum alert_kind {
    ALERT_CONTAINER_CLAIMED_TWICE,
    ALERT_CONTAINER_MISMATCH,
    ALERT_DOOR_OPENED,
    ALERT_EMPTY_WITH_GOODS,
    ALERT_SEAL_CHANGED,
    ALERT_COUNT
};
enum alert_field { FIELD_SEAL, FIELD_SIZE_TYPE, FIELD_TARE_KG, FIELD_WAGON, FIELD_COUNT };

enum declared { DECLARED_NONE, DECLARED_SUMMARY, DECLARED_FULL, DECLARED_COUNT };

extern const char *const STATUS_NAMES[STATUS_COUNT];
extern const char *const REASON_NAMES[REASON_COUNT];
extern const char *const ALERT_NAMES[ALERT_COUNT];
extern const char *const ALERT_FIELD_NAMES[FIELD_COUNT];
extern const char *const DECLARED_NAMES[DECLARED_COUNT];

#endif
