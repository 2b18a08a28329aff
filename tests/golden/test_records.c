/* Golden records: the bytes of records/NAME.POLICY-REQUIRE[-expired].json must come from records/NAME.events.jsonl.
 * The expected files come from reference/merge.py (see update.sh), not from the code under test. Where there is a
 * NAME.recognised, its line is what the records of NAME recognise. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/recognised.h"
#include "support/fixture.h"

#define RECORDS CARAVAN_SOURCE_DIR "/tests/golden/records/"

static const char EVENTS_SUFFIX[] = ".events.jsonl";
static const char RECORD_SUFFIX[] = ".json";

static void read_file(const char *name, struct buffer *out) {
    char path[1024];
    snprintf(path, sizeof path, "%s%s", RECORDS, name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    size_t got;
    while ((got = fread(buffer_reserve(out, 1 << 16), 1, 1 << 16, file)) > 0) {
        out->len += got;
    }
    fclose(file);
    *buffer_reserve(out, 1) = '\0';
}

static void join_events(const char *name) {
    struct buffer text = {0};
    read_file(name, &text);
    for (char *line = text.data; *line != '\0';) {
        char *end = strchr(line, '\n');
        cr_assert_not_null(end, "%s does not end with a line feed", name);
        *end = '\0';
        fixture_join_text(line);
        line = end + 1;
    }
    buffer_release(&text);
}

/* Takes "auto-summary-expired" apart; returns whether it is expired. */
static bool set_rules(const char *text) {
    char merge[16] = "", require[16] = "", expired[16] = "";
    cr_assert_geq(sscanf(text, "%15[a-z]-%15[a-z]-%15[a-z]", merge, require, expired), 2, "%s", text);
    enum merge_policy policy;
    enum require_level level;
    cr_assert(rules_parse_merge(slice_of(merge), &policy) && rules_parse_require(slice_of(require), &level), "%s",
              text);
    fixture_rules(policy, level);
    return strcmp(expired, "expired") == 0;
}

/* NULL: there is no such file. */
static char *read_recognised(const char *name, size_t name_len) {
    char path[1024], list[4096], error[RECOGNISED_ERROR_BYTES];
    char *recognised = NULL;
    snprintf(path, sizeof path, "%s%.*s.recognised", RECORDS, (int)name_len, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    size_t len = fread(list, 1, sizeof list, file);
    fclose(file);
    cr_assert(recognised_add(&recognised, (struct slice){list, len}, error), "%s: %s", path, error);
    return recognised;
}

static void compare(const char *name) {
    char events[256];
    const char *dot = strchr(name, '.');
    snprintf(events, sizeof events, "%.*s%s", (int)(dot - name), name, EVENTS_SUFFIX);
    fixture_open();
    join_events(events);
    bool expired = set_rules(dot + 1);
    char *recognised = read_recognised(name, (size_t)(dot - name));
    if (recognised != NULL) {
        fixture_recognise(recognised);
    }
    struct buffer expected = {0};
    read_file(name, &expected);
    cr_assert(expected.len > 0 && expected.data[expected.len - 1] == '\n', "%s", name);
    expected.data[expected.len - 1] = '\0';
    cr_expect_str_eq(fixture_record(expired), expected.data, "%s", name);
    buffer_release(&expected);
    free(recognised);
    fixture_close();
}

static bool ends_with(const char *name, const char *suffix) {
    size_t len = strlen(name), tail = strlen(suffix);
    return len >= tail && strcmp(name + len - tail, suffix) == 0;
}

/* Calls `visit` with the name of each expected record; returns how many there are. */
static size_t each_record(void (*visit)(const char *name)) {
    DIR *directory = opendir(RECORDS);
    cr_assert_not_null(directory, "%s", RECORDS);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (ends_with(entry->d_name, RECORD_SUFFIX)) {
            visit(entry->d_name);
            count++;
        }
    }
    closedir(directory);
    return count;
}

Test(records, are_the_expected_bytes) {
    cr_expect_geq(each_record(compare), 20);
}

static struct buffer all;

static void gather(const char *name) {
    read_file(name, &all);
}

static void expect_member(const char *member, const char *value) {
    char text[128];
    snprintf(text, sizeof text, "\"%s\":\"%s\"", member, value);
    cr_expect_not_null(strstr(all.data, text), "no golden record has %s", text);
}

/* There is a golden record for each status, reason, alert, mismatch field, policy and level. */
Test(records, show_everything_a_record_can_say) {
    each_record(gather);
    for (int i = 0; i < STATUS_COUNT; i++) {
        expect_member("status", STATUS_NAMES[i]);
    }
    for (int i = 0; i < ALERT_COUNT; i++) {
        expect_member("kind", ALERT_NAMES[i]);
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        expect_member("field", ALERT_FIELD_NAMES[i]);
    }
    for (int i = 0; i < DECLARED_COUNT; i++) {
        expect_member("declared", DECLARED_NAMES[i]);
    }
    for (int i = 0; i < MERGE_POLICY_COUNT; i++) {
        expect_member("merge", MERGE_POLICY_NAMES[i]);
    }
    for (int i = 0; i < REQUIRE_LEVEL_COUNT; i++) {
        expect_member("require", REQUIRE_LEVEL_NAMES[i]);
    }
    for (int i = 0; i < REASON_COUNT; i++) {
        cr_expect_not_null(strstr(all.data, REASON_NAMES[i]), "no golden record has the reason %s", REASON_NAMES[i]);
    }
    buffer_release(&all);
}
