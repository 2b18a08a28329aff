/* rail.manifest.transmitted.v1: waybill, parties, containers, goods (contract 2.7 to 2.10). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/verdict.h"

#define FULL VERDICT_FULL[EVENT_TRANSMITTED]
#define CONSIGNOR "'consignor':{'code':'C1','name':'N1','country':'CN','aeo':'A1'}"
#define GOODS                                                                                                          \
    "{'hs':'847130','description':'Laptops','packages':7,'package_type':'CT','gross_kg':10.5,'net_kg':9.5,"            \
    "'value':1000.25,'currency':'USD','dangerous':[{'un':'3480','class':'9'}]}"
#define SHORT_GOODS "{'hs':'847130','description':'d','packages':1,'gross_kg':1,'value':1,'currency':'USD'}"
#define CONTAINER                                                                                                      \
    "{'number':'CSQU3054383','size_type':'45G1','load':'LCL','seal':'S1','wagon':'6001','tare_kg':3880,'goods':"       \
    "[" GOODS "]}"
#define SHORT_CONTAINER "{'number':'@','size_type':'22G1','goods':[" SHORT_GOODS "]}"

Test(decode_manifest, waybill) {
    static const struct verdict_edit edits[] = {
        {"'waybill':{", "'other':{", "MISSING_FIELD /data/waybill"},
        {"'waybill':{", "'waybill':null,'other':{", "MISSING_FIELD /data/waybill"},
        {"'waybill':{", "'waybill':'W1','other':{", "BAD_FIELD /data/waybill"},
        {"'waybill':{", "'waybill':{},'other':{", "MISSING_FIELD /data/waybill/number"},
        {"'waybill':{", "'waybill':{},'waybill':{", "DUPLICATE_MEMBER /data/waybill"},
        {"'number':'W1',", "", "MISSING_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':null", "MISSING_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':1", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':''", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'AZ09/-<26 x>'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'AZ09/-<64 X>'", "ok"},
        {"'number':'W1'", "'number':'AZ09/-<65 X>'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'W.1'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'W_1'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'W1','number':'W1'", "DUPLICATE_MEMBER /data/waybill/number"},
        {"'direction':'exit',", "", "MISSING_FIELD /data/waybill/direction"},
        {"'direction':'exit'", "'direction':null", "MISSING_FIELD /data/waybill/direction"},
        {"'direction':'exit'", "'direction':'entry'", "ok"},
        {"'direction':'exit'", "'direction':'Exit'", "BAD_FIELD /data/waybill/direction"},
        {"'direction':'exit'", "'direction':'exi'", "BAD_FIELD /data/waybill/direction"},
        {"'direction':'exit'", "'direction':''", "BAD_FIELD /data/waybill/direction"},
        {"'direction':'exit'", "'direction':true", "BAD_FIELD /data/waybill/direction"},
        {"'contract':'K1',", "", "ok"},
        {"'contract':'K1'", "'contract':null", "ok"},
        {"'contract':'K1'", "'contract':''", "BAD_FIELD /data/waybill/contract"},
        {"'contract':'K1'", "'contract':'<64 x>'", "ok"},
        {"'contract':'K1'", "'contract':'<65 x>'", "BAD_FIELD /data/waybill/contract"},
        {"'contract':'K1'", "'contract':'\\u0001'", "BAD_FIELD /data/waybill/contract"},
        {"'product':'Laptops',", "", "MISSING_FIELD /data/waybill/product"},
        {"'product':'Laptops'", "'product':null", "MISSING_FIELD /data/waybill/product"},
        {"'product':'Laptops'", "'product':''", "BAD_FIELD /data/waybill/product"},
        {"'product':'Laptops'", "'product':' '", "ok"},
        {"'product':'Laptops'", "'product':'<255 x>'", "ok"},
        {"'product':'Laptops'", "'product':'<256 x>'", "BAD_FIELD /data/waybill/product"},
        {"'product':'Laptops'", "'product':'a\\tb'", "BAD_FIELD /data/waybill/product"},
        {CONSIGNOR ",", "", "MISSING_FIELD /data/waybill/consignor"},
        {CONSIGNOR, "'consignor':null", "MISSING_FIELD /data/waybill/consignor"},
        {CONSIGNOR, "'consignor':'C1'", "BAD_FIELD /data/waybill/consignor"},
        {CONSIGNOR, CONSIGNOR "," CONSIGNOR, "DUPLICATE_MEMBER /data/waybill/consignor"},
        {"'consignee':{", "'other':{", "MISSING_FIELD /data/waybill/consignee"},
        {"'consignee':{", "'consignee':[],'other':{", "BAD_FIELD /data/waybill/consignee"},
        {"'origin':'CNXIY',", "", "MISSING_FIELD /data/waybill/origin"},
        {"'origin':'CNXIY'", "'origin':null", "MISSING_FIELD /data/waybill/origin"},
        {"'origin':'CNXIY'", "'origin':'CNXI'", "BAD_FIELD /data/waybill/origin"},
        {",'destination':'DEHAM'", "", "MISSING_FIELD /data/waybill/destination"},
        {"'destination':'DEHAM'", "'destination':null", "MISSING_FIELD /data/waybill/destination"},
        {"'destination':'DEHAM'", "'destination':'1EHAM'", "BAD_FIELD /data/waybill/destination"},
        {"'destination':'DEHAM'", "'destination':'DEHAM','step':null,'code':1,'code':2", "ok"},
    };
    EXPECT_VERDICTS(FULL, edits)
}

Test(decode_manifest, party) {
    static const struct verdict_edit edits[] = {
        {"'code':'C1',", "", "MISSING_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':null", "MISSING_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':'C'", "ok"},
        {"'code':'C1'", "'code':''", "BAD_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':'AZaz09._/-<25 x>'", "ok"},
        {"'code':'C1'", "'code':'AZaz09._/-<26 x>'", "BAD_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':'C 1'", "BAD_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':'C:1'", "BAD_FIELD /data/waybill/consignor/code"},
        {"'code':'C1'", "'code':'\\u4e2d'", "BAD_FIELD /data/waybill/consignor/code"},
        {"'code':'C2'", "'code':'C2','code':null", "DUPLICATE_MEMBER /data/waybill/consignee/code"},
        {"'name':'N2',", "", "MISSING_FIELD /data/waybill/consignee/name"},
        {"'name':'N2'", "'name':null", "MISSING_FIELD /data/waybill/consignee/name"},
        {"'name':'N2'", "'name':''", "BAD_FIELD /data/waybill/consignee/name"},
        {"'name':'N2'", "'name':'<85 \\u4e2d>'", "ok"},
        {"'name':'N2'", "'name':'<85 \xe4\xb8\xad>x'", "BAD_FIELD /data/waybill/consignee/name"},
        {"'name':'N2'", "'name':'<63 \\ud83d\\ude82>xxx'", "ok"},
        {"'name':'N2'", "'name':'<64 \\ud83d\\ude82>'", "BAD_FIELD /data/waybill/consignee/name"},
        {"'name':'N2'", "'name':'\\r'", "BAD_FIELD /data/waybill/consignee/name"},
        {"'country':'DE',", "", "MISSING_FIELD /data/waybill/consignee/country"},
        {"'country':'DE'", "'country':null", "MISSING_FIELD /data/waybill/consignee/country"},
        {"'country':'DE'", "'country':'D'", "BAD_FIELD /data/waybill/consignee/country"},
        {"'country':'DE'", "'country':'DEU'", "BAD_FIELD /data/waybill/consignee/country"},
        {"'country':'DE'", "'country':'de'", "BAD_FIELD /data/waybill/consignee/country"},
        {"'country':'DE'", "'country':'D1'", "BAD_FIELD /data/waybill/consignee/country"},
        {",'aeo':'A2'", "", "ok"},
        {"'aeo':'A2'", "'aeo':null", "ok"},
        {"'aeo':'A2'", "'aeo':''", "BAD_FIELD /data/waybill/consignee/aeo"},
        {"'aeo':'A2'", "'aeo':false", "BAD_FIELD /data/waybill/consignee/aeo"},
        {"'aeo':'A2'", "'aeo':'<32 \\u007e>'", "ok"},
        {"'aeo':'A2'", "'aeo':'<33 x>'", "BAD_FIELD /data/waybill/consignee/aeo"},
        {"'aeo':'A2'", "'aeo':'A2','AEO':null,'number':null", "ok"},
    };
    EXPECT_VERDICTS(FULL, edits)
}

Test(decode_manifest, containers) {
    static const struct verdict_edit edits[] = {
        {",'containers':[" CONTAINER "]", "", "MISSING_FIELD /data/containers"},
        {"[" CONTAINER "]", "null", "MISSING_FIELD /data/containers"},
        {"[" CONTAINER "]", CONTAINER, "BAD_FIELD /data/containers"},
        {"[" CONTAINER "]", "[]", "BAD_FIELD /data/containers"},
        {"[" CONTAINER "]", "[],'containers':[]", "DUPLICATE_MEMBER /data/containers"},
        {CONTAINER, "null", "BAD_FIELD /data/containers/0"},
        {CONTAINER, "'CSQU3054383'", "BAD_FIELD /data/containers/0"},
        {CONTAINER, CONTAINER ",1", "BAD_FIELD /data/containers/1"},
        {CONTAINER, "<200," SHORT_CONTAINER ">", "ok"},
        {CONTAINER, "<201," SHORT_CONTAINER ">", "LIMIT_EXCEEDED /data/containers"},
        {CONTAINER, "<201,null>", "LIMIT_EXCEEDED /data/containers"},
        {CONTAINER, CONTAINER ",<3," SHORT_CONTAINER ">," CONTAINER, "BAD_FIELD /data/containers/4/number"},
        {CONTAINER, "<2," CONTAINER ">", "BAD_FIELD /data/containers/1/number"},
    };
    EXPECT_VERDICTS(FULL, edits)
}

#define NUMBER "'number':'CSQU3054383'"
#define AT "/data/containers/0/"

Test(decode_manifest, container) {
    static const struct verdict_edit edits[] = {
        {NUMBER ",", "", "MISSING_FIELD " AT "number"},
        {NUMBER, "'number':null", "MISSING_FIELD " AT "number"},
        {NUMBER, "'number':'TEXU3070079'", "ok"},
        {NUMBER, "'number':'MSKU6639870'", "ok"},
        {NUMBER, "'number':'CBHU1234567'", "ok"}, /* the record says that it is not regular */
        {NUMBER, "'number':'CSQU3054384'", "ok"},
        {NUMBER, "'number':'CSQX3054383'", "ok"},
        {NUMBER, "'number':'CSQU305438'", "BAD_FIELD " AT "number"},
        {NUMBER, "'number':'CSQU30543833'", "BAD_FIELD " AT "number"},
        {NUMBER, "'number':'csqu3054383'", "BAD_FIELD " AT "number"},
        {NUMBER, "'number':'CS1U3054383'", "BAD_FIELD " AT "number"},
        {NUMBER, "'number':'CSQUA054383'", "BAD_FIELD " AT "number"},
        {NUMBER, "'number':3054383", "BAD_FIELD " AT "number"},
        {NUMBER, NUMBER "," NUMBER, "DUPLICATE_MEMBER " AT "number"},
        {"'size_type':'45G1',", "", "MISSING_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':null", "MISSING_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'10G0'", "ok"},
        {"'size_type':'45G1'", "'size_type':'22G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'32G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'L5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'M5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'05G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'55G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'95G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'A5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'K5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'N5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'F5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'P5G1'", "ok"},
        {"'size_type':'45G1'", "'size_type':'I5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'J5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'O5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'R5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'Z5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'l5G1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'45g1'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'45G'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':'45G1X'", "BAD_FIELD " AT "size_type"},
        {"'size_type':'45G1'", "'size_type':''", "BAD_FIELD " AT "size_type"},
        {"'load':'LCL',", "", "ok"},
        {"'load':'LCL'", "'load':'FCL'", "ok"},
        {"'load':'LCL'", "'load':null", "ok"},
        {"'load':'LCL'", "'load':'lcl'", "BAD_FIELD " AT "load"},
        {"'seal':'S1',", "", "ok"},
        {"'seal':'S1'", "'seal':null", "ok"},
        {"'seal':'S1'", "'seal':''", "BAD_FIELD " AT "seal"},
        {"'seal':'S1'", "'seal':'<32 x>'", "ok"},
        {"'seal':'S1'", "'seal':'<33 x>'", "BAD_FIELD " AT "seal"},
        {"'seal':'S1'", "'seal':'S\\u0000'", "BAD_FIELD " AT "seal"},
        {"'wagon':'6001',", "", "ok"},
        {"'wagon':'6001'", "'wagon':null", "ok"},
        {"'wagon':'6001'", "'wagon':'6'", "ok"},
        {"'wagon':'6001'", "'wagon':''", "BAD_FIELD " AT "wagon"},
        {"'wagon':'6001'", "'wagon':'AZ09-<11 X>'", "ok"},
        {"'wagon':'6001'", "'wagon':'AZ09-<12 X>'", "BAD_FIELD " AT "wagon"},
        {"'wagon':'6001'", "'wagon':'6/1'", "BAD_FIELD " AT "wagon"},
        {"'wagon':'6001'", "'wagon':'x'", "BAD_FIELD " AT "wagon"},
        {"'tare_kg':3880,", "", "ok"},
        {"'tare_kg':3880", "'tare_kg':null", "ok"},
        {"'tare_kg':3880", "'tare_kg':0", "ok"},
        {"'tare_kg':3880", "'tare_kg':9999999999.999999", "ok"},
        {"'tare_kg':3880", "'tare_kg':10000000000", "BAD_FIELD " AT "tare_kg"},
        {"'tare_kg':3880", "'tare_kg':'3880'", "BAD_FIELD " AT "tare_kg"},
        {"'tare_kg':3880", "'tare_kg':3880,'tare_kg':3880", "DUPLICATE_MEMBER " AT "tare_kg"},
        {"'tare_kg':3880", "'tare_kg':3880,'empty':null,'position':1,'position':2", "ok"},
    };
    EXPECT_VERDICTS(FULL, edits)
}

