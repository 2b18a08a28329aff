/* Bytes of an EDIFACT interchange as UTF-8. Pure. */
#ifndef CARAVAN_CONVERT_EDIFACT_TEXT_H
#define CARAVAN_CONVERT_EDIFACT_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

enum edifact_charset { EDIFACT_ASCII, EDIFACT_LATIN1, EDIFACT_CYRILLIC, EDIFACT_UTF8 };

/* By the name that UNB has for it (0001); false for one that is not read. */
bool edifact_charset_of(struct slice name, enum edifact_charset *charset);
/* Appends `bytes` as UTF-8; NULL, or what is wrong with them. */
const char *edifact_text_put(struct buffer *out, enum edifact_charset charset, struct slice bytes);

#endif
