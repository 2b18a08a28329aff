/* Presets are tables. Everything about a rate stands in one line of WORKLOAD_RATE_MAP, which is expanded here for
 * names, help and defaults: a rate cannot be without one of them. */
#include "workload/options.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/decimal.h"
#include "workload/rng.h"

const char *const WORKLOAD_RATE_NAMES[RATE_COUNT] = {
#define RATE_NAME(suffix, name, year, small, help) name,
    WORKLOAD_RATE_MAP(RATE_NAME)
#undef RATE_NAME
};

const char *const WORKLOAD_RATE_HELP[RATE_COUNT] = {
#define RATE_HELP(suffix, name, year, small, help) help,
    WORKLOAD_RATE_MAP(RATE_HELP)
#undef RATE_HELP
};

const char *const WORKLOAD_PRESET_NAMES[PRESET_COUNT] = {
    [PRESET_SMALL] = "small",
    [PRESET_XINJIANG_2020] = "xinjiang-2020",
    [PRESET_CHINA_2020] = "china-2020",
    [PRESET_XINJIANG_2011_2020] = "xinjiang-2011-2020",
};

/* In grams, so that totals are integers and sums exact. */
#define TONNES(number) (UINT64_C(number) * 1000000)

/* Figures of contract 6.8: 2020 alone, and the sums over 2011-2020. What each of the years before brings to those
 * sums is our estimate; only the growth is meant to be lifelike. */
static const struct workload_year XINJIANG_YEARS[] = {
    {2011, 17, TONNES(10300), 0},      {2012, 42, TONNES(25800), 0},     {2013, 80, TONNES(49600), 0},
    {2014, 290, TONNES(182100), 0},    {2015, 700, TONNES(445200), 0},   {2016, 1350, TONNES(870700), 0},
    {2017, 2780, TONNES(1820900), 0},  {2018, 4957, TONNES(3311200), 0}, {2019, 6920, TONNES(4744200), 0},
    {2020, 10051, TONNES(7262800), 0},
};

/* Published are a mass for Xinjiang and TEU for China: the other of the two comes out as it happens. */
static const struct workload_year CHINA_2020 = {2020, 12400, 0, 1135000};
static const struct workload_year SMALL_2020 = {2020, 60, 0, 0};

static void set_rates(struct workload_options *options, bool small) {
    static const struct {
        uint32_t year, small;
    } defaults[RATE_COUNT] = {
#define RATE_DEFAULT(suffix, name, year, small, help) {year, small},
        WORKLOAD_RATE_MAP(RATE_DEFAULT)
#undef RATE_DEFAULT
    };
    for (size_t i = 0; i < RATE_COUNT; i++) {
        options->rates[i] = small ? defaults[i].small : defaults[i].year;
    }
}

struct workload_options workload_preset(enum workload_preset preset) {
    struct workload_options options = {
        .xinjiang = preset == PRESET_XINJIANG_2020 || preset == PRESET_XINJIANG_2011_2020,
        /* `small` has small trains with far higher rates of everything odd, so that few trains show all of it. */
        .waybills_min = preset == PRESET_SMALL ? 6 : 30,
        .waybills_max = preset == PRESET_SMALL ? 24 : 50,
        .scale = RNG_MILLION,
        .year_count = 1,
    };
    set_rates(&options, preset == PRESET_SMALL);
    switch (preset) {
    case PRESET_XINJIANG_2020:
        options.years[0] = XINJIANG_YEARS[sizeof XINJIANG_YEARS / sizeof XINJIANG_YEARS[0] - 1];
        break;
    case PRESET_XINJIANG_2011_2020:
        options.year_count = sizeof XINJIANG_YEARS / sizeof XINJIANG_YEARS[0];
        memcpy(options.years, XINJIANG_YEARS, sizeof XINJIANG_YEARS);
        break;
    case PRESET_CHINA_2020: options.years[0] = CHINA_2020; break;
    default: options.years[0] = SMALL_2020; break;
    }
    return options;
}

/* The product needs 128 bits: a year's grams times WORKLOAD_TRAINS_MAX is beyond 2^64. */
static uint64_t scaled(uint64_t value, uint64_t part, uint64_t whole) {
    return (uint64_t)((uint128)value * part / whole);
}

void workload_set_trains(struct workload_options *options, uint64_t trains) {
    assert(trains >= 1 && trains <= WORKLOAD_TRAINS_MAX);
    uint64_t all = 0;
    for (size_t i = 0; i < options->year_count; i++) {
        all += options->years[i].trains;
    }
    /* A year gets what is missing to the rounded share of all years up to it. So the years sum up to `trains` exactly;
     * rounded one by one they would not. */
    uint64_t before = 0, given = 0;
    for (size_t i = 0; i < options->year_count; i++) {
        struct workload_year *year = &options->years[i];
        before += year->trains;
        uint64_t share = scaled(trains, before, all) - given;
        given += share;
        year->gross_g = scaled(year->gross_g, share, year->trains);
        year->teu = scaled(year->teu, share, year->trains);
        year->trains = share;
    }
}