#undef AT
#define AT "/data/containers/0/goods/0/"

Test(decode_manifest, goods) {
    static const struct verdict_edit edits[] = {
        {",'goods':[" GOODS "]", "", "MISSING_FIELD /data/containers/0/goods"},
        {"[" GOODS "]", "null", "MISSING_FIELD /data/containers/0/goods"},
        {"[" GOODS "]", "{}", "BAD_FIELD /data/containers/0/goods"},
        {"[" GOODS "]", "[]", "BAD_FIELD /data/containers/0/goods"},
        {GOODS, "<500," SHORT_GOODS ">", "ok"},
        {GOODS, "<501," SHORT_GOODS ">", "LIMIT_EXCEEDED /data/containers/0/goods"},
        {GOODS, GOODS ",[]", "BAD_FIELD /data/containers/0/goods/1"},
        {GOODS, "<499," SHORT_GOODS ">,{}", "MISSING_FIELD /data/containers/0/goods/499/description"},
        {"'hs':'847130',", "", "ok"},
        {"'hs':'847130'", "'hs':null", "ok"},
        {"'hs':'847130'", "'hs':847130", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':''", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'84713'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'8471300'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'84713000'", "ok"},
        {"'hs':'847130'", "'hs':'847130000'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'8471300000'", "ok"},
        {"'hs':'847130'", "'hs':'84713000000'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'847130000000'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'8471300000000'", "ok"},
        {"'hs':'847130'", "'hs':'84713000000000'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'8471.3'", "BAD_FIELD " AT "hs"},
        {"'hs':'847130'", "'hs':'84713A'", "BAD_FIELD " AT "hs"},
        {"'description':'Laptops',", "", "MISSING_FIELD " AT "description"},
        {"'description':'Laptops'", "'description':null", "MISSING_FIELD " AT "description"},
        {"'description':'Laptops'", "'description':''", "BAD_FIELD " AT "description"},
        {"'description':'Laptops'", "'description':'<512 x>'", "ok"},
        {"'description':'Laptops'", "'description':'<513 x>'", "BAD_FIELD " AT "description"},
        {"'description':'Laptops'", "'description':'\\u0000'", "BAD_FIELD " AT "description"},
        {"'package_type':'CT',", "", "ok"},
        {"'package_type':'CT'", "'package_type':null", "ok"},
        {"'package_type':'CT'", "'package_type':'C'", "BAD_FIELD " AT "package_type"},
        {"'package_type':'CT'", "'package_type':'4G9'", "ok"},
        {"'package_type':'CT'", "'package_type':'CTNS'", "BAD_FIELD " AT "package_type"},
        {"'package_type':'CT'", "'package_type':'ct'", "BAD_FIELD " AT "package_type"},
        {",'currency':'USD'", "", "MISSING_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':null", "MISSING_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':'US'", "BAD_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':'USDX'", "BAD_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':'usd'", "BAD_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':'US2'", "BAD_FIELD " AT "currency"},
        {"'currency':'USD'", "'currency':'USD','currency':'USD'", "DUPLICATE_MEMBER " AT "currency"},
        {"'currency':'USD'", "'currency':'USD','number':null,'hs ':null", "ok"},
        {"'value':1000.25,'currency':'USD',", "", "ok"},
        {"'value':1000.25,'currency':'USD'", "'value':null,'currency':null", "ok"},
        {"'value':1000.25", "'value':null", "MISSING_FIELD " AT "value"},
        {"'packages':7,", "", "MISSING_FIELD " AT "packages"},
        {"'gross_kg':10.5,", "", "MISSING_FIELD " AT "gross_kg"},
        {"'net_kg':9.5,", "", "ok"},
        {"'value':1000.25,", "", "MISSING_FIELD " AT "value"},
        {"'net_kg':9.5", "'net_kg':10.500", "ok"},
        {"'net_kg':9.5", "'net_kg':10.501", "BAD_FIELD " AT "net_kg"},
        {"'net_kg':9.5", "'net_kg':9.5,'net_kg':9.5", "DUPLICATE_MEMBER " AT "net_kg"},
        {"'gross_kg':10.5", "'gross_kg':9.499", "BAD_FIELD " AT "net_kg"},
        {"'gross_kg':10.5,'net_kg':9.5", "'gross_kg':0", "ok"},
    };
    EXPECT_VERDICTS(FULL, edits)
}

/* A number with each text in it: the verdict, but for its pointer. */
static void expect_numbers(const char *written, const char *before, const char *const *texts, const char *verdict) {
    for (; *texts != NULL; texts++) {
        char put[96];
        snprintf(put, sizeof put, "%s%s", before, *texts);
        cr_expect_str_eq(verdict_of_edit(FULL, written, put), verdict, "%s: %s", put,
                         verdict_of_edit(FULL, written, put));
    }
}

#define NUMBERS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(decode_manifest, masses_as_written) {
    static const char written[] = "'gross_kg':10.5,'net_kg':9.5";
    static const char before[] = "'gross_kg':";
    expect_numbers(written, before, NUMBERS("0", "0.0", "0.000", "0.001", "1.5", "1.500", "999999999.999", "999999999"),
                   "ok");
    expect_numbers(written, before,
                   NUMBERS("1.5000000000000000000000000000", "0.000001", "9999999999.999999", "-0", "-0.0", "1e3",
                           "1E3", "1e0", "1.5e1", "1e-1", "0e0", "0e400", "1e-6", "0.00000000000000000000000015e25"),
                   "ok");
    expect_numbers(written, before,
                   NUMBERS("0.0000001", "1e-7", "10000000000", "1e10", "-1", "-0.001", "12345678901234567890123",
                           "0.12345678901234567890123", "1e400", "1e-400", "'1'", "true", "[1]", "{}"),
                   "BAD_FIELD " AT "gross_kg");
    expect_numbers(written, before, NUMBERS("null"), "MISSING_FIELD " AT "gross_kg");
    expect_numbers(written, before, NUMBERS("00", "01", "+1", ".5", "1.", "1e", "0x1", "1,0", "Infinity", "NaN", "-"),
                   "NOT_JSON ");
    expect_numbers("'net_kg':9.5", "'net_kg':", NUMBERS("0", "10.499", "9.5000", "-0", "1e0", "105e-1", "null"), "ok");
    expect_numbers("'net_kg':9.5", "'net_kg':", NUMBERS("'9'", "-1", "10.500001"), "BAD_FIELD " AT "net_kg");
}

