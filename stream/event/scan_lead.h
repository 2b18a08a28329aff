/* What stands in front of a member's value, compared at once. In the forms of scan_block.h. Internal to event/scan*.c.
 */
#ifndef CARAVAN_EVENT_SCAN_LEAD_H
#define CARAVAN_EVENT_SCAN_LEAD_H

#include <stdbool.h>

#include "event/scan_block.h"

enum { SCAN_LEAD_BYTES = 32 };

/* Bytes that a text is compared with, all at once: those whose mask is 0 do not count. */
struct scan_lead {
    char text[SCAN_LEAD_BYTES], mask[SCAN_LEAD_BYTES];
};

/* Whether a text is there. Reads SCAN_LEAD_BYTES of it. */
#if defined(__AVX2__) && !defined(SCAN_PORTABLE)

static inline bool scan_is_lead(const char *at, const struct scan_lead *lead) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)lead->text);
    return _mm256_testz_si256(_mm256_xor_si256(bytes, text),
                              _mm256_loadu_si256((const __m256i *)(const void *)lead->mask)) != 0;
}

#else

/* No lead has more than three words. */
static inline bool scan_is_lead(const char *at, const struct scan_lead *lead) {
    return (((scan_load(at) ^ scan_load(lead->text)) & scan_load(lead->mask)) |
            ((scan_load(at + 8) ^ scan_load(lead->text + 8)) & scan_load(lead->mask + 8)) |
            ((scan_load(at + 16) ^ scan_load(lead->text + 16)) & scan_load(lead->mask + 16))) == 0;
}

#endif

#endif
