#include "support/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/builder.h"

#define ENVELOPE(type)                                                                                                 \
    "{'specversion':'1.0','id':'i','source':'s','type':'" type                                                         \
    "','time':'2020-12-18T09:14:07.123Z','datacontenttype':'application/json','data':{"                                \
    "'train':{'number':'X8024','date':'2020-12-18','port':'CNAKL'},"

const char *const VERDICT_FULL[EVENT_TYPE_COUNT] = {
    [EVENT_TRANSMITTED] =
        ENVELOPE("rail.manifest.transmitted.v1") "'waybill':{'number':'W1','direction':'exit','contract':'K1','product'"
                                                 ":'Laptops',"
                                                 "'consignor':{'code':'C1','name':'N1','country':'CN','aeo':'A1'},"
                                                 "'consignee':{'code':'C2','name':'N2','country':'DE','aeo':'A2'},"
                                                 "'declarant':{'code':'C3','name':'N3','country':'KZ','aeo':'A3'},'"
                                                 "origin':'CNXIY','destination':'DEHAM'},"
                                                 "'containers':[{'number':'CSQU3054383','size_type':'45G1','load':'LCL'"
                                                 ",'seal':'S1','wagon':'6001','tare_kg':3880,"
                                                 "'goods':[{'hs':'847130','description':'Laptops','packages':7,'"
                                                 "package_type':'CT','gross_kg':10.5,'net_kg':9.5,"
                                                 "'value':1000.25,'currency':'USD',"
                                                 "'dangerous':[{'un':'3480','class':'9'}]}]}]}}",
    [EVENT_DELETED] = ENVELOPE("rail.manifest.deleted.v1") "'waybill':{'number':'W1'},'reason':'001'}}",
    [EVENT_COMPOSED] =
        ENVELOPE("rail.train.composed.v1") "'wagons':[{'wagon':'6001','position':1,'containers':[{'"
                                           "number':'CSQU3054383','empty':true}]},"
                                           "{'wagon':'6002','position':2,'containers':[{'number':'"
                                           "MSKU6639870','empty':false},{'number':'TEXU3070079','domestic':true}]}]}}",
    [EVENT_ARRIVED] = ENVELOPE("rail.train.arrived.v1") "'place':'CNALA','arrived_at':'2020-12-18T09:00:00Z'}}",
    [EVENT_CONTROL] =
        ENVELOPE("rail.control.reported.v1") "'scope':'waybill','ref':'W1','kind':'risk','outcome':'ordered','"
                                             "authority':'KZ','found':[{'un':'1950','class':'2.1'}],'note':'N'}}",
    [EVENT_DECLARATION] = ENVELOPE("rail.declaration.lodged.v1") "'step':'full','waybills':['W1','W2'],'lodged_at':'"
                                                                 "2020-12-18T08:00:00Z','declaration_number':'D1'}}",
    [EVENT_DECISION] =
        ENVELOPE("rail.declaration.decided.v1") "'declaration_number':'D1','outcome':'refused','reason':'R'}}",
    [EVENT_TALLY] = ENVELOPE("rail.tally.reported.v1") "'container':'CSQU3054383','packages':7,'gross_kg':10.5,'seal':"
                                                       "'S1','damaged':true}}",
    [EVENT_LINK] = ENVELOPE("rail.train.linked.v1") "'role':'from','other':{'number':'X8023','date':'2020-12-17',"
                                                    "'port':'KZDYK'},'containers':['CSQU3054383','MSKU6639870']}}",
    [EVENT_APPLICATION] = ENVELOPE("rail.merge.applied.v1") "'application':'A1','waybills':['W1','W2']}}",
    [EVENT_TRACKED] = ENVELOPE("rail.container.tracked.v1") "'container':'CSQU3054383','event':'sealed','place':'KZDYK'"
                                                            ",'seal':'S1','wagon':'6001',"
                                                            "'latitude':45.1725,'longitude':-82.48}}",
};

static struct {
    struct decoder *decoder;
    struct arena arena;
    struct buffer message;
    char *exact; /* what was decoded last */
    struct event event;
    struct reject reject;
    char text[VERDICT_BYTES_MAX];
} state;

/* ---- writing out */

static void write_one(const char *text, size_t len, unsigned index, struct buffer *out) {
    for (const char *at = text; at < text + len; at++) {
        if (*at == '#') {
            buffer_printf(out, "%u", index);
        } else if (*at == '~') {
            buffer_printf(out, "%u", index + 1);
        } else if (*at == '@') {
            char number[12];
            builder_container_number(index, number);
            buffer_append_text(out, number);
        } else {
            buffer_append_byte(out, *at == '\'' ? '"' : *at);
        }
    }
}

void verdict_write(const char *text, struct buffer *out) {
    const char *open;
    while ((open = strchr(text, '<')) != NULL) {
        char *what;
        unsigned long count = strtoul(open + 1, &what, 10);
        const char *close = strchr(open, '>');
        write_one(text, (size_t)(open - text), 0, out);
        for (unsigned i = 0; i < count; i++) {
            if (i > 0 && *what == ',') {
                buffer_append_byte(out, ',');
            }
            write_one(what + 1, (size_t)(close - what - 1), i, out);
        }
        text = close + 1;
    }
    write_one(text, strlen(text), 0, out);
}

/* ---- decoding */

/* Exactly as long as the message, so that a sanitizer sees each step beyond it. */
static bool decode_exact(struct slice message) {
    free(state.exact);
    state.exact = malloc(message.len == 0 ? 1 : message.len);
    if (message.len != 0) {
        memcpy(state.exact, message.data, message.len);
    }
    struct slice exact = {message.data == NULL ? NULL : state.exact, message.len};
    return decode_event(state.decoder, exact, &state.arena, &state.event, &state.reject);
}

const char *verdict_of_bytes(struct slice message) {
    if (state.decoder == NULL) {
        state.decoder = decoder_new(VERDICT_MESSAGE_BYTES_MAX);
    }
    arena_reset(&state.arena, SIZE_MAX);
    if (decode_exact(message)) {
        return "ok";
    }
    snprintf(state.text, sizeof state.text, "%s %s", reject_name(state.reject.reason), state.reject.pointer);
    return state.text;
}

const char *verdict_of(const char *text) {
    buffer_clear(&state.message);
    verdict_write(text, &state.message);
    return verdict_of_bytes(buffer_slice(&state.message));
}

const char *verdict_of_edit(const char *base, const char *find, const char *put) {
    unsigned places = 0;
    const char *place = NULL;
    for (const char *at = base; (at = strstr(at, find)) != NULL; at++) {
        place = at;
        places++;
    }
    if (places != 1) {
        snprintf(state.text, sizeof state.text, "find: %u places", places);
        return state.text;
    }
    struct buffer edited = {0};
    buffer_append(&edited, base, (size_t)(place - base));
    buffer_append_text(&edited, put);
    buffer_append(&edited, place + strlen(find), strlen(place + strlen(find)) + 1);
    const char *verdict = verdict_of(edited.data);
    buffer_release(&edited);
    return verdict;
}

const struct event *verdict_event(void) {
    return &state.event;
}

const struct reject *verdict_reject(void) {
    return &state.reject;
}
