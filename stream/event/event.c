#include "event/event.h"

const char *const EVENT_TYPE_NAMES[EVENT_TYPE_COUNT] = {
    "rail.manifest.transmitted.v1", "rail.manifest.deleted.v1",   "rail.train.composed.v1", "rail.train.arrived.v1",
    "rail.control.reported.v1",     "rail.declaration.lodged.v1", "rail.merge.applied.v1",  "rail.container.tracked.v1",
};

const char *const CONTROL_SCOPE_NAMES[SCOPE_COUNT] = {"container", "train", "waybill"};

const char *const CONTROL_KIND_NAMES[KIND_COUNT] = {"disinfection",        "document",   "image-scan",
                                                    "physical-inspection", "quarantine", "risk"};

const char *const CONTROL_OUTCOME_NAMES[OUTCOME_COUNT] = {"failed", "ordered", "passed", "released"};

const char *const TRACKING_NAMES[TRACKING_COUNT] = {
    "gate-in",  "loaded", "departed", "arrived",     "border-crossed", "transshipped", "unloaded",
    "gate-out", "sealed", "resealed", "door-opened", "door-closed",    "position",
};

int event_name_index(const char *const *names, int count, struct slice name) {
    for (int i = 0; i < count; i++) {
        if (slice_equal(name, slice_of(names[i]))) {
            return i;
        }
    }
    return -1;
}
