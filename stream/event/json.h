/* A parsed JSON text, behind the few calls that decoding needs: numbers as they are written, members in order with
 * repeats, strings unescaped. The implementation is json.c (yyjson); tests hold a second one (jansson) against it.
 * A document belongs to one thread. */
#ifndef CARAVAN_EVENT_JSON_H
#define CARAVAN_EVENT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

enum { JSON_DEPTH_MAX = 64 }; /* arrays and objects; the root is 1 (contract 8.3) */

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_parser; /* owns the memory of one document at a time */
struct json_value;  /* opaque; valid until the next json_parse on its parser */

struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser);

/* The root value, or NULL when `text` is not one JSON text in valid UTF-8 (RFC 8259; no BOM, no lone surrogates, not
 * empty, at most JSON_DEPTH_MAX levels); then *what is a static phrase and *at the byte it was noticed at. */
const struct json_value *json_parse(struct json_parser *parser, struct slice text, const char **what, size_t *at);

/* A string that was not parsed, in the arena: `text`, which must be valid UTF-8 and outlive it. */
const struct json_value *json_from_text(struct slice text, struct arena *arena);

enum json_kind json_kind(const struct json_value *value);
/* The unescaped bytes of a string; may hold U+0000. Not named json_string: jansson exports that, and the linker would
 * take this one for both. */
struct slice json_text(const struct json_value *value);
/* A number exactly as written. */
struct slice json_number(const struct json_value *value);
/* Elements of an array, members of an object (repeated ones counted). */
size_t json_count(const struct json_value *value);

/* Walks an array or object in order. `name` is the member's unescaped name (empty for arrays). */
struct json_walk {
    const struct json_value *next;
    size_t left;
    bool object;
};
struct json_walk json_walk(const struct json_value *value);
/* False at the end. */
bool json_step(struct json_walk *walk, struct slice *name, const struct json_value **value);

#endif
