#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "checkpoint/commit_text.h"

/* What a test does not say. */
static struct commit_text sample(void) {
    return (struct commit_text){
        .number = 7,
        .stream_time_ms = INT64_C(1608282847123),
        .horizon_days = 18540, /* 2020-10-05 */
        .redo_offset = 41,
        .oldest_wall_ms = INT64_C(1700000000000),
        .live_events = 3,
        .hash_sum = {UINT64_C(0x0123456789abcdef), 0xff},
        .limits = {1048576, 8388608, 75},
        .rules = {MERGE_AUTO, REQUIRE_SUMMARY, UINT64_C(0x2d06800538d394c2)},
        .input_id = "jSdx3ZPbTv-kKG_SxAeKUg",
    };
}

static const char GOLDEN[] = "2 7 1608282847123 2020-10-05 41 1700000000000 3 0123456789abcdef00000000000000ff "
                             "1048576 8388608 75 auto summary 2d06800538d394c2 jSdx3ZPbTv-kKG_SxAeKUg";
enum { RULES_AT = sizeof GOLDEN - sizeof "auto summary 2d06800538d394c2 jSdx3ZPbTv-kKG_SxAeKUg" };

static void expect_written(const struct commit_text *text, const char *golden) {
    struct buffer out = {0};
    commit_text_write(text, &out);
    cr_expect(slice_equal(buffer_slice(&out), slice_of(golden)), "written: %.*s\nexpected: %s", (int)out.len, out.data,
              golden);
    struct commit_text again;
    cr_expect_eq(commit_text_parse(buffer_slice(&out), &again), COMMIT_TEXT_OK);
    struct buffer back = {0};
    commit_text_write(&again, &back);
    cr_expect(slice_equal(buffer_slice(&out), buffer_slice(&back)));
    buffer_release(&out);
    buffer_release(&back);
}

Test(commit_text, is_written_to_the_letter) {
    struct commit_text text = sample();
    expect_written(&text, GOLDEN);
}

Test(commit_text, none_is_a_dash) {
    struct commit_text text = sample();
    text.stream_time_ms = COMMIT_TEXT_NO_TIME;
    text.horizon_days = COMMIT_TEXT_NO_DATE;
    text.oldest_wall_ms = COMMIT_TEXT_NO_TIME;
    text.live_events = 0;
    text.hash_sum = (struct hash128){0, 0};
    *text.input_id = '\0';
    expect_written(&text, "2 7 - - 41 - 0 00000000000000000000000000000000 1048576 8388608 75 auto summary "
                          "2d06800538d394c2 -");
}

