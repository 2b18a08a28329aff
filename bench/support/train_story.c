#include "support/train_story.h"

#include <stdlib.h>

#include "base/timestamp.h"

enum {
    FIRST_DAY = 18262, /* 2020-01-01 */
    TRAINS_A_DAY = 250,
    WAYBILLS_A_DECLARATION = 10,
    BOXES_A_WAGON = 2,
    WAYBILLS_A_TRAIN = 64 /* numbers kept apart */
};

static const char *const PORTS[] = {"CNAKL", "CNHGS", "CNERN", "CNMLX", "CNSFH"};
static const char *const PORT_SOURCES[] = {"/rail/cn/akl", "/rail/cn/hgs", "/rail/cn/ern", "/rail/cn/mlx",
                                           "/rail/cn/sfh"};
static const char *const CITIES[] = {"CNXIY", "CNCKG", "CNCTU", "CNCGO", "CNWUH", "CNYIW", "CNCAN", "CNSUZ"};
static const char *const FAR[] = {"DEDUI", "DEHAM", "PLLOD", "PLMA9", "RUMOW",
                                  "KZALA", "UZTAS", "ESMAD", "NLTLB", "BYMSQ"};
static const char *const SIZES[] = {"22G1", "42G1", "45G1", "45G1", "45G1", "45R1", "L5G1"};
static const char *const SHIPPERS[] = {
    "Xi'an International Trade and Logistics Co., Ltd",
    "Chongqing Electronics Manufacturing Co., Ltd",
    "Chengdu Qingbaijiang Auto Parts Export Co.",
    "Yiwu Small Commodities Group",
    "Zhengzhou Airport Economy Zone Supply Chain Co., Ltd",
    "西安国际陆港多式联运有限公司",
    "Wuhan Optics Valley Photonics Ltd",
    "Suzhou Industrial Park Precision Machinery Co., Ltd",
};
static const char *const BUYERS[] = {"Duisburg Logistik und Handels GmbH",
                                     "Hamburg Kontor Warenhandel GmbH",
                                     "Lodz Cargo Sp. z o.o.",
                                     "OOO Vostok Torg",
                                     "Almaty Trade House TOO",
                                     "Madrid Importaciones S.A.",
                                     "Tilburg Distribution B.V.",
                                     "Minsk Techno Import"};
static const struct {
    const char *hs, *text;
} GOODS[] = {
    {"8471300000", "portable computers"},
    {"8528721000", "LCD televisions 55 inch"},
    {"8708299000", "vehicle body parts"},
    {"8541430000", "photovoltaic modules"},
    {"9403609990", "wooden furniture, flat packed"},
    {"6110300090", "knitted pullovers"},
    {"8504401400", "power adapters"},
    {"3926909090", "plastic household articles"},
    {"8414599050", "cooling fans"},
    {"7318159090", "Steel bolts and screws"},
    {"9503008990", "toys"},
    {"4011100000", "pneumatic tyres for cars"},
    {"8516797000", "electric kettles"},
    {"9405119090", "LED lamps"},
    {"84733020", "printed circuit boards"},
    {"850760", "lithium-ion accumulators"},
};
static const char *const PRODUCTS[] = {"electronic products", "Auto Parts",   "consumer goods",
                                       "machinery",           "solar panels", "textiles"};
static const char *const PACKAGE_TYPES[] = {"CT", "PK", "BX", "PX"};
static const char *const CURRENCIES[] = {"USD", "USD", "EUR", "CNY"};
static const char *const MOVES_BEFORE[] = {"gate-in",        "loaded",   "departed",    "position",
                                           "border-crossed", "position", "transshipped"};
static const char *const MOVES_AFTER[] = {"arrived", "unloaded", "gate-out", "position"};

