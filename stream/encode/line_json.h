/* The lines of `merge --rejects` and `merge --facts` (schemas/records/rejects.json and facts.json). Pure. */
#ifndef CARAVAN_ENCODE_LINE_JSON_H
#define CARAVAN_ENCODE_LINE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "core/fact.h"

struct line_reject {
    struct slice reason, pointer, message; /* valid UTF-8 */
    struct slice file;                     /* a path; shown with replacement where it is not UTF-8 */
    uint64_t line;                         /* from 1 */
    struct slice value; /* the message's bytes: `value`, or `value_base64` where they are not valid UTF-8 */
};

/* Appends one JSON object and a LF. */
void line_write_reject(const struct line_reject *reject, struct buffer *out);

/* Appends one JSON object and a LF: train, registers (those that the fact is the newest of), time, source, id, hash,
 * file, line. */
void line_write_fact(struct slice train_key, const struct fact *fact, const size_t *registers, size_t register_count,
                     struct slice file, uint64_t line, struct buffer *out);

#endif
