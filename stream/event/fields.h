/* The checkers that decoding is made of: members of an object, and values by their rules (spec sections 1 and 2).
 * Internal to event/. Each returns false after filling ctx->reject. */
#ifndef CARAVAN_EVENT_FIELDS_H
#define CARAVAN_EVENT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "event/event.h"
#include "event/json.h"
#include "event/reject.h"

/* Where a value stands, as a chain on the C stack from the value up to the root (NULL). */
struct fields_path {
    const struct fields_path *up;
    const char *name; /* a member; NULL: an element */
    size_t index;
};

struct fields_context {
    struct arena *arena;
    struct reject *reject;
    uint64_t seed; /* of the sets that find repeats */
};

#define FIELDS_MEMBER(up_path, member) (&(struct fields_path){(up_path), (member), 0})
#define FIELDS_ELEMENT(up_path, i) (&(struct fields_path){(up_path), NULL, (i)})

__attribute__((format(printf, 4, 5))) bool fields_fail(struct fields_context *ctx, enum reject_reason reason,
                                                       const struct fields_path *path, const char *format, ...);

/* A member that an object of some event type names. */
struct fields_member {
    const char *name;
    size_t len;
    bool required;
};

#define FIELDS_REQUIRED(literal)                                                                                       \
    { (literal), sizeof(literal) - 1, true }
#define FIELDS_OPTIONAL(literal)                                                                                       \
    { (literal), sizeof(literal) - 1, false }

enum { FIELDS_MEMBERS_MAX = 12 };

/* Finds the named members of an object (checked to be one): values[i] is NULL where members[i] is absent. Fails for a
 * repeated named member, a named null, an absent required one. Others are ignored. */
bool fields_collect(struct fields_context *ctx, const struct json_value *object, const struct fields_path *path,
                    const struct fields_member *members, size_t count, const struct json_value **values);

/* Text of min..max bytes without control characters. */
bool fields_text(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path, size_t max,
                 struct slice *out);

/* Classes of bytes for fields_token. */
enum {
    CLASS_UPPER = 1,
    CLASS_LOWER = 2,
    CLASS_DIGIT = 4,
    CLASS_DASH = 8,
    CLASS_SLASH = 16,
    CLASS_DOT = 32,
    CLASS_UNDERSCORE = 64
};
bool fields_token(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  size_t min, size_t max, unsigned classes, struct slice *out);
bool fields_waybill(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    struct slice *out);
bool fields_wagon(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  struct slice *out);
bool fields_place(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  struct slice *out);
bool fields_container(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                      struct slice *out);
bool fields_size_type(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                      struct slice *out);
bool fields_hs(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
               struct slice *out);
bool fields_choice(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                   const char *const *names, int count, int *out);
bool fields_boolean(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    bool *out);
bool fields_time(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                 int64_t *out_ms);
bool fields_date(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                 struct slice *out, int32_t *out_days);
/* A JSON number as an exact decimal of `places`, below 10^whole_digits. */
bool fields_decimal(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    int whole_digits, int places, uint64_t *out);
/* An integer, min..max. */
bool fields_count(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  uint32_t min, uint32_t max, uint32_t *out);
/* -limit..limit degrees, millionths. */
bool fields_degrees(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    int limit, int32_t *out);
bool fields_object(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path);
/* An array of min..max elements; longer is LIMIT_EXCEEDED. */
bool fields_array(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  size_t min, size_t max);

/* A set of strings of a known greatest size, to find repeats in linear time. */
struct fields_set {
    struct slice *slots;
    size_t mask;
};
struct fields_set fields_set_new(struct fields_context *ctx, size_t count_max);
/* False when it was in already. */
bool fields_set_add(struct fields_context *ctx, struct fields_set *set, struct slice text);

#endif