uint64_t random_next(uint64_t *random) {
    uint64_t z = (*random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t random_below(uint64_t *random, uint32_t bound) {
    return (uint32_t)((random_next(random) >> 32) * bound >> 32);
}

/* ---- writing */

static void put(struct buffer *out, const char *text) {
    buffer_append_text(out, text);
}

/* The last `width` digits. */
static void put_padded(struct buffer *out, uint64_t value, size_t width) {
    char *to = buffer_reserve(out, width);
    for (size_t i = width; i-- > 0; value /= 10) {
        to[i] = (char)('0' + value % 10);
    }
    out->len += width;
}

static void put_number(struct buffer *out, uint64_t value) {
    size_t width = 1;
    for (uint64_t rest = value; rest >= 10; rest /= 10) {
        width++;
    }
    put_padded(out, value, width);
}

/* A value in units of 10^-places, with all its places or none. */
static void put_decimal(struct buffer *out, uint64_t value, size_t places) {
    uint64_t unit = 1;
    for (size_t i = 0; i < places; i++) {
        unit *= 10;
    }
    put_number(out, value / unit);
    if (value % unit != 0) {
        buffer_append_byte(out, '.');
        put_padded(out, value % unit, places);
    }
}

static void put_time(struct buffer *out, int64_t ms) {
    timestamp_write(ms, buffer_reserve(out, TIMESTAMP_TEXT_BYTES));
    out->len += TIMESTAMP_TEXT_BYTES;
}

static void put_date(struct buffer *out, int64_t day) {
    date_write((int32_t)day, buffer_reserve(out, DATE_TEXT_BYTES));
    out->len += DATE_TEXT_BYTES;
}

static void put_waybill_number(struct buffer *out, const struct story *story, uint32_t at) {
    put(out, "SMGS");
    put_padded(out, story->waybills[at].number, 8);
}

static void put_id(struct buffer *out, struct story *story) {
    uint64_t id = random_next(&story->random);
    for (int i = 0; i < 8; i++, id >>= 4) {
        buffer_append_byte(out, "0123456789abcdef"[id & 15]);
    }
    buffer_append_byte(out, '-');
    put_number(out, story->index);
    buffer_append_byte(out, '-');
    put_number(out, story->sequence++);
}

/* Up to behind `data.train` and its comma; time goes on. */
static void put_head(struct buffer *out, struct story *story, const char *type) {
    story->clock_ms += 1000 + random_below(&story->random, 900000);
    put(out, "{\"specversion\":\"1.0\",\"id\":\"");
    put_id(out, story);
    put(out, "\",\"source\":\"");
    put(out, PORT_SOURCES[story->port]);
    put(out, "\",\"type\":\"rail.");
    put(out, type);
    put(out, ".v1\",\"time\":\"");
    put_time(out, story->clock_ms);
    put(out, "\",\"datacontenttype\":\"application/json\",\"data\":{\"train\":{\"number\":\"X");
    put_padded(out, story->index, 4);
    put(out, "\",\"date\":\"");
    put_date(out, story->day);
    put(out, "\",\"port\":\"");
    put(out, PORTS[story->port]);
    put(out, "\"},");
}

/* ---- events */

static void put_goods(struct buffer *out, const struct story_goods *goods) {
    put(out, "{\"hs\":\"");
    put(out, GOODS[goods->product].hs);
    put(out, "\",\"description\":\"");
    put(out, GOODS[goods->product].text);
    put(out, "\",\"packages\":");
    put_number(out, goods->packages);
    put(out, ",\"package_type\":\"");
    put(out, PACKAGE_TYPES[goods->package_type]);
    put(out, "\",\"gross_kg\":");
    put_decimal(out, goods->gross, 1);
    put(out, ",\"net_kg\":");
    put_decimal(out, goods->net, 1);
    put(out, ",\"value\":");
    put_decimal(out, goods->value, 2);
    put(out, ",\"currency\":\"");
    put(out, CURRENCIES[goods->currency]);
    put(out, "\"}");
}

static void put_box(struct buffer *out, const struct story_box *box) {
    put(out, "{\"number\":\"");
    put(out, box->number);
    put(out, "\",\"size_type\":\"");
    put(out, SIZES[box->size]);
    put(out, "\",\"load\":\"FCL\",\"seal\":\"CN");
    put_padded(out, box->seal, 7);
    put(out, "\",\"tare_kg\":");
    put_number(out, box->tare_kg);
    put(out, ",\"goods\":[");
    for (uint32_t i = 0; i < box->goods_count; i++) {
        put(out, i > 0 ? "," : "");
        put_goods(out, &box->goods[i]);
    }
    put(out, "]}");
}

static void put_parties(struct buffer *out, const struct story_waybill *waybill) {
    put(out, "\"consignor\":{\"code\":\"91610131MA6U");
    put_padded(out, 1000 + waybill->party, 4);
    put(out, "\",\"name\":\"");
    put(out, SHIPPERS[waybill->party]);
    put(out, "\",\"country\":\"CN\"");
    if (waybill->party % 2 == 1) {
        put(out, ",\"aeo\":\"AEOCN61019");
        put_padded(out, waybill->party, 5);
        put(out, "\"");
    }
    put(out, "},\"consignee\":{\"code\":\"DE");
    put_padded(out, 814000000 + waybill->to * 17, 9);
    put(out, "\",\"name\":\"");
    put(out, BUYERS[waybill->to % 8]);
    put(out, "\",\"country\":\"DE\"}");
}

static void put_transmitted(struct buffer *out, struct story *story, uint32_t at) {
    const struct story_waybill *waybill = &story->waybills[at];
    put_head(out, story, "manifest.transmitted");
    put(out, "\"waybill\":{\"number\":\"");
    put_waybill_number(out, story, at);
    put(out, "\",\"direction\":\"exit\"");
    if (waybill->contract != 0) {
        put(out, ",\"contract\":\"CT-2020-");
        put_padded(out, story->index * 7 + waybill->contract, 5);
        put(out, "\"");
    }
    put(out, ",\"product\":\"");
    put(out, PRODUCTS[waybill->product]);
    put(out, "\",");
    put_parties(out, waybill);
    put(out, ",\"origin\":\"");
    put(out, CITIES[waybill->from]);
    put(out, "\",\"destination\":\"");
    put(out, FAR[waybill->to]);
    put(out, "\"},\"containers\":[");
    for (uint32_t i = 0; i < waybill->box_count; i++) {
        put(out, i > 0 ? "," : "");
        put_box(out, &waybill->boxes[i]);
    }
    put(out, "]}}");
}

static void put_wagon(struct buffer *out, const struct story *story, uint32_t first_box) {
    put(out, first_box > 0 ? "]}," : "");
    put(out, "{\"wagon\":\"5");
    put_padded(out, story->index * 131 + first_box, 7);
    put(out, "\",\"position\":");
    put_number(out, first_box / BOXES_A_WAGON + 1);
    put(out, ",\"containers\":[");
}

static void put_composed(struct buffer *out, struct story *story) {
    uint32_t count = 0;
    put_head(out, story, "train.composed");
    put(out, "\"wagons\":[");
    for (uint32_t i = 0; i < story->waybill_count; i++) {
        for (uint32_t j = 0; j < story->waybills[i].box_count; j++, count++) {
            if (count % BOXES_A_WAGON == 0) {
                put_wagon(out, story, count);
            } else {
                put(out, ",");
            }
            put(out, "{\"number\":\"");
            put(out, story->waybills[i].boxes[j].number);
            put(out, "\"}");
        }
    }
    put(out, "]}]}}");
}

static void put_lodged(struct buffer *out, struct story *story, uint32_t number, const char *step) {
    uint32_t first = number * WAYBILLS_A_DECLARATION;
    put_head(out, story, "declaration.lodged");
    put(out, "\"step\":\"");
    put(out, step);
    put(out, "\",\"waybills\":[");
    for (uint32_t i = first; i < first + WAYBILLS_A_DECLARATION && i < story->waybill_count; i++) {
        put(out, i > first ? ",\"" : "\"");
        put_waybill_number(out, story, i);
        put(out, "\"");
    }
    put(out, "],\"lodged_at\":\"");
    put_time(out, story->clock_ms - 60000);
    put(out, "\",\"declaration_number\":\"9427");
    put_padded(out, random_next(&story->random), 12);
    put(out, "\"}}");
}

static void put_seal(struct buffer *out, struct story *story, const struct story_box *box) {
    put(out, "\",\"seal\":\"CN");
    put_padded(out, box->seal + (random_below(&story->random, 10) == 0), 7);
}

static void put_position(struct buffer *out, struct story *story) {
    put(out, ",\"latitude\":");
    put_decimal(out, 30000000 + random_below(&story->random, 25000000), 6);
    put(out, ",\"longitude\":");
    put_decimal(out, 8000000 + random_below(&story->random, 100000000), 6);
}

static void put_tracked(struct buffer *out, struct story *story, const char *event) {
    put_head(out, story, "container.tracked");
    const struct story_waybill *waybill = &story->waybills[random_below(&story->random, story->waybill_count)];
    const struct story_box *box = &waybill->boxes[random_below(&story->random, waybill->box_count)];
    bool sealed = random_below(&story->random, 40) == 0;
    put(out, "\"container\":\"");
    put(out, box->number);
    put(out, "\",\"event\":\"");
    put(out, sealed ? "sealed" : event);
    put(out, "\",\"place\":\"");
    put(out, random_below(&story->random, 2) != 0 ? PORTS[story->port] : CITIES[waybill->from]);
    if (sealed) {
        put_seal(out, story, box);
    }
    put(out, "\",\"wagon\":\"5");
    put_padded(out, random_below(&story->random, 10000000), 7);
    put(out, "\"");
    if (random_below(&story->random, 2) != 0) {
        put_position(out, story);
    }
    put(out, "}}");
}

static void put_arrived(struct buffer *out, struct story *story) {
    put_head(out, story, "train.arrived");
    put(out, "\"place\":\"");
    put(out, PORTS[story->port]);
    put(out, "\",\"arrived_at\":\"");
    put_time(out, story->clock_ms - 120000);
    put(out, "\"}}");
}

static void put_control(struct buffer *out, struct story *story) {
    bool ordered = story->control == STORY_CONTROL_ORDERED;
    put_head(out, story, "control.reported");
    put(out, "\"scope\":\"train\",\"kind\":\"risk\",\"outcome\":\"");
    put(out, ordered ? "ordered" : "released");
    put(out, "\"}}");
    story->control = ordered ? STORY_CONTROL_RELEASED : STORY_CONTROL_NONE;
}

/* ---- the life */

/* A regular number (contract 1.10): the check digit over the owner's letters and six digits. */
static void draw_box_number(struct story *story, char number[STORY_BOX_BYTES + 1]) {
    static const int worth[] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
                                25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38};
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        number[i] = "CSNQTUMEKGBHLX"[random_below(&story->random, 14)];
    }
    number[3] = 'U';
    uint32_t digits = random_below(&story->random, 1000000);
    for (int i = 9; i > 3; i--, digits /= 10) {
        number[i] = (char)('0' + digits % 10);
    }
    for (int i = 0; i < 10; i++) {
        sum += (i < 4 ? worth[number[i] - 'A'] : number[i] - '0') << i;
    }
    number[10] = (char)('0' + sum % 11 % 10);
    number[11] = '\0';
}

