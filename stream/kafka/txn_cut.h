/* An output as its topic takes it: a dead letter that is too large goes out without its value, then without the
 * message's own headers, then without its key; headers say how long each was (contract 8.6). Internal to kafka/. Pure.
 */
#ifndef CARAVAN_KAFKA_TXN_CUT_H
#define CARAVAN_KAFKA_TXN_CUT_H

#include <stddef.h>

#include "flow/outbox.h"

enum txn_cut { TXN_WHOLE, TXN_WITHOUT_VALUE, TXN_WITHOUT_HEADERS, TXN_WITHOUT_KEY, TXN_CUT_LAST = TXN_WITHOUT_KEY };

/* The bytes of the output, so cut, alone in a record batch: what a topic's max.message.bytes is held against. */
size_t txn_cut_bytes(const struct output *output, enum txn_cut cut);
/* The least cut after which a dead letter has at most `bytes_max`, the last where none is enough; *bytes is what it has
 * then. */
enum txn_cut txn_cut_for(const struct output *letter, size_t bytes_max, size_t *bytes);
struct slice txn_cut_key(const struct output *output, enum txn_cut cut);
struct slice txn_cut_value(const struct output *output, enum txn_cut cut);
/* The headers in their order: the message's own, ours, and what was left out. */
void txn_cut_each_header(const struct output *output, enum txn_cut cut,
                         void (*put)(void *context, struct slice name, struct slice value), void *context);

#endif
