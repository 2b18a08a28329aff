/* Shared is what pays: a string that only one train names, though it may name it several times, takes less room in its
 * facts than here. So a string is let in when a second train names it, which a small table of hashes tells, mostly. It
 * is small and always used, so it stays in a cache, which the trains do not. */
#include "train/commons.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "train/fact_pool.h"

enum {
    MET = 4096,
    CAPACITY_FIRST = 64,
    HEADS = 4, /* for each string that there is room for: so most chains have one string at most */
    SHARED_LENGTH_MIN = 3
};

struct commons *commons_new(void) {
    struct commons *commons = alloc_zeroed(1, sizeof *commons);
    commons->seed = hash_random_seed();
    commons->free = COMMONS_NONE;
    return commons;
}

void commons_free(struct commons *commons) {
    if (commons != NULL) {
        for (uint32_t i = 0; i < commons->count; i++) {
            free(commons->strings[i].bytes);
        }
        free(commons->strings);
        free(commons->heads);
        free(commons->met);
        free(commons);
    }
}

size_t commons_bytes(const struct commons *commons) {
    return sizeof *commons + commons->capacity * (sizeof *commons->strings + HEADS * sizeof *commons->heads) +
           (commons->met == NULL ? 0 : MET * sizeof *commons->met) + commons->string_bytes;
}

static uint16_t *head_of(const struct commons *commons, uint64_t hash) {
    return &commons->heads[hash & (commons->capacity * HEADS - 1)];
}

static uint64_t hash_at(const struct commons *commons, uint32_t number) {
    return commons_hash(commons, fact_string_at(commons->strings[number].bytes));
}

static void chain(struct commons *commons, uint32_t number, uint64_t hash) {
    uint16_t *head = head_of(commons, hash);
    commons->strings[number].next = *head;
    *head = (uint16_t)number;
}

static void grow(struct commons *commons) {
    commons->capacity = commons->capacity == 0 ? CAPACITY_FIRST : commons->capacity * 2;
    commons->strings = alloc_resize(commons->strings, commons->capacity, sizeof *commons->strings);
    commons->heads = alloc_resize(commons->heads, commons->capacity * HEADS, sizeof *commons->heads);
    for (uint32_t i = 0; i < commons->capacity * HEADS; i++) {
        commons->heads[i] = COMMONS_NONE;
    }
    /* Only called without a free number, so all of them are in. */
    for (uint32_t i = 0; i < commons->count; i++) {
        chain(commons, i, hash_at(commons, i));
    }
}

static uint32_t take_number(struct commons *commons) {
    uint32_t number = commons->free;
    if (number != COMMONS_NONE) {
        commons->free = commons->strings[number].next;
        return number;
    }
    if (commons->count == COMMONS_STRINGS_MAX) {
        return COMMONS_NONE;
    }
    if (commons->count == commons->capacity) {
        grow(commons);
    }
    return commons->count++;
}

static size_t memory_of(struct slice text) {
    return FACT_STRING_HEAD_BYTES_MAX + text.len;
}

static uint32_t add(struct commons *commons, struct slice text, uint64_t hash) {
    uint32_t number = take_number(commons);
    if (number == COMMONS_NONE) {
        return number;
    }
    unsigned char *bytes = alloc_bytes(memory_of(text));
    size_t head_bytes = fact_string_head(text, bytes);
    memcpy(bytes + head_bytes, text.data, text.len);
    commons->strings[number] = (struct commons_string){bytes, 0, COMMONS_NONE, COMMONS_NONE};
    commons->string_bytes += memory_of(text);
    chain(commons, number, hash);
    return number;
}

/* Notes that the string was met; true when another owner met it before. */
static bool is_common(struct commons *commons, uint64_t hash, uint32_t owner) {
    if (commons->met == NULL) {
        commons->met = alloc_zeroed(MET, sizeof *commons->met);
    }
    struct commons_met *met = &commons->met[hash % MET];
    uint32_t mark = (uint32_t)(hash >> 32);
    bool is_it = met->mark == mark && met->owner != owner;
    *met = (struct commons_met){mark, owner};
    return is_it;
}

uint32_t commons_find(struct commons *commons, struct slice text, uint64_t hash, uint32_t owner) {
    if (text.len < SHARED_LENGTH_MIN) {
        return COMMONS_NONE;
    }
    unsigned char head[FACT_STRING_HEAD_BYTES_MAX];
    size_t head_bytes = fact_string_head(text, head);
    uint32_t number = commons->capacity == 0 ? COMMONS_NONE : *head_of(commons, hash);
    while (number != COMMONS_NONE && !fact_string_is(commons->strings[number].bytes, head, head_bytes, text)) {
        number = commons->strings[number].next;
    }
    return number == COMMONS_NONE && is_common(commons, hash, owner) ? add(commons, text, hash) : number;
}

void commons_use(struct commons *commons, uint32_t number) {
    commons->strings[number].uses++;
}

void commons_unuse(struct commons *commons, uint32_t number) {
    struct commons_string *string = &commons->strings[number];
    assert(string->uses > 0);
    if (--string->uses > 0) {
        return;
    }
    uint16_t *at = head_of(commons, hash_at(commons, number));
    while (*at != number) {
        at = &commons->strings[*at].next;
    }
    *at = string->next;
    uint32_t key = string->key;
    commons->string_bytes -= memory_of(fact_string_at(string->bytes));
    free(string->bytes);
    *string = (struct commons_string){NULL, 0, commons->free, COMMONS_NONE};
    commons->free = (uint16_t)number;
    /* No further than one step: what is normalised is its own key. */
    if (key != COMMONS_NONE && key != number) {
        commons_unuse(commons, key);
    }
}

void commons_set_key(struct commons *commons, uint32_t number, uint32_t key) {
    assert(commons->strings[number].key == COMMONS_NONE);
    commons->strings[number].key = (uint16_t)key;
    if (key != number) {
        commons_use(commons, key);
    }
}
