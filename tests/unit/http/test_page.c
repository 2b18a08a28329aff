/* The page as it is served: its own script and style under a fresh key, no outside resource, a word for each thing that
 * a record can say. (tests/web opens it in a browser.) */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "event/reject.h"
#include "http/page.h"
#include "record/record_kinds.h"

static struct buffer page;
static char key[PAGE_KEY_BYTES];

static void begin(void) {
    page_put(key, &page);
    buffer_append_byte(&page, '\0');
}

static void end(void) {
    buffer_release(&page);
}

TestSuite(page, .init = begin, .fini = end);

static size_t count(const char *text) {
    size_t found = 0;
    for (const char *at = page.data; (at = strstr(at, text)) != NULL; at++) {
        found++;
    }
    return found;
}

Test(page, script_and_style_carry_the_key) {
    char attribute[64];
    snprintf(attribute, sizeof attribute, "nonce=\"%s\"", key);
    cr_assert_eq(strlen(key), PAGE_KEY_BYTES - 1);
    cr_assert_eq(count(attribute), 2);
    cr_assert_eq(count("<script"), 1);
    cr_assert_eq(count("<style"), 1);
    cr_assert_eq(count("@NONCE@"), 0);
}

Test(page, has_another_key_each_time) {
    char first[PAGE_KEY_BYTES];
    memcpy(first, key, sizeof first);
    end();
    page = (struct buffer){0};
    begin();
    cr_assert_str_neq(first, key);
}

Test(page, needs_nothing_from_outside) {
    const char *const outside[] = {"https://", " src=\"",    "@import",   "url(",
                                   "style=\"", "onclick=\"", "innerHTML", "eval("};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        cr_assert_eq(count(outside[i]), 0, "%s", outside[i]);
    }
    cr_assert_eq(count("http://"), 2, "the name of SVG in the icon and in the script, which nobody fetches: %zu",
                 count("http://"));
}

static void has_words(const char *const *names, int number) {
    for (int i = 0; i < number; i++) {
        char member[96];
        snprintf(member, sizeof member, "\"%s\": [\"", names[i]);
        cr_assert(count(member) >= 1, "the page has no words for %s", names[i]);
    }
}

Test(page, has_words_for_whatever_a_record_says) {
    has_words(REASON_NAMES, REASON_COUNT);
    has_words(ALERT_NAMES, ALERT_COUNT);
    for (int i = 0; i < STATUS_COUNT; i++) {
        char member[64];
        snprintf(member, sizeof member, " %s: [\"", STATUS_NAMES[i]);
        cr_assert(count(member) >= 1, "the page has no word for %s", STATUS_NAMES[i]);
    }
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        char member[64];
        snprintf(member, sizeof member, " %s: [\"", reject_name((enum reject_reason)i));
        cr_assert(count(member) >= 1, "the page has no words for %s", reject_name((enum reject_reason)i));
    }
}