Test(decode_manifest, money_as_written) {
    expect_numbers("'value':1000.25", "'value':",
                   NUMBERS("0", "0.000001", "1.23450", "-0", "1e3", "1.0E2", "999999999999", "999999999999.999999"),
                   "ok");
    expect_numbers("'value':1000.25",
                   "'value':", NUMBERS("0.0000001", "1000000000000", "-1", "1e12", "12345678901234567890123", "'1'"),
                   "BAD_FIELD " AT "value");
    expect_numbers("'value':1000.25", "'value':", NUMBERS("00.5", "1.e1"), "NOT_JSON ");
}

Test(decode_manifest, counts_as_written) {
    expect_numbers("'packages':7", "'packages':",
                   NUMBERS("0", "1", "999999999", "1000000000", "1.0", "0.0", "-0", "1e1", "10E8", "70e-1"), "ok");
    expect_numbers("'packages':7", "'packages':",
                   NUMBERS("1000000001", "9999999999", "10000000000", "12345678901234567890123", "1.5", "1e10", "1e-1",
                           "-1", "4294967296", "18446744073709551616", "'1'"),
                   "BAD_FIELD " AT "packages");
    expect_numbers("'packages':7", "'packages':", NUMBERS("07", "00", "+7"), "NOT_JSON ");
}

