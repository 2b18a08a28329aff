/* The pieces of a record's JSON, for the files that write whole ones: record_json.c in one go, record_text.c with what
 * it kept. In this order, with commas between elements:
 *
 *   head  containers  middle  declarations  ]  digest  tail
 *
 * The digest is over all but itself (contract 5.14). */
#ifndef CARAVAN_ENCODE_RECORD_PUT_H
#define CARAVAN_ENCODE_RECORD_PUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "record/record.h"

enum { RECORD_DIGEST_BYTES = sizeof(",\"digest\":\"\"") - 1 + HASH_HEX_BYTES };

/* Where, in a declaration's bytes, the values begin that change while it is declared. A comma follows each. */
struct record_marks {
    size_t advance, declared, released;
};

void record_put_head(struct buffer *out, const struct record *record);
void record_put_container(struct buffer *out, const struct record_container *container);
void record_put_middle(struct buffer *out, const struct record *record);
void record_put_declaration(struct buffer *out, const struct record_declaration *declaration,
                            struct record_marks *marks);
/* Something must stand in front of it. */
void record_put_tail(struct buffer *out, const struct record *record, bool expired);
/* Exactly the member, with its comma. */
void record_write_digest(struct hash128 digest, char out[RECORD_DIGEST_BYTES]);

#endif
