/* What the second edition brought: dangerous goods, declarants, inland boxes, authorities, decisions, tallies, links
 * (contract 2.7, 2.10 to 2.12, 2.16 to 2.19). */
#include <criterion/criterion.h>

#include "support/verdict.h"

#define EXPECT_TEXT(slice, text) cr_expect(slice_equal((slice), slice_of(text)))

static const struct event *decoded(enum event_type type, const char *find, const char *put) {
    const char *verdict = verdict_of_edit(VERDICT_FULL[type], find, put);
    cr_assert_str_eq(verdict, "ok", "%s -> %s: %s", find, put, verdict);
    return verdict_event();
}

#define UN "[{'un':'3480','class':'9'}]"
#define AT "/data/containers/0/goods/0/dangerous"

Test(decode_exchange, dangerous) {
    static const struct verdict_edit edits[] = {
        {UN, "[]", "ok"},
        {UN, "null", "ok"},
        {UN, "{}", "BAD_FIELD " AT},
        {UN, "[<9,{'un':'100~'}>]", "ok"},
        {UN, "[null]", "BAD_FIELD " AT "/0"},
        {UN, "['3480']", "BAD_FIELD " AT "/0"},
        {UN, "[<100,null>]", "LIMIT_EXCEEDED " AT},
        {UN, "[{'class':'9'}]", "MISSING_FIELD " AT "/0/un"},
        {UN, "[{'un':null}]", "MISSING_FIELD " AT "/0/un"},
        {UN, "[{'un':3480}]", "BAD_FIELD " AT "/0/un"},
        {UN, "[{'un':'348'}]", "BAD_FIELD " AT "/0/un"},
        {UN, "[{'un':'34800'}]", "BAD_FIELD " AT "/0/un"},
        {UN, "[{'un':'348O'}]", "BAD_FIELD " AT "/0/un"},
        {UN, "[{'un':'3480'},{'un':'1950'},{'un':'3480','class':'2'}]", "BAD_FIELD " AT "/2/un"},
        {UN, "[{'un':'3480','un':'1950'}]", "DUPLICATE_MEMBER " AT "/0/un"},
        {UN, "[{'un':'3480','class':null}]", "ok"},
        {UN, "[{'un':'3480','class':'1.4S'}]", "ok"},
        {UN, "[{'un':'3480','class':''}]", "BAD_FIELD " AT "/0/class"},
        {UN, "[{'un':'3480','class':'<9 1>'}]", "BAD_FIELD " AT "/0/class"},
        {UN, "[{'un':'3480','class':'2-1'}]", "BAD_FIELD " AT "/0/class"},
        {UN, UN ",'dangerous':[]", "DUPLICATE_MEMBER " AT},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_TRANSMITTED], edits)
}

/* The container has the numbers of all its goods, sorted, each once; two goods may name the same. */
Test(decode_exchange, numbers_of_a_container) {
    static const char more[] = UN "},{'description':'d','packages':1,'gross_kg':1,'dangerous':"
                                  "[{'un':'3480'},{'un':'1202'}]";
    const struct event_container *box = decoded(EVENT_TRANSMITTED, UN, more)->data.transmitted.containers.items;
    const struct slice *numbers = box->un.items;
    cr_assert_eq(box->un.count, 2);
    EXPECT_TEXT(numbers[0], "1202");
    EXPECT_TEXT(numbers[1], "3480");
    box = decoded(EVENT_TRANSMITTED, ",'dangerous':" UN, "")->data.transmitted.containers.items;
    cr_expect_eq(box->un.count, 0);
}

