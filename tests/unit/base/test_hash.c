#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/hash_short.h"

/* XXH3-128 without a seed as xxhsum 0.8.1 -H2 prints it, of the first bytes of one text said again and again: a length
 * for each way in which XXH3 treats lengths. */
Test(hash, is_canonical_xxh3_128) {
    static const struct {
        size_t len;
        const char *hex;
    } cases[] = {
        {0, "99aa06d3014798d86001c324468d497f"},    {1, "5abe4bc5963a3172616e98f5aa1c80c0"},
        {3, "87df775cfbc50f088b73e910fe03d37e"},    {4, "35a0f4c60bfcb3bc588a64a5382ab2fe"},
        {8, "0551d196b0080f6a42a532bde316636d"},    {9, "7d1d74fa5fb916c59b8360a0495d8ed0"},
        {16, "3f333e45eb465219b8e8e7dd6ef42ef8"},   {17, "c14004e1a643cd6cdf2eddea70a68fc0"},
        {128, "7c908d5da9599ad31428c38cc8aa941f"},  {129, "7eba720c905fecc9e8eb08a0ee18fa3f"},
        {240, "9e0e127f0c6c1f4c47b938f5a2d72f8e"},  {241, "ec05bf6ddbfb23ebfd52721b367de90c"},
        {1000, "9da2b3e7ea79895ec3a38147fb2c05e1"},
    };
    struct buffer text = {0};
    while (text.len < 1000) {
        buffer_append_text(&text, "Caravan \xe4\xb8\xad\xe6\xac\xa7\xe7\x8f\xad\xe5\x88\x97");
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char found[HASH_HEX_BYTES];
        hash_write(hash_of((struct slice){text.data, cases[i].len}), found);
        cr_expect_eq(memcmp(found, cases[i].hex, HASH_HEX_BYTES), 0, "%zu: %.32s", cases[i].len, found);
    }
    buffer_release(&text);
}

static struct hash128 of(uint64_t high, uint64_t low) {
    return (struct hash128){high, low};
}

Test(hash, written_and_parsed) {
    static const struct {
        struct hash128 hash;
        const char *hex;
    } cases[] = {
        {{0, 0}, "00000000000000000000000000000000"},
        {{0, 1}, "00000000000000000000000000000001"},
        {{1, 0}, "00000000000000010000000000000000"},
        {{UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)}, "0123456789abcdeffedcba9876543210"},
        {{UINT64_MAX, UINT64_MAX}, "ffffffffffffffffffffffffffffffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[HASH_HEX_BYTES];
        struct hash128 back;
        hash_write(cases[i].hash, hex);
        cr_expect_eq(memcmp(hex, cases[i].hex, HASH_HEX_BYTES), 0, "%s", cases[i].hex);
        cr_expect(hash_parse(slice_of(cases[i].hex), &back) && hash_equal(back, cases[i].hash), "%s", cases[i].hex);
    }
}

Test(hash, refuses_what_is_not_one) {
    static const char *const texts[] = {
        "",
        "0000000000000000000000000000000",
        "000000000000000000000000000000000",
        "0000000000000000000000000000000A",
        "0000000000000000000000000000000g",
        "-0000000000000000000000000000000",
        "0000000000000000 000000000000000",
    };
    struct hash128 hash;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect_not(hash_parse(slice_of(texts[i]), &hash), "%s", texts[i]);
    }
}

Test(hash, sums_are_modulo_2_to_the_128) {
    struct hash128 most = of(UINT64_MAX, UINT64_MAX);
    cr_expect(hash_equal(hash_add(of(0, UINT64_MAX), of(0, 1)), of(1, 0)));
    cr_expect(hash_equal(hash_add(most, of(0, 1)), of(0, 0)));
    cr_expect(hash_equal(hash_add(most, most), of(UINT64_MAX, UINT64_MAX - 1)));
    cr_expect(hash_equal(hash_subtract(of(1, 0), of(0, 1)), of(0, UINT64_MAX)));
    cr_expect(hash_equal(hash_subtract(of(0, 0), of(0, 1)), most));
    struct hash128 a = hash_of(SLICE("a")), b = hash_of(SLICE("b"));
    cr_expect(hash_equal(hash_subtract(hash_add(a, b), b), a));
    cr_expect(hash_equal(hash_add(a, b), hash_add(b, a)));
}

Test(hash, order_is_that_of_unsigned_numbers) {
    static const struct hash128 ascending[] = {{0, 0}, {0, 1}, {0, UINT64_MAX}, {1, 0}, {1, 1}, {UINT64_MAX, 0}};
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < 6; k++) {
            int c = hash_compare(ascending[i], ascending[k]);
            cr_expect_eq((c > 0) - (c < 0), (i > k) - (i < k), "%d and %d", i, k);
            cr_expect_eq(hash_equal(ascending[i], ascending[k]), i == k);
        }
    }
}

Test(hash, a_seed_changes_it) {
    cr_expect_neq(hash_seeded(SLICE("X8024"), 1), hash_seeded(SLICE("X8024"), 2));
    cr_expect_eq(hash_seeded(SLICE("X8024"), 1), hash_seeded(SLICE("X8024"), 1));
    cr_expect_neq(hash_random_seed(), hash_random_seed());
}

/* Of texts that lie in memory as long as they are, so that reading beside them shows. */
Test(hash, a_short_one_depends_on_each_byte) {
    enum { LEN_MAX = 70 };
    for (size_t len = 0; len <= LEN_MAX; len++) {
        char *text = alloc_bytes(len);
        memset(text, 'x', len);
        struct slice slice = {text, len};
        uint64_t hash = hash_short(slice, 7);
        cr_expect_neq(hash_short(slice, 8), hash);
        cr_expect_eq(hash_seeded(slice, 7), hash);
        cr_expect(len == 0 || hash_short((struct slice){text, len - 1}, 7) != hash);
        for (size_t i = 0; i < len; i++) {
            text[i] = 'y';
            cr_expect_neq(hash_short(slice, 7), hash, "byte %zu of %zu", i, len);
            text[i] = 'x';
        }
        cr_expect_eq(hash_short(slice, 7), hash);
        free(text);
    }
}

/* The lowest bits say where in a table a string is looked for, the highest in others. */
Test(hash, short_ones_are_spread) {
    enum { BITS = 10, TEXTS = 4 << BITS };
    static unsigned low[1 << BITS], high[1 << BITS];
    for (unsigned i = 0; i < TEXTS; i++) {
        char text[24];
        snprintf(text, sizeof text, "SMGS%08u", i);
        uint64_t hash = hash_short(slice_of(text), 7);
        cr_assert_lt(++low[hash & ((1 << BITS) - 1)], 20);
        cr_assert_lt(++high[hash >> (64 - BITS)], 20);
    }
}

/* What a length changes must not be what another byte does. */
Test(hash, short_ones_of_different_lengths_differ) {
    enum { TEXTS = 2000 };
    static uint64_t hashes[TEXTS];
    for (unsigned i = 0; i < TEXTS; i++) {
        char text[24];
        snprintf(text, sizeof text, "%u", i);
        hashes[i] = hash_short(slice_of(text), 7);
        for (unsigned k = 0; k < i; k++) {
            cr_assert_neq(hashes[k], hashes[i], "%u and %u", k, i);
        }
    }
}
