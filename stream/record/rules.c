/* The order of the names is that of the enumerations; configuration, records and the text of a commit write the same
 * words. */
#include "record/rules.h"

const char *const MERGE_POLICY_NAMES[MERGE_POLICY_COUNT] = {"auto", "applied", "never"};
const char *const REQUIRE_LEVEL_NAMES[REQUIRE_LEVEL_COUNT] = {"none", "summary", "full", "release"};

/* The index of `name`, or -1. */
static int find_name(const char *const *names, int count, struct slice name) {
    for (int i = 0; i < count; i++) {
        if (slice_equal(slice_of(names[i]), name)) {
            return i;
        }
    }
    return -1;
}

bool rules_parse_merge(struct slice name, enum merge_policy *out) {
    int index = find_name(MERGE_POLICY_NAMES, MERGE_POLICY_COUNT, name);
    if (index >= 0) {
        *out = (enum merge_policy)index;
    }
    return index >= 0;
}

bool rules_parse_require(struct slice name, enum require_level *out) {
    int index = find_name(REQUIRE_LEVEL_NAMES, REQUIRE_LEVEL_COUNT, name);
    if (index >= 0) {
        *out = (enum require_level)index;
    }
    return index >= 0;
}

/* The list is walked as text each time: it has a few entries, and as text it is what commits carry the hash of
 * (contract 7.10). */
bool rules_next_recognised(struct slice *rest, struct slice *entry) {
    if (rest->len == 0) {
        return false;
    }
    const char *comma = memchr(rest->data, ',', rest->len);
    *entry = (struct slice){rest->data, comma == NULL ? rest->len : (size_t)(comma - rest->data)};
    size_t passed = entry->len + (comma != NULL);
    *rest = (struct slice){rest->data + passed, rest->len - passed};
    return true;
}

/* What stands behind `prefix` and the country in an entry of that kind; data NULL for another entry. */
static struct slice behind(struct slice entry, struct slice prefix, struct slice country) {
    size_t head = prefix.len + country.len + 1;
    bool good = entry.len > head && memcmp(entry.data, prefix.data, prefix.len) == 0 &&
                memcmp(entry.data + prefix.len, country.data, country.len) == 0 && entry.data[head - 1] == ':';
    return good ? (struct slice){entry.data + head, entry.len - head} : (struct slice){NULL, 0};
}

bool rules_recognise_control(const struct rules *rules, struct slice authority, const char *kind) {
    struct slice rest = rules->recognised;
    for (struct slice entry; rules_next_recognised(&rest, &entry);) {
        if (slice_equal(behind(entry, SLICE("control:"), authority), slice_of(kind))) {
            return true;
        }
    }
    return false;
}

/* Dates of this form compare as texts. Of several dates for a country the earliest is the one that decides. */
bool rules_recognise_aeo(const struct rules *rules, struct slice country, struct slice date) {
    struct slice rest = rules->recognised;
    for (struct slice entry; rules_next_recognised(&rest, &entry);) {
        struct slice since = behind(entry, SLICE("aeo:"), country);
        if (since.data != NULL && slice_compare(since, date) <= 0) {
            return true;
        }
    }
    return false;
}
