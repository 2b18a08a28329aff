#include "support/second_opinion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/other_json.h"

/* The most arrays and objects in each other, right for every text that is JSON. */
static size_t depth_of(struct slice text) {
    size_t depth = 0, most = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
            most = depth > most ? depth : most;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return most;
}

static struct other_json *number_of(const struct json_value *value) {
    struct slice text = json_number(value);
    char *copy = strndup(text.data, text.len);
    double number = strtod(copy, NULL);
    free(copy);
    return other_json_number(number);
}

static struct other_json *translate(const struct json_value *value);

/* NULL when something in it cannot be translated. */
static struct other_json *translate_list(const struct json_value *value, bool object) {
    struct other_json *list = object ? other_json_object() : other_json_array();
    struct json_walk walk = json_walk(value);
    struct slice name;
    const struct json_value *element;
    size_t count = 0;
    while (json_step(&walk, &name, &element)) {
        struct other_json *translated = translate(element);
        if (!(object ? other_json_set(list, name, translated) : other_json_append(list, translated))) {
            other_json_free(list);
            return NULL;
        }
        count++;
    }
    if (count != json_count(value)) {
        other_json_free(list);
        return NULL;
    }
    return list;
}

/* What event/json.h sees, as jansson's values. At most JSON_DEPTH_MAX deep. */
static struct other_json *translate(const struct json_value *value) {
    switch (json_kind(value)) {
    case JSON_NULL: return other_json_null();
    case JSON_FALSE:
    case JSON_TRUE: return other_json_boolean(json_kind(value) == JSON_TRUE);
    case JSON_NUMBER: return number_of(value);
    case JSON_STRING: return other_json_text(json_text(value));
    case JSON_ARRAY: return translate_list(value, false);
    case JSON_OBJECT: return translate_list(value, true);
    }
    return NULL;
}

static bool see_the_same(const struct json_value *ours, const struct other_json *theirs) {
    struct other_json *translated = translate(ours);
    bool same = translated != NULL && other_json_equal(translated, theirs);
    other_json_free(translated);
    return same;
}

static enum second_opinion compare(const struct json_value *ours, enum other_verdict verdict,
                                   const struct other_json *theirs, struct slice text) {
    switch (verdict) {
    case OTHER_NUMBER_OVERFLOW: return OPINION_NUMBER_OVERFLOW;
    case OTHER_NUL_IN_NAME: return OPINION_NUL_IN_NAME;
    case OTHER_REFUSES: return ours == NULL ? OPINION_BOTH_REFUSE : OPINION_DIFFER;
    case OTHER_TAKES: break;
    }
    if (memchr(text.data, '\0', text.len) != NULL) {
        return ours == NULL ? OPINION_NUL_BYTE : OPINION_DIFFER;
    }
    if (depth_of(text) > JSON_DEPTH_MAX) {
        return ours == NULL ? OPINION_TOO_DEEP : OPINION_DIFFER;
    }
    return ours != NULL && see_the_same(ours, theirs) ? OPINION_BOTH_TAKE : OPINION_DIFFER;
}

enum second_opinion second_opinion(struct json_parser *parser, struct slice text) {
    const char *what;
    size_t at;
    struct other_json *theirs;
    const struct json_value *ours = json_parse(parser, text, &what, &at);
    enum other_verdict verdict = other_json_parse(text, &theirs);
    enum second_opinion opinion = compare(ours, verdict, theirs, text);
    other_json_free(theirs);
    return opinion;
}
