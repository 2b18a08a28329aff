/* Every fact that the CloudEvents conformance project's tests of the JSON format, and the format's own examples, are
 * about, in messages of our own (cloudevents.tsv): alone, in a whole event of a foreign type, and in one of ours. What
 * they call wrong is rejected, what they call right is not, but for what contract 2.4 asks beyond: a time, and data
 * that is a JSON object; and of an event of ours it ignores attributes that it has no use for, also wrong ones. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/examples.h"
#include "support/verdict.h"

#define TABLE CARAVAN_SOURCE_DIR "/tests/golden/cloudevents.tsv"

Test(cloudevents, every_fact_is_judged) {
    struct buffer text = {0};
    size_t rows = 0;
    examples_read_file(TABLE, &text);
    char *rest = text.data;
    strsep(&rest, "\n"); /* the names of the columns */
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; rows++) {
        const char *name = strsep(&line, "\t"), *reason = strsep(&line, "\t"), *pointer = strsep(&line, "\t");
        char expected[VERDICT_BYTES_MAX] = "ok";
        if (strcmp(reason, "ok") != 0) {
            snprintf(expected, sizeof expected, "%s %s", reason, strcmp(pointer, "-") == 0 ? "" : pointer);
        }
        const char *verdict = verdict_of_bytes(slice_of(line));
        cr_expect_str_eq(verdict, expected, "%s: %s instead of %s", name, verdict, expected);
    }
    cr_expect_gt(rows, 100);
    buffer_release(&text);
}
