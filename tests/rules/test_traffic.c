/* Contract 6.5: what a train adds to a traffic row, and the row. */
#include <criterion/criterion.h>

#include "encode/record_json.h"
#include "record/totals.h"
#include "support/fixture.h"

TestSuite(traffic, .init = fixture_open, .fini = fixture_close);

static struct totals share(void) {
    return totals_of(fixture_derive());
}

static void expect_share(struct totals expected) {
    struct totals found = share();
    cr_expect(totals_equal(&found, &expected));
    struct buffer text = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 3, &found, &text);
    buffer_append_byte(&text, '\0');
    struct buffer wanted = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 3, &expected, &wanted);
    buffer_append_byte(&wanted, '\0');
    cr_expect_str_eq(text.data, wanted.data);
    buffer_release(&text);
    buffer_release(&wanted);
}

static void given_cleared(const char *direction) {
    given_manifest(.waybill = "W1", .at = "06:00", .direction = direction,
                   .boxes = {{.number = BOX_A,
                              .size_type = "M2G1",
                              .tare_kg = "2200",
                              .goods = {{.gross_kg = "100.125", .net_kg = "50"}}}});
    given_composition(.at = "06:10");
    given_declaration(.at = "06:20");
    given_arrival(.at = "09:10", .arrived_at = "09:00");
}

Test(traffic, an_open_train_counts_as_open_only) {
    given_manifest(.waybill = "W1");
    expect_share((struct totals){.trains = 1, .open = 1});
}

Test(traffic, a_cleared_exit) {
    given_cleared("exit");
    expect_share((struct totals){.trains = 1,
                                 .cleared = 1,
                                 .waybills = 1,
                                 .declarations = 1,
                                 .containers = 1,
                                 .teu = 225,
                                 .gross_kg = 100125000,
                                 .clearance_seconds = 600,
                                 .exit = {1, 600}});
}

Test(traffic, a_cleared_entry) {
    given_cleared("entry");
    expect_share((struct totals){.trains = 1,
                                 .cleared = 1,
                                 .waybills = 1,
                                 .declarations = 1,
                                 .containers = 1,
                                 .teu = 225,
                                 .gross_kg = 100125000,
                                 .clearance_seconds = 600,
                                 .entry = {1, 600}});
}

Test(traffic, a_cleared_train_of_both_directions) {
    given_cleared("exit");
    given_manifest(.waybill = "W2", .direction = "entry", .at = "06:00",
                   .boxes = {{.number = BOX_B, .goods = {{.gross_kg = "1"}}}});
    given_composition(.at = "06:30", .wagons = {{.wagon = "6001", .boxes = {BOX_A, BOX_B}}});
    given_declaration(.at = "06:20", .waybills = "W2");
    expect_share((struct totals){.trains = 1,
                                 .cleared = 1,
                                 .waybills = 2,
                                 .declarations = 2,
                                 .containers = 2,
                                 .teu = 325,
                                 .gross_kg = 101125000,
                                 .clearance_seconds = 600,
                                 .entry = {1, 600},
                                 .exit = {1, 600}});
}

Test(traffic, a_cleared_train_without_declarations) {
    given_composition(.at = "06:10", .wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    given_arrival(.at = "09:10", .arrived_at = "09:00");
    expect_share((struct totals){.trains = 1, .cleared = 1, .clearance_seconds = 600});
}

Test(traffic, a_held_train) {
    given_cleared("exit");
    given_control(.at = "09:20");
    expect_share((struct totals){
        .trains = 1, .held = 1, .waybills = 1, .declarations = 1, .containers = 1, .teu = 225, .gross_kg = 100125000});
}

Test(traffic, an_incomplete_train) {
    given_arrival(.at = "09:10");
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .contract = "K2", .boxes = {{.number = BOX_B, .size_type = "12G1"}});
    expect_share((struct totals){.trains = 1,
                                 .incomplete = 1,
                                 .waybills = 2,
                                 .declarations = 2,
                                 .containers = 2,
                                 .teu = 150,
                                 .gross_kg = 200000000});
}

Test(traffic, sums_undo_each_other) {
    given_cleared("exit");
    struct totals first = share();
    given_manifest(.waybill = "W2", .at = "06:00", .direction = "entry");
    given_control(.at = "09:20");
    struct totals second = share();
    struct totals sum = {0};
    totals_add(&sum, &first);
    totals_add(&sum, &second);
    cr_expect_eq(sum.trains, 2);
    cr_expect_eq(sum.cleared, 1);
    cr_expect_eq(sum.held, 1);
    cr_expect(!totals_equal(&sum, &second));
    totals_subtract(&sum, &first);
    cr_expect(totals_equal(&sum, &second));
    totals_subtract(&sum, &second);
    cr_expect(totals_equal(&sum, &(struct totals){0}));
}

/* Every member is added, taken away and compared: none may be forgotten. */
Test(traffic, every_member_takes_part) {
    const struct totals each[] = {{.trains = 1},
                                  {.open = 1},
                                  {.cleared = 1},
                                  {.held = 1},
                                  {.incomplete = 1},
                                  {.waybills = 1},
                                  {.declarations = 1},
                                  {.containers = 1},
                                  {.teu = 1},
                                  {.gross_kg = 1},
                                  {.gross_kg = (uint128)1 << 64},
                                  {.clearance_seconds = 1},
                                  {.entry = {1, 0}},
                                  {.entry = {0, 1}},
                                  {.exit = {1, 0}},
                                  {.exit = {0, 1}}};
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++) {
        struct totals sum = {0};
        cr_expect(!totals_equal(&sum, &each[i]), "member %zu is not compared", i);
        totals_add(&sum, &each[i]);
        cr_expect(totals_equal(&sum, &each[i]), "member %zu is not added", i);
        totals_subtract(&sum, &each[i]);
        cr_expect(totals_equal(&sum, &(struct totals){0}), "member %zu is not taken away", i);
    }
}

Test(traffic, a_row_to_the_byte) {
    struct totals row = {.trains = 10,
                         .open = 1,
                         .cleared = 4,
                         .held = 3,
                         .incomplete = 2,
                         .waybills = 55,
                         .declarations = 44,
                         .containers = 33,
                         .teu = 6625,
                         .clearance_seconds = 123456,
                         .entry = {1, 100000},
                         .exit = {3, 23456}};
    row.gross_kg = (uint128)UINT64_MAX * 1000000 + 250000; /* beyond 64 bits */
    struct buffer text = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 3, &row, &text);
    buffer_append_byte(&text, '\0');
    cr_expect_str_eq(
        text.data,
        "{\"clearance_seconds\":123456,\"cleared\":4,\"containers\":33,\"date\":\"2020-12-18\",\"declarations\":44,"
        "\"entry\":{\"clearance_seconds\":100000,\"cleared\":1},\"exit\":{\"clearance_seconds\":23456,\"cleared\":3},"
        "\"gross_kg\":18446744073709551615.25,\"held\":3,\"incomplete\":2,\"open\":1,\"partition\":3,"
        "\"port\":\"CNAKL\",\"schema\":\"rail.traffic.v1\",\"teu\":66.25,\"trains\":10,"
        "\"transit\":{\"clearance_seconds\":0,\"cleared\":0},\"waybills\":55}");
    buffer_release(&text);
}
