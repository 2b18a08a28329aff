/* Plain numbers, eight digits at a time. Reads as many bytes behind a number as scan_load does. Internal to
 * event/scan*.c. */
#ifndef CARAVAN_EVENT_SCAN_NUMBER_H
#define CARAVAN_EVENT_SCAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/scan_block.h"

#define SCAN_BYTES(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte))

/* How many of the eight bytes are digits before the first that is none. */
static inline unsigned scan_digit_count(uint64_t word) {
    uint64_t value = word ^ SCAN_BYTES('0');
    uint64_t others = ((value + SCAN_BYTES(0x80 - 10)) | value) & SCAN_BYTES(0x80);
    return others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
}

/* The number that the first 1 to 8 bytes, all digits, are: they move to the end and zeros in front of them; then
 * neighbours are put together, to two digits, four, eight. */
static inline uint32_t scan_digits(uint64_t word, unsigned count) {
    uint64_t value = (word ^ SCAN_BYTES('0')) << (64 - 8 * count);
    value = (value * 10 + (value >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    value = (value * 100 + (value >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(value * 10000 + (value >> 32));
}

/* Four of A-Z. */
static inline bool scan_are_letters(const char *at) {
    uint64_t word = scan_load(at) & UINT32_MAX;
    return (((word - 0x41414141) | (0x5a5a5a5a - word)) & 0x80808080) == 0;
}

/* What may follow a number. */
static inline bool scan_is_behind(char c) {
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A whole number of 1 to 7 digits; behind it, NULL where it is spelled otherwise. */
static inline const char *scan_whole(const char *at, uint64_t *out) {
    uint64_t word = scan_load(at);
    unsigned count = scan_digit_count(word);
    if (count == 0 || count == 8 || (count > 1 && *at == '0') || !scan_is_behind(at[count])) {
        return NULL;
    }
    *out = scan_digits(word, count);
    return at + count;
}

/* One with up to six digits behind a point, if any; *out is it times 10^6. */
static inline const char *scan_decimal(const char *at, uint64_t *out) {
    static const uint32_t SCALE[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    uint64_t word = scan_load(at);
    unsigned count = scan_digit_count(word);
    if (count == 0 || count == 8 || (count > 1 && *at == '0')) {
        return NULL;
    }
    *out = (uint64_t)scan_digits(word, count) * SCALE[0];
    at += count;
    if (*at == '.') {
        word = scan_load(at + 1);
        count = scan_digit_count(word);
        if (count == 0 || count > 6) {
            return NULL;
        }
        *out += (uint64_t)scan_digits(word, count) * SCALE[count];
        at += 1 + count;
    }
    return scan_is_behind(*at) ? at : NULL;
}

#endif
