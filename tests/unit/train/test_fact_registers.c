/* Which registers a packed fact writes: the same as its event before packing. */
#include <criterion/criterion.h>

#include "event/shape.h"
#include "train/fact_registers.h"
#include "train/fact_view.h"

static const struct slice LISTED[] = {{"W3", 2}, {"W1", 2}, {"W2", 2}};

Test(fact_registers, registers_of_a_declaration) {
    struct buffer out = {0};
    struct buffer name = {0};
    struct event event = {.type = EVENT_DECLARATION,
                          .id = SLICE("d"),
                          .source = SLICE("s"),
                          .time_ms = 1608278400000,
                          .data.declaration = {.step = STEP_FULL,
                                               .waybills = {LISTED, 3},
                                               .lodged_at_ms = 1608278400000}};
    event.registers = registers_of(event.type, &event.data);
    fact_pack(&event, 0, &out);
    const struct fact *fact = (const struct fact *)out.data;
    cr_assert_eq(fact_register_count(fact), 3);
    fact_register_name(fact, 1, &name);
    cr_expect(slice_equal(buffer_slice(&name), SLICE("declaration[W1,full]")));
    buffer_release(&out);
    buffer_release(&name);
}

Test(fact_registers, what_a_tracking_event_writes) {
    static const struct {
        enum tracking event;
        size_t count;
        unsigned second;
    } ROWS[] = {{TRACKING_SEALED, 2, REGISTER_SEAL},
                {TRACKING_RESEALED, 2, REGISTER_SEAL},
                {TRACKING_DOOR_OPENED, 2, REGISTER_OPENED},
                {TRACKING_DOOR_CLOSED, 1, 0},
                {TRACKING_POSITION, 1, 0}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct event event = {.type = EVENT_TRACKED,
                              .id = SLICE("t"),
                              .source = SLICE("s"),
                              .time_ms = 1608278400000,
                              .data.tracked = {.container = SLICE("CSQU3054383"),
                                               .event = ROWS[i].event,
                                               .seal = ROWS[i].second == REGISTER_SEAL ? SLICE("S")
                                                                                       : (struct slice){NULL, 0},
                                               .has_position = true,
                                               .has_longitude = true,
                                               .latitude = -90000000,
                                               .longitude = 180000000}};
        struct buffer out = {0};
        event.registers = registers_of(event.type, &event.data);
        fact_pack(&event, 0, &out);
        const struct fact *fact = (const struct fact *)out.data;
        cr_expect(fact_check(fact, out.len));
        cr_expect_eq(fact_register_count(fact), ROWS[i].count);
        cr_expect_eq(registers_count(&event.registers), ROWS[i].count);
        for (size_t k = 0; k < ROWS[i].count; k++) {
            unsigned kind = k == 0 ? REGISTER_TRACKED : ROWS[i].second;
            cr_expect_eq(fact_register(fact, k).kind, kind);
            cr_expect_eq(registers_key(&event.registers, k).kind, kind);
        }
        cr_expect_eq(fact_tracked(fact).latitude, -90000000);
        cr_expect_eq(fact_tracked(fact).seal.data != NULL, (ROWS[i].second == REGISTER_SEAL));
        buffer_release(&out);
    }
}
