/* What trains of a workload carry and who sends it: real HS codes with our own short names for them, and made-up
 * companies. Any likeness of a company's name to a real one is chance. */
#ifndef CARAVAN_WORKLOAD_CATALOG_H
#define CARAVAN_WORKLOAD_CATALOG_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "workload/places.h"

/* Every text here stands as in JSON: quotes and backslashes are escaped already. */
struct catalog_goods {
    const char *hs; /* six digits of the Harmonized System 2022 */
    const char *english, *chinese;
    const char *package_type;
    uint32_t package_g;    /* of one package, about */
    uint32_t value_per_kg; /* ten-thousandths of the currency */
    const char *currency;
};

enum { CATALOG_EXIT_GOODS = 40, CATALOG_ENTRY_GOODS = 28 };
extern const struct catalog_goods CATALOG_OF_EXIT[CATALOG_EXIT_GOODS];   /* what China sends */
extern const struct catalog_goods CATALOG_OF_ENTRY[CATALOG_ENTRY_GOODS]; /* what China buys */

struct catalog_company {
    struct slice code, name, country;
    struct slice aeo; /* data NULL: none */
    const struct place *place;
};

/* Dangerous goods: an entry of the UN list. */
struct catalog_un {
    const char *un, *class_;
};

enum { CATALOG_UN_NUMBERS = 8 };
extern const struct catalog_un CATALOG_OF_UN[CATALOG_UN_NUMBERS]; /* what trains carry and declare */
extern const struct catalog_un CATALOG_AEROSOLS;
extern const struct catalog_goods CATALOG_SPRAY; /* fragrance, in aerosol cans */

enum { CATALOG_COMPANIES = 1024 };

/* The same companies for every seed. Immutable once filled; the memory of its texts is the arena's. */
struct catalog {
    struct catalog_company china[CATALOG_COMPANIES], abroad[CATALOG_COMPANIES];
};

void catalog_init(struct catalog *catalog, struct arena *arena);

#endif
