/* What segments say of a consignment: from messages to events. */
#include <criterion/criterion.h>

#include "support/converted.h"

static struct converted got;
static struct convert_options options;
static struct buffer text;

static void set_up(void) {
    options = converted_options();
}

static void tear_down(void) {
    converted_release(&got);
    buffer_release(&text);
}

TestSuite(edifact_message, .init = set_up, .fini = tear_down);

#define HAS(text)                                                                                                      \
    cr_expect(converted_has(&got.events, text), "no %s in %.*s", text, (int)got.events.len, got.events.data)
#define HAS_NOT(text)                                                                                                  \
    cr_expect(!converted_has(&got.events, text), "%s in %.*s", text, (int)got.events.len, got.events.data)
#define SAYS(text)                                                                                                     \
    cr_expect(converted_has(&got.rejects, text), "no %s in %.*s", text, (int)got.rejects.len, got.rejects.data)

/* A message of these segments, framed as it should be. */
static void convert(const char *type, const char *segments) {
    int count = 2;
    for (const char *at = segments; *at != '\0'; at++) {
        count += *at == '\'' && (at == segments || at[-1] != '?');
    }
    buffer_clear(&text);
    buffer_printf(&text, "UNB+UNOC:3+ME+YOU+201217:2210+7'UNH+1+%s:D:96B:UN'%sUNT+%d+1'UNZ+1+7'", type, segments,
                  count);
    converted_release(&got);
    got = converted(CONVERSION_EDIFACT, buffer_slice(&text), &options, 0);
}

static void expect_counts(uint64_t events, uint64_t rejected) {
    cr_expect_eq(got.counts.events, events, "%.*s", (int)got.rejects.len, got.rejects.data);
    cr_expect_eq(got.counts.rejected, rejected, "%.*s", (int)got.rejects.len, got.rejects.data);
}

#define BGM "BGM+722+WB-1+9'"
#define ROUTE "LOC+5+CNXAG'LOC+8+DEDUI'"
#define PARTIES "NAD+CZ+C1++SENDER+++++CN'NAD+CN+C2++RECEIVER+++++DE'"
#define GOODS "GID+1+10:CT'FTX+AAA+++TOYS'MEA+AAE+G+KGM:100.5'"
#define BOX "EQD+CN+CSQU3054383+45G1'"

Test(edifact_message, an_instruction) {
    convert("IFTMIN", BGM ROUTE PARTIES GOODS BOX);
    expect_counts(1, 0);
    HAS("\"waybill\":{\"number\":\"WB-1\",\"direction\":\"exit\",\"product\":\"TOYS\","
        "\"consignor\":{\"code\":\"C1\",\"name\":\"SENDER\",\"country\":\"CN\"},"
        "\"consignee\":{\"code\":\"C2\",\"name\":\"RECEIVER\",\"country\":\"DE\"},"
        "\"origin\":\"CNXAG\",\"destination\":\"DEDUI\"},\"containers\":[{\"number\":\"CSQU3054383\",\"size_type\":"
        "\"45G1\","
        "\"goods\":[{\"description\":\"TOYS\",\"packages\":10,\"package_type\":\"CT\",\"gross_kg\":100.5}]}]}}\n");
}

Test(edifact_message, its_time) {
    convert("IFTMIN", BGM "DTM+137:202012172159:203'" ROUTE PARTIES GOODS BOX);
    HAS("\"time\":\"2020-12-17T21:59:00.000Z\"");
    convert("IFTMIN", BGM "DTM+137:20201216:102'" ROUTE PARTIES GOODS BOX);
    HAS("\"time\":\"2020-12-17T22:10:00.000Z\"");
    convert("IFTMIN", BGM "RFF+ON:1'DTM+137:202012010000:203'" ROUTE PARTIES GOODS BOX);
    HAS("\"time\":\"2020-12-17T22:10:00.000Z\"");
    options.zone_minutes = 480;
    convert("IFTMIN", BGM ROUTE PARTIES GOODS BOX);
    HAS("\"time\":\"2020-12-17T14:10:00.000Z\"");
}

