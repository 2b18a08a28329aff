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

/* ISO 6346 with its letters' values written out. */
static bool is_container(struct slice number) {
    static const int values[] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
                                 25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38};
    if (number.len != 11 || !of((struct slice){number.data, 3}, 3, 3, UPPER) ||
        !of((struct slice){number.data + 3, 1}, 1, 1, "UJZ") || !of((struct slice){number.data + 4, 7}, 7, 7, DIGITS)) {
        return false;
    }
    int sum = 0;
    for (int i = 0, weight = 1; i < 10; i++, weight *= 2) {
        char c = number.data[i];
        sum += weight * (i < 4 ? values[c - 'A'] : c - '0');
    }
    return sum % 11 % 10 == number.data[10] - '0';
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
    HOLDS(of(party->code, 1, 32, CODE));
    HOLDS(is_text(party->name, 200));
    HOLDS(of(party->country, 2, 2, UPPER));
    HOLDS(absent(party->aeo) || is_text(party->aeo, 32));
    return NULL;
}

static const char *check_goods(const struct event_goods *goods) {
    HOLDS(of(goods->hs, 6, 13, DIGITS));
    HOLDS(goods->hs.len == 6 || goods->hs.len == 8 || goods->hs.len == 10 || goods->hs.len == 13);
    HOLDS(is_text(goods->description, 200));
    HOLDS(of(goods->package_type, 2, 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
    HOLDS(of(goods->currency, 3, 3, UPPER));
    HOLDS(goods->packages <= 1000000000);
    HOLDS(goods->gross_kg <= UINT64_C(999999999999));
    HOLDS(goods->net_kg <= goods->gross_kg);
    HOLDS(goods->value <= UINT64_C(9999999999999999));
    return NULL;
}

static const char *check_container(const struct event_container *box) {
    HOLDS(is_container(box->number));
    HOLDS(of(box->size_type, 4, 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
    HOLDS(strchr("1234LM", box->size_type.data[0]) != NULL);
    HOLDS(box->load == LOAD_FCL || box->load == LOAD_LCL);
    HOLDS(absent(box->seal) || is_text(box->seal, 32));
    HOLDS(absent(box->wagon) || of(box->wagon, 1, 16, WAGON));
    HOLDS(box->has_tare ? box->tare_kg <= UINT64_C(999999999999) : box->tare_kg == 0);
    HOLDS(box->goods_count >= 1 && box->goods_count <= 500);
    for (size_t i = 0; i < box->goods_count; i++) {
        ALL(check_goods(&box->goods[i]));
    }
    return NULL;
}

static const char *check_transmitted(const struct event_transmitted *event) {
    struct slice numbers[200];
    HOLDS(of(event->waybill, 1, 32, WAYBILL));
    HOLDS(event->direction == DIRECTION_EXIT || event->direction == DIRECTION_ENTRY);
    HOLDS(absent(event->contract) || is_text(event->contract, 64));
    HOLDS(is_text(event->product, 128));
    ALL(check_party(&event->consignor));
    ALL(check_party(&event->consignee));
    HOLDS(is_place(event->origin) && is_place(event->destination));
    HOLDS(event->container_count >= 1 && event->container_count <= 200);
    for (size_t i = 0; i < event->container_count; i++) {
        ALL(check_container(&event->containers[i]));
        numbers[i] = event->containers[i].number;
    }
    HOLDS(distinct(numbers, event->container_count));
    return NULL;
}

static const char *check_composed(const struct event_composed *event) {
    struct slice wagons[120], boxes[480];
    bool positions[121] = {false};
    size_t count = 0;
    HOLDS(event->wagon_count >= 1 && event->wagon_count <= 120);
    for (size_t i = 0; i < event->wagon_count; i++) {
        const struct event_wagon *wagon = &event->wagons[i];
        HOLDS(of(wagon->wagon, 1, 16, WAGON));
        HOLDS(wagon->position >= 1 && wagon->position <= 120 && !positions[wagon->position]);
        HOLDS(wagon->slot_count <= 4);
        positions[wagon->position] = true;
        wagons[i] = wagon->wagon;
        for (size_t k = 0; k < wagon->slot_count; k++) {
            HOLDS(is_container(wagon->slots[k].container));
            boxes[count++] = wagon->slots[k].container;
        }
    }
    HOLDS(distinct(wagons, event->wagon_count) && distinct(boxes, count));
    return NULL;
}

static const char *check_waybills(const struct slice *waybills, size_t count, size_t min) {
    HOLDS(count >= min && count <= 500);
    for (size_t i = 0; i < count; i++) {
        HOLDS(of(waybills[i], 1, 32, WAYBILL));
    }
    HOLDS(distinct(waybills, count));
    return NULL;
}

static const char *check_control(const struct event_control *event) {
    HOLDS(event->scope < SCOPE_COUNT && event->kind < KIND_COUNT && event->outcome < OUTCOME_COUNT);
    HOLDS(event->scope != SCOPE_TRAIN || absent(event->ref));
    HOLDS(event->scope != SCOPE_WAYBILL || of(event->ref, 1, 32, WAYBILL));
    HOLDS(event->scope != SCOPE_CONTAINER || is_container(event->ref));
    HOLDS(absent(event->note) || is_text(event->note, 200));
    return NULL;
}

static const char *check_declaration(const struct event_declaration *event) {
    HOLDS(event->step == STEP_SUMMARY || event->step == STEP_FULL);
    HOLDS(is_time(event->lodged_at_ms));
    HOLDS(absent(event->declaration_number) || is_text(event->declaration_number, 32));
    return check_waybills(event->waybills, event->waybill_count, 1);
}

static const char *check_tracked(const struct event_tracked *event) {
    HOLDS(is_container(event->container));
    HOLDS(event->event < TRACKING_COUNT);
    HOLDS(absent(event->place) || is_place(event->place));
    HOLDS(absent(event->seal) || is_text(event->seal, 32));
    HOLDS(!absent(event->seal) || (event->event != TRACKING_SEALED && event->event != TRACKING_RESEALED));
    HOLDS(absent(event->wagon) || of(event->wagon, 1, 16, WAGON));
    HOLDS(event->latitude >= -90000000 && event->latitude <= 90000000);
    HOLDS(event->longitude >= -180000000 && event->longitude <= 180000000);
    HOLDS(event->has_position || (event->latitude == 0 && event->longitude == 0));
    return NULL;
}

static const char *check_data(const struct event *event) {
    switch (event->type) {
    case EVENT_TRANSMITTED:
        return check_transmitted(&event->data.transmitted);
    case EVENT_DELETED:
        HOLDS(of(event->data.deleted.waybill, 1, 32, WAYBILL));
        HOLDS(absent(event->data.deleted.reason) || of(event->data.deleted.reason, 3, 3, DIGITS));
        return NULL;
    case EVENT_COMPOSED:
        return check_composed(&event->data.composed);
    case EVENT_ARRIVED:
        HOLDS(is_place(event->data.arrived.place) && is_time(event->data.arrived.arrived_at_ms));
        return NULL;
    case EVENT_CONTROL:
        return check_control(&event->data.control);
    case EVENT_DECLARATION:
        return check_declaration(&event->data.declaration);
    case EVENT_APPLICATION:
        HOLDS(is_text(event->data.application.application, 64));
        return check_waybills(event->data.application.waybills, event->data.application.waybill_count, 0);
    case EVENT_TRACKED:
        return check_tracked(&event->data.tracked);
    case EVENT_TYPE_COUNT:
        break;
    }
    return "event->type < EVENT_TYPE_COUNT";
}

/* "number|date|port", and the date is the one of train_date_days. */
static const char *check_key(const struct event *event) {
    char date[DATE_TEXT_BYTES];
    struct slice key = event->train_key;
    HOLDS(key.data != NULL && key.len >= 1 + 17 && key.len <= TRAIN_KEY_BYTES_MAX);
    size_t number = key.len - 17;
    date_write(event->train_date_days, date);
    HOLDS(of((struct slice){key.data, number}, 1, 17, WAGON));
    HOLDS(key.data[number] == '|' && memcmp(key.data + number + 1, date, sizeof date) == 0);
    HOLDS(key.data[number + 11] == '|' && is_place((struct slice){key.data + number + 12, 5}));
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