static void draw_goods(struct story *story, uint32_t waybill_product, struct story_goods *goods) {
    uint64_t *random = &story->random;
    goods->product = (waybill_product * 5 + random_below(random, 6)) % 16;
    goods->package_type = random_below(random, 4);
    goods->currency = random_below(random, 4);
    goods->packages = 1 + random_below(random, 1500);
    goods->gross = 100 + random_below(random, 120000);
    goods->net = goods->gross - random_below(random, goods->gross / 10);
    goods->value = 1000 + random_below(random, 20000000);
}

static void draw_box(struct story *story, uint32_t waybill_product, struct story_box *box) {
    draw_box_number(story, box->number);
    box->size = random_below(&story->random, 7);
    box->seal = random_below(&story->random, 9999999);
    box->tare_kg = 2200 + random_below(&story->random, 1800);
    box->goods_count = 1 + random_below(&story->random, STORY_GOODS_MAX);
    for (uint32_t i = 0; i < box->goods_count; i++) {
        draw_goods(story, waybill_product, &box->goods[i]);
    }
}

static void draw_waybills(struct story *story) {
    uint64_t *random = &story->random;
    uint32_t products = 1 + random_below(random, 3);
    uint32_t parties = 3 + random_below(random, 4);
    for (uint32_t i = 0; i < story->waybill_count; i++) {
        struct story_waybill *waybill = &story->waybills[i];
        waybill->number = (uint32_t)(story->index * WAYBILLS_A_TRAIN + i) % 100000000;
        waybill->party = random_below(random, parties);
        waybill->product = (uint32_t)((story->index + random_below(random, products)) % 6);
        waybill->contract = random_below(random, 10) != 0 ? 1 + random_below(random, 2) : 0;
        waybill->from = random_below(random, 8);
        waybill->to = random_below(random, 10);
        waybill->box_count = 1 + random_below(random, STORY_BOXES_MAX);
        for (uint32_t j = 0; j < waybill->box_count; j++) {
            draw_box(story, waybill->product, &waybill->boxes[j]);
        }
    }
}

