/* What taking segments into a message is made of. Internal to edifact_message.c and edifact_goods.c. */
#ifndef CARAVAN_CONVERT_EDIFACT_TAKE_H
#define CARAVAN_CONVERT_EDIFACT_TAKE_H

#include "convert/edifact_message.h"

bool edifact_is(struct slice text, const char *word);
/* The component of a segment, kept for as long as the message. */
struct slice edifact_keep(struct edifact_message *message, const struct edifact_segment *segment, size_t element,
                          size_t component);
/* Keeps it unless one is there: groups repeat in later ones what they are about. */
void edifact_keep_first(struct edifact_message *message, struct slice *to, struct slice text);
/* `behind` and what stands in the first five components of an element, a space between two; absent: nothing does. */
struct slice edifact_joined(struct edifact_message *message, const struct edifact_segment *segment, size_t element,
                            struct slice behind);
/* Notes that the consignment cannot be converted, and where that was seen; the first fault counts. */
void edifact_fail(struct edifact_message *message, const struct edifact_segment *segment, struct slice value,
                  const char *what);
/* Reads a number of at most so many digits; the decimal mark may be a comma (ISO 9735). */
bool edifact_amount(struct slice text, int digits, int places, struct edifact_amount *amount);
/* Reads a number of packages, where one stands. */
void edifact_count(struct edifact_message *message, const struct edifact_segment *segment, struct slice text,
                   struct edifact_amount *amount);
/* A container's number as the contract has it: without the spaces and hyphens that people write into it, and what
 * stands behind a slash. */
struct slice edifact_container(struct edifact_message *message, struct slice text);
/* Keeps a tariff code for the goods, without the points and spaces that are written between groups of digits. */
void edifact_hs(struct edifact_message *message, struct slice code);

#endif
