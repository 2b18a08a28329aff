#include "support/random_events.h"

#include <stdio.h>

#include "support/builder.h"

/* splitmix64: every seed is good, also 0 and its neighbours. */
uint64_t random_next(struct random *random) {
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t random_below(struct random *random, size_t bound) {
    return (size_t)(random_next(random) % bound);
}

void random_order(struct random *random, size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t other = random_below(random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PICK(random, ...)                                                                                              \
    (((const char *const[]){__VA_ARGS__})[random_below((random), COUNT(((const char *const[]){__VA_ARGS__})))])

static const char *const WAYBILLS[] = {"W1", "W2", "W3", "W4", "W10"};
#define BOX_IRREGULAR "CBHU1234567"
static const char *const BOXES[] = {BOX_A, BOX_B, BOX_C, BOX_IRREGULAR};
static const char *const EMPTY_BOXES[] = {"-" BOX_A, "-" BOX_B, "-" BOX_C, "-" BOX_IRREGULAR};
static const char *const DOMESTIC_BOXES[] = {"+" BOX_A, "+" BOX_B, "-+" BOX_C, "+" BOX_IRREGULAR};
static const char *const TIMES[] = {"2020-12-17T08:10:00.001Z",      "08:00", "08:10", "2020-12-18T08:10:00.0009Z",
                                    "2020-12-18T16:10:00.001+08:00", "09:00"};

static const char *a_time(struct random *random) {
    return TIMES[random_below(random, COUNT(TIMES))];
}

static const char *a_source(struct random *random) {
    return PICK(random, "a", "aa", "b");
}

static const char *an_id(struct random *random) {
    return PICK(random, "1", "10", "2", "3");
}

#define ENVELOPE(random) .at = a_time(random), .id = an_id(random), .source = a_source(random)

static const char *a_waybill(struct random *random) {
    return WAYBILLS[random_below(random, COUNT(WAYBILLS))];
}

static const char *a_box(struct random *random) {
    return BOXES[random_below(random, COUNT(BOXES))];
}

/* Some waybills, each at most once, into `text`; possibly none. */
static const char *some_waybills(struct random *random, char *text, size_t size) {
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < COUNT(WAYBILLS); i++) {
        if (random_below(random, 2) == 0) {
            len += (size_t)snprintf(text + len, size - len, "%s%s", len > 0 ? " " : "", WAYBILLS[i]);
        }
    }
    return text;
}

static struct builder_goods some_goods(struct random *random) {
    bool priced = random_below(random, 4) > 0;
    return (struct builder_goods){.hs = PICK(random, "847130", "84713000", "100000", ABSENT),
                                  .description = PICK(random, "Zinc", " zinc", "zinc  ore", "ZINC ore"),
                                  .packages = PICK(random, "0", "1", "1000000000"),
                                  .package_type = PICK(random, NULL, "PK", "CT"),
                                  .gross_kg = PICK(random, "1.25", "1250000e-6", "9999999999.999999"),
                                  .net_kg = PICK(random, NULL, "0.000001", "1.25"),
                                  .value = priced ? PICK(random, "0", "1e-6", "999999999999.999999") : ABSENT,
                                  .currency = priced ? PICK(random, "USD", "CNY") : ABSENT,
                                  .dangerous = PICK(random, NULL, NULL, "1950", "3480 1950")};
}

static void random_manifest(struct random *random, struct buffer *out) {
    struct builder_manifest spec = {ENVELOPE(random),
                                    .waybill = a_waybill(random),
                                    .direction = PICK(random, "exit", "exit", "entry", "transit"),
                                    .contract = PICK(random, NULL, NULL, "K2", ABSENT),
                                    .product = PICK(random, "Zinc", "zinc ", "Tin"),
                                    .consignor = {.aeo = PICK(random, NULL, "AEO"), .name = PICK(random, "N", "M")},
                                    .consignee = {.code = PICK(random, "C1", "C2"),
                                                  .country = "DE",
                                                  .aeo = PICK(random, NULL, "AEO")},
                                    .declarant = {.code = PICK(random, NULL, "C1", "C3")}};
    size_t first = random_below(random, COUNT(BOXES)), count = 1 + random_below(random, 3);
    for (size_t i = 0; i < count; i++) {
        struct builder_container *box = &spec.boxes[i];
        *box = (struct builder_container){.number = BOXES[(first + i) % COUNT(BOXES)],
                                          .size_type = PICK(random, NULL, NULL, "L5G1"),
                                          .load = PICK(random, "LCL", "LCL", "FCL", NULL),
                                          .seal = PICK(random, NULL, "S1", "S2"),
                                          .wagon = PICK(random, NULL, "6001", "6002"),
                                          .tare_kg = PICK(random, NULL, "0", "2200", "2200.000", "1.5")};
        size_t goods = 1 + random_below(random, 3);
        for (size_t k = 0; k < goods; k++) {
            box->goods[k] = some_goods(random);
        }
    }
    builder_manifest(&spec, out);
}

static void random_composition(struct random *random, struct buffer *out) {
    struct builder_composition spec = {ENVELOPE(random)};
    size_t first = random_below(random, COUNT(BOXES)), count = random_below(random, COUNT(BOXES) + 1);
    spec.wagons[0] = (struct builder_wagon){.wagon = "6001", .position = "9"};
    spec.wagons[1] = (struct builder_wagon){.wagon = "6002"};
    for (size_t i = 0; i < count; i++) {
        size_t box = (first + i) % COUNT(BOXES);
        spec.wagons[i % 2].boxes[i / 2] =
            PICK(random, BOXES[box], BOXES[box], BOXES[box], EMPTY_BOXES[box], DOMESTIC_BOXES[box]);
    }
    builder_composition(&spec, out);
}

static void random_control(struct random *random, struct buffer *out) {
    const char *scope = PICK(random, "train", "waybill", "container", "container");
    const char *ref = scope[0] == 't' ? NULL : scope[0] == 'w' ? a_waybill(random) : a_box(random);
    builder_control(&(struct builder_control){ENVELOPE(random), .scope = scope, .ref = ref,
                                              .kind = PICK(random, "risk", "physical-inspection", "document"),
                                              .authority = PICK(random, NULL, "CN", "KZ", "DE"),
                                              .found = PICK(random, NULL, NULL, "1950", "1202 3480"),
                                              .outcome = PICK(random, "ordered", "failed", "passed", "released"),
                                              .note = PICK(random, NULL, "n")},
                    out);
}

static void random_declaration(struct random *random, struct buffer *out) {
    char waybills[64];
    const char *some = some_waybills(random, waybills, sizeof waybills);
    builder_declaration(&(struct builder_declaration){ENVELOPE(random), .step = PICK(random, "summary", "full"),
                                                      .waybills = some[0] != '\0' ? some : "W1",
                                                      .lodged_at = PICK(random, "08:59", "09:00", "09:01"),
                                                      .number = PICK(random, NULL, "D1", "D2")},
                        out);
}

static void random_decision(struct random *random, struct buffer *out) {
    builder_decision(&(struct builder_decision){ENVELOPE(random), .number = PICK(random, "D1", "D2"),
                                                .outcome =
                                                    PICK(random, "accepted", "refused", "withdrawn", "released")},
                     out);
}

static void random_tally(struct random *random, struct buffer *out) {
    builder_tally(&(struct builder_tally){ENVELOPE(random), .container = a_box(random),
                                          .packages = PICK(random, NULL, "0", "1", "2"),
                                          .gross_kg = PICK(random, NULL, "1.25", "1.3125", "1.3126"),
                                          .seal = PICK(random, NULL, "S1"), .damaged = PICK(random, NULL, "true")},
                  out);
}

static void random_link(struct random *random, struct buffer *out) {
    builder_link(&(struct builder_link){ENVELOPE(random), .role = PICK(random, "from", "from", "to"),
                                        .number = PICK(random, "X8", "X80", "X8023"),
                                        .containers = PICK(random, ABSENT, BOX_A, BOX_B " " BOX_A, BOX_D)},
                 out);
}

static void random_tracked(struct random *random, struct buffer *out) {
    const char *what = PICK(random, "position", "sealed", "resealed", "door-opened", "gate-in");
    bool placed = random_below(random, 2) == 0;
    builder_tracked(&(struct builder_tracked){ENVELOPE(random), .container = a_box(random), .what = what,
                                              .seal =
                                                  what[0] == 's' || what[0] == 'r' ? PICK(random, "S1", "S3") : NULL,
                                              .place = PICK(random, NULL, "KZDYK"),
                                              .latitude = placed ? PICK(random, "-0.000", "-90", "45.123456") : NULL,
                                              .longitude = placed ? PICK(random, "0", "-179.999999", "180") : NULL},
                    out);
}

void random_event(struct random *random, struct buffer *out) {
    char waybills[64];
    switch (random_below(random, 15)) {
    case 0: builder_delete(&(struct builder_delete){ENVELOPE(random), .waybill = a_waybill(random)}, out); return;
    case 1: random_composition(random, out); return;
    case 2:
        builder_arrival(&(struct builder_arrival){ENVELOPE(random), .place = PICK(random, "CNAKL", "KZDYK")}, out);
        return;
    case 3: random_control(random, out); return;
    case 4:
    case 5: random_declaration(random, out); return;
    case 6:
        builder_application(&(struct builder_application){ENVELOPE(random),
                                                          .application = PICK(random, "A1", "A10", "A9"),
                                                          .waybills = some_waybills(random, waybills, sizeof waybills)},
                            out);
        return;
    case 7:
    case 8: random_tracked(random, out); return;
    case 9: random_decision(random, out); return;
    case 10: random_tally(random, out); return;
    case 11: random_link(random, out); return;
    default: random_manifest(random, out); return;
    }
}
