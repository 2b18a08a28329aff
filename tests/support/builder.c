#include "support/builder.h"

#include <stdio.h>
#include <string.h>

static const char *or_default(const char *text, const char *fallback) {
    return text != NULL ? text : fallback;
}

/* Appends `,"name":"value"` unless the value is absent. */
static void put_text(struct buffer *out, const char *name, const char *value) {
    if (value != NULL && value[0] != '\0') {
        buffer_printf(out, ",\"%s\":\"%s\"", name, value);
    }
}

static void put_number(struct buffer *out, const char *name, const char *value) {
    if (value != NULL && value[0] != '\0') {
        buffer_printf(out, ",\"%s\":%s", name, value);
    }
}

/* "09:30" stands for that minute of the train's day. */
static void put_time(struct buffer *out, const char *name, const char *time) {
    if (strlen(time) == strlen("hh:mm")) {
        buffer_printf(out, ",\"%s\":\"2020-12-18T%s:00Z\"", name, time);
    } else {
        buffer_printf(out, ",\"%s\":\"%s\"", name, time);
    }
}

static void put_envelope(struct buffer *out, const char *type, const char *at, const char *id, const char *source) {
    char place[32];
    snprintf(place, sizeof place, "at-%zu", out->len);
    buffer_append_text(out, "{\"specversion\":\"1.0\"");
    put_text(out, "id", or_default(id, place));
    put_text(out, "source", or_default(source, "urn:test"));
    put_text(out, "type", type);
    put_time(out, "time", or_default(at, "08:00"));
    buffer_append_text(out, ",\"data\":{\"train\":{\"number\":\"X8024\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}");
}

static void put_end(struct buffer *out) {
    buffer_append_text(out, "}}");
}

static void put_party(struct buffer *out, const char *name, const struct builder_party *party) {
    buffer_printf(out, ",\"%s\":{\"code\":\"%s\"", name, or_default(party->code, "C1"));
    put_text(out, "name", or_default(party->name, "Company"));
    put_text(out, "country", or_default(party->country, "CN"));
    put_text(out, "aeo", party->aeo);
    buffer_append_byte(out, '}');
}

/* UN entries of the numbers in `words`. */
static void put_un(struct buffer *out, const char *name, const char *words) {
    if (words == NULL) {
        return;
    }
    buffer_printf(out, ",\"%s\":[", name);
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        buffer_printf(out, "%s{\"un\":\"%.*s\"}", at == words ? "" : ",", (int)len, at);
        at += len;
    }
    buffer_append_byte(out, ']');
}

static void put_goods(struct buffer *out, const struct builder_goods *goods) {
    buffer_printf(out, "{\"description\":\"%s\"", or_default(goods->description, "Laptops"));
    put_text(out, "hs", or_default(goods->hs, "847130"));
    put_number(out, "packages", or_default(goods->packages, "10"));
    put_text(out, "package_type", goods->package_type);
    put_number(out, "gross_kg", or_default(goods->gross_kg, "100"));
    put_number(out, "net_kg", goods->net_kg);
    put_number(out, "value", or_default(goods->value, "1000"));
    put_text(out, "currency", or_default(goods->currency, "USD"));
    put_un(out, "dangerous", goods->dangerous);
    buffer_append_byte(out, '}');
}

static bool goods_given(const struct builder_goods *goods) {
    return goods->hs || goods->description || goods->packages || goods->package_type || goods->gross_kg ||
           goods->net_kg || goods->value || goods->currency || goods->dangerous;
}

static void put_container(struct buffer *out, const struct builder_container *box) {
    buffer_printf(out, "{\"number\":\"%s\"", or_default(box->number, BOX_A));
    put_text(out, "size_type", or_default(box->size_type, "22G1"));
    put_text(out, "load", box->load);
    put_text(out, "seal", box->seal);
    put_text(out, "wagon", box->wagon);
    put_number(out, "tare_kg", box->tare_kg);
    buffer_append_text(out, ",\"goods\":[");
    put_goods(out, &box->goods[0]);
    for (int i = 1; i < BUILDER_GOODS_MAX && goods_given(&box->goods[i]); i++) {
        buffer_append_byte(out, ',');
        put_goods(out, &box->goods[i]);
    }
    buffer_append_text(out, "]}");
}

