/* The types but manifests and arrivals (contract 2.11 to 2.15). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/verdict.h"

#define EXPECT_TEXT(slice, text) cr_expect(slice_equal((slice), slice_of(text)))

static const struct event *decoded(enum event_type type, const char *find, const char *put) {
    const char *verdict = verdict_of_edit(VERDICT_FULL[type], find, put);
    cr_assert_str_eq(verdict, "ok", "%s", verdict);
    return verdict_event();
}

/* ---- deleted */

Test(decode_others, deleted) {
    static const struct verdict_edit edits[] = {
        {"'waybill':{'number':'W1'},", "", "MISSING_FIELD /data/waybill"},
        {"{'number':'W1'}", "null", "MISSING_FIELD /data/waybill"},
        {"{'number':'W1'}", "'W1'", "BAD_FIELD /data/waybill"},
        {"{'number':'W1'}", "{}", "MISSING_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':null", "MISSING_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'w1'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'AZ09/-<26 9>'", "ok"},
        {"'number':'W1'", "'number':'<71 9>'", "BAD_FIELD /data/waybill/number"},
        {"'number':'W1'", "'number':'W1','number':'W1'", "DUPLICATE_MEMBER /data/waybill/number"},
        {"'number':'W1'", "'number':'W1','direction':null,'direction':1", "ok"},
        {",'reason':'001'", "", "ok"},
        {"'reason':'001'", "'reason':null", "ok"},
        {"'reason':'001'", "'reason':1", "BAD_FIELD /data/reason"},
        {"'reason':'001'", "'reason':''", "BAD_FIELD /data/reason"},
        {"'reason':'001'", "'reason':'01'", "BAD_FIELD /data/reason"},
        {"'reason':'001'", "'reason':'0001'", "BAD_FIELD /data/reason"},
        {"'reason':'001'", "'reason':'0A1'", "BAD_FIELD /data/reason"},
        {"'reason':'001'", "'reason':'001','reason':'001'", "DUPLICATE_MEMBER /data/reason"},
        {"'reason':'001'", "'containers':null,'place':null", "ok"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_DELETED], edits)
    EXPECT_TEXT(decoded(EVENT_DELETED, "W1", "B/-9")->data.deleted.waybill, "B/-9");
    EXPECT_TEXT(verdict_event()->data.deleted.reason, "001");
    cr_expect_null(decoded(EVENT_DELETED, ",'reason':'001'", "")->data.deleted.reason.data);
}

/* ---- composed */

#define SECOND_WAGON                                                                                                   \
    "{'wagon':'6002','position':2,'containers':[{'number':'MSKU6639870','empty':false},{'number':'TEXU3070079','"      \
    "domestic':true}]}"
#define FIRST_SLOTS "[{'number':'CSQU3054383','empty':true}]"

