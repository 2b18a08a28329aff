/* Trains as an enemy would fill them, within the bounds of contract 2 and 7: deriving stays far from quadratic.
 * The bound on time is a hundred times what is needed, so that only a wrong order of growth breaks it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/timestamp.h"
#include "support/fixture.h"

TestSuite(hostile, .init = fixture_open, .fini = fixture_close);

enum { WAYBILLS = 8000, SECONDS_MAX = 10 };

static void expect_fast(void) {
    int64_t before = clock_steady_ms();
    fixture_derive();
    cr_expect_lt(clock_steady_ms() - before, SECONDS_MAX * 1000);
}

static void given_waybills(const char *load, const char *contract) {
    for (unsigned i = 0; i < WAYBILLS; i++) {
        char waybill[16], seal[16], goods[16];
        snprintf(waybill, sizeof waybill, "W%u", i);
        snprintf(seal, sizeof seal, "S%u", i);
        snprintf(goods, sizeof goods, "G%u", i);
        given_manifest(.waybill = waybill, .contract = contract,
                       .boxes = {{.number = BOX_A, .load = load, .seal = seal, .goods = {{.description = goods}}}});
    }
}

/* Everybody shares one container and no two agree on its seal. */
Test(hostile, one_container_shared_by_all) {
    given_waybills("LCL", "K1");
    expect_fast();
    const struct record *record = fixture_derive();
    cr_expect_eq(record->totals.waybills, WAYBILLS);
    cr_expect_eq(record->declaration_count, 1);
    cr_expect_eq(record->declarations[0].line_count, WAYBILLS);
    cr_expect_eq(record->alert_count, 1);
    cr_expect_eq(record->alerts[0].value_count, WAYBILLS);
}

Test(hostile, one_container_claimed_by_all) {
    given_waybills("FCL", "K1");
    expect_fast();
    const struct record *record = fixture_derive();
    cr_expect_eq(record->totals.waybills, 1);
    cr_expect_eq(record->alerts[0].waybill_count, WAYBILLS);
}

Test(hostile, as_many_declarations_as_waybills) {
    given_waybills("LCL", ABSENT);
    expect_fast();
    cr_expect_eq(fixture_derive()->declaration_count, WAYBILLS);
}

/* Every waybill listed by hundreds of applications. */
Test(hostile, many_applications) {
    given_waybills("LCL", "K1");
    static char waybills[500 * 8];
    for (unsigned i = 0; i < 600; i++) {
        size_t len = 0;
        for (unsigned k = 0; k < 500; k++) {
            len += (size_t)sprintf(waybills + len, "%sW%u", k > 0 ? " " : "", (i * 7 + k) % WAYBILLS);
        }
        char application[16];
        snprintf(application, sizeof application, "A%03u", i);
        given_application(.application = application, .waybills = waybills);
    }
    fixture_rules(MERGE_APPLIED, REQUIRE_FULL);
    expect_fast();
    const struct record *record = fixture_derive();
    cr_expect_gt(record->declaration_count, 1);
}

/* Controls and tracking of things that are not there. */
Test(hostile, many_controls_and_positions) {
    for (unsigned i = 0; i < WAYBILLS; i++) {
        char box[12], waybill[16];
        builder_container_number(i, box);
        snprintf(waybill, sizeof waybill, "W%u", i);
        given_tracked(.container = box, .what = "door-opened");
        given_control(.scope = "waybill", .ref = waybill);
    }
    expect_fast();
    cr_expect_eq(fixture_derive()->control_count, 0);
    cr_expect_eq(fixture_derive()->fact_count, 2 * WAYBILLS);
}
