#include "support/facts_seal.h"

#include "base/hash.h"
#include "train/fact_layout.h"

void facts_seal(char *facts, size_t len) {
    while (len >= FACT_HEADER_BYTES) {
        unsigned char *fact = (unsigned char *)facts;
        size_t bytes = (size_t)layout_load(fact + FACT_AT_BYTES, 4);
        if (bytes < FACT_HEADER_BYTES || bytes > len) {
            return;
        }
        memset(fact + FACT_AT_HASH_HIGH, 0, FACT_AT_ORIGIN - FACT_AT_HASH_HIGH);
        struct hash128 hash = hash_of((struct slice){facts, bytes});
        layout_store(fact + FACT_AT_HASH_HIGH, hash.high, 8);
        layout_store(fact + FACT_AT_HASH_LOW, hash.low, 8);
        facts += bytes;
        len -= bytes;
    }
}
