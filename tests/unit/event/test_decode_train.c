/* data.train, and what every object of data has in common: null, repeats, members without a name here. */
#include <criterion/criterion.h>

#include "support/verdict.h"

#define ARRIVED VERDICT_FULL[EVENT_ARRIVED]
#define TRAIN "'train':{'number':'X8024','date':'2020-12-18','port':'CNAKL'}"

Test(decode_train, train) {
    static const struct verdict_edit edits[] = {
        {TRAIN ",", "", "MISSING_FIELD /data/train"},
        {TRAIN, "'train':null", "MISSING_FIELD /data/train"},
        {TRAIN, "'train':'X8024|2020-12-18|CNAKL'", "BAD_FIELD /data/train"},
        {TRAIN, "'train':[]", "BAD_FIELD /data/train"},
        {TRAIN, "'train':{}", "MISSING_FIELD /data/train/number"},
        {TRAIN, TRAIN "," TRAIN, "DUPLICATE_MEMBER /data/train"},
        {"'number':'X8024',", "", "MISSING_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':null", "MISSING_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':8024", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':''", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'-'", "ok"},
        {"'number':'X8024'", "'number':'ABCXYZ-0123456789'", "ok"},
        {"'number':'X8024'", "'number':'ABCXYZ-0123456789A'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'x8024'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X 8024'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X|1'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X/1'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X_1'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X\\u0000'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'\\uff21'", "BAD_FIELD /data/train/number"},
        {"'number':'X8024'", "'number':'X8024','number':'X8024'", "DUPLICATE_MEMBER /data/train/number"},
        {"'date':'2020-12-18',", "", "MISSING_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':null", "MISSING_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':20201218", "BAD_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':'2021-02-29'", "BAD_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':'1999-12-31'", "BAD_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':'2000-01-01'", "ok"},
        {"'date':'2020-12-18'", "'date':'2099-12-31'", "ok"},
        {"'date':'2020-12-18'", "'date':'2100-01-01'", "BAD_FIELD /data/train/date"},
        {"'date':'2020-12-18'", "'date':'2020-12-18','date':1", "DUPLICATE_MEMBER /data/train/date"},
        {",'port':'CNAKL'", "", "MISSING_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':null", "MISSING_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNAK'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNAKLX'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'cnakl'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'C2AKL'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CN2A9'", "ok"},
        {"'port':'CNAKL'", "'port':'CN1KL'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNAK0'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNA-L'", "BAD_FIELD /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNAKL','port':'CNAKL'", "DUPLICATE_MEMBER /data/train/port"},
        {"'port':'CNAKL'", "'port':'CNAKL','Port':null,'name':null,'name':'\\u0000'", "ok"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

/* Each type has a table of its own: `train` must stand in each, and nothing behind its last member. */
Test(decode_train, every_type_has_one) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        const char *verdict = verdict_of_edit(VERDICT_FULL[type], TRAIN ",", "");
        cr_expect_str_eq(verdict, "MISSING_FIELD /data/train", "%s: %s", event_type_name((enum event_type)type),
                         verdict);
        verdict = verdict_of_edit(VERDICT_FULL[type], TRAIN, TRAIN ",'':null,'':null");
        cr_expect_str_eq(verdict, "ok", "%s: %s", event_type_name((enum event_type)type), verdict);
    }
}

Test(decode_train, the_longest_key) {
    cr_assert_str_eq(verdict_of_edit(ARRIVED, "X8024", "ABCXYZ-0123456789"), "ok");
    cr_expect(slice_equal(verdict_event()->train_key, SLICE("ABCXYZ-0123456789|2020-12-18|CNAKL")));
}

/* Only the members that this type names count, at this place: those of other types and places are nothing here. */
Test(decode_train, members_without_a_name_here_are_ignored) {
    static const struct verdict_edit edits[] = {
        {TRAIN, TRAIN ",'waybill':null,'containers':null,'wagons':5,'scope':1,'scope':2,'number':null", "ok"},
        {TRAIN, TRAIN ",'id':null,'id':null,'type':null,'data':{'train':null}", "ok"},
        {TRAIN, TRAIN ",'x':[{'train':1,'train':2}],'TRAIN':null,'train ':null,'trai':null", "ok"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

/* A name may be written with escapes, and then it is the same name. */
Test(decode_train, escaped_names) {
    static const struct verdict_edit edits[] = {
        {"'train'", "'\\u0074rain'", "ok"},
        {TRAIN, TRAIN ",'\\u0074rain':{}", "DUPLICATE_MEMBER /data/train"},
        {"'number':'X8024'", "'numbe\\u0072':'X8024'", "ok"},
        {"'number':'X8024'", "'number':'X8024','numbe\\u0072':'X8024'", "DUPLICATE_MEMBER /data/train/number"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
}

Test(decode_train, arrived) {
    static const struct verdict_edit edits[] = {
        {"'place':'CNALA',", "", "MISSING_FIELD /data/place"},
        {"'place':'CNALA'", "'place':null", "MISSING_FIELD /data/place"},
        {"'place':'CNALA'", "'place':'Alashankou'", "BAD_FIELD /data/place"},
        {"'place':'CNALA'", "'place':'CNALA','place':'CNALA'", "DUPLICATE_MEMBER /data/place"},
        {",'arrived_at':'2020-12-18T09:00:00Z'", "", "MISSING_FIELD /data/arrived_at"},
        {"'arrived_at':'2020-12-18T09:00:00Z'", "'arrived_at':null", "MISSING_FIELD /data/arrived_at"},
        {"'arrived_at':'2020-12-18T09:00:00Z'", "'arrived_at':'2020-12-18T09:00:60Z'", "BAD_FIELD /data/arrived_at"},
        {"'arrived_at':'2020-12-18T09:00:00Z'", "'arrived_at':'2020-12-18'", "BAD_FIELD /data/arrived_at"},
        {"'arrived_at':", "'arrived_at':0,'arrived_at':", "DUPLICATE_MEMBER /data/arrived_at"},
    };
    EXPECT_VERDICTS(ARRIVED, edits)
    cr_assert_str_eq(verdict_of(ARRIVED), "ok");
    cr_expect(slice_equal(verdict_event()->data.arrived.place, SLICE("CNALA")));
    cr_expect_eq(verdict_event()->data.arrived.arrived_at_ms, INT64_C(1608282000000));
}
