/* A conversion of files of one form: what a command needs of this room. One thread. */
#ifndef CARAVAN_CONVERT_CONVERSION_H
#define CARAVAN_CONVERT_CONVERSION_H

#include <stdbool.h>

#include "convert/convert.h"

enum conversion_form { CONVERSION_DCSA, CONVERSION_EPCIS, CONVERSION_EDIFACT, CONVERSION_FORMS };

struct conversion;

/* By its name; -1: none has it. */
int conversion_form_of(struct slice name);
/* `options` and `sink` outlive it. */
struct conversion *conversion_new(enum conversion_form form, const struct convert_options *options,
                                  const struct convert_sink *sink);
void conversion_free(struct conversion *conversion);
/* The next bytes of the file, in pieces of any length: how they are cut changes nothing. */
void conversion_feed(struct conversion *conversion, struct slice bytes);
/* The file ends; the next feed begins another. */
void conversion_end(struct conversion *conversion);
const struct convert_counts *conversion_counts(const struct conversion *conversion);

#endif