Test(decode_others, composed) {
    static const struct verdict_edit edits[] = {
        {"'wagons':[", "'other':[", "MISSING_FIELD /data/wagons"},
        {"'wagons':[", "'wagons':null,'other':[", "MISSING_FIELD /data/wagons"},
        {"'wagons':[", "'wagons':{},'other':[", "BAD_FIELD /data/wagons"},
        {"'wagons':[", "'wagons':[],'other':[", "BAD_FIELD /data/wagons"},
        {"'wagons':[", "'wagons':[],'wagons':[", "DUPLICATE_MEMBER /data/wagons"},
        {"'wagons':[", "'wagons':[<120,{'wagon':'#','position':~,'containers':[]}>],'other':[", "ok"},
        {"'wagons':[", "'wagons':[<121,{'wagon':'#','position':~,'containers':[]}>],'other':[",
         "LIMIT_EXCEEDED /data/wagons"},
        {"'wagons':[", "'wagons':[<100,{'wagon':'#','position':~,'containers':[]}>,5],'other':[",
         "BAD_FIELD /data/wagons/100"},
        {SECOND_WAGON, "<60,{'wagon':'#','position':7~,'containers':[]}>", "BAD_FIELD /data/wagons/10/position"},
        {"," SECOND_WAGON, "", "ok"},
        {SECOND_WAGON, "null", "BAD_FIELD /data/wagons/1"},
        {SECOND_WAGON, "'6002'", "BAD_FIELD /data/wagons/1"},
        {"'wagon':'6002',", "", "MISSING_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':null", "MISSING_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':6002", "BAD_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':''", "BAD_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':'A'", "ok"},
        {"'wagon':'6002'", "'wagon':'AZ09-<11 A>'", "ok"},
        {"'wagon':'6002'", "'wagon':'<17 A>'", "BAD_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':'a'", "BAD_FIELD /data/wagons/1/wagon"},
        {"'wagon':'6002'", "'wagon':'6001'", "BAD_FIELD /data/wagons/1/wagon"},
        {"'position':2,", "", "MISSING_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':null", "MISSING_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':0", "BAD_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':120", "ok"},
        {"'position':2", "'position':121", "BAD_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':1", "BAD_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':2.0", "ok"},
        {"'position':2", "'position':2e0", "ok"},
        {"'position':2", "'position':-2", "BAD_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':'2'", "BAD_FIELD /data/wagons/1/position"},
        {"'position':2", "'position':12345678901234567890123", "BAD_FIELD /data/wagons/1/position"},
        {",'containers':" FIRST_SLOTS, "", "MISSING_FIELD /data/wagons/0/containers"},
        {FIRST_SLOTS, "null", "MISSING_FIELD /data/wagons/0/containers"},
        {FIRST_SLOTS, "{}", "BAD_FIELD /data/wagons/0/containers"},
        {FIRST_SLOTS, "[]", "ok"},
        {FIRST_SLOTS, "[<4,{'number':'@'}>]", "ok"},
        {FIRST_SLOTS, "[<5,{'number':'@'}>]", "LIMIT_EXCEEDED /data/wagons/0/containers"},
        {FIRST_SLOTS, "[null]", "BAD_FIELD /data/wagons/0/containers/0"},
        {FIRST_SLOTS, "['CSQU3054383']", "BAD_FIELD /data/wagons/0/containers/0"},
        {FIRST_SLOTS, "[{}]", "MISSING_FIELD /data/wagons/0/containers/0/number"},
        {FIRST_SLOTS, "[{'number':null}]", "MISSING_FIELD /data/wagons/0/containers/0/number"},
        {FIRST_SLOTS, "[{'number':'CSQU3054384'}]", "ok"},
        {FIRST_SLOTS, "[<2,{'number':'CSQU3054383'}>]", "BAD_FIELD /data/wagons/0/containers/1/number"},
        {FIRST_SLOTS, "[{'number':'TEXU3070079'}]", "BAD_FIELD /data/wagons/1/containers/1/number"},
        {"'empty':true", "'empty':null", "ok"},
        {"'empty':true", "'empty':'true'", "BAD_FIELD /data/wagons/0/containers/0/empty"},
        {"'empty':true", "'empty':1", "BAD_FIELD /data/wagons/0/containers/0/empty"},
        {"'empty':true", "'empty':true,'empty':true", "DUPLICATE_MEMBER /data/wagons/0/containers/0/empty"},
        {"'empty':true", "'Empty':null,'size_type':null", "ok"},
        {"'position':1", "'position':1,'position':1", "DUPLICATE_MEMBER /data/wagons/0/position"},
        {"'position':1", "'position':1,'number':null,'empty':null", "ok"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_COMPOSED], edits)
}

Test(decode_others, composed_values) {
    const struct event_composed *event = &decoded(EVENT_COMPOSED, "'position':2", "'position':120")->data.composed;
    const struct event_wagon *wagons = event->wagons.items;
    const struct event_slot *first = wagons[0].slots.items, *second = wagons[1].slots.items;
    cr_assert_eq(event->wagons.count, 2);
    EXPECT_TEXT(wagons[0].wagon, "6001");
    cr_expect_eq(wagons[0].position, 1);
    cr_expect_eq(wagons[0].slots.count, 1);
    cr_expect(first[0].empty);
    cr_expect_eq(wagons[1].position, 120);
    cr_assert_eq(wagons[1].slots.count, 2);
    EXPECT_TEXT(second[0].number, "MSKU6639870");
    cr_expect_not(second[0].empty);
    EXPECT_TEXT(second[1].number, "TEXU3070079");
    cr_expect_not(second[1].empty);
}

/* ---- control */

#define SCOPE "'scope':'waybill','ref':'W1'"

