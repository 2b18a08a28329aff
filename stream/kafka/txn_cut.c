/* How much of a dead letter goes out, and how many bytes that will be. */
#include "kafka/txn_cut.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "flow/letter.h"

/* The head of a batch of version 2: base offset 8, length 4, leader epoch 4, magic 1, checksum 4, attributes 2, last
 * offset 4, two timestamps 16, producer 8 and its epoch 2, sequence 4, count 4. */
enum { BATCH_HEAD_BYTES = 61, RECORD_FIXED_BYTES = 3 /* attributes, differences of timestamp and offset */ };

/* ---- what is left */

static bool is_left_out(struct slice part, enum txn_cut cut, enum txn_cut without) {
    return cut >= without && part.len > 0;
}

static struct slice left_of(struct slice part, enum txn_cut cut, enum txn_cut without) {
    return is_left_out(part, cut, without) ? (struct slice){NULL, 0} : part;
}

struct slice txn_cut_key(const struct output *output, enum txn_cut cut) {
    return left_of(output->key, cut, TXN_WITHOUT_KEY);
}

struct slice txn_cut_value(const struct output *output, enum txn_cut cut) {
    return left_of(output->value, cut, TXN_WITHOUT_VALUE);
}

static size_t own_header_bytes(const struct output *output) {
    size_t bytes = 0;
    for (size_t i = 0; i < output->header_count; i++) {
        bytes += output->headers[i].name.len + output->headers[i].value.len;
    }
    return bytes;
}

void txn_cut_each_header(const struct output *output, enum txn_cut cut,
                         void (*put)(void *context, struct slice name, struct slice value), void *context) {
    enum { LENGTH_TEXT_BYTES = 24 };
    const struct {
        enum letter_header name;
        bool is_left_out;
        size_t bytes;
    } lengths[] = {
        {LETTER_BYTES, is_left_out(output->value, cut, TXN_WITHOUT_VALUE), output->value.len},
        {LETTER_HEADER_BYTES, cut >= TXN_WITHOUT_HEADERS && output->header_count > 0, own_header_bytes(output)},
        {LETTER_KEY_BYTES, is_left_out(output->key, cut, TXN_WITHOUT_KEY), output->key.len},
    };
    /* The message's own first: readers believe the last ones, which nobody but this program can have put
     * (flow/letter.h). */
    for (size_t i = 0; i < output->header_count && cut < TXN_WITHOUT_HEADERS; i++) {
        put(context, output->headers[i].name, output->headers[i].value);
    }
    if (output->letter != NULL) {
        letter_each(output->letter, put, context);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (lengths[i].is_left_out) {
            char text[LENGTH_TEXT_BYTES];
            int len = snprintf(text, sizeof text, "%zu", lengths[i].bytes);
            put(context, letter_header_name(lengths[i].name), (struct slice){text, (size_t)len});
        }
    }
}

/* ---- how large it is: a record of version 2 */

/* A number as Kafka writes lengths: seven bits a byte, doubled for the sign. */
static size_t number_bytes(size_t number) {
    size_t bytes = 1;
    for (uint64_t rest = (uint64_t)number << 1; rest >= 0x80; rest >>= 7) {
        bytes++;
    }
    return bytes;
}

static size_t part_bytes(struct slice part) {
    return part.data == NULL ? 1 : number_bytes(part.len) + part.len;
}

struct header_sum {
    size_t count, bytes;
};

static void add_header(void *context, struct slice name, struct slice value) {
    struct header_sum *sum = context;
    sum->count++;
    sum->bytes += part_bytes(name) + part_bytes(value);
}

size_t txn_cut_bytes(const struct output *output, enum txn_cut cut) {
    struct header_sum headers = {0};
    txn_cut_each_header(output, cut, add_header, &headers);
    /* By Kafka's format and not by guess: a letter that is cut though it fits loses bytes that nobody can bring
     * back. */
    size_t record = RECORD_FIXED_BYTES + part_bytes(txn_cut_key(output, cut)) + part_bytes(txn_cut_value(output, cut)) +
                    number_bytes(headers.count) + headers.bytes;
    return BATCH_HEAD_BYTES + number_bytes(record) + record;
}

enum txn_cut txn_cut_for(const struct output *letter, size_t bytes_max, size_t *bytes) {
    enum txn_cut cut = TXN_WHOLE;
    /* No more than it must: first the value goes, then headers, then the key (contract 8.6). */
    while ((*bytes = txn_cut_bytes(letter, cut)) > bytes_max && cut < TXN_CUT_LAST) {
        cut++;
    }
    return cut;
}
