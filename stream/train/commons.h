/* What the trains of one owner share: strings that many of them name (goods, parties, places, sources), each once, as
 * long as a fact uses it. Single owner, the trains'; it outlives them. */
#ifndef CARAVAN_TRAIN_COMMONS_H
#define CARAVAN_TRAIN_COMMONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash_short.h"
#include "base/slice.h"

enum { COMMONS_STRINGS_MAX = 1 << 15, COMMONS_NONE = COMMONS_STRINGS_MAX };

struct commons_string {
    unsigned char *bytes; /* behind its length, as in a fact's pool; NULL: a free number */
    uint32_t uses;
    uint16_t next; /* in its chain, or of the free numbers; COMMONS_NONE ends either */
    uint16_t key;  /* the string that it is when normalised (text.h), which it then uses; COMMONS_NONE: not known */
};

/* A string that was met and is not shared yet. */
struct commons_met {
    uint32_t mark, owner;
};

struct commons {
    uint64_t seed; /* for texts from outside */
    struct commons_string *strings;
    uint16_t *heads;          /* of chains by hash */
    uint32_t count, capacity; /* numbers given out, whether free again or not; room for them */
    uint16_t free;            /* the last free number */
    struct commons_met *met;  /* by hash; NULL before the first string */
    size_t string_bytes;
};

struct commons *commons_new(void);
/* No fact may use a string of it any more; NULL is none. */
void commons_free(struct commons *commons);
/* Memory held. */
size_t commons_bytes(const struct commons *commons);

static inline uint64_t commons_hash(const struct commons *commons, struct slice text) {
    return hash_short(text, commons->seed);
}
/* The number of a string that is shared, whose hash is given. One that is not becomes so when
 * another owner than this one named it not long ago; else COMMONS_NONE, and the string is the caller's to keep. It may
 * go at any time until it is used. `owner` is any number that tells trains apart, mostly. */
uint32_t commons_find(struct commons *commons, struct slice text, uint64_t hash, uint32_t owner);
void commons_use(struct commons *commons, uint32_t number);
/* One use less; the last one frees it. */
void commons_unuse(struct commons *commons, uint32_t number);
/* Notes what a string is when normalised, which is not known of it. */
void commons_set_key(struct commons *commons, uint32_t number, uint32_t key);

#endif