Test(decode_others, control) {
    static const struct verdict_edit edits[] = {
        {"'scope':'waybill',", "", "MISSING_FIELD /data/scope"},
        {"'scope':'waybill'", "'scope':null", "MISSING_FIELD /data/scope"},
        {"'scope':'waybill'", "'scope':'wagon'", "BAD_FIELD /data/scope"},
        {"'scope':'waybill'", "'scope':''", "BAD_FIELD /data/scope"},
        {"'scope':'waybill'", "'scope':1", "BAD_FIELD /data/scope"},
        {"'scope':'waybill'", "'scope':'waybill','scope':'train'", "DUPLICATE_MEMBER /data/scope"},
        {SCOPE, "'scope':'train'", "ok"},
        {SCOPE, "'scope':'train','ref':'W1'", "BAD_FIELD /data/ref"},
        {SCOPE, "'scope':'train','ref':null", "ok"},
        {SCOPE, "'scope':'train','ref':''", "BAD_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill'", "MISSING_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill','ref':null", "MISSING_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill','ref':''", "BAD_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill','ref':'w1'", "BAD_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill','ref':'<70 A>'", "ok"},
        {SCOPE, "'scope':'waybill','ref':'<71 A>'", "BAD_FIELD /data/ref"},
        {SCOPE, "'scope':'waybill','ref':'W1','ref':'W1'", "DUPLICATE_MEMBER /data/ref"},
        {SCOPE, "'scope':'container'", "MISSING_FIELD /data/ref"},
        {SCOPE, "'scope':'container','ref':'CSQU3054383'", "ok"},
        {SCOPE, "'scope':'container','ref':'CSQU3054384'", "ok"},
        {SCOPE, "'scope':'container','ref':'W1'", "BAD_FIELD /data/ref"},
        {"'kind':'risk',", "", "MISSING_FIELD /data/kind"},
        {"'kind':'risk'", "'kind':null", "MISSING_FIELD /data/kind"},
        {"'kind':'risk'", "'kind':'image_scan'", "BAD_FIELD /data/kind"},
        {"'kind':'risk'", "'kind':'Risk'", "BAD_FIELD /data/kind"},
        {"'kind':'risk'", "'kind':'risk','kind':'risk'", "DUPLICATE_MEMBER /data/kind"},
        {"'outcome':'ordered',", "", "MISSING_FIELD /data/outcome"},
        {"'outcome':'ordered'", "'outcome':null", "MISSING_FIELD /data/outcome"},
        {"'outcome':'ordered'", "'outcome':'cancelled'", "BAD_FIELD /data/outcome"},
        {",'note':'N'", "", "ok"},
        {"'note':'N'", "'note':null", "ok"},
        {"'note':'N'", "'note':''", "BAD_FIELD /data/note"},
        {"'note':'N'", "'note':'<200 x>'", "ok"},
        {"'note':'N'", "'note':'<201 x>'", "BAD_FIELD /data/note"},
        {"'note':'N'", "'note':'\\n'", "BAD_FIELD /data/note"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_CONTROL], edits)
}

Test(decode_others, control_values) {
    static const char *const kinds[] = {"disinfection",        "document",   "image-scan",
                                        "physical-inspection", "quarantine", "risk"};
    static const char *const outcomes[] = {"failed", "ordered", "passed", "released"};
    char put[64];
    for (int i = 0; i < 6; i++) {
        snprintf(put, sizeof put, "'kind':'%s'", kinds[i]);
        cr_expect_eq((int)decoded(EVENT_CONTROL, "'kind':'risk'", put)->data.control.kind, i, "%s", kinds[i]);
    }
    for (int i = 0; i < 4; i++) {
        snprintf(put, sizeof put, "'outcome':'%s'", outcomes[i]);
        cr_expect_eq((int)decoded(EVENT_CONTROL, "'outcome':'ordered'", put)->data.control.outcome, i);
    }
    const struct event_control *event = &decoded(EVENT_CONTROL, "W1", "W2")->data.control;
    cr_expect_eq(event->scope, SCOPE_WAYBILL);
    EXPECT_TEXT(event->ref, "W2");
    EXPECT_TEXT(event->note, "N");
    event = &decoded(EVENT_CONTROL, SCOPE, "'scope':'container','ref':'CSQU3054383'")->data.control;
    cr_expect_eq(event->scope, SCOPE_CONTAINER);
    EXPECT_TEXT(event->ref, "CSQU3054383");
    event = &decoded(EVENT_CONTROL, SCOPE, "'scope':'train'")->data.control;
    cr_expect_eq(event->scope, SCOPE_TRAIN);
    cr_expect_null(event->ref.data);
    cr_expect_null(decoded(EVENT_CONTROL, ",'note':'N'", "")->data.control.note.data);
}

/* ---- declaration */

#define WAYBILLS "['W1','W2']"

