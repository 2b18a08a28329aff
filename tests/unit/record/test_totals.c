#include <criterion/criterion.h>

#include "record/totals.h"

static struct record cleared_entry(const struct record_declaration *declaration) {
    struct record record = {.status = STATUS_CLEARED,
                            .arrived = true,
                            .clearance_seconds = 90,
                            .declarations = declaration,
                            .declaration_count = 1};
    record.totals.waybills = 3;
    record.totals.declarations = 1;
    record.totals.containers = 2;
    record.totals.teu = 450;
    record.totals.gross_kg = UINT64_MAX / 2;
    return record;
}

Test(totals, only_arrived_trains_count_beyond_trains_and_open) {
    struct record_declaration declaration = {.direction = DIRECTION_ENTRY};
    struct record record = cleared_entry(&declaration);
    record.status = STATUS_OPEN;
    record.arrived = false;
    struct totals share = totals_of(&record);
    cr_expect_eq(share.trains, 1);
    cr_expect_eq(share.open, 1);
    cr_expect_eq(share.waybills, 0);
    cr_expect(share.gross_kg == 0);
}

Test(totals, directions_count_cleared_trains_that_have_one) {
    struct record_declaration declaration = {.direction = DIRECTION_ENTRY};
    struct record record = cleared_entry(&declaration);
    struct totals share = totals_of(&record);
    cr_expect_eq(share.entry.cleared, 1);
    cr_expect_eq(share.entry.clearance_seconds, 90);
    cr_expect_eq(share.exit.cleared, 0);
    record.status = STATUS_HELD;
    share = totals_of(&record);
    cr_expect_eq(share.held, 1);
    cr_expect_eq(share.clearance_seconds, 0);
    cr_expect_eq(share.entry.cleared, 0);
}

Test(totals, subtracting_undoes_adding) {
    struct record_declaration declaration = {.direction = DIRECTION_EXIT};
    struct record record = cleared_entry(&declaration);
    struct totals share = totals_of(&record);
    struct totals sum = {0};
    for (int i = 0; i < 1000; i++) {
        totals_add(&sum, &share);
    }
    cr_expect(sum.gross_kg == (uint128)(UINT64_MAX / 2) * 1000);
    cr_expect_not(totals_equal(&sum, &share));
    for (int i = 0; i < 999; i++) {
        totals_subtract(&sum, &share);
    }
    cr_expect(totals_equal(&sum, &share));
    share.exit.clearance_seconds++;
    cr_expect_not(totals_equal(&sum, &share));
}
