#include "event/container.h"

/* ISO 6346: letters count 10, 12, 13 ... 38 (no multiples of 11), weights double from the left. */
static int check_digit(const char *number) {
    int sum = 0;
    /* From the right, doubling what is there; whatever stands there: facts are checked for lengths only. */
    for (int i = 9; i >= 4; i--) {
        sum = 2 * sum + (number[i] - '0');
    }
    for (int i = 3; i >= 0; i--) {
        int value = 10 + (number[i] - 'A');
        sum = 2 * sum + value + (value >= 11) + (value >= 21) + (value >= 31);
    }
    return sum % 11 % 10;
}

/* U, J and Z are ISO 6346's; the others EN 13044's, of swap bodies. */
bool container_is_regular(struct slice number) {
    return memchr("UJZABDEK", number.data[3], 8) != NULL && check_digit(number.data) == number.data[10] - '0';
}

/* The character is the length of ISO 6346; between two sizes the table tells what traffic figures count. */
uint64_t container_teu(struct slice size_type) {
    switch (size_type.data[0]) {
    case '1': return 50;
    case '2': return 100;
    case '3':
    case 'A':
    case 'B':
    case 'C':
    case 'D':
    case 'E':
    case 'F': return 150;
    case '4': return 200;
    case 'G':
    case 'H':
    case 'K':
    case 'L':
    case 'M':
    case 'N':
    case 'P': return 225;
    default: return 0;
    }
}