Test(decode_others, declaration) {
    static const struct verdict_edit edits[] = {
        {"'step':'full',", "", "MISSING_FIELD /data/step"},
        {"'step':'full'", "'step':null", "MISSING_FIELD /data/step"},
        {"'step':'full'", "'step':'two'", "BAD_FIELD /data/step"},
        {"'step':'full'", "'step':2", "BAD_FIELD /data/step"},
        {"'step':'full'", "'step':'summary'", "ok"},
        {"'waybills':" WAYBILLS ",", "", "MISSING_FIELD /data/waybills"},
        {WAYBILLS, "null", "MISSING_FIELD /data/waybills"},
        {WAYBILLS, "'W1'", "BAD_FIELD /data/waybills"},
        {WAYBILLS, "{'W1':'W2'}", "BAD_FIELD /data/waybills"},
        {WAYBILLS, "[]", "BAD_FIELD /data/waybills"},
        {WAYBILLS, "['W1']", "ok"},
        {WAYBILLS, "[<500,'W#'>]", "ok"},
        {WAYBILLS, "[<501,'W#'>]", "LIMIT_EXCEEDED /data/waybills"},
        {WAYBILLS, "[<501,null>]", "LIMIT_EXCEEDED /data/waybills"},
        {WAYBILLS, "['W1','W2','W1']", "BAD_FIELD /data/waybills/2"},
        {WAYBILLS, "['W1','\\u00571']", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "[<499,'W#'>,'W7']", "BAD_FIELD /data/waybills/499"},
        {WAYBILLS, "['W1',null]", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "['W1',2]", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "['W1','']", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "['W1','w2']", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "['W1','<71 A>']", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "[{'number':'W1'}]", "BAD_FIELD /data/waybills/0"},
        {WAYBILLS, "['W1'],'waybills':['W1']", "DUPLICATE_MEMBER /data/waybills"},
        {"'lodged_at':'2020-12-18T08:00:00Z',", "", "MISSING_FIELD /data/lodged_at"},
        {"'lodged_at':'2020-12-18T08:00:00Z'", "'lodged_at':null", "MISSING_FIELD /data/lodged_at"},
        {"'lodged_at':'2020-12-18T08:00:00Z'", "'lodged_at':'2020-12-18T08:00:00'", "BAD_FIELD /data/lodged_at"},
        {",'declaration_number':'D1'", "", "ok"},
        {"'declaration_number':'D1'", "'declaration_number':null", "ok"},
        {"'declaration_number':'D1'", "'declaration_number':''", "BAD_FIELD /data/declaration_number"},
        {"'declaration_number':'D1'", "'declaration_number':'<32 x>'", "ok"},
        {"'declaration_number':'D1'", "'declaration_number':'<33 x>'", "BAD_FIELD /data/declaration_number"},
        {"'declaration_number':'D1'", "'declaration_number':'\x7f'", "BAD_FIELD /data/declaration_number"},
        {"'declaration_number':'D1'", "'declaration_number':1", "BAD_FIELD /data/declaration_number"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_DECLARATION], edits)
    const struct event_declaration *event = &decoded(EVENT_DECLARATION, "D1", "D2")->data.declaration;
    cr_expect_eq(event->step, STEP_FULL);
    cr_assert_eq(event->waybills.count, 2);
    EXPECT_TEXT(((const struct slice *)event->waybills.items)[0], "W1");
    EXPECT_TEXT(((const struct slice *)event->waybills.items)[1], "W2");
    cr_expect_eq(event->lodged_at_ms, INT64_C(1608278400000));
    EXPECT_TEXT(event->declaration_number, "D2");
    event = &decoded(EVENT_DECLARATION, "'full'", "'summary'")->data.declaration;
    cr_expect_eq(event->step, STEP_SUMMARY);
    cr_expect_null(
        decoded(EVENT_DECLARATION, ",'declaration_number':'D1'", "")->data.declaration.declaration_number.data);
}

/* ---- application */