static const struct event_transmitted *decoded(const char *find, const char *put) {
    const char *verdict = verdict_of_edit(FULL, find, put);
    cr_assert_str_eq(verdict, "ok", "%s", verdict);
    return &verdict_event()->data.transmitted;
}

#define EXPECT_TEXT(slice, text) cr_expect(slice_equal((slice), slice_of(text)))

Test(decode_manifest, values) {
    const struct event_waybill *event = &decoded("'name':'N1'", "'name':'\\u4e2d\\\"'")->waybill;
    EXPECT_TEXT(event->number, "W1");
    cr_expect_eq(event->direction, DIRECTION_EXIT);
    EXPECT_TEXT(event->contract, "K1");
    EXPECT_TEXT(event->product, "Laptops");
    EXPECT_TEXT(event->consignor.code, "C1");
    EXPECT_TEXT(event->consignor.name, "\xe4\xb8\xad\"");
    EXPECT_TEXT(event->consignor.country, "CN");
    EXPECT_TEXT(event->consignor.aeo, "A1");
    EXPECT_TEXT(event->consignee.code, "C2");
    EXPECT_TEXT(event->consignee.name, "N2");
    EXPECT_TEXT(event->consignee.country, "DE");
    EXPECT_TEXT(event->consignee.aeo, "A2");
    EXPECT_TEXT(event->origin, "CNXIY");
    EXPECT_TEXT(event->destination, "DEHAM");
}

