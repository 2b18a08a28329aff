/* Companies are put together from short lists of words by a generator with a seed of its own, so they are the same in
 * every workload. Names are long and of several scripts, with quotes and legal forms, as real ones are: the merge has
 * to carry such texts through to the byte. */
#include "workload/catalog.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

struct word {
    const char *latin, *local;
};

static const struct word BRANDS[] = {
    {"Haiyun", "海云"},      {"Xinqiao", "新桥"},   {"Luotuo", "驼铃"},      {"Jinshi", "金石"},
    {"Changfeng", "长风远"}, {"Yunshan", "云杉"},   {"Tianlu", "天路通"},    {"Beidao", "北道"},
    {"Hexi", "河西"},        {"Qinglan", "青岚"},   {"Dingsheng", "鼎晟源"}, {"Ruifan", "瑞帆"},
    {"Silu", "丝途"},        {"Hongyan", "鸿雁来"}, {"Xingyuan", "星原"},    {"Baichuan", "百川达"},
};

static const struct word TRADES[] = {
    {"Electronics", "电子科技"},         {"Machinery", "机械设备"},
    {"International Trade", "国际贸易"}, {"Textile", "纺织"},
    {"Supply Chain", "供应链管理"},      {"Auto Parts", "汽车零部件"},
    {"Home Appliances", "家用电器"},     {"New Energy", "新能源"},
};

static const char *const ABROAD_BRANDS[] = {
    "Nordweg", "Brückner",  "Kestrel", "Altamira", "Wojnar",      "Severny Les", "Ala-Too", "Lindqvist",
    "Farrow",  "Delacroix", "Hanák",   "Tulpar",   "Zelené Hory", "Ostermann",   "Vega",    "Rosner",
};

static const char *const ABROAD_TRADES[] = {
    "Logistik", "Trading", "Foods", "Timber", "Automotive", "Import-Export", "Chemicals", "Medical",
};

/* TEXT_BYTES_MAX is above the longest name; `keep` would find one that snprintf cut. */
enum {
    BRAND_COUNT = sizeof BRANDS / sizeof BRANDS[0],
    TRADE_COUNT = sizeof TRADES / sizeof TRADES[0],
    ABROAD_BRAND_COUNT = sizeof ABROAD_BRANDS / sizeof ABROAD_BRANDS[0],
    ABROAD_TRADE_COUNT = sizeof ABROAD_TRADES / sizeof ABROAD_TRADES[0],
    TEXT_BYTES_MAX = 256
};

/* How companies of a country sign, in JSON text, so that quotes are escaped. Patterns take brand, trade and city. */
static const char *company_pattern(const char *place_code) {
    static const struct {
        const char *country, *pattern;
    } patterns[] = {
        {"DE", "%s %s %s GmbH"},        {"PL", "%s %s %s Sp. z o.o."},  {"NL", "%s %s %s B.V."},
        {"BE", "%s %s %s BV"},          {"FR", "%s %s %s S.A.R.L."},    {"ES", "%s %s %s S.L."},
        {"IT", "%s %s %s S.r.l."},      {"HU", "%s %s %s Kft."},        {"RU", "ООО \\\"%s %s %s\\\""},
        {"BY", "ООО \\\"%s %s %s\\\""}, {"KZ", "ТОО \\\"%s %s %s\\\""}, {"TR", "%s %s %s A.Ş."},
    };
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (patterns[i].country[0] == place_code[0] && patterns[i].country[1] == place_code[1]) {
            return patterns[i].pattern;
        }
    }
    return "%s %s %s Ltd";
}

static struct slice keep(struct arena *arena, const char *text, int len) {
    assert(len > 0 && len < TEXT_BYTES_MAX);
    return arena_copy(arena, (struct slice){text, (size_t)len});
}

/* Places take turns, so that each has its share. The code has the 18 characters of a unified social credit code; the
 * index at its end makes it unique, since the code is what a merge goes by (contract 5.2). */
static void fill_chinese(struct catalog_company *company, uint32_t index, struct rng *rng, struct arena *arena) {
    char text[TEXT_BYTES_MAX];
    const struct place *place = &PLACES_OF_CHINA[index % PLACES_CHINA];
    const struct word *brand = &BRANDS[rng_below(rng, BRAND_COUNT)];
    const struct word *trade = &TRADES[rng_below(rng, TRADE_COUNT)];
    company->place = place;
    company->name = keep(arena, text,
                         snprintf(text, sizeof text, "%s%s%s有限公司 (%s %s %s Co., Ltd.)", place->local_name,
                                  brand->local, trade->local, place->name, brand->latin, trade->latin));
    company->code =
        keep(arena, text,
             snprintf(text, sizeof text, "91%06" PRIu64 "MA%08" PRIu32, rng_below(rng, RNG_MILLION), index));
    company->country = SLICE("CN");
    if (rng_chance(rng, 350000)) {
        company->aeo =
            keep(arena, text, snprintf(text, sizeof text, "AEOCN%010" PRIu64, rng_below(rng, UINT64_C(4000000000))));
    }
}

/* The index is in the code here too. Abroad there is no one form of codes: this one has dots and dashes, which contract
 * 2.8 allows. */
static void fill_abroad(struct catalog_company *company, uint32_t index, struct rng *rng, struct arena *arena) {
    char text[TEXT_BYTES_MAX];
    const struct place *place = &PLACES_OF_ABROAD[index % PLACES_ABROAD];
    company->place = place;
    const char *brand = ABROAD_BRANDS[rng_below(rng, ABROAD_BRAND_COUNT)];
    const char *trade = ABROAD_TRADES[rng_below(rng, ABROAD_TRADE_COUNT)];
    const char *pattern = company_pattern(place->code);
    company->name = keep(arena, text, snprintf(text, sizeof text, pattern, brand, trade, place->local_name));
    company->code =
        keep(arena, text,
             snprintf(text, sizeof text, "%.2s-%08" PRIu64 ".%" PRIu32, place->code, rng_below(rng, 100000000), index));
    company->country = (struct slice){place->code, 2};
    if (rng_chance(rng, 200000)) {
        company->aeo = keep(arena, text,
                            snprintf(text, sizeof text, "%.2sAEOF%09" PRIu64, place->code, rng_below(rng, 1000000000)));
    }
}

void catalog_init(struct catalog *catalog, struct arena *arena) {
    /* Not the workload's seed; and a stream that no part of a workload draws from, should its seed be 0 as well. */
    struct rng rng = rng_new(0, 0xca7a, 0);
    *catalog = (struct catalog){0};
    for (uint32_t i = 0; i < CATALOG_COMPANIES; i++) {
        fill_chinese(&catalog->china[i], i, &rng, arena);
        fill_abroad(&catalog->abroad[i], i, &rng, arena);
    }
}
