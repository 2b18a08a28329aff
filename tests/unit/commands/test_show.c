#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "commands/paper.h"
#include "commands/show.h"

#define RECORDS CARAVAN_SOURCE_DIR "/tests/golden/records/"

/* What show_print writes; ends with NUL, owned by the caller. */
static char *shown(struct slice record, bool *valid) {
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    *valid = show_print(to, record);
    fclose(to);
    return text;
}

static char *shown_text(const char *record) {
    bool valid;
    char *text = shown(slice_of(record), &valid);
    cr_assert(valid);
    return text;
}

#define EXPECT_SHOWN(record, ...)                                                                                      \
    do {                                                                                                               \
        char *text_ = shown_text(record);                                                                              \
        static const char *const wanted_[] = {__VA_ARGS__};                                                            \
        for (size_t i_ = 0; i_ < sizeof wanted_ / sizeof wanted_[0]; i_++) {                                           \
            cr_expect_not_null(strstr(text_, wanted_[i_]), "`%s` is not in:\n%s", wanted_[i_], text_);                 \
        }                                                                                                              \
        free(text_);                                                                                                   \
    } while (0)

#define HEAD                                                                                                           \
    "\"schema\":\"rail.clearance.v1\",\"train\":{\"number\":\"X8024\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}"

Test(show, status_with_its_reasons_in_words) {
    EXPECT_SHOWN(
        "{" HEAD
        ",\"status\":\"held\",\"reasons\":[\"conflict\",\"control-open\"],\"arrived_at\":\"2020-12-18T09:00:00.000Z\","
        "\"arrived_place\":\"CNAKL\"}",
        "held       train X8024 of 2020-12-18 at CNAKL\n", "2020-12-18T09:00:00.000Z at CNAKL", "conflict ",
        "facts contradict each other", "control-open ", "a control is ordered or failed");
}

Test(show, how_long_a_clearance_took) {
    EXPECT_SHOWN("{" HEAD
                 ",\"status\":\"cleared\",\"reasons\":[],\"arrived_at\":\"2020-12-18T09:00:00.000Z\",\"cleared_at\":"
                 "\"2020-12-18T10:46:48.000Z\",\"clearance_seconds\":6408}",
                 "(1 h 46 min 48 s after the arrival)");
    EXPECT_SHOWN("{" HEAD ",\"status\":\"open\",\"reasons\":[]}", "arrived     not yet");
    EXPECT_SHOWN("{" HEAD ",\"status\":\"open\",\"reasons\":[],\"expired\":true}",
                 "(expired: the last record of this train)");
}

Test(show, alerts_with_both_values) {
    EXPECT_SHOWN("{" HEAD ",\"alerts\":[{\"kind\":\"seal-changed\",\"container\":\"MSKU6639870\",\"expected\":\"CR1\","
                 "\"found\":\"CX2\"}]}",
                 "seal-changed on MSKU6639870: expected CR1, found CX2\n");
    EXPECT_SHOWN(
        "{" HEAD
        ",\"alerts\":[{\"kind\":\"container-mismatch\",\"container\":\"MSKU6639870\",\"field\":\"tare_kg\",\"values\":["
        "{\"waybill\":\"W1\",\"value\":3880.5},{\"waybill\":\"W2\",\"value\":3900}]}]}",
        "container-mismatch on MSKU6639870: tare_kg is 3880.5 by W1, 3900 by W2\n");
    EXPECT_SHOWN("{" HEAD ",\"alerts\":[{\"kind\":\"container-claimed-twice\",\"container\":\"MSKU6639870\","
                 "\"waybills\":[\"W1\",\"W2\"]}]}",
                 "container-claimed-twice on MSKU6639870: claimed by W1 W2\n");
    EXPECT_SHOWN("{" HEAD ",\"alerts\":[{\"kind\":\"door-opened\",\"container\":\"MSKU6639870\"}]}",
                 "door-opened on MSKU6639870: a door was opened without an inspection\n");
}