void builder_manifest(const struct builder_manifest *spec, struct buffer *out) {
    put_envelope(out, "rail.manifest.transmitted.v1", spec->at, spec->id, spec->source);
    buffer_printf(out, ",\"waybill\":{\"number\":\"%s\"", or_default(spec->waybill, "W1"));
    put_text(out, "direction", or_default(spec->direction, "exit"));
    put_text(out, "contract", or_default(spec->contract, "K1"));
    put_text(out, "product", or_default(spec->product, "Laptops"));
    put_party(out, "consignor", &spec->consignor);
    put_party(out, "consignee", &spec->consignee);
    if (spec->declarant.code != NULL) {
        put_party(out, "declarant", &spec->declarant);
    }
    buffer_append_text(out, ",\"origin\":\"CNXIY\",\"destination\":\"DEHAM\"},\"containers\":[");
    put_container(out, &spec->boxes[0]);
    for (int i = 1; i < BUILDER_CONTAINERS_MAX && spec->boxes[i].number != NULL; i++) {
        buffer_append_byte(out, ',');
        put_container(out, &spec->boxes[i]);
    }
    buffer_append_byte(out, ']');
    put_end(out);
}

void builder_delete(const struct builder_delete *spec, struct buffer *out) {
    put_envelope(out, "rail.manifest.deleted.v1", spec->at, spec->id, spec->source);
    buffer_printf(out, ",\"waybill\":{\"number\":\"%s\"}", or_default(spec->waybill, "W1"));
    put_end(out);
}

static void put_wagon(struct buffer *out, const struct builder_wagon *wagon, int place) {
    buffer_printf(out, "%s{\"wagon\":\"%s\"", place > 1 ? "," : "", or_default(wagon->wagon, "6001"));
    char position[16];
    snprintf(position, sizeof position, "%d", place);
    put_number(out, "position", or_default(wagon->position, position));
    buffer_append_text(out, ",\"containers\":[");
    for (int i = 0; i < BUILDER_SLOTS_MAX && wagon->boxes[i] != NULL; i++) {
        const char *box = wagon->boxes[i];
        bool empty = box[0] == '-';
        bool domestic = box[empty] == '+';
        buffer_printf(out, "%s{\"number\":\"%s\"%s%s}", i > 0 ? "," : "", box + empty + domestic,
                      empty ? ",\"empty\":true" : "", domestic ? ",\"domestic\":true" : "");
    }
    buffer_append_text(out, "]}");
}

void builder_composition(const struct builder_composition *spec, struct buffer *out) {
    static const struct builder_wagon usual = {.wagon = "6001", .boxes = {BOX_A}};
    put_envelope(out, "rail.train.composed.v1", spec->at, spec->id, spec->source);
    buffer_append_text(out, ",\"wagons\":[");
    put_wagon(out, spec->wagons[0].wagon != NULL ? &spec->wagons[0] : &usual, 1);
    for (int i = 1; i < BUILDER_CONTAINERS_MAX && spec->wagons[i].wagon != NULL; i++) {
        put_wagon(out, &spec->wagons[i], i + 1);
    }
    buffer_append_byte(out, ']');
    put_end(out);
}

void builder_arrival(const struct builder_arrival *spec, struct buffer *out) {
    put_envelope(out, "rail.train.arrived.v1", spec->at, spec->id, spec->source);
    put_text(out, "place", or_default(spec->place, "CNAKL"));
    put_time(out, "arrived_at", or_default(spec->arrived_at, "09:00"));
    put_end(out);
}