Test(edifact_message, its_train) {
#define TRAIN "TDT+10+TRUCK7+3'TDT+20+X9001+2'LOC+17+CNAKL'DTM+133:20201215:102'DTM+186:202012160400:203'"
    options.train = (struct convert_train){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    convert("IFTMIN", BGM TRAIN ROUTE PARTIES GOODS BOX);
    HAS("\"train\":{\"number\":\"X9001\",\"date\":\"2020-12-16\",\"port\":\"CNAKL\"}");
    convert("IFTMIN", BGM "TDT+20+X9001+1'" ROUTE PARTIES GOODS BOX);
    SAYS("/data/train MISSING_FIELD: segment 2 (UNH), byte 32: it does not say the train's number: --train does");
    convert("IFTMIN", BGM "TDT+20+X9001+2'" ROUTE PARTIES GOODS BOX);
    SAYS("it does not say the train's date: --train does");
    convert("IFTMIN", BGM "TDT+20+X9001+2'DTM+136:20201216:102'" ROUTE PARTIES GOODS BOX);
    SAYS("it does not say the train's port: --train does");
    options = converted_options();
    convert("IFTMIN", BGM TRAIN ROUTE PARTIES GOODS BOX);
    HAS("\"train\":{\"number\":\"X8024\"");
}

Test(edifact_message, its_direction) {
    convert("IFTMIN", BGM "LOC+5+DEDUI'LOC+8+CNXAG'" PARTIES GOODS BOX);
    HAS("\"direction\":\"entry\"");
    convert("IFTMIN", BGM "GOR+3'" ROUTE PARTIES GOODS BOX);
    HAS("\"direction\":\"transit\"");
    convert("IFTMIN", BGM "LOC+5+CNXAG'LOC+8+CNSHA'" PARTIES GOODS BOX);
    expect_counts(0, 1);
    SAYS("/data/waybill/direction MISSING_FIELD");
    options.direction = DIRECTION_ENTRY;
    convert("IFTMIN", BGM "LOC+5+CNXAG'LOC+8+CNSHA'" PARTIES GOODS BOX);
    HAS("\"direction\":\"entry\"");
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1+WB-1'" ROUTE "GEI+6+23'" PARTIES GOODS);
    HAS("\"direction\":\"entry\"");
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1+WB-1'" ROUTE "GIS+22'" PARTIES GOODS);
    HAS("\"direction\":\"exit\"");
}

Test(edifact_message, places) {
    convert("IFTMIN", BGM "LOC+5+33011503:37:288'LOC+8+DEDUI'" PARTIES GOODS BOX);
    SAYS("/data/waybill/origin BAD_FIELD: segment 2 (UNH), byte 32: `33011503` is no UN/LOCODE: --place");
    convert("IFTMIN", BGM "LOC+5+33011503'LOC+9+CNXAG'LOC+11+DEDUI'" PARTIES GOODS BOX);
    HAS("\"origin\":\"CNXAG\",\"destination\":\"DEDUI\"");
    const struct convert_place place = {SLICE("33011503"), SLICE("CNSHA")};
    options.places = &place;
    options.place_count = 1;
    convert("IFTMIN", BGM "LOC+5+33011503'LOC+8+DEDUI'" PARTIES GOODS BOX);
    HAS("\"origin\":\"CNSHA\"");
    convert("IFTMIN", BGM "LOC+5+CNXAG'LOC+8+DEDUI'" PARTIES "LOC+5+PLMLW'" GOODS "LOC+8+PLMLW'" BOX);
    HAS("\"origin\":\"CNXAG\",\"destination\":\"DEDUI\"");
}

Test(edifact_message, numbers_of_waybills) {
    convert("IFTMIN", "BGM+610+INSTRUCTION+9'RFF+AAS:WB-7'" ROUTE PARTIES GOODS BOX);
    HAS("\"number\":\"WB-7\"");
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1'RFF+BM:WB-8'RFF+CT:K-1'" ROUTE PARTIES GOODS);
    HAS("\"number\":\"WB-8\",\"direction\":\"exit\",\"contract\":\"K-1\"");
    HAS("/WB-8\",\"source\"");
    convert("IFTMIN", "BGM+610+I+9'TDT+10++3'RFF+BM:TRUCKS'RFF+CT:K'" ROUTE PARTIES GOODS BOX);
    SAYS("/data/waybill/number MISSING_FIELD");
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1'" ROUTE PARTIES GOODS);
    SAYS("/data/waybill/number MISSING_FIELD");
}

Test(edifact_message, parties) {
    convert("IFTMIN", BGM ROUTE "NAD+EX+X1++EXPORTER+++++CN'NAD+CZ+C1++SEN:DER+++++CN'NAD+IM+I1++IMPORTER+++++DE'"
                                "NAD+DT+D1+DECLARANT:STREET++++++KZ'" GOODS BOX);
    HAS("\"consignor\":{\"code\":\"C1\",\"name\":\"SEN DER\",\"country\":\"CN\"}");
    HAS("\"consignee\":{\"code\":\"I1\"");
    HAS("\"declarant\":{\"code\":\"D1\",\"name\":\"DECLARANT STREET\",\"country\":\"KZ\"}");
    convert("IFTMIN", BGM ROUTE "NAD+CZ+C1++SENDER+++++CN'NAD+CN+++RECEIVER+++++DE'RFF+VA:DE811'" GOODS BOX);
    HAS("\"consignee\":{\"code\":\"DE811\",");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "NAD+CN+C9++OTHER+++++PL'" BOX "NAD+CN+C8++OTHER+++++PL'");
    HAS("\"consignee\":{\"code\":\"C2\"");
}

