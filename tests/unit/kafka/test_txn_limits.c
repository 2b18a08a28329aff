#include <criterion/criterion.h>

#include "kafka/txn_limits.h"

Test(txn_limits, the_configured_size_holds_as_soon_as_something_longer_is_refused) {
    struct txn_limits limits = {.letter_bytes_max = 60000, .configured = 1000, .tries = 8};
    txn_limits_letter_refused(&limits, 5000);
    cr_expect_eq(limits.letter_bytes_max, 1000);
}

/* Somebody made the topic take less while the worker runs. */
Test(txn_limits, a_refusal_below_the_configured_size_counts_more) {
    struct txn_limits limits = {.letter_bytes_max = 1000, .configured = 1000, .taken = 900, .tries = 8};
    txn_limits_letter_refused(&limits, 700);
    cr_expect_eq(limits.letter_bytes_max, 699);
    txn_limits_letter_refused(&limits, 600);
    cr_expect_eq(limits.letter_bytes_max, 599);
}

Test(txn_limits, without_a_configured_size_each_refusal_tells) {
    struct txn_limits limits = {.letter_bytes_max = SIZE_MAX, .tries = 8};
    txn_limits_letter_taken(&limits, 100);
    txn_limits_letter_refused(&limits, 5000);
    cr_expect_eq(limits.letter_bytes_max, 4999);
    txn_limits_letter_taken(&limits, 4000);
    txn_limits_letter_taken(&limits, 300);
    txn_limits_letter_refused(&limits, 4500);
    cr_expect_eq(limits.letter_bytes_max, 4499, "what was taken is not given up");
}

/* Each costs an aborted transaction, so whoever may write to the input must not be able to ask for millions. */
Test(txn_limits, ever_shorter_letters_are_not_followed_for_ever) {
    struct txn_limits limits = {.letter_bytes_max = 64 << 20, .tries = 8};
    unsigned refusals = 0;
    txn_limits_letter_taken(&limits, 1000);
    while (limits.letter_bytes_max > 1000) { /* the topic takes 1000, and all letters are as long as is still tried */
        txn_limits_letter_refused(&limits, limits.letter_bytes_max);
        refusals++;
    }
    cr_expect_leq(refusals, 8 + 26, "%u", refusals);
    cr_expect_eq(limits.letter_bytes_max, 1000);
}

Test(txn_limits, refused_batches_are_halved_down_to_one_message) {
    struct txn_limits limits = {.batch_bytes_max = 5};
    for (int i = 0; i < 5; i++) {
        txn_limits_batch_refused(&limits);
    }
    cr_expect_eq(limits.batch_bytes_max, 1);
}