Test(show, open_controls_and_absent_containers) {
    EXPECT_SHOWN("{" HEAD ",\"controls\":[{\"scope\":\"container\",\"ref\":\"MSKU6639870\",\"kind\":\"risk\","
                 "\"authority\":\"KZ\",\"outcome\":\"ordered\",\"at\":"
                 "\"2020-12-18T09:00:00.000Z\"}],\"missing\":[\"CSQU3054383\"],\"off_train\":[\"TEXU3070079\"]}",
                 "risk ordered on the container MSKU6639870 by KZ since 2020-12-18T09:00:00.000Z\n",
                 "missing     CSQU3054383\n", "off train   TEXU3070079\n");
}

Test(show, what_other_customs_and_trains_said) {
    EXPECT_SHOWN("{" HEAD ",\"accepted\":[{\"scope\":\"train\",\"kind\":\"risk\",\"authority\":\"CN\",\"by\":\"KZ\","
                 "\"at\":\"2020-12-18T09:00:00.000Z\"}],\"links\":[{\"role\":\"from\",\"train\":{\"number\":\"X1\","
                 "\"date\":\"2020-12-17\",\"port\":\"KZDYK\"},\"containers\":[\"CSQU3054383\"]}],"
                 "\"domestic\":[\"TEXU3070079\"],\"rules\":{\"recognised\":[\"control:KZ:risk\"]}}",
                 "risk on the train by CN, by the pass of KZ at 2020-12-18T09:00:00.000Z\n",
                 "from X1 of 2020-12-17 at KZDYK: CSQU3054383\n", "domestic    TEXU3070079\n",
                 "recognised  control:KZ:risk\n");
}

Test(show, what_was_counted_and_found) {
    EXPECT_SHOWN("{" HEAD
                 ",\"alerts\":[{\"kind\":\"tally-mismatch\",\"container\":\"CSQU3054383\",\"field\":\"packages\","
                 "\"expected\":10,\"found\":9},{\"kind\":\"dangerous-undeclared\",\"container\":\"CSQU3054383\","
                 "\"un\":[\"1950\",\"3480\"]},{\"kind\":\"link-missing\",\"container\":\"CSQU3054383\","
                 "\"expected\":\"X1|2020-12-17|KZDYK\"}],\"containers\":[{\"number\":\"CSQU3054383\",\"dangerous\":["
                 "\"1950\"],\"tally\":{\"at\":\"2020-12-18T09:00:00.000Z\",\"packages\":9,\"gross_kg\":1.5,\"seal\":"
                 "\"S1\",\"damaged\":true}}]}",
                 "tally-mismatch on CSQU3054383: packages expected 10, found 9\n",
                 "dangerous-undeclared on CSQU3054383: UN 1950 3480\n",
                 "link-missing on CSQU3054383: from train X1|2020-12-17|KZDYK\n", "UN            1950\n",
                 "tallied 2020-12-18T09:00:00.000Z 9 packages 1.5 kg gross seal S1 damaged\n");
}

/* A double would show these otherwise. */
Test(show, numbers_exactly_as_written) {
    EXPECT_SHOWN(
        "{" HEAD
        ",\"totals\":{\"waybills\":2,\"declarations\":1,\"gross_kg\":99999999999.999,\"teu\":2.25,\"values\":{\"USD\":"
        "12345678901234567890123.4567}}}",
        "99999999999.999 kg gross", "12345678901234567890123.4567 USD", "2.25 TEU", "2 waybills in 1 declaration,");
}

