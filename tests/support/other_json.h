/* jansson behind a few calls, for a second opinion on JSON: its header and event/json.h name the same things
 * differently, so no file can include both. Texts are read by the rules of contract 8 as far as jansson has them:
 * any value at the root, U+0000 in strings, numbers as doubles whatever their form, of repeated members the last. */
#ifndef CARAVAN_TESTS_OTHER_JSON_H
#define CARAVAN_TESTS_OTHER_JSON_H

#include <stdbool.h>

#include "base/slice.h"

struct other_json; /* a value; whoever made it owns it until it is put into an array or object, or freed */

enum other_verdict {
    OTHER_TAKES,
    OTHER_REFUSES,
    OTHER_NUMBER_OVERFLOW, /* it gave up at a number beyond a double, which is JSON */
    OTHER_NUL_IN_NAME      /* it gave up at U+0000 in a member's name, which is JSON */
};

/* *out is NULL unless the text is taken. */
enum other_verdict other_json_parse(struct slice text, struct other_json **out);
void other_json_free(struct other_json *value);

struct other_json *other_json_null(void);
struct other_json *other_json_boolean(bool value);
struct other_json *other_json_number(double value);
/* NULL when `text` is not valid UTF-8. */
struct other_json *other_json_text(struct slice text);
struct other_json *other_json_array(void);
struct other_json *other_json_object(void);
/* Each takes `value`; false when that is NULL, or the name is not valid UTF-8. A name that is there gets the new value.
 */
bool other_json_append(struct other_json *array, struct other_json *value);
bool other_json_set(struct other_json *object, struct slice name, struct other_json *value);

/* The same kinds, lengths, names, strings, booleans and doubles all the way down. */
bool other_json_equal(const struct other_json *a, const struct other_json *b);

#endif
