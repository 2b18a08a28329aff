/* What numbers and size types of containers say by themselves (contract 1.8, 5.6). Pure. */
#ifndef CARAVAN_EVENT_CONTAINER_H
#define CARAVAN_EVENT_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Whether a number of four letters and seven digits is regular: its fourth letter is one of the standards', and its
 * check digit right. */
bool container_is_regular(struct slice number);
/* Hundredths of a TEU, by the first character; 0 where no size type begins so. */
uint64_t container_teu(struct slice size_type);

#endif
