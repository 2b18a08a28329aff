#include <criterion/criterion.h>

#include "kafka/membership.h"

static bool goes_on(bool classic, struct kafka_sighting before, struct kafka_sighting now) {
    return kafka_membership_goes_on(classic, &before, &now);
}

#define SEEN(id, generation, syncs) ((struct kafka_sighting){id, generation, syncs})

Test(membership, nobody_before_is_a_beginning) {
    cr_expect_not(goes_on(true, SEEN("", 0, 0), SEEN("w-1", 1, 1)));
    cr_expect_not(goes_on(false, SEEN("", 0, 0), SEEN("w-1", 1, 0)));
}

Test(membership, a_new_id_is_another_life_in_whatever_generation) {
    cr_expect_not(goes_on(true, SEEN("w-1", 4, 4), SEEN("w-2", 4, 4)));
    cr_expect_not(goes_on(true, SEEN("w-1", 4, 4), SEEN("w-2", 5, 5)));
    cr_expect_not(goes_on(false, SEEN("w-1", 4, 0), SEEN("w-2", 5, 0)));
}

Test(membership, every_generation_heard_of_is_the_same_life) {
    cr_expect(goes_on(true, SEEN("w", 4, 4), SEEN("w", 4, 4)));
    cr_expect(goes_on(true, SEEN("w", 4, 4), SEEN("w", 5, 5)));
    cr_expect(goes_on(true, SEEN("w", 4, 4), SEEN("w", 9, 9)));
    cr_expect(goes_on(true, SEEN("w", 4, 4), SEEN("w", 5, 7)), "a sync that was repeated");
}

Test(membership, a_generation_not_heard_of_is_another_life) {
    cr_expect_not(goes_on(true, SEEN("w", 4, 4), SEEN("w", 5, 4)));
    cr_expect_not(goes_on(true, SEEN("w", 4, 4), SEEN("w", 7, 6)));
}

Test(membership, a_generation_that_goes_back_is_another_life) {
    cr_expect_not(goes_on(true, SEEN("w", 4, 4), SEEN("w", 3, 5)));
    cr_expect_not(goes_on(false, SEEN("w", 4, 0), SEEN("w", 3, 0)));
}

Test(membership, epochs_of_the_newer_protocol_may_jump) {
    cr_expect(goes_on(false, SEEN("w", 4, 0), SEEN("w", 11, 0)));
}

Test(membership, the_count_of_syncs_may_wrap) {
    cr_expect(goes_on(true, SEEN("w", 4, 0xFFFFFFFFu), SEEN("w", 5, 0)));
}
