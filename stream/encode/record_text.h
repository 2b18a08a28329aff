/* The JSON of a kept record (record/kept.h): what its containers and declarations were written as is kept, and only
 * what changed is written again. The bytes are those of encode_record. Pure; single owner. */
#ifndef CARAVAN_ENCODE_RECORD_TEXT_H
#define CARAVAN_ENCODE_RECORD_TEXT_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "record/kept.h"

struct record_text;

struct record_text *record_text_new(void);
void record_text_free(struct record_text *text);
/* Memory held. */
size_t record_text_bytes(const struct record_text *text);

enum { RECORD_PARTS = 6, RECORD_DIGEST_AT = 5 /* the part in front of which it goes */ };

/* A whole record in parts, which live in the text and in `rest`. */
struct record_whole {
    struct slice parts[RECORD_PARTS];
    struct hash128 digest;
    size_t bytes; /* with the digest's member */
};

/* Brings the text up to the update that made *kept; each update since the last whole one must have passed here. `rest`
 * is overwritten and holds what is not kept. */
void record_text_write(struct record_text *text, const struct kept_record *kept, struct buffer *rest,
                       struct record_whole *whole);
/* Writes exactly whole->bytes. */
void record_whole_copy(const struct record_whole *whole, char *out);

#endif
