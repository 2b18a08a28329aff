/* Packed facts: what goes in comes out, repeated strings stand once, and damaged bytes are found before an accessor
 * reads them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/shape.h"
#include "train/fact.h"
#include "train/fact_registers.h"
#include "train/fact_view.h"

/* As SLICE, where only constants may stand. */
#define TEXT(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

static const struct event_goods GOODS[] = {
    {.hs = TEXT("847130"),
     .description = TEXT("  Portable   COMPUTERS "),
     .package_type = TEXT("PK"),
     .currency = TEXT("USD"),
     .packages = 1000000000,
     .gross_kg = 999999999999,
     .net_kg = 7,
     .has_value = true,
     .value = 9999999999999999},
    {.hs = TEXT("847130"),
     .description = TEXT("portable computers"),
     .package_type = TEXT("BOX"),
     .currency = TEXT("EUR"),
     .has_value = true},
};

static const struct event_container BOXES[] = {
    {.number = TEXT("CSQU3054383"),
     .size_type = TEXT("22G1"),
     .load = LOAD_LCL,
     .seal = TEXT("S1"),
     .has_tare = true,
     .tare_kg = 2200500,
     .goods = {GOODS, 2}},
    {.number = TEXT("TEXU3070079"), .size_type = TEXT("45G1"), .wagon = TEXT("6001"), .goods = {GOODS, 1}},
};

static struct event with_registers(struct event event) {
    event.registers = registers_of(event.type, &event.data);
    return event;
}

static struct event transmitted(void) {
    static const struct event_party foreign = {TEXT("DE1"), TEXT("Foreign"), TEXT("DE"), TEXT("AEO-DE")};
    static const struct event_party domestic = {TEXT("CN1"), TEXT("Domestic"), TEXT("CN"), {NULL, 0}};
    return with_registers((struct event){
        .type = EVENT_TRANSMITTED,
        .id = SLICE("id-1"),
        .source = SLICE("/rail/cn"),
        .time_ms = 1608278400123,
        .hash = {UINT64_MAX, 42},
        .message_bytes = 777,
        .data.transmitted =
            {
                .waybill = {.number = SLICE("SMGS1"),
                            .direction = DIRECTION_ENTRY,
                            .product = SLICE("Solar Panels"),
                            .consignor = foreign,
                            .consignee = domestic,
                            .party = domestic},
                .containers = {BOXES, 2},
            },
    });
}

static void expect_text(struct slice found, const char *expected) {
    cr_expect(slice_equal(found, slice_of(expected)), "expected %s, found %.*s", expected, (int)found.len, found.data);
}

Test(fact, header_comes_back) {
    struct buffer out = {0};
    buffer_append_byte(&out, 'x'); /* readable at any alignment */
    struct event event = transmitted();
    size_t bytes = fact_pack(&event, 0x123456789abcdef0, &out);
    const struct fact *fact = (const struct fact *)(out.data + 1);
    cr_expect_eq(bytes, out.len - 1);
    cr_expect_eq(fact_bytes(fact), bytes);
    cr_expect_eq(fact_type(fact), EVENT_TRANSMITTED);
    cr_expect_eq(fact_time_ms(fact), 1608278400123);
    cr_expect(hash_equal(fact_hash(fact), event.hash));
    cr_expect_eq(fact_message_bytes(fact), 777);
    cr_expect_eq(fact_origin(fact), 0x123456789abcdef0);
    expect_text(fact_source(fact), "/rail/cn");
    expect_text(fact_id(fact), "id-1");
    cr_expect(fact_check(fact, bytes));
    buffer_release(&out);
}

Test(fact, manifest_comes_back) {
    struct buffer out = {0};
    struct event event = transmitted();
    fact_pack(&event, 0, &out);
    const struct fact *fact = (const struct fact *)out.data;
    struct event_transmitted found;
    fact_transmitted(fact, &found);
    struct event_waybill manifest = found.waybill;
    expect_text(manifest.number, "SMGS1");
    cr_expect_eq(manifest.direction, DIRECTION_ENTRY);
    cr_expect_null(manifest.contract.data);
    expect_text(manifest.product, "Solar Panels");
    expect_text(manifest.product_key, "solar panels");
    expect_text(manifest.party.code, "CN1"); /* the domestic party of an entry */
    expect_text(manifest.party.country, "CN");
    cr_expect_null(manifest.party.aeo.data);
    cr_assert_eq(found.containers.count, 2);
    struct fact_cursor cursor = fact_list(fact, found.containers);
    struct event_container first = fact_next_container(&cursor);
    struct event_container second = fact_next_container(&cursor);
    expect_text(first.number, "CSQU3054383");
    cr_expect_eq(first.load, LOAD_LCL);
    expect_text(first.seal, "S1");
    cr_expect_null(first.wagon.data);
    cr_expect_eq(first.tare_kg, 2200500);
    expect_text(second.size_type, "45G1");
    expect_text(second.wagon, "6001");
    cr_expect_not(second.has_tare);
    cr_expect_null(manifest.consignor.code.data, "facts keep one party");
    cursor = fact_list(fact, first.goods);
    struct event_goods goods;
    fact_next_goods(&cursor, &goods);
    expect_text(goods.description, "  Portable   COMPUTERS ");
    expect_text(goods.description_key, "portable computers");
    expect_text(goods.package_type, "PK");
    cr_expect_eq(goods.packages, 1000000000);
    cr_expect_eq(goods.gross_kg, 999999999999);
    cr_expect_eq(goods.value, 9999999999999999);
    struct event_goods plain;
    fact_next_goods(&cursor, &plain);
    expect_text(plain.package_type, "BOX");
    cr_expect_eq(plain.description.data, plain.description_key.data, "equal texts stand once");
    buffer_release(&out);
}

