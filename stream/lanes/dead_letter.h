/* A rejected message on its way out: its bytes untouched, and why (contract 8.1, 8.5). */
#ifndef CARAVAN_LANES_DEAD_LETTER_H
#define CARAVAN_LANES_DEAD_LETTER_H

#include "event/reject.h"
#include "flow/message.h"
#include "flow/outbox.h"

/* `topic` is where the message came from (input topic; in file mode the word "file"); `headers` reads the message's own
 * headers, NULL when it has none. Everything is copied into the outbox. */
void dead_letter_put(struct outbox *outbox, const struct message *message, const struct reject *reject,
                     struct slice topic, message_headers *headers);

#endif
