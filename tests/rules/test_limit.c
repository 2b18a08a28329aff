/* Contract 7.6: a train holds at most limits.train_bytes of live events, and an event is turned away only when the
 * train would hold more than that, and more than before. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(limit, .init = fixture_open, .fini = fixture_close);

static size_t held(void) {
    return train_live_bytes(fixture_train());
}

Test(limit, one_byte_too_much_is_not) {
    given_control(.id = "a", .kind = "risk");
    given_control(.id = "b", .kind = "document");
    size_t both = held();
    fixture_close();
    fixture_open();
    given_control(.id = "a", .kind = "risk");
    size_t before = held();
    fixture_limit(both - 1);
    cr_expect_eq(given_control(.id = "b", .kind = "document"), JOIN_LIMIT);
    cr_expect_eq(fixture_effect().live_events, 0);
    cr_expect_eq(fixture_effect().live_bytes, 0);
    cr_expect_eq(fixture_effect().memory_bytes, 0);
    cr_expect(hash_equal(fixture_effect().hash_sum, (struct hash128){0, 0}));
    cr_expect_eq(held(), before);
    EXPECT("/facts/count", "1");
    fixture_limit(both);
    cr_expect_eq(given_control(.id = "b", .kind = "document"), JOIN_ACCEPTED);
    cr_expect_eq(held(), both);
}

Test(limit, alone_and_too_large) {
    fixture_limit(10);
    cr_expect_eq(given_arrival(.id = "x"), JOIN_LIMIT);
    cr_expect_eq(train_live_events(fixture_train()), 0);
}

Test(limit, above_it_a_replacement_that_is_no_longer_is_accepted) {
    given_manifest(.id = "x", .product = "abc");
    fixture_limit(10); /* lowered meanwhile */
    cr_expect_eq(given_manifest(.id = "y", .product = "abcd", .at = "08:01"), JOIN_LIMIT, "one byte more than before");
    cr_expect_eq(given_manifest(.id = "y", .product = "abc", .at = "08:02"), JOIN_ACCEPTED, "as much as before");
    cr_expect_eq(given_manifest(.id = "y", .product = "ab", .at = "08:03"), JOIN_ACCEPTED, "less than before");
    cr_expect_eq(given_delete(.id = "y", .at = "08:04"), JOIN_ACCEPTED);
    cr_expect_eq(given_control(.id = "z"), JOIN_LIMIT);
}

Test(limit, what_an_event_drops_is_counted) {
    given_declaration(.waybills = "W1");
    given_declaration(.waybills = "W2", .at = "08:01");
    fixture_limit(held());
    cr_expect_eq(given_declaration(.waybills = "W1 W2 W3", .at = "08:02"), JOIN_ACCEPTED);
    cr_expect_eq(train_live_events(fixture_train()), 1);
}

/* An event that stays live in one register is not freed by losing the other. */
Test(limit, what_stays_live_is_counted) {
    given_declaration(.waybills = "W1 W2");
    fixture_limit(held() + 10);
    cr_expect_eq(given_declaration(.waybills = "W1", .at = "08:01"), JOIN_LIMIT);
}

Test(limit, duplicates_and_stale_events_are_not_turned_away) {
    given_arrival(.id = "x");
    given_arrival(.id = "y", .at = "08:01");
    fixture_limit(1);
    cr_expect_eq(given_arrival(.id = "y", .at = "08:01"), JOIN_DUPLICATE);
    cr_expect_eq(given_arrival(.id = "x"), JOIN_STALE);
}
