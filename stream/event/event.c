/* The names as they are on the wire, in the order of their enumerations. Where a record sorts by a name (scopes, kinds;
 * contract 5.15), the enumeration is in the byte order of the names, and comparing numbers is enough. FCL is the first
 * load and so what an absent one becomes (contract 2.9). */
#include "event/event.h"

#include "base/timestamp.h"

const char *const DIRECTION_NAMES[DIRECTION_COUNT] = {"exit", "entry", "transit"};

const char *const LOAD_NAMES[LOAD_COUNT] = {"FCL", "LCL"};

const char *const STEP_NAMES[STEP_COUNT] = {"summary", "full"};

const char *const ROLE_NAMES[ROLE_COUNT] = {"from", "to"};

const char *const DECISION_NAMES[DECISION_COUNT] = {"accepted", "refused", "withdrawn", "released"};

const char *const CONTROL_SCOPE_NAMES[SCOPE_COUNT] = {"container", "train", "waybill"};

const char *const CONTROL_KIND_NAMES[KIND_COUNT] = {"disinfection",        "document",   "image-scan",
                                                    "physical-inspection", "quarantine", "risk"};

const char *const CONTROL_OUTCOME_NAMES[OUTCOME_COUNT] = {"failed", "ordered", "passed", "released"};

const char *const TRACKING_NAMES[TRACKING_COUNT] = {
    "gate-in",  "loaded", "departed", "arrived",     "border-crossed", "transshipped", "unloaded",
    "gate-out", "sealed", "resealed", "door-opened", "door-closed",    "position",
};

/* Thirteen names at most: no table would be quicker. */
int event_name_index(const char *const *names, int count, struct slice name) {
    for (int i = 0; i < count; i++) {
        if (slice_equal(name, slice_of(names[i]))) {
            return i;
        }
    }
    return -1;
}

/* Number, date and port have their forms, so the key fits and holds no other '|' (contract 2.2). */
struct slice event_train_key(const struct event_train *train, struct arena *arena) {
    char *text = arena_take(arena, TRAIN_KEY_BYTES_MAX);
    size_t len = train->number.len;
    memcpy(text, train->number.data, len);
    text[len++] = '|';
    memcpy(text + len, train->date.text.data, DATE_TEXT_BYTES);
    len += DATE_TEXT_BYTES;
    text[len++] = '|';
    memcpy(text + len, train->port.data, PLACE_BYTES);
    return (struct slice){text, len + PLACE_BYTES};
}