/* More distinct text than short references reach. */
Test(fact, wide_references) {
    enum { COUNT = 500 };
    static struct event_goods goods[COUNT];
    static char texts[COUNT][200];
    for (size_t i = 0; i < COUNT; i++) {
        memset(texts[i], 'a', sizeof texts[i]);
        snprintf(texts[i], sizeof texts[i], "GOODS %zu", i);
        texts[i][strlen(texts[i])] = ' ';
        goods[i] = GOODS[0];
        goods[i].description = (struct slice){texts[i], sizeof texts[i]};
    }
    struct event_container box = BOXES[0];
    box.goods = (struct event_list){goods, COUNT};
    struct event event = transmitted();
    event.data.transmitted.containers = (struct event_list){&box, 1};
    event.message_bytes = sizeof texts + 200 * COUNT;
    struct buffer out = {0};
    size_t bytes = fact_pack(&event, 0, &out);
    cr_assert_gt(bytes, 1 << 17);
    cr_assert(fact_check(out.data, out.len));
    const struct fact *fact = (const struct fact *)out.data;
    struct event_transmitted manifest;
    fact_transmitted(fact, &manifest);
    struct fact_cursor cursor = fact_list(fact, manifest.containers);
    struct event_container found = fact_next_container(&cursor);
    cursor = fact_list(fact, found.goods);
    for (size_t i = 0; i < COUNT; i++) {
        struct event_goods one;
        fact_next_goods(&cursor, &one);
        cr_assert(slice_equal(one.description, goods[i].description));
        cr_assert_eq(one.description_key.data[0], 'g');
    }
    buffer_release(&out);
}

static const struct slice LISTED[] = {{"W3", 2}, {"W1", 2}, {"W2", 2}};

static struct event declaration(void) {
    return with_registers((
        struct event){.type = EVENT_DECLARATION,
                      .id = SLICE("d"),
                      .source = SLICE("s"),
                      .time_ms = 1608278400000,
                      .data.declaration = {.step = STEP_FULL, .waybills = {LISTED, 3}, .lodged_at_ms = 1608278400000}});
}

/* Every cut is found, whatever its place; exact heap pieces let ASan see a read beyond. */
Test(fact, cut_bytes_are_no_fact) {
    struct buffer out = {0};
    struct event event = transmitted();
    size_t bytes = fact_pack(&event, 0, &out);
    for (size_t len = 0; len < bytes; len++) {
        char *cut = malloc(len + 1);
        memcpy(cut, out.data, len);
        cr_expect_not(fact_check(cut, len), "cut to %zu", len);
        free(cut);
    }
    buffer_release(&out);
}

static void read_all(const struct fact *fact) {
    struct buffer text = {0};
    for (size_t i = 0; i < fact_register_count(fact); i++) {
        fact_register_name(fact, i, &text);
    }
    if (fact_type(fact) == EVENT_TRANSMITTED) {
        struct event_transmitted manifest;
        fact_transmitted(fact, &manifest);
        struct event_list boxes = manifest.containers;
        struct fact_cursor cursor = fact_list(fact, boxes);
        for (size_t i = 0; i < boxes.count; i++) {
            struct event_container box = fact_next_container(&cursor);
            struct fact_cursor goods = fact_list(fact, box.goods);
            buffer_append_slice(&text, box.number);
            for (size_t k = 0; k < box.goods.count; k++) {
                struct event_goods one;
                fact_next_goods(&goods, &one);
                buffer_append_slice(&text, one.description_key);
            }
        }
    }
    buffer_release(&text);
}

/* Whatever one byte becomes: either it is found, or everything can still be read inside the bytes. */
Test(fact, one_wrong_byte_reads_nothing_outside) {
    struct event events[] = {transmitted(), declaration()};
    size_t sound = 0;
    for (size_t which = 0; which < 2; which++) {
        struct buffer out = {0};
        size_t bytes = fact_pack(&events[which], 0, &out);
        char *exact = malloc(bytes);
        for (size_t i = 0; i < bytes; i++) {
            for (int bit = 0; bit < 8; bit++) {
                memcpy(exact, out.data, bytes);
                exact[i] = (char)(exact[i] ^ 1 << bit);
                if (fact_check(exact, bytes)) {
                    read_all((const struct fact *)exact);
                    sound++;
                }
            }
        }
        free(exact);
        buffer_release(&out);
    }
    cr_expect_gt(sound, 0);
}

Test(fact, a_register_written_twice_is_damage) {
    static const struct slice twice[] = {{"W1", 2}, {"W1", 2}};
    struct event event = declaration();
    event.data.declaration.waybills = (struct event_list){twice, 2};
    event = with_registers(event);
    struct buffer out = {0};
    size_t bytes = fact_pack(&event, 0, &out);
    cr_expect_not(fact_check(out.data, bytes));
    buffer_release(&out);
}
