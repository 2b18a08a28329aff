/* The list of what is recognised of other customs (contract 5.1, 5.19): control:CC:KIND and aeo:CC:YYYY-MM-DD. Pure. */
#ifndef CARAVAN_CONFIG_RECOGNISED_H
#define CARAVAN_CONFIG_RECOGNISED_H

#include <stdbool.h>

#include "base/slice.h"

enum { RECOGNISED_ERROR_BYTES = 256 };

/* Adds the entries of `list`, which stand apart by commas, blanks or line ends, to *text: an owned text of entries,
 * sorted, each once, joined by commas; NULL at first. False: `error` names the entry, what is wrong with it and the
 * nearest right spelling; *text is as before. */
bool recognised_add(char **text, struct slice list, char error[RECOGNISED_ERROR_BYTES]);

#endif
