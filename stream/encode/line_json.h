/* The lines of `merge --rejects` and `merge --facts` (schemas/records/rejects.json and facts.json; contract 9.4, 9.5).
 * Pure. */
#ifndef CARAVAN_ENCODE_LINE_JSON_H
#define CARAVAN_ENCODE_LINE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "train/fact.h"

struct line_reject {
    struct slice reason, pointer, message; /* valid UTF-8 */
    struct slice file;                     /* a path; shown with replacement where it is not UTF-8 */
    uint64_t line;                         /* from 1 */
    struct slice value; /* the message's bytes: `value`, or `value_base64` where they are not valid UTF-8 */
};

/* Appends one JSON object and a LF. */
void line_write_reject(const struct line_reject *reject, struct buffer *out);

struct line_fact {
    struct slice train_key;
    const struct fact *fact;
    const size_t *registers; /* those that it is the newest of: indexes for fact_register_name */
    size_t register_count;
    struct slice file; /* where its message stood, as in line_reject */
    uint64_t line;
};

/* Appends one JSON object and a LF. */
void line_write_fact(const struct line_fact *line, struct buffer *out);

#endif
