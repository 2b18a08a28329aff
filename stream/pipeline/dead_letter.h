/* A rejected message on its way out: its bytes untouched and why, in headers (spec section 8). */
#ifndef CARAVAN_PIPELINE_DEAD_LETTER_H
#define CARAVAN_PIPELINE_DEAD_LETTER_H

#include "base/message.h"
#include "base/outbox.h"
#include "event/reject.h"

/* `topic` is where the message came from (input topic; in file mode the word "file"); `headers` reads the message's own
 * headers, NULL when it has none. Everything is copied into the outbox. */
void dead_letter_put(struct outbox *outbox, const struct message *message, const struct reject *reject,
                     struct slice topic, message_headers *headers);
/* The value of the header `__caravan.errors.NAME` of a dead letter (the last of that name); data NULL when absent. */
struct slice dead_letter_header(const struct output *letter, const char *name);
/* The same as a number (partition, offset, timestamp); the header must be there. */
int64_t dead_letter_number(const struct output *letter, const char *name);

#endif
