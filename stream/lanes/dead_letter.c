/* A message that was turned away, on its way to the dead letters: its bytes untouched, and why (contract 8.1). */
#include "lanes/dead_letter.h"

#include "flow/letter.h"

void dead_letter_put(struct outbox *outbox, const struct message *message, const struct reject *reject,
                     struct slice topic, message_headers *headers) {
    /* All of it is copied: the message goes back to the client long before the epoch is decided. */
    const struct message_header *own = NULL;
    size_t own_count = headers == NULL ? 0 : headers(message, &outbox->memory, &own);
    struct letter *letter = arena_take(&outbox->memory, sizeof *letter);
    *letter = (struct letter){
        .reason = slice_of(reject_name(reject->reason)),
        .pointer = outbox_keep(outbox, slice_of(reject->pointer)),
        .message = outbox_keep(outbox, slice_of(reject->message)),
        .topic = outbox_keep(outbox, topic),
        .partition = message->partition,
        .offset = message->offset,
        .timestamp_ms = message->timestamp_ms,
    };
    outbox_put(outbox, &(struct output){
                           .topic = OUTPUT_DEAD_LETTERS,
                           .input_partition = message->partition,
                           .key = outbox_keep(outbox, message->key),
                           .value = outbox_keep(outbox, message->value),
                           .headers = own,
                           .header_count = own_count,
                           .letter = letter,
                       });
}