Test(edifact_message, goods) {
    convert("IFTMIN", BGM ROUTE PARTIES
            "GID+1+5:PK'MOA+38:1:EUR'MOA+40:1234,5:USD'PIA+5+8708.29 90:HS'FTX+AAA+++PARTS:OF CARS'"
            "FTX+AAA+++SECOND'FTX+AAI+++FRAGILE'MEA+WT+N+TNE:0.5'MEA+AAE+G+TNE:1.25'"
            "MEA+AAH+G+KGM:9999'DGS+RID+2.1+1950'MEA+AAE+G+KGM:3'DGS+RID+2.1+1950'DGS+IMD++1263'" BOX);
    HAS("\"goods\":[{\"hs\":\"87082990\",\"description\":\"PARTS OF CARS "
        "SECOND\",\"packages\":5,\"package_type\":\"PK\","
        "\"gross_kg\":1250,\"net_kg\":500,\"value\":1234.5,\"currency\":\"USD\","
        "\"dangerous\":[{\"un\":\"1950\",\"class\":\"2.1\"},{\"un\":\"1263\"}]}]");
    convert("CUSCAR",
            "BGM+85+M+9'CUX+2:CNY'" BOX "CNI+1+WB-1'" ROUTE PARTIES
            "GID+1'PAC+7++CS'FTX+AAA+++TOYS'MEA+AAE+G+KG:1'MOA+66:5'SGP+CSQU3054383'DGS+RID+9+3481'CST++95030000'");
    HAS("\"goods\":[{\"hs\":\"95030000\",\"description\":\"TOYS\",\"packages\":7,\"package_type\":\"CS\",\"gross_kg\":"
        "1,"
        "\"value\":5,\"currency\":\"CNY\",\"dangerous\":[{\"un\":\"3481\",\"class\":\"9\"}]}]");
}

Test(edifact_message, amounts_that_are_none) {
    convert("IFTMIN", BGM ROUTE PARTIES "GID+1+10:CT'FTX+AAA+++TOYS'MEA+AAE+G+LBR:100'" BOX);
    SAYS("  BAD_FIELD: segment 2 (UNH), byte 32: segment 10 (MEA), byte 172: `100` is not a mass in KGM or TNE");
    convert("IFTMIN", BGM ROUTE PARTIES "GID+1+ten:CT'" GOODS BOX);
    SAYS("(GID), byte 145: `ten` is not a number of packages");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "MOA+40:-1:USD'" BOX);
    SAYS("`-1` is not an amount");
    convert("IFTMIN", BGM ROUTE PARTIES "GID+1+10:CT'MEA+AAE+G+KGM:100'" BOX);
    SAYS("/data/waybill/product MISSING_FIELD");
}

Test(edifact_message, goods_in_several_containers) {
#define TWO BOX "EQD+CN+TEXU3070079+42G1'"
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "MOA+40:7:USD'SGP+CSQU3054383+4'MEA+AAE+G+KGM:40'SGP+TEXU3070079+6'"
                                              "MEA+AAE+G+KGM:60.5'" TWO);
    HAS("\"packages\":4,\"package_type\":\"CT\",\"gross_kg\":40,\"value\":7,\"currency\":\"USD\"}]}");
    HAS("\"packages\":6,\"package_type\":\"CT\",\"gross_kg\":60.5,\"value\":0,\"currency\":\"USD\"}]}");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "SGP+CSQU3054383+4'SGP+TEXU3070079+6'" TWO);
    SAYS("/data/containers MISSING_FIELD: segment 2 (UNH), byte 32: goods in several containers, and no MEA behind SGP "
         "says "
         "how much is in `CSQU3054383`");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS TWO);
    SAYS("goods without SGP, and there are several containers");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "SGP+MSKU6639870'" TWO);
    SAYS("SGP names container `MSKU6639870`, which no EQD describes");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS);
    SAYS("no EQD names a container");
}