Test(decode_manifest, container_and_goods_values) {
    const struct event_transmitted *event = decoded("'direction':'exit'", "'direction':'entry'");
    cr_expect_eq(event->waybill.direction, DIRECTION_ENTRY);
    cr_assert_eq(event->containers.count, 1);
    const struct event_container *box = event->containers.items;
    const struct event_goods *goods = box->goods.items;
    EXPECT_TEXT(box->number, "CSQU3054383");
    EXPECT_TEXT(box->size_type, "45G1");
    cr_expect_eq(box->load, LOAD_LCL);
    EXPECT_TEXT(box->seal, "S1");
    EXPECT_TEXT(box->wagon, "6001");
    cr_expect(box->has_tare && box->tare_kg == UINT64_C(3880000000));
    cr_assert_eq(box->goods.count, 1);
    EXPECT_TEXT(goods->hs, "847130");
    EXPECT_TEXT(goods->description, "Laptops");
    EXPECT_TEXT(goods->package_type, "CT");
    EXPECT_TEXT(goods->currency, "USD");
    cr_expect_eq(goods->packages, 7);
    cr_expect_eq(goods->gross_kg, 10500000);
    cr_expect_eq(goods->net_kg, 9500000);
    cr_expect_eq(goods->value, 1000250000);
}