Test(decode_exchange, declarant_and_parties) {
    static const char declarant[] = "'declarant':{'code':'C3','name':'N3','country':'KZ','aeo':'A3'},";
    const struct event_waybill *waybill = &decoded(EVENT_TRANSMITTED, "'exit'", "'transit'")->data.transmitted.waybill;
    EXPECT_TEXT(waybill->party.code, "C3");
    cr_expect_null(waybill->partner_aeo.data, "in transit there is no counterpart");
    decoded(EVENT_TRANSMITTED, "'exit'", "'entry'");
    EXPECT_TEXT(waybill->party.code, "C2");
    EXPECT_TEXT(waybill->partner_aeo, "CN");
    decoded(EVENT_TRANSMITTED, "'exit'", "'exit'");
    EXPECT_TEXT(waybill->party.code, "C1");
    EXPECT_TEXT(waybill->partner_aeo, "DE");
    decoded(EVENT_TRANSMITTED, ",'aeo':'A2'", "");
    cr_expect_null(waybill->partner_aeo.data, "the counterpart is not authorised");
    decoded(EVENT_TRANSMITTED, declarant, "");
    cr_expect_null(waybill->declarant.code.data);
    cr_expect_str_eq(verdict_of_edit(VERDICT_FULL[EVENT_TRANSMITTED], "'code':'C3'", "'code':'C 3'"),
                     "BAD_FIELD /data/waybill/declarant/code", "checked also on exit");
}

Test(decode_exchange, transit_without_a_declarant) {
    struct buffer text = {0};
    const char *full = VERDICT_FULL[EVENT_TRANSMITTED];
    const char *at = strstr(full, "'declarant'");
    const char *end = strchr(at, '}') + 2;
    const char *exit = strstr(full, "'exit'");
    buffer_append(&text, full, (size_t)(exit - full));
    buffer_append_text(&text, "'transit'");
    buffer_append(&text, exit + 6, (size_t)(at - exit - 6));
    buffer_append(&text, end, strlen(end) + 1);
    cr_assert_str_eq(verdict_of(text.data), "ok");
    EXPECT_TEXT(verdict_event()->data.transmitted.waybill.party.code, "C2");
    buffer_release(&text);
}

Test(decode_exchange, domestic) {
    static const struct verdict_edit edits[] = {
        {"'domestic':true", "'domestic':false", "ok"},
        {"'domestic':true", "'domestic':null", "ok"},
        {"'domestic':true", "'domestic':'true'", "BAD_FIELD /data/wagons/1/containers/1/domestic"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_COMPOSED], edits)
    const struct event_wagon *wagons = decoded(EVENT_COMPOSED, "6001", "6003")->data.composed.wagons.items;
    const struct event_slot *slots = wagons[1].slots.items;
    cr_expect(!slots[0].domestic && slots[1].domestic);
}

Test(decode_exchange, authority_and_found) {
    static const struct verdict_edit edits[] = {
        {"'authority':'KZ'", "'authority':'kz'", "BAD_FIELD /data/authority"},
        {"'authority':'KZ'", "'authority':'KAZ'", "BAD_FIELD /data/authority"},
        {"'authority':'KZ'", "'authority':''", "BAD_FIELD /data/authority"},
        {"[{'un':'1950','class':'2.1'}]", "[{'un':'195'}]", "BAD_FIELD /data/found/0/un"},
        {"[{'un':'1950','class':'2.1'}]", "[<100,{'un':'1950'}>]", "LIMIT_EXCEEDED /data/found"},
        {"[{'un':'1950','class':'2.1'}]", "null", "ok"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_CONTROL], edits)
    const struct event_control *control = &decoded(EVENT_CONTROL, "'authority':'KZ',", "")->data.control;
    EXPECT_TEXT(control->authority, "CN"); /* of the train's port */
    EXPECT_TEXT(control->key, "CNW1");
    cr_expect_eq(control->un.count, 0, "what is found in a waybill is of no container");
    decoded(EVENT_CONTROL, "'scope':'waybill','ref':'W1'", "'scope':'container','ref':'CSQU3054383'");
    EXPECT_TEXT(control->key, "KZCSQU3054383");
    cr_assert_eq(control->un.count, 1);
    EXPECT_TEXT(*(const struct slice *)control->un.items, "1950");
}

