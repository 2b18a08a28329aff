/* The text is brought to one spelling at once, sorted and each entry once: records show it, and its hash stands in
 * every commit (contract 5.1, 7.10), where another order of the same entries must not look like other rules. */
#include "config/recognised.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/timestamp.h"
#include "config/nearest.h"

/* The longest entry that is right has 30 bytes; what is longer than this is not looked at any closer. */
enum { COUNTRY_BYTES = 2, ENTRY_BYTES_MAX = 64 };

/* Of event/kinds.h, which this room does not know; a test holds them together. */
static const char *const KINDS[] = {"disinfection",        "document",   "image-scan",
                                    "physical-inspection", "quarantine", "risk"};
static const char *const SORTS[] = {"aeo", "control"};

static const char SEPARATORS[] = ", \t\r\n";

/* What is wrong, and, when there is one, the nearest right word. */
static bool fail(const char *entry, const char *rule, const struct nearest *nearest,
                 char error[RECOGNISED_ERROR_BYTES]) {
    snprintf(error, RECOGNISED_ERROR_BYTES, "'%s': %s%s%s%s", entry, rule,
             nearest->name == NULL ? "" : "; did you mean '", nearest->name == NULL ? "" : nearest->name,
             nearest->name == NULL ? "" : "'?");
    return false;
}

/* The nearest one is kept on the way; it is told only when none is the word. */
static bool is_word(const char *const *words, size_t count, const char *word, struct nearest *nearest) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
        nearest_offer(nearest, word, words[i]);
    }
    return false;
}

/* "SORT:CC:REST"; the parts are cut out of a copy. The form is looked at before the country, and the country before the
 * rest, so that the sentence tells the first thing that is wrong from the left. */
static bool check(const char *entry, char error[RECOGNISED_ERROR_BYTES]) {
    static const char form[] = "control:CC:KIND or aeo:CC:YYYY-MM-DD is needed";
    struct nearest nearest = {0};
    char parts[ENTRY_BYTES_MAX + 1];
    int32_t days;
    snprintf(parts, sizeof parts, "%s", entry);
    char *country = strchr(parts, ':');
    char *rest = country == NULL ? NULL : strchr(country + 1, ':');
    if (rest == NULL) {
        return fail(entry, form, &nearest, error);
    }
    *country++ = '\0';
    *rest++ = '\0';
    if (!is_word(SORTS, sizeof SORTS / sizeof SORTS[0], parts, &nearest)) {
        return fail(entry, form, &nearest, error);
    }
    if (strlen(country) != COUNTRY_BYTES || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != COUNTRY_BYTES) {
        return fail(entry, "a country is two letters A-Z", &(struct nearest){0}, error);
    }
    if (strcmp(parts, "aeo") == 0) {
        return date_parse(slice_of(rest), &days) ||
               fail(entry, "a date is a day of the calendar, YYYY-MM-DD, of the years 2000 to 2099",
                    &(struct nearest){0}, error);
    }
    nearest = (struct nearest){0};
    return is_word(KINDS, sizeof KINDS / sizeof KINDS[0], rest, &nearest) ||
           fail(entry, "there is no such kind of control", &nearest, error);
}

static int order(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Cuts `list` into its entries, in place; the caller frees the array. strtok_r takes a run of separators as one, so
 * that a comma with blanks around it leaves no empty entry. At most every other byte begins one. */
static char **cut(char *list, size_t *count) {
    char **entries = alloc_zeroed(strlen(list) / 2 + 1, sizeof *entries);
    char *rest = NULL;
    *count = 0;
    for (char *entry = strtok_r(list, SEPARATORS, &rest); entry != NULL; entry = strtok_r(NULL, SEPARATORS, &rest)) {
        entries[(*count)++] = entry;
    }
    return entries;
}

static bool check_all(char *const *entries, size_t count, char error[RECOGNISED_ERROR_BYTES]) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(entries[i]) > ENTRY_BYTES_MAX) {
            snprintf(error, RECOGNISED_ERROR_BYTES, "'%.40s...': no entry is that long", entries[i]);
            return false;
        }
        if (!check(entries[i], error)) {
            return false;
        }
    }
    return true;
}

/* Sorted first, so that repeats stand side by side. */
static char *join(char **entries, size_t count) {
    struct buffer out = {0};
    qsort(entries, count, sizeof *entries, order);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(entries[i - 1], entries[i]) != 0) {
            buffer_append_text(&out, out.len == 0 ? "" : ",");
            buffer_append_text(&out, entries[i]);
        }
    }
    char *text = alloc_copy(out.len == 0 ? "" : out.data, out.len);
    buffer_release(&out);
    return text;
}

/* What was there goes through once more with the new ones: few entries, and one way to merge them. */
bool recognised_add(char **text, struct slice list, char error[RECOGNISED_ERROR_BYTES]) {
    struct buffer all = {0};
    size_t count;
    buffer_append_text(&all, *text == NULL ? "" : *text);
    buffer_append_byte(&all, ',');
    buffer_append_slice(&all, list);
    buffer_append_byte(&all, '\0');
    char **entries = cut(all.data, &count);
    bool good = check_all(entries, count, error);
    if (good) {
        char *joined = join(entries, count);
        free(*text);
        *text = joined;
    }
    free(entries);
    buffer_release(&all);
    return good;
}