Test(decode_manifest, greatest_numbers) {
    const struct event_transmitted *event = decoded(
        "'packages':7,'package_type':'CT','gross_kg':10.5,'net_kg':9.5,'value':1000.25",
        "'packages':1000000000,'gross_kg':9999999999.999999,'net_kg':9999999999.999999,'value':999999999999.999999");
    const struct event_goods *goods = ((const struct event_container *)event->containers.items)->goods.items;
    cr_expect_eq(goods->packages, 1000000000);
    cr_expect_eq(goods->gross_kg, UINT64_C(9999999999999999));
    cr_expect_eq(goods->net_kg, goods->gross_kg);
    cr_expect_eq(goods->value, UINT64_C(999999999999999999));
}

Test(decode_manifest, defaults) {
    const struct event_transmitted *event = decoded(CONTAINER, "<2," SHORT_CONTAINER ">");
    cr_assert_eq(event->containers.count, 2);
    const struct event_container *box = (const struct event_container *)event->containers.items + 1;
    const struct event_goods *goods = box->goods.items;
    cr_expect_eq(box->load, LOAD_FCL);
    cr_expect_null(box->seal.data);
    cr_expect_null(box->wagon.data);
    cr_expect_not(box->has_tare);
    EXPECT_TEXT(goods->package_type, "PK");
    cr_expect_eq(goods->net_kg, 0);
    cr_expect_null(decoded("'contract':'K1',", "")->waybill.contract.data);
    cr_expect_null(decoded(",'aeo':'A1'", "")->waybill.consignor.aeo.data);
    cr_expect_not_null(verdict_event()->data.transmitted.waybill.consignee.aeo.data);
}
