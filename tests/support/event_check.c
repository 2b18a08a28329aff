#include "support/event_check.h"

#include <string.h>

#include "base/timestamp.h"

/* Gives up at the first condition that does not hold. */
#define HOLDS(condition)                                                                                               \
    if (!(condition)) {                                                                                                \
        return #condition;                                                                                             \
    }
#define ALL(check)                                                                                                     \
    do {                                                                                                               \
        const char *broken_ = (check);                                                                                 \
        if (broken_ != NULL) {                                                                                         \
            return broken_;                                                                                            \
        }                                                                                                              \
    } while (0)

static const char UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char DIGITS[] = "0123456789";
static const char PLACE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789";
static const char WAGON[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
static const char WAYBILL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-";
static const char CODE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";

static bool of(struct slice text, size_t min, size_t max, const char *allowed) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\0' || strchr(allowed, text.data[i]) == NULL) {
            return false;
        }
    }
    return text.data != NULL && text.len >= min && text.len <= max;
}

/* The length of the character at text[at] in UTF-8 by the table of RFC 3629; 0 when it is none. */
static size_t character(struct slice text, size_t at) {
    unsigned char lead = (unsigned char)text.data[at];
    size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || length > text.len - at) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text.data[at + i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    unsigned char second = length > 1 ? (unsigned char)text.data[at + 1] : 0;
    bool wrong = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                 (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

static bool is_text(struct slice text, size_t max) {
    size_t length;
    for (size_t at = 0; at < text.len; at += length) {
        unsigned char c = (unsigned char)text.data[at];
        length = character(text, at);
        if (length == 0 || c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return text.data != NULL && text.len >= 1 && text.len <= max;
}

static bool absent(struct slice text) {
    return text.data == NULL && text.len == 0;
}

static bool is_place(struct slice place) {
    return of(place, 5, 5, PLACE) && of((struct slice){place.data, 2}, 2, 2, UPPER);
}

static bool is_container(struct slice number) {
    return number.len == 11 && of((struct slice){number.data, 4}, 4, 4, UPPER) &&
           of((struct slice){number.data + 4, 7}, 7, 7, DIGITS);
}

static bool is_time(int64_t ms) {
    return ms >= INT64_C(946684800000) && ms < INT64_C(4102444800000);
}

static bool distinct(const struct slice *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (slice_equal(texts[i], texts[k])) {
                return false;
            }
        }
    }
    return true;
}

static const char *check_party(const struct event_party *party) {
    HOLDS(of(party->code, 1, 35, CODE));
    HOLDS(is_text(party->name, 255));
    HOLDS(of(party->country, 2, 2, UPPER));
    HOLDS(absent(party->aeo) || is_text(party->aeo, 32));
    return NULL;
}

static const char *check_un(struct event_list list) {
    const struct event_un *items = list.items;
    struct slice numbers[99];
    HOLDS(list.count <= 99);
    for (size_t i = 0; i < list.count; i++) {
        HOLDS(of(items[i].un, 4, 4, DIGITS));
        HOLDS(absent(items[i].class_) || of(items[i].class_, 1, 8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789."));
        numbers[i] = items[i].un;
    }
    HOLDS(distinct(numbers, list.count));
    return NULL;
}

/* Sorted, each once. */
static const char *check_un_numbers(struct event_list list) {
    const struct slice *numbers = list.items;
    for (size_t i = 0; i < list.count; i++) {
        HOLDS(of(numbers[i], 4, 4, DIGITS));
        HOLDS(i == 0 || slice_compare(numbers[i - 1], numbers[i]) < 0);
    }
    return NULL;
}

static const char *check_goods(const struct event_goods *goods) {
    HOLDS(absent(goods->hs) || of(goods->hs, 6, 13, DIGITS));
    HOLDS(absent(goods->hs) || goods->hs.len == 6 || goods->hs.len == 8 || goods->hs.len == 10 || goods->hs.len == 13);
    HOLDS(is_text(goods->description, 512));
    HOLDS(of(goods->package_type, 2, 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
    HOLDS(absent(goods->currency) ? !goods->has_value && goods->value == 0 : of(goods->currency, 3, 3, UPPER));
    ALL(check_un(goods->dangerous));
    HOLDS(goods->packages <= 1000000000);
    HOLDS(goods->gross_kg <= UINT64_C(9999999999999999));
    HOLDS(goods->net_kg <= goods->gross_kg);
    HOLDS(goods->value <= UINT64_C(999999999999999999));
    return NULL;
}

static const char *check_container(const struct event_container *box) {
    HOLDS(is_container(box->number));
    HOLDS(of(box->size_type, 4, 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
    HOLDS(strchr("1234ABCDEFGHKLMNP", box->size_type.data[0]) != NULL);
    HOLDS(box->load == LOAD_FCL || box->load == LOAD_LCL);
    HOLDS(absent(box->seal) || is_text(box->seal, 32));
    HOLDS(absent(box->wagon) || of(box->wagon, 1, 16, WAGON));
    HOLDS(box->has_tare ? box->tare_kg <= UINT64_C(9999999999999999) : box->tare_kg == 0);
    HOLDS(box->goods.count >= 1 && box->goods.count <= 500);
    for (size_t i = 0; i < box->goods.count; i++) {
        ALL(check_goods((const struct event_goods *)box->goods.items + i));
    }
    return check_un_numbers(box->un);
}

static const char *check_waybill(const struct event_waybill *event) {
    HOLDS(of(event->number, 1, 70, WAYBILL));
    HOLDS(event->direction < DIRECTION_COUNT);
    HOLDS(absent(event->contract) || is_text(event->contract, 64));
    HOLDS(is_text(event->product, 255));
    ALL(check_party(&event->consignor));
    ALL(check_party(&event->consignee));
    if (!absent(event->declarant.code)) {
        ALL(check_party(&event->declarant));
    }
    ALL(check_party(&event->party));
    HOLDS(absent(event->partner_aeo) || of(event->partner_aeo, 2, 2, UPPER));
    HOLDS(event->direction != DIRECTION_TRANSIT || absent(event->partner_aeo));
    HOLDS(is_place(event->origin) && is_place(event->destination));
    return NULL;
}

static const char *check_transmitted(const struct event_transmitted *event) {
    const struct event_container *boxes = event->containers.items;
    struct slice numbers[200];
    ALL(check_waybill(&event->waybill));
    HOLDS(event->containers.count >= 1 && event->containers.count <= 200);
    for (size_t i = 0; i < event->containers.count; i++) {
        ALL(check_container(&boxes[i]));
        numbers[i] = boxes[i].number;
    }
    HOLDS(distinct(numbers, event->containers.count));
    return NULL;
}

static const char *check_composed(const struct event_composed *event) {
    struct slice wagons[120], boxes[480];
    bool positions[121] = {false};
    size_t count = 0;
    HOLDS(event->wagons.count >= 1 && event->wagons.count <= 120);
    for (size_t i = 0; i < event->wagons.count; i++) {
        const struct event_wagon *wagon = (const struct event_wagon *)event->wagons.items + i;
        const struct event_slot *slots = wagon->slots.items;
        HOLDS(of(wagon->wagon, 1, 16, WAGON));
        HOLDS(wagon->position >= 1 && wagon->position <= 120 && !positions[wagon->position]);
        HOLDS(wagon->slots.count <= 4);
        positions[wagon->position] = true;
        wagons[i] = wagon->wagon;
        for (size_t k = 0; k < wagon->slots.count; k++) {
            HOLDS(is_container(slots[k].number));
            boxes[count++] = slots[k].number;
        }
    }
    HOLDS(distinct(wagons, event->wagons.count) && distinct(boxes, count));
    return NULL;
}

static const char *check_waybills(struct event_list list, size_t min) {
    const struct slice *waybills = list.items;
    size_t count = list.count;
    HOLDS(count >= min && count <= 500);
    for (size_t i = 0; i < count; i++) {
        HOLDS(of(waybills[i], 1, 70, WAYBILL));
    }
    HOLDS(distinct(waybills, count));
    return NULL;
}

static const char *check_control(const struct event_control *event) {
    HOLDS(event->scope < SCOPE_COUNT && event->kind < KIND_COUNT && event->outcome < OUTCOME_COUNT);
    HOLDS(event->scope != SCOPE_TRAIN || absent(event->ref));
    HOLDS(event->scope != SCOPE_WAYBILL || of(event->ref, 1, 70, WAYBILL));
    HOLDS(event->scope != SCOPE_CONTAINER || is_container(event->ref));
    HOLDS(absent(event->note) || is_text(event->note, 200));
    HOLDS(of(event->authority, 2, 2, UPPER));
    HOLDS(event->key.len == 2 + event->ref.len && memcmp(event->key.data, event->authority.data, 2) == 0);
    HOLDS(event->ref.len == 0 || memcmp(event->key.data + 2, event->ref.data, event->ref.len) == 0);
    HOLDS(event->scope == SCOPE_CONTAINER || event->un.count == 0);
    ALL(check_un(event->found));
    return check_un_numbers(event->un);
}

static const char *check_tally(const struct event_tally *event) {
    HOLDS(is_container(event->container));
    HOLDS(event->has_packages ? event->packages <= 1000000000 : event->packages == 0);
    HOLDS(event->has_gross ? event->gross_kg <= UINT64_C(9999999999999999) : event->gross_kg == 0);
    HOLDS(absent(event->seal) || is_text(event->seal, 32));
    return NULL;
}

static const char *check_train_key(struct slice key) {
    HOLDS(key.data != NULL && key.len >= 1 + 17 && key.len <= TRAIN_KEY_BYTES_MAX);
    size_t number = key.len - 17;
    HOLDS(of((struct slice){key.data, number}, 1, 17, WAGON));
    HOLDS(key.data[number] == '|' && key.data[number + 11] == '|');
    HOLDS(is_place((struct slice){key.data + number + 12, 5}));
    return NULL;
}

static const char *check_link(const struct event_link *event, struct slice train_key) {
    const struct slice *containers = event->containers.items;
    HOLDS(event->role < ROLE_COUNT && event->containers.count <= 480);
    ALL(check_train_key(event->other));
    HOLDS(!slice_equal(event->other, train_key));
    for (size_t i = 0; i < event->containers.count; i++) {
        HOLDS(is_container(containers[i]));
    }
    HOLDS(distinct(containers, event->containers.count));
    return NULL;
}

static const char *check_declaration(const struct event_declaration *event) {
    HOLDS(event->step == STEP_SUMMARY || event->step == STEP_FULL);
    HOLDS(is_time(event->lodged_at_ms));
    HOLDS(absent(event->declaration_number) || is_text(event->declaration_number, 32));
    return check_waybills(event->waybills, 1);
}

static const char *check_tracked(const struct event_tracked *event) {
    HOLDS(is_container(event->container));
    HOLDS(event->event < TRACKING_COUNT);
    HOLDS(absent(event->place) || is_place(event->place));
    HOLDS(absent(event->seal) || is_text(event->seal, 32));
    HOLDS(absent(event->seal) == (event->event != TRACKING_SEALED && event->event != TRACKING_RESEALED));
    HOLDS(absent(event->wagon) || of(event->wagon, 1, 16, WAGON));
    HOLDS(event->latitude >= -90000000 && event->latitude <= 90000000);
    HOLDS(event->longitude >= -180000000 && event->longitude <= 180000000);
    HOLDS(event->has_position == event->has_longitude);
    HOLDS(event->has_position || (event->latitude == 0 && event->longitude == 0));
    return NULL;
}

static const char *check_data(const struct event *event) {
    switch (event->type) {
    case EVENT_TRANSMITTED: return check_transmitted(&event->data.transmitted);
    case EVENT_DELETED:
        HOLDS(of(event->data.deleted.waybill, 1, 70, WAYBILL));
        HOLDS(absent(event->data.deleted.reason) || of(event->data.deleted.reason, 3, 3, DIGITS));
        return NULL;
    case EVENT_COMPOSED: return check_composed(&event->data.composed);
    case EVENT_ARRIVED:
        HOLDS(is_place(event->data.arrived.place) && is_time(event->data.arrived.arrived_at_ms));
        return NULL;
    case EVENT_CONTROL: return check_control(&event->data.control);
    case EVENT_DECLARATION: return check_declaration(&event->data.declaration);
    case EVENT_DECISION:
        HOLDS(is_text(event->data.decision.declaration_number, 32));
        HOLDS(event->data.decision.outcome < DECISION_COUNT);
        HOLDS(absent(event->data.decision.reason) || is_text(event->data.decision.reason, 200));
        return NULL;
    case EVENT_TALLY: return check_tally(&event->data.tally);
    case EVENT_LINK: return check_link(&event->data.link, event->train_key);
    case EVENT_APPLICATION:
        HOLDS(is_text(event->data.application.application, 64));
        return check_waybills(event->data.application.waybills, 0);
    case EVENT_TRACKED: return check_tracked(&event->data.tracked);
    case EVENT_TYPE_COUNT: break;
    }
    return "event->type < EVENT_TYPE_COUNT";
}

/* "number|date|port", and the date is the one of train_date_days. */
static const char *check_key(const struct event *event) {
    char date[DATE_TEXT_BYTES];
    struct slice key = event->train_key;
    ALL(check_train_key(key));
    date_write(event->train_date_days, date);
    HOLDS(memcmp(key.data + key.len - 16, date, sizeof date) == 0);
    HOLDS(is_time(event->train_date_days * TIMESTAMP_DAY_MS));
    return NULL;
}

const char *event_check(const struct event *event) {
    HOLDS(is_text(event->id, 128));
    HOLDS(is_text(event->source, 256));
    HOLDS(is_time(event->time_ms));
    ALL(check_key(event));
    return check_data(event);
}