Test(edifact_message, containers) {
    convert("IFTMIN", BGM ROUTE PARTIES GOODS
            "EQD+CN+CSQU 305438-3+45G1:102:5+++7'MEA+AAE+T+KGM:3800'SEL+S1+CU'SEL+S2'EQA+RR+5901'");
    HAS("{\"number\":\"CSQU3054383\",\"size_type\":\"45G1\",\"load\":\"LCL\",\"seal\":\"S1\",\"wagon\":\"5901\",\"tare_"
        "kg\":3800,");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS
            "EQD+RR+5902'MEA+WT+T+KGM:21000'MEA+AAI+T+KGM:3700'SEL+S3'EQA+CN+CSQU3054383/45G1'");
    HAS("{\"number\":\"CSQU3054383\",\"size_type\":\"45G1\",\"seal\":\"S3\",\"wagon\":\"5902\",\"tare_kg\":3700,");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS "EQD+TE+TRAILER'SEL+S4'" BOX);
    HAS_NOT("S4");
}

Test(edifact_message, a_shared_container_is_lcl) {
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1+WB-1'" ROUTE PARTIES GOODS
                      "SGP+CSQU3054383'CNI+2+WB-2'" ROUTE PARTIES GOODS "SGP+CSQU3054383'");
    expect_counts(2, 0);
    HAS("WB-1\",\"direction\":\"exit\"");
    HAS("WB-2\",\"direction\":\"exit\"");
    HAS("\"load\":\"LCL\"");
    HAS_NOT("FCL");
}

Test(edifact_message, one_bad_consignment_costs_itself) {
    convert("CUSCAR", "BGM+85+M+9'" BOX "CNI+1+wb'" ROUTE PARTIES GOODS
                      "SGP+CSQU3054383'CNI+2+WB-2'" ROUTE PARTIES GOODS "SGP+CSQU3054383'");
    expect_counts(1, 1);
    SAYS("/data/waybill/number BAD_FIELD: segment 5 (CNI)");
    cr_expect(memcmp(got.values.data, "CNI+1+wb'LOC+5", 14) == 0, "its segments are kept: %.*s", (int)got.values.len,
              got.values.data);
    cr_expect(!converted_has(&got.values, "CNI+2"));
    convert("CUSCAR", "BGM+85+M+9'EQD+CN+CSQU3054383+45G1'MEA+AAE+T+KGM:x'CNI+1+WB-1'" ROUTE PARTIES GOODS);
    SAYS("`x` is not a mass");
}

Test(edifact_message, the_heading_says_it_for_all) {
    convert("CUSCAR", "BGM+85+M+9'" PARTIES "TDT+20+X1+2'LOC+5+CNXAG'LOC+8+DEDUI'" BOX "CNI+1+WB-1'" GOODS);
    expect_counts(1, 0);
    HAS("\"consignor\":{\"code\":\"C1\"");
    HAS("\"origin\":\"CNXAG\",\"destination\":\"DEDUI\"");
    convert("CUSCAR", "BGM+85+M+9'" BOX);
    cr_expect_eq(got.counts.other, 1);
}

Test(edifact_message, deletions) {
    convert("CUSCAR", "BGM+85+M+3'CNI+1+WB-1'CNI+2+WB-2'");
    expect_counts(2, 0);
    HAS("\"type\":\"rail.manifest.deleted.v1\"");
    HAS("\"port\":\"CNAKL\"},\"waybill\":{\"number\":\"WB-2\"}}}\n");
}

Test(edifact_message, products) {
    convert("IFTMIN", BGM "FTX+AAA+++HOUSEHOLD GOODS'" ROUTE PARTIES GOODS BOX);
    HAS("\"product\":\"HOUSEHOLD GOODS\"");
    options.product = SLICE("GIVEN");
    convert("IFTMIN", BGM "FTX+AAA+++HOUSEHOLD GOODS'" ROUTE PARTIES GOODS BOX);
    HAS("\"product\":\"GIVEN\"");
}

Test(edifact_message, a_source_that_is_given) {
    options.source = SLICE("/mine");
    convert("IFTMIN", BGM ROUTE PARTIES GOODS BOX);
    HAS("\"source\":\"/mine\"");
}
