/* Which name was meant. */
#include <criterion/criterion.h>

#include "config/nearest.h"

Test(nearest, distances) {
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {{"", "", 0},      {"abc", "abc", 0}, {"", "abc", 3},      {"abc", "", 3},           {"abc", "abd", 1},
                 {"abc", "ab", 1}, {"ab", "abc", 1},  {"abcd", "acbd", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(nearest_distance(cases[i].a, cases[i].b), cases[i].distance, "%s %s", cases[i].a, cases[i].b);
    }
}

Test(nearest, long_names_are_far_away) {
    char name[200];
    for (size_t i = 0; i + 1 < sizeof name; i++) {
        name[i] = 'a';
    }
    name[sizeof name - 1] = '\0';
    cr_assert_gt(nearest_distance(name, "a"), 127);
    cr_assert_gt(nearest_distance("a", name), 127);
}

Test(nearest, the_closest_is_kept_and_far_ones_are_not) {
    struct nearest nearest = {0};
    nearest_offer(&nearest, "emit", "group");
    cr_assert_null(nearest.name);
    nearest_offer(&nearest, "emit", "edit");
    nearest_offer(&nearest, "emit", "exit");
    cr_assert_str_eq(nearest.name, "edit");
    nearest_offer(&nearest, "emit", "emit");
    cr_assert_str_eq(nearest.name, "emit");
}