Test(show, declarations_with_lines_and_containers) {
    EXPECT_SHOWN("{" HEAD ",\"declarations\":[{\"id\":\"00ff\",\"direction\":\"exit\",\"party\":{\"code\":\"C1\","
                 "\"name\":\"西安公司\",\"country\":\"CN\"},"
                 "\"contract\":\"K1\",\"product\":\"Toys\",\"waybills\":[\"W1\",\"W2\"],\"containers\":["
                 "\"MSKU6639870\"],\"lines\":[{\"hs\":\"950300\","
                 "\"description\":\"Toys\",\"package_type\":\"CT\",\"currency\":\"USD\",\"packages\":7,\"gross_kg\":12."
                 "5,\"net_kg\":1,\"value\":3.0001,"
                 "\"merged\":2}],\"packages\":7,\"gross_kg\":12.5,\"net_kg\":1,\"values\":{\"USD\":3.0001},\"aeo\":"
                 "true,\"declared\":\"full\","
                 "\"advance\":true}],\"containers\":[{\"number\":\"MSKU6639870\",\"size_type\":\"45G1\",\"load\":"
                 "\"FCL\",\"tare_kg\":3880,"
                 "\"waybills\":[\"W1\"],\"last\":{\"event\":\"loaded\",\"at\":\"2020-12-18T09:00:00.000Z\",\"place\":"
                 "\"CNXIA\"}}]}",
                 "00ff exit\n", "西安公司 C1 CN\n", "full before the arrival by an authorised operator\n",
                 "waybills      W1 W2\n", "950300                7 CT          12.5 kg           3.0001 USD  Toys\n",
                 "MSKU6639870  45G1 FCL", "last loaded CNXIA 2020-12-18T09:00:00.000Z\n");
}

Test(show, in_short_a_line_for_each_declaration) {
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    cr_assert(show_print_brief(
        to,
        SLICE("{" HEAD ",\"declarations\":[{\"id\":\"00ff\",\"direction\":\"entry\",\"party\":{\"name\":\"西安公司\"},"
              "\"product\":\"Toys\",\"waybills\":[\"W1\",\"W2\",\"W3\"],\"gross_kg\":12.5,\"declared\":\"none\","
              "\"lines\":[{\"hs\":\"950300\"}]}],\"containers\":[{\"number\":\"MSKU6639870\"}]}")));
    fclose(to);
    cr_expect_not_null(strstr(text, "      3 -> 1  entry  none             12.5 kg  Toys, 西安公司\n"), "%s", text);
    cr_expect_null(strstr(text, "950300"));
    cr_expect_null(strstr(text, "MSKU6639870"));
    free(text);
}

Test(show, nothing_that_steers_a_terminal) {
    char *text = shown_text("{" HEAD ",\"status\":\"open\",\"missing\":[\"a\\u001b[2Jb\\u009b2J\",\"c\\u202ed\"]}");
    cr_assert_null(strchr(text, '\x1b'));
    cr_assert_null(strstr(text, "\xc2\x9b"));
    cr_assert_null(strstr(text, "\xe2\x80\xae"));
    free(text);
}

Test(show, refuses_what_is_no_clearance_record) {
    static const char *const texts[] = {"", "{", "[]", "7", "{}", "{\"schema\":\"rail.traffic.v1\"}", "{\"schema\":7}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool valid;
        char *text = shown(slice_of(texts[i]), &valid);
        cr_assert(!valid && text[0] == '\0', "%s", texts[i]);
        free(text);
    }
}

/* ---- golden records */

static void read_file(const char *name, struct buffer *out) {
    char path[1024];
    snprintf(path, sizeof path, "%s%s", RECORDS, name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    for (size_t got; (got = fread(buffer_reserve(out, 1 << 16), 1, 1 << 16, file)) > 0;) {
        out->len += got;
    }
    fclose(file);
}

static void expect_narrow(const char *name, const char *text) {
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        struct slice line = {text, (size_t)(end - text)};
        cr_expect_leq(paper_width(line), PAPER_COLUMNS, "%s: %.*s", name, (int)line.len, line.data);
        cr_expect(line.len == 0 || line.data[line.len - 1] != ' ', "%s: spaces behind: %.*s", name, (int)line.len,
                  line.data);
    }
}

Test(show, every_golden_record_within_100_columns) {
    DIR *folder = opendir(RECORDS);
    cr_assert_not_null(folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len < 5 || strcmp(entry->d_name + len - 5, ".json") != 0) {
            continue;
        }
        struct buffer record = {0};
        read_file(entry->d_name, &record);
        bool valid;
        char *text = shown(buffer_slice(&record), &valid);
        cr_assert(valid, "%s", entry->d_name);
        expect_narrow(entry->d_name, text);
        free(text);
        buffer_release(&record);
        count++;
    }
    closedir(folder);
    cr_assert_gt(count, 10);
}
