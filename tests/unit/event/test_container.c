/* What a container's number and size type say by themselves (contract 1.8, 5.6). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "event/container.h"

/* ISO 6346: the value of each letter, in each of the places of the owner's code, and of each digit. */
Test(container, check_digits) {
    static const int values[26] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
                                   25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38};
    static const int u = 32;
    for (int i = 0; i < 26 * 3; i++) {
        int letter = i / 3, place = i % 3;
        int sum = values[letter] << place;
        for (int k = 0; k < 3; k++) {
            sum += k == place ? 0 : values[25] << k;
        }
        sum += (u << 3) + (letter % 10 << 4) + (place << 9);
        char owner[] = "ZZZ", number[16];
        owner[place] = (char)('A' + letter);
        for (int digit = 0; digit < 10; digit++) {
            snprintf(number, sizeof number, "%sU%c0000%c%c", owner, '0' + letter % 10, '0' + place, '0' + digit);
            cr_expect_eq(container_is_regular(slice_of(number)), digit == sum % 11 % 10, "%s", number);
        }
    }
}

/* The fourth letter is one of ISO 6346's or EN 13044's, whatever the check digit. */
Test(container, fourth_letters) {
    for (char letter = 'A'; letter <= 'Z'; letter++) {
        char number[] = "CSQU3054380";
        number[3] = letter;
        int regular = 0;
        for (char digit = '0'; digit <= '9'; digit++) {
            number[10] = digit;
            regular += container_is_regular(slice_of(number));
        }
        cr_expect_eq(regular, strchr("UJZABDEK", letter) != NULL, "%c", letter);
    }
}

Test(container, of_the_contract) {
    static const char *const regular[] = {"CSQU3054383", "TEXU3070079", "MSKU6639870"};
    for (size_t i = 0; i < sizeof regular / sizeof regular[0]; i++) {
        cr_expect(container_is_regular(slice_of(regular[i])), "%s", regular[i]);
    }
    cr_expect_not(container_is_regular(SLICE("CBHU1234567")));
}

Test(container, teu_by_first_character) {
    static const struct {
        const char *characters;
        unsigned teu;
    } rows[] = {{"1", 50}, {"2", 100}, {"3ABCDEF", 150}, {"4", 200}, {"GHKLMNP", 225}, {"05678 9IJOQRSTUVWXYZabg", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (const char *c = rows[i].characters; *c != '\0'; c++) {
            char size_type[] = "?5G1";
            size_type[0] = *c;
            cr_expect_eq(container_teu(slice_of(size_type)), rows[i].teu, "%s", size_type);
        }
    }
}
