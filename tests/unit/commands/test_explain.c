#include <criterion/criterion.h>
#include <string.h>

#include "commands/explain.h"
#include "event/reject.h"
#include "record/record.h"

static void expect_explained(const char *code, enum explain_kind kind) {
    const struct explanation *explanation = explain_find(slice_of(code));
    cr_assert_not_null(explanation, "%s is not explained", code);
    cr_assert_eq(explanation->kind, kind, "%s", code);
    cr_assert(strlen(explanation->todo) > 0, "%s: nothing to do", code);
}

Test(explain, every_status_has_one) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        expect_explained(STATUS_NAMES[i], EXPLAIN_STATUS);
    }
}

Test(explain, every_reason_has_one) {
    for (int i = 0; i < REASON_COUNT; i++) {
        expect_explained(REASON_NAMES[i], EXPLAIN_REASON);
    }
}

Test(explain, every_alert_has_one) {
    for (int i = 0; i < ALERT_COUNT; i++) {
        expect_explained(ALERT_NAMES[i], EXPLAIN_ALERT);
    }
}

Test(explain, every_reject_has_one) {
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        expect_explained(reject_name((enum reject_reason)i), EXPLAIN_REJECT);
    }
}

Test(explain, terms_of_the_records_have_one) {
    static const char *const terms[] = {"off_train", "missing",      "expired", "register",
                                        "claim",     "live-waybill", "digest"};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        const struct explanation *explanation = explain_find(slice_of(terms[i]));
        cr_assert(explanation != NULL && explanation->kind == EXPLAIN_TERM, "%s", terms[i]);
    }
}

Test(explain, codes_stand_once_grouped_and_complete) {
    const struct explanation *explanation, *before = NULL;
    for (size_t i = 0; (explanation = explain_at(i)) != NULL; before = explanation, i++) {
        cr_assert_eq(explain_find(slice_of(explanation->code)), explanation, "%s stands twice", explanation->code);
        cr_assert(before == NULL || before->kind <= explanation->kind);
        cr_assert(explanation->brief[0] != '\0' && explanation->means[strlen(explanation->means) - 1] == '.');
    }
}

Test(explain, knows_nothing_else) {
    cr_assert_null(explain_find(SLICE("")));
    cr_assert_null(explain_find(SLICE("opened")));
    cr_assert_null(explain_find(SLICE("Open")));
}
