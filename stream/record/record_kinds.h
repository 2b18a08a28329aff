/* The closed lists of contract 5: statuses, reasons, alerts and their fields, how far a declaration is; with their
 * names as records write them. Static data; safe from any thread. */
#ifndef CARAVAN_RECORD_RECORD_KINDS_H
#define CARAVAN_RECORD_RECORD_KINDS_H

#include <stdbool.h>

enum record_status { STATUS_OPEN, STATUS_CLEARED, STATUS_HELD, STATUS_INCOMPLETE, STATUS_COUNT };

/* Reasons that block, in the byte order of their names; a bit each. */
enum record_reason {
    REASON_COMPOSITION_MISSING,
    REASON_CONFLICT,
    REASON_CONTAINERS_MISSING,
    REASON_CONTROL_OPEN,
    REASON_DECLARATION_MISSING,
    REASON_DECLARATION_REFUSED,
    REASON_RELEASE_MISSING,
    REASON_COUNT
};

/* In the byte order of their names. */
enum alert_kind {
    ALERT_CONTAINER_CLAIMED_TWICE,
    ALERT_CONTAINER_MISMATCH,
    ALERT_CONTAINER_NUMBER,
    ALERT_DANGEROUS_UNCHECKED,
    ALERT_DANGEROUS_UNDECLARED,
    ALERT_DOMESTIC_WITH_MANIFEST,
    ALERT_DOOR_OPENED,
    ALERT_EMPTY_WITH_GOODS,
    ALERT_LINK_MISSING,
    ALERT_SEAL_CHANGED,
    ALERT_TALLY_MISMATCH,
    ALERT_TALLY_UNEXPECTED,
    ALERT_COUNT
};
/* Those that claims are compared in stand behind those of a tally. */
enum alert_field {
    FIELD_GROSS_KG,
    FIELD_PACKAGES,
    FIELD_SEAL,
    FIELD_SIZE_TYPE,
    FIELD_TARE_KG,
    FIELD_WAGON,
    FIELD_COUNT,
    FIELD_OF_CLAIMS = FIELD_SEAL /* the first of them */
};

enum declared { DECLARED_NONE, DECLARED_SUMMARY, DECLARED_FULL, DECLARED_COUNT };

extern const char *const STATUS_NAMES[STATUS_COUNT];
extern const char *const REASON_NAMES[REASON_COUNT];
extern const char *const ALERT_NAMES[ALERT_COUNT];
extern const char *const ALERT_FIELD_NAMES[FIELD_COUNT];
/* Whether an alert of this kind keeps a train from being cleared (contract 5.11). */
bool alert_blocks(enum alert_kind kind);

extern const char *const DECLARED_NAMES[DECLARED_COUNT];

#endif