Test(decode_others, application) {
    static const struct verdict_edit edits[] = {
        {"'application':'A1',", "", "MISSING_FIELD /data/application"},
        {"'application':'A1'", "'application':null", "MISSING_FIELD /data/application"},
        {"'application':'A1'", "'application':''", "BAD_FIELD /data/application"},
        {"'application':'A1'", "'application':'<64 x>'", "ok"},
        {"'application':'A1'", "'application':'<65 x>'", "BAD_FIELD /data/application"},
        {"'application':'A1'", "'application':'\\u0000'", "BAD_FIELD /data/application"},
        {"'application':'A1'", "'application':'A1','application':'A1'", "DUPLICATE_MEMBER /data/application"},
        {",'waybills':" WAYBILLS, "", "MISSING_FIELD /data/waybills"},
        {WAYBILLS, "null", "MISSING_FIELD /data/waybills"},
        {WAYBILLS, "[<500,'#'>]", "ok"},
        {WAYBILLS, "[<501,'#'>]", "LIMIT_EXCEEDED /data/waybills"},
        {WAYBILLS, "['W1','W1']", "BAD_FIELD /data/waybills/1"},
        {WAYBILLS, "['W 1']", "BAD_FIELD /data/waybills/0"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_APPLICATION], edits)
    const struct event_application *event = &decoded(EVENT_APPLICATION, "A1", "a 2")->data.application;
    EXPECT_TEXT(event->application, "a 2");
    cr_assert_eq(event->waybills.count, 2);
    EXPECT_TEXT(((const struct slice *)event->waybills.items)[1], "W2");
    cr_expect_eq(decoded(EVENT_APPLICATION, WAYBILLS, "[]")->data.application.waybills.count, 0);
}

/* ---- tracked */

#define POSITION "'latitude':45.1725,'longitude':-82.48"

Test(decode_others, tracked) {
    static const struct verdict_edit edits[] = {
        {"'container':'CSQU3054383',", "", "MISSING_FIELD /data/container"},
        {"'container':'CSQU3054383'", "'container':null", "MISSING_FIELD /data/container"},
        {"'container':'CSQU3054383'", "'container':'CSQU3054380'", "ok"},
        {"'container':'CSQU3054383'", "'container':{'number':'CSQU3054383'}", "BAD_FIELD /data/container"},
        {"'event':'sealed',", "", "MISSING_FIELD /data/event"},
        {"'event':'sealed'", "'event':null", "MISSING_FIELD /data/event"},
        {"'event':'sealed'", "'event':'opened'", "BAD_FIELD /data/event"},
        {"'event':'sealed'", "'event':'door-opened'", "ok"},
        {",'place':'KZDYK'", "", "ok"},
        {"'place':'KZDYK'", "'place':null", "ok"},
        {"'place':'KZDYK'", "'place':'Dostyk'", "BAD_FIELD /data/place"},
        {",'seal':'S1'", "", "MISSING_FIELD /data/seal"},
        {"'event':'sealed','place':'KZDYK','seal':'S1'", "'event':'resealed'", "MISSING_FIELD /data/seal"},
        {"'event':'sealed','place':'KZDYK','seal':'S1'", "'event':'position'", "ok"},
        {"'event':'sealed','place':'KZDYK','seal':'S1'", "'event':'position','seal':''", "BAD_FIELD /data/seal"},
        {"'event':'sealed','place':'KZDYK','seal':'S1'", "'event':'position','seal':null", "ok"},
        {"'seal':'S1'", "'seal':null", "MISSING_FIELD /data/seal"},
        {"'seal':'S1'", "'seal':''", "BAD_FIELD /data/seal"},
        {"'seal':'S1'", "'seal':'<32 x>'", "ok"},
        {"'seal':'S1'", "'seal':'<33 x>'", "BAD_FIELD /data/seal"},
        {"'seal':'S1'", "'seal':'\\u001f'", "BAD_FIELD /data/seal"},
        {",'wagon':'6001'", "", "ok"},
        {"'wagon':'6001'", "'wagon':null", "ok"},
        {"'wagon':'6001'", "'wagon':'6'", "ok"},
        {"'wagon':'6001'", "'wagon':''", "BAD_FIELD /data/wagon"},
        {"'wagon':'6001'", "'wagon':'AZ09-<11 9>'", "ok"},
        {"'wagon':'6001'", "'wagon':'<17 9>'", "BAD_FIELD /data/wagon"},
        {"'wagon':'6001'", "'wagon':'W_1'", "BAD_FIELD /data/wagon"},
        {"," POSITION, "", "ok"},
        {POSITION, "'latitude':1", "MISSING_FIELD /data/longitude"},
        {POSITION, "'longitude':1", "MISSING_FIELD /data/latitude"},
        {POSITION, "'latitude':null,'longitude':1", "MISSING_FIELD /data/latitude"},
        {POSITION, "'latitude':1,'longitude':null", "MISSING_FIELD /data/longitude"},
        {POSITION, POSITION ",'latitude':1", "DUPLICATE_MEMBER /data/latitude"},
        {POSITION, POSITION ",'position':null,'position':null,'ref':null", "ok"},
    };
    EXPECT_VERDICTS(VERDICT_FULL[EVENT_TRACKED], edits)
}

