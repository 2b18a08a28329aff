/* UTF-8 as RFC 3629 has it: no form longer than its character needs, no halves of surrogate pairs, nothing beyond
 * U+10FFFF. Pure. */
#ifndef CARAVAN_BASE_UTF8_H
#define CARAVAN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The length of the first character of a text that is not empty, and its number; 0 when its first byte belongs to none.
 */
size_t utf8_first(struct slice text, uint32_t *code);
bool utf8_is_valid(struct slice text);

#endif
