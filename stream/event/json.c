/* yyjson behind few calls. Numbers are read as text (YYJSON_READ_NUMBER_AS_RAW), since their exact value counts
 * (contract 1.3); its default flags are otherwise strict RFC 8259. Its `unsafe_` functions are the ones without a check
 * for NULL; their values are never const, so a pointer is cast on its way in, and nothing is written through it. */
#include "event/json.h"

#include <assert.h>
#include <stdlib.h>
#include <yyjson.h>

#include "base/alloc.h"

/* One allocation that stays, instead of one a message: parsing is the hot path. */
struct json_parser {
    yyjson_doc *document; /* in pool */
    void *pool;           /* memory of one document; grows to the longest text seen */
    size_t pool_bytes;
};

static const yyjson_val *inside(const struct json_value *value) {
    return (const yyjson_val *)(const void *)value;
}

static const struct json_value *outside(const yyjson_val *value) {
    return (const struct json_value *)(const void *)value;
}

struct json_parser *json_parser_new(void) {
    return alloc_zeroed(1, sizeof(struct json_parser));
}

void json_parser_free(struct json_parser *parser) {
    free(parser->pool);
    free(parser);
}

/* yyjson says how much a text can need at most, so a parse never allocates. */
static void make_room(struct json_parser *parser, size_t text_bytes) {
    size_t needed = yyjson_read_max_memory_usage(text_bytes, YYJSON_READ_NUMBER_AS_RAW);
    if (needed > parser->pool_bytes) {
        size_t doubled = parser->pool_bytes * 2;
        free(parser->pool);
        parser->pool_bytes = needed > doubled ? needed : doubled;
        parser->pool = alloc_bytes(parser->pool_bytes);
    }
}

/* yyjson keeps the values of a document one after the other, each container before what is in it. So a walk over all of
 * them with the ends of the open containers on a stack finds the depth in linear time, without recursion. */
static bool is_shallow(const yyjson_val *root, size_t count) {
    const yyjson_val *ends[JSON_DEPTH_MAX];
    int depth = 0;
    for (const yyjson_val *value = root; value < root + count; value++) {
        while (depth > 0 && value >= ends[depth - 1]) {
            depth--;
        }
        if (unsafe_yyjson_is_ctn((void *)(uintptr_t)value)) {
            if (depth == JSON_DEPTH_MAX) {
                return false;
            }
            ends[depth++] = unsafe_yyjson_get_next((yyjson_val *)(uintptr_t)value);
        }
    }
    return true;
}

const struct json_value *json_parse(struct json_parser *parser, struct slice text, const char **what, size_t *at) {
    yyjson_alc allocator;
    yyjson_read_err error = {0};
    if (text.len == 0) {
        *what = "the message is empty";
        *at = 0;
        return NULL;
    }
    make_room(parser, text.len);
    yyjson_alc_pool_init(&allocator, parser->pool, parser->pool_bytes);
    /* Without YYJSON_READ_INSITU the text is copied, never written to. */
    parser->document =
        yyjson_read_opts((char *)(uintptr_t)text.data, text.len, YYJSON_READ_NUMBER_AS_RAW, &allocator, &error);
    /* A document that was read needs no yyjson_doc_free: it lies in the pool as a whole, and the next one overwrites
     * it. */
    if (parser->document == NULL) {
        /* The pool has room for whatever is JSON: only brackets that nothing closes outgrow it. */
        *what = error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? "brackets that nothing closes" : error.msg;
        *at = error.pos;
        return NULL;
    }
    const yyjson_val *root = yyjson_doc_get_root(parser->document);
    if (!is_shallow(root, yyjson_doc_get_val_count(parser->document))) {
        *what = "nested deeper than 64 levels";
        *at = 0;
        return NULL;
    }
    return outside(root);
}

const struct json_value *json_from_text(struct slice text, struct arena *arena) {
    yyjson_val *value = arena_take(arena, sizeof *value);
    unsafe_yyjson_set_strn(value, text.data, text.len);
    return outside(value);
}

/* The tag tells the constants apart, the type the rest. */
enum json_kind json_kind(const struct json_value *value) {
    switch (unsafe_yyjson_get_tag((void *)(uintptr_t)value)) {
    case YYJSON_TYPE_NULL | YYJSON_SUBTYPE_NONE: return JSON_NULL;
    case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_TRUE: return JSON_TRUE;
    case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_FALSE: return JSON_FALSE;
    default: break;
    }
    switch (unsafe_yyjson_get_type((void *)(uintptr_t)value)) {
    case YYJSON_TYPE_STR: return JSON_STRING;
    case YYJSON_TYPE_ARR: return JSON_ARRAY;
    case YYJSON_TYPE_OBJ: return JSON_OBJECT;
    default: return JSON_NUMBER; /* YYJSON_TYPE_RAW: numbers are read as they are written */
    }
}

/* Of numbers too: as raw text they have a length like a string. */
static struct slice text_of(const struct json_value *value) {
    const yyjson_val *val = inside(value);
    return (struct slice){val->uni.str, unsafe_yyjson_get_len((void *)(uintptr_t)val)};
}

struct slice json_text(const struct json_value *value) {
    assert(json_kind(value) == JSON_STRING);
    return text_of(value);
}

struct slice json_number(const struct json_value *value) {
    assert(json_kind(value) == JSON_NUMBER);
    return text_of(value);
}

size_t json_count(const struct json_value *value) {
    return unsafe_yyjson_get_len((void *)(uintptr_t)value);
}

struct json_walk json_walk(const struct json_value *value) {
    yyjson_val *val = (yyjson_val *)(uintptr_t)value;
    size_t count = json_count(value);
    return (struct json_walk){
        .next = count == 0 ? NULL : outside(unsafe_yyjson_get_first(val)),
        .left = count,
        .object = json_kind(value) == JSON_OBJECT,
    };
}

bool json_step(struct json_walk *walk, struct slice *name, const struct json_value **value) {
    if (walk->left == 0) {
        return false;
    }
    yyjson_val *at = (yyjson_val *)(uintptr_t)walk->next;
    *name = (struct slice){NULL, 0};
    if (walk->object) {
        *name = text_of(outside(at));
        at++; /* a member's value stands behind its name */
    }
    *value = outside(at);
    walk->left--;
    walk->next = walk->left == 0 ? NULL : outside(unsafe_yyjson_get_next(at));
    return true;
}
