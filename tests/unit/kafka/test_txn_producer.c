#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/txn_producer.h"

static const char *id_of(char *group, char *worker_id, struct buffer *out) {
    struct config config = {.group = group, .worker_id = worker_id};
    buffer_clear(out);
    txn_producer_id(&config, out);
    return out->data;
}

Test(txn_producer, the_transactional_id_is_made_of_group_and_worker) {
    struct buffer out = {0};
    cr_expect_str_eq(id_of("customs", "eu-1", &out), "customs-eu-1");
    cr_expect_str_eq(id_of("customs-eu", "1", &out), "customs-eu~1");
    cr_expect_str_eq(id_of("customs", "a~b%c", &out), "customs-a%7Eb%25c");
    buffer_release(&out);
}

enum { LENGTH = 3, LETTERS = 4 };

/* Every text of one to three of these letters. */
static size_t texts(const char letters[LETTERS], char out[][LENGTH + 1]) {
    size_t count = 0;
    for (int len = 1, all = LETTERS; len <= LENGTH; len++, all *= LETTERS) {
        for (int number = 0; number < all; number++) {
            for (int i = 0, rest = number; i < len; i++, rest /= LETTERS) {
                out[count][i] = letters[rest % LETTERS];
            }
            out[count++][len] = '\0';
        }
    }
    return count;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two workers with one id fence each other for ever. */
Test(txn_producer, no_two_pairs_of_group_and_worker_have_one_id) {
    enum { TEXTS = 4 + 16 + 64 };
    static char groups[TEXTS][LENGTH + 1], workers[TEXTS][LENGTH + 1];
    static char *ids[TEXTS * TEXTS];
    struct buffer out = {0};
    size_t group_count = texts("a-._", groups), worker_count = texts("a-~%", workers), count = 0;
    for (size_t i = 0; i < group_count; i++) {
        for (size_t k = 0; k < worker_count; k++) {
            ids[count] = strdup(id_of(groups[i], workers[k], &out));
            cr_assert_eq(strncmp(ids[count], groups[i], strlen(groups[i])), 0, "rights are given by prefix");
            count++;
        }
    }
    qsort(ids, count, sizeof ids[0], by_text);
    for (size_t i = 1; i < count; i++) {
        cr_assert_str_neq(ids[i - 1], ids[i]);
    }
    for (size_t i = 0; i < count; i++) {
        free(ids[i]);
    }
    buffer_release(&out);
}