static void put_key(struct story *story) {
    struct buffer key = {0};
    put(&key, "X");
    put_padded(&key, story->index, 4);
    put(&key, "|");
    put_date(&key, story->day);
    put(&key, "|");
    put(&key, PORTS[story->port]);
    memcpy(story->key, key.data, key.len);
    story->key_len = key.len;
    buffer_release(&key);
}

void story_begin(struct story *story, uint64_t seed, uint64_t index) {
    *story = (struct story){
        .index = index,
        .random = seed * UINT64_C(0x9E3779B97F4A7C15) ^ index * UINT64_C(0xD6E8FEB86659FD93),
        .day = FIRST_DAY + (int64_t)(index / TRAINS_A_DAY),
    };
    random_next(&story->random);
    story->port = random_below(&story->random, 5);
    story->clock_ms = (story->day - 2) * TIMESTAMP_DAY_MS;
    story->waybill_count = 30 + random_below(&story->random, 21);
    draw_waybills(story);
    story->tracked_before = 35 + random_below(&story->random, 21);
    story->tracked_after = 10 + random_below(&story->random, 11);
    story->control = random_below(&story->random, 8) == 0 ? STORY_CONTROL_ORDERED : STORY_CONTROL_NONE;
    story->late_fulls = random_below(&story->random, 3);
    put_key(story);
}

