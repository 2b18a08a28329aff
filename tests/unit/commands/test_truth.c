#include <criterion/criterion.h>

#include "commands/truth.h"

Test(truth, is_written_as_json) {
    struct workload_truth truth = {
        .trains = 2, .unarrived = 1, .waybills = 3, .containers = 4, .gross_g = 1500, .teu = 225, .bytes = 99};
    truth.counts = (struct story_counts){.events = 10,
                                         .duplicates = 5,
                                         .rejects = {[REJECT_NOT_JSON] = 2, [REJECT_BAD_FIELD] = 1}};
    struct buffer out = {0};
    truth_write(&truth, &out);
    buffer_append_byte(&out, '\0');
    cr_assert_str_eq(
        out.data,
        "{\"trains\":2,\"unarrived\":1,\"waybills\":3,\"containers\":4,\"gross_kg\":1.5,\"teu\":2.25,\"messages\":18,"
        "\"events\":10,\"duplicates\":5,\"rejected\":3,\"bytes\":99,\"rejects\":{\"NOT_JSON\":2,\"BAD_FIELD\":1}}\n");
    buffer_release(&out);
}