void builder_control(const struct builder_control *spec, struct buffer *out) {
    put_envelope(out, "rail.control.reported.v1", spec->at, spec->id, spec->source);
    put_text(out, "scope", or_default(spec->scope, "train"));
    put_text(out, "ref", spec->ref);
    put_text(out, "kind", or_default(spec->kind, "risk"));
    put_text(out, "outcome", or_default(spec->outcome, "ordered"));
    put_text(out, "authority", spec->authority);
    put_un(out, "found", spec->found);
    put_text(out, "note", spec->note);
    put_end(out);
}

/* A JSON array of the words in `words`. */
static void put_words(struct buffer *out, const char *name, const char *words) {
    buffer_printf(out, ",\"%s\":[", name);
    bool inside = false;
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == ' ') {
            buffer_append_text(out, "\",");
            inside = false;
            continue;
        }
        if (!inside) {
            buffer_append_byte(out, '"');
            inside = true;
        }
        buffer_append_byte(out, *at);
    }
    buffer_append_text(out, inside ? "\"]" : "]");
}

void builder_declaration(const struct builder_declaration *spec, struct buffer *out) {
    put_envelope(out, "rail.declaration.lodged.v1", spec->at, spec->id, spec->source);
    put_text(out, "step", or_default(spec->step, "summary"));
    put_words(out, "waybills", or_default(spec->waybills, "W1"));
    put_time(out, "lodged_at", or_default(spec->lodged_at, "07:00"));
    put_text(out, "declaration_number", spec->number);
    put_end(out);
}

void builder_decision(const struct builder_decision *spec, struct buffer *out) {
    put_envelope(out, "rail.declaration.decided.v1", spec->at, spec->id, spec->source);
    put_text(out, "declaration_number", or_default(spec->number, "D1"));
    put_text(out, "outcome", or_default(spec->outcome, "released"));
    put_end(out);
}

void builder_tally(const struct builder_tally *spec, struct buffer *out) {
    put_envelope(out, "rail.tally.reported.v1", spec->at, spec->id, spec->source);
    put_text(out, "container", or_default(spec->container, BOX_A));
    put_number(out, "packages", spec->packages);
    put_number(out, "gross_kg", spec->gross_kg);
    put_text(out, "seal", spec->seal);
    put_number(out, "damaged", spec->damaged);
    put_end(out);
}

void builder_link(const struct builder_link *spec, struct buffer *out) {
    put_envelope(out, "rail.train.linked.v1", spec->at, spec->id, spec->source);
    put_text(out, "role", or_default(spec->role, "from"));
    buffer_printf(out, ",\"other\":{\"number\":\"%s\",\"date\":\"%s\",\"port\":\"%s\"}",
                  or_default(spec->number, "X8023"), or_default(spec->date, "2020-12-17"),
                  or_default(spec->port, "KZDYK"));
    put_words(out, "containers", or_default(spec->containers, BOX_A));
    put_end(out);
}

void builder_application(const struct builder_application *spec, struct buffer *out) {
    put_envelope(out, "rail.merge.applied.v1", spec->at, spec->id, spec->source);
    put_text(out, "application", or_default(spec->application, "A1"));
    put_words(out, "waybills", or_default(spec->waybills, ""));
    put_end(out);
}

void builder_tracked(const struct builder_tracked *spec, struct buffer *out) {
    put_envelope(out, "rail.container.tracked.v1", spec->at, spec->id, spec->source);
    put_text(out, "container", or_default(spec->container, BOX_A));
    put_text(out, "event", or_default(spec->what, "position"));
    put_text(out, "seal", spec->seal);
    put_text(out, "wagon", spec->wagon);
    put_text(out, "place", spec->place);
    put_number(out, "latitude", spec->latitude);
    put_number(out, "longitude", spec->longitude);
    put_end(out);
}

void builder_container_number(unsigned serial, char out[11 + 1]) {
    snprintf(out, 11, "CRVU%06u", serial % 1000000);
    /* ISO 6346: letters count from A = 10 and skip the multiples of 11. */
    static const int letters[] = {13, 29, 34, 32}; /* C R V U */
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        sum += (i < 4 ? letters[i] : out[i] - '0') << i;
    }
    out[10] = (char)('0' + sum % 11 % 10);
    out[11] = '\0';
}