/* Up to the arrival; false once that is behind. */
static bool before_arrival(struct story *story, uint32_t declarations, struct buffer *out) {
    if (story->sent < story->waybill_count) {
        if (story->sent > 4 && story->tracked_before > 20 && random_below(&story->random, 3) == 0) {
            story->tracked_before--;
            put_tracked(out, story, MOVES_BEFORE[random_below(&story->random, 2)]);
        } else {
            put_transmitted(out, story, story->sent++);
        }
    } else if (!story->composed) {
        story->composed = true;
        put_composed(out, story);
    } else if (story->summaries < declarations) {
        put_lodged(out, story, story->summaries++, "summary");
    } else if (story->tracked_before > 0) {
        story->tracked_before--;
        put_tracked(out, story, MOVES_BEFORE[2 + random_below(&story->random, 5)]);
    } else if (story->fulls + story->late_fulls < declarations) {
        put_lodged(out, story, story->fulls++, "full");
    } else if (!story->arrived) {
        story->arrived = true;
        put_arrived(out, story);
    } else {
        return false;
    }
    return true;
}

bool story_next(struct story *story, struct buffer *out) {
    uint32_t declarations = (story->waybill_count + WAYBILLS_A_DECLARATION - 1) / WAYBILLS_A_DECLARATION;
    if (before_arrival(story, declarations, out)) {
        return true;
    }
    if (story->control != STORY_CONTROL_NONE) {
        put_control(out, story);
    } else if (story->fulls < declarations && random_below(&story->random, 4) == 0) {
        put_lodged(out, story, story->fulls++, "full");
    } else if (story->tracked_after > 0) {
        story->tracked_after--;
        put_tracked(out, story, MOVES_AFTER[random_below(&story->random, 4)]);
    } else if (story->fulls < declarations) {
        put_lodged(out, story, story->fulls++, "full");
    } else {
        return false;
    }
    return true;
}

void story_amend(struct story *story, uint32_t at, struct buffer *out) {
    struct story_goods *goods = &story->waybills[at].boxes[0].goods[0];
    goods->packages++;
    goods->gross += 15;
    goods->value += 4321;
    put_transmitted(out, story, at);
}