Test(commit_text, every_rule_has_its_name_and_a_change_three_stars) {
    static const struct {
        struct commit_rules rules;
        const char *names;
    } rows[] = {{{MERGE_AUTO, REQUIRE_NONE, 0}, "auto none 0000000000000000"},
                {{MERGE_APPLIED, REQUIRE_SUMMARY, UINT64_MAX}, "applied summary ffffffffffffffff"},
                {{MERGE_NEVER, REQUIRE_FULL, 0xabc}, "never full 0000000000000abc"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct commit_text text = sample();
        char golden[256];
        text.rules = rows[i].rules;
        snprintf(golden, sizeof golden, "%.*s%s jSdx3ZPbTv-kKG_SxAeKUg", (int)RULES_AT, GOLDEN, rows[i].names);
        expect_written(&text, golden);
        text.rules_changing = true;
        snprintf(golden, sizeof golden, "%.*s* * * jSdx3ZPbTv-kKG_SxAeKUg", (int)RULES_AT, GOLDEN);
        expect_written(&text, golden);
    }
}

/* The value that xxhsum -H3 gives for nothing at all. */
Test(commit_text, nothing_is_recognised_yet) {
    struct commit_rules rules = commit_rules_of(&(struct rules){MERGE_NEVER, REQUIRE_FULL, SLICE("")});
    cr_expect_eq(rules.recognised, UINT64_C(0x2d06800538d394c2));
    struct commit_rules others[] = {rules, rules, rules};
    others[0].merge = MERGE_AUTO;
    others[1].require = REQUIRE_NONE;
    others[2].recognised++;
    cr_expect(commit_rules_equal(&rules, &rules));
    for (size_t i = 0; i < 3; i++) {
        cr_expect_not(commit_rules_equal(&rules, &others[i]));
    }
}

Test(commit_text, horizons_before_the_years_of_events_and_leap_days) {
    static const struct {
        int32_t days;
        const char *date;
    } rows[] = {{-25509, "1900-02-28"}, {-25508, "1900-03-01"}, {10956, "1999-12-31"}, {11016, "2000-02-29"},
                {11017, "2000-03-01"},  {19782, "2024-02-29"},  {47481, "2099-12-31"}, {-25567, "1900-01-01"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct commit_text text = sample();
        char golden[256];
        text.horizon_days = rows[i].days;
        snprintf(golden, sizeof golden, "2 7 1608282847123 %s%s", rows[i].date, strstr(GOLDEN, " 41 "));
        expect_written(&text, golden);
    }
}

Test(commit_text, extremes) {
    struct commit_text text = sample();
    text.number = UINT64_MAX;
    text.redo_offset = INT64_MAX;
    text.oldest_wall_ms = 0;
    text.live_events = UINT64_MAX;
    text.hash_sum = (struct hash128){UINT64_MAX, UINT64_MAX};
    text.limits = (struct commit_limits){UINT64_MAX, 0, INT32_MAX};
    expect_written(&text, "2 18446744073709551615 1608282847123 2020-10-05 9223372036854775807 0 18446744073709551615 "
                          "ffffffffffffffffffffffffffffffff 18446744073709551615 0 2147483647 auto summary "
                          "2d06800538d394c2 jSdx3ZPbTv-kKG_SxAeKUg");
}

/* GOLDEN with its i-th field replaced. */
static void replace_field(size_t i, const char *with, char out[512]) {
    const char *at = GOLDEN;
    for (size_t n = 0; n < i; n++) {
        at = strchr(at, ' ') + 1;
    }
    const char *rest = strchr(at, ' ');
    snprintf(out, 512, "%.*s%s%s", (int)(at - GOLDEN), GOLDEN, with, rest == NULL ? "" : rest);
}

Test(commit_text, what_would_not_be_written_is_not_one) {
    static const struct {
        size_t field;
        const char *with;
    } rows[] = {
        {0, ""},
        {0, "01"},
        {0, "+1"},
        {0, "x"},
        {1, "0"},
        {1, "07"},
        {1, "-"},
        {1, "18446744073709551616"},
        {2, "-"},
        {2, "946684799999"},
        {2, "4102444800000"},
        {2, "1.5"},
        {3, "-"},
        {3, "2020-10-5"},
        {3, "2020-13-05"},
        {3, "2020-02-30"},
        {3, "2021-02-29"},
        {3, "1900-02-29"},
        {3, "2020-10-00"},
        {3, "2020/10/05"},
        {3, "20201005"},
        {3, "2020-00-05"},
        {4, "-"},
        {4, "-1"},
        {4, "9223372036854775808"},
        {5, ""},
        {5, "x"},
        {6, "-"},
        {6, "3 "},
        {7, "0123456789abcdef00000000000000f"},
        {7, "0123456789ABCDEF00000000000000FF"},
        {8, "1MiB"},
        {9, "-1"},
        {10, "2147483648"},
        {10, "-"},
        {11, "Auto"},
        {11, "*"},
        {12, "*"},
        {12, "some"},
        {12, "summary "},
        {12, ""},
        {13, "*"},
        {13, ""},
        {13, "-"},
        {13, "2d06800538d394c"},
        {13, "2d06800538d394c21"},
        {13, "2D06800538D394C2"},
        {14, ""},
        {14, "*"},
        {14, "--"},
        {14, "jSdx3ZPbTv+kKG/SxAeKUg"},
        {14, "jSdx3ZPbTv-kKG_SxAeKUh"},
        {14, "jSdx3ZPbTv-kKG_SxAeKU"},
        {14, "jSdx3ZPbTv-kKG_SxAeKUgA"},
        {14, "jSdx3ZPbTv-kKG_SxAeKUg=="},
        {14, "jSdx3ZPbTv-kKG_SxAeKUg "},
        {14, "jSdx3ZPbTv-kKG_SxAeKUg x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        struct commit_text out;
        replace_field(rows[i].field, rows[i].with, text);
        cr_expect_eq(commit_text_parse(slice_of(text), &out), COMMIT_TEXT_NOT_ONE, "%s", text);
    }
    struct commit_text out;
    cr_expect_eq(commit_text_parse((struct slice){NULL, 0}, &out), COMMIT_TEXT_NOT_ONE);
    cr_expect_eq(commit_text_parse(SLICE("2"), &out), COMMIT_TEXT_NOT_ONE);
    cr_expect_eq(commit_text_parse(SLICE(" 2"), &out), COMMIT_TEXT_NOT_ONE);
}

Test(commit_text, another_version_is_told_apart_and_read_where_it_can_be) {
    char text[512];
    struct commit_text out;
    replace_field(0, "3", text);
    cr_expect_eq(commit_text_parse(slice_of(text), &out), COMMIT_TEXT_OTHER_VERSION);
    cr_expect_eq(out.redo_offset, 41);
    cr_expect_eq(out.number, 7);
    cr_expect_eq(commit_text_parse(SLICE("12 something else"), &out), COMMIT_TEXT_OTHER_VERSION);
    cr_expect_eq(out.redo_offset, COMMIT_TEXT_NO_OFFSET);
    cr_expect_eq(commit_text_parse(SLICE("0 "), &out), COMMIT_TEXT_OTHER_VERSION);
}

Test(commit_text, the_first_version_is_the_first_version_whatever_follows) {
    char text[512];
    struct commit_text out;
    replace_field(0, "1", text);
    cr_expect_eq(commit_text_parse(slice_of(text), &out), COMMIT_TEXT_FIRST_VERSION);
    replace_field(0, "1", text);
    *strstr(text, " 2d06") = '\0';
    cr_expect_eq(commit_text_parse(slice_of(text), &out), COMMIT_TEXT_FIRST_VERSION);
    cr_expect_eq(commit_text_parse(SLICE("1 "), &out), COMMIT_TEXT_FIRST_VERSION);
}