Test(decode_exchange, decision) {
    static const struct verdict_edit edits[] = {
        {"'declaration_number':'D1',", "", "MISSING_FIELD /data/declaration_number"},
        {"'declaration_number':'D1'", "'declaration_number':'<33 x>'", "BAD_FIELD /data/declaration_number"},
        {"'declaration_number':'D1'", "'declaration_number':''", "BAD_FIELD /data/declaration_number"},
        {"'outcome':'refused',", "", "MISSING_FIELD /data/outcome"},
        {"'outcome':'refused'", "'outcome':'passed'", "BAD_FIELD /data/outcome"},
        {"'outcome':'refused'", "'outcome':'accepted'", "ok"},
        {"'outcome':'refused'", "'outcome':'withdrawn'", "ok"},
        {"'outcome':'refused'", "'outcome':'released'", "ok"},
        {",'reason':'R'", "", "ok"},
        {"'reason':'R'", "'reason':null", "ok"},
        {"'reason':'R'", "'reason':'<200 x>'", "ok"},
        {"'reason':'R'", "'reason':'<201 x>'", "BAD_FIELD /data/reason"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_DECISION], edits)
    const struct event_decision *decision = &decoded(EVENT_DECISION, "D1", "D2")->data.decision;
    EXPECT_TEXT(decision->declaration_number, "D2");
    cr_expect_eq(decision->outcome, DECISION_REFUSED);
}

Test(decode_exchange, tally) {
    static const struct verdict_edit edits[] = {
        {"'container':'CSQU3054383',", "", "MISSING_FIELD /data/container"},
        {"'packages':7", "'packages':7.5", "BAD_FIELD /data/packages"},
        {"'packages':7", "'packages':1000000001", "BAD_FIELD /data/packages"},
        {"'packages':7,'gross_kg':10.5,'seal':'S1','damaged':true", "'x':1", "ok"},
        {"'gross_kg':10.5", "'gross_kg':1e10", "BAD_FIELD /data/gross_kg"},
        {"'seal':'S1'", "'seal':''", "BAD_FIELD /data/seal"},
        {"'damaged':true", "'damaged':1", "BAD_FIELD /data/damaged"},
        {"'damaged':true", "'damaged':null", "ok"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_TALLY], edits)
    const struct event_tally *tally = &decoded(EVENT_TALLY, "'gross_kg':10.5", "'gross_kg':null")->data.tally;
    cr_expect(tally->has_packages && tally->packages == 7 && !tally->has_gross && tally->damaged);
    decoded(EVENT_TALLY, "'packages':7,", "");
    cr_expect(!tally->has_packages && tally->has_gross && tally->gross_kg == 10500000);
}

Test(decode_exchange, link) {
    static const struct verdict_edit edits[] = {
        {"'role':'from',", "", "MISSING_FIELD /data/role"},
        {"'role':'from'", "'role':'into'", "BAD_FIELD /data/role"},
        {"'role':'from'", "'role':'to'", "ok"},
        {"'number':'X8023',", "", "MISSING_FIELD /data/other/number"},
        {"'number':'X8023'", "'number':'x'", "BAD_FIELD /data/other/number"},
        {"'date':'2020-12-17'", "'date':'2020-12-32'", "BAD_FIELD /data/other/date"},
        {"'port':'KZDYK'", "'port':'KZDY1'", "BAD_FIELD /data/other/port"},
        {"'number':'X8023','date':'2020-12-17','port':'KZDYK'", "'number':'X8024','date':'2020-12-18','port':'CNAKL'",
         "BAD_FIELD /data/other"},
        {"'containers':['CSQU3054383','MSKU6639870']", "'containers':null", "MISSING_FIELD /data/containers"},
        {"['CSQU3054383','MSKU6639870']", "[]", "ok"},
        {"['CSQU3054383','MSKU6639870']", "[<480,'@'>]", "ok"},
        {"['CSQU3054383','MSKU6639870']", "[<481,'@'>]", "LIMIT_EXCEEDED /data/containers"},
        {"'MSKU6639870'", "'CSQU3054383'", "BAD_FIELD /data/containers/1"},
        {"'MSKU6639870'", "'CBHU1234567'", "ok"},
        {"'MSKU6639870'", "'MSKU663987'", "BAD_FIELD /data/containers/1"},
        {"'MSKU6639870'", "null", "BAD_FIELD /data/containers/1"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_LINK], edits)
    const struct event_link *link = &decoded(EVENT_LINK, "X8023", "X8022")->data.link;
    EXPECT_TEXT(link->other, "X8022|2020-12-17|KZDYK");
    EXPECT_TEXT(verdict_event()->train_key, "X8024|2020-12-18|CNAKL");
    cr_assert_eq(link->containers.count, 2);
    EXPECT_TEXT(((const struct slice *)link->containers.items)[1], "MSKU6639870");
}