Test(decode_others, degrees_as_written) {
    static const struct {
        const char *put;
        const char *verdict;
        int32_t latitude, longitude;
    } cases[] = {
        {"'latitude':90,'longitude':180", "ok", 90000000, 180000000},
        {"'latitude':-90,'longitude':-180", "ok", -90000000, -180000000},
        {"'latitude':90.000000,'longitude':-180.0", "ok", 90000000, -180000000},
        {"'latitude':0,'longitude':-0", "ok", 0, 0},
        {"'latitude':-0.000000,'longitude':0.000001", "ok", 0, 1},
        {"'latitude':-0.000001,'longitude':-179.999999", "ok", -1, -179999999},
        {"'latitude':45.1,'longitude':9.25", "ok", 45100000, 9250000},
        {"'latitude':90.000001,'longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':-90.000001,'longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':91,'longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':999,'longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':1.0000000,'longitude':0", "ok", 1000000, 0},
        {"'latitude':1e1,'longitude':0", "ok", 10000000, 0},
        {"'latitude':-45.12345678,'longitude':-0.0000009", "ok", -45123456, 0},
        {"'latitude':89.99999999,'longitude':179.9999999", "ok", 89999999, 179999999},
        {"'latitude':90.0000000000001,'longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':'1','longitude':0", "BAD_FIELD /data/latitude", 0, 0},
        {"'latitude':0,'longitude':180.000001", "BAD_FIELD /data/longitude", 0, 0},
        {"'latitude':0,'longitude':-180.000001", "BAD_FIELD /data/longitude", 0, 0},
        {"'latitude':0,'longitude':1000", "BAD_FIELD /data/longitude", 0, 0},
        {"'latitude':0,'longitude':-1E0", "ok", 0, -1000000},
        {"'latitude':0,'longitude':true", "BAD_FIELD /data/longitude", 0, 0},
        {"'latitude':0,'longitude':12345678901234567890123", "BAD_FIELD /data/longitude", 0, 0},
        {"'latitude':0,'longitude':-00", "NOT_JSON ", 0, 0},
        {"'latitude':0,'longitude':--1", "NOT_JSON ", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *verdict = verdict_of_edit(VERDICT_FULL[EVENT_TRACKED], POSITION, cases[i].put);
        cr_expect_str_eq(verdict, cases[i].verdict, "%s: %s", cases[i].put, verdict);
        const struct event_tracked *event = &verdict_event()->data.tracked;
        bool good = strcmp(cases[i].verdict, "ok") == 0;
        cr_expect(!good || (event->has_position && event->latitude == cases[i].latitude &&
                            event->longitude == cases[i].longitude),
                  "%s: %d %d", cases[i].put, (int)event->latitude, (int)event->longitude);
    }
}

Test(decode_others, tracked_values) {
    static const char *const names[] = {"gate-in",      "loaded",      "departed", "arrived", "border-crossed",
                                        "transshipped", "unloaded",    "gate-out", "sealed",  "resealed",
                                        "door-opened",  "door-closed", "position"};
    char put[64];
    for (int i = 0; i < TRACKING_COUNT; i++) {
        snprintf(put, sizeof put, "'event':'%s'", names[i]);
        cr_expect_eq((int)decoded(EVENT_TRACKED, "'event':'sealed'", put)->data.tracked.event, i, "%s", names[i]);
    }
    const struct event_tracked *event = &decoded(EVENT_TRACKED, "KZDYK", "KZALT")->data.tracked;
    EXPECT_TEXT(event->container, "CSQU3054383");
    EXPECT_TEXT(event->place, "KZALT");
    EXPECT_TEXT(event->seal, "S1");
    EXPECT_TEXT(event->wagon, "6001");
    cr_expect(event->has_position && event->latitude == 45172500 && event->longitude == -82480000);
    event = &decoded(EVENT_TRACKED, "'sealed','place':'KZDYK','seal':'S1','wagon':'6001'," POSITION, "'loaded'")
                 ->data.tracked;
    cr_expect(event->place.data == NULL && event->seal.data == NULL && event->wagon.data == NULL);
    cr_expect_not(event->has_position);
}
