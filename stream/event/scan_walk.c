/* The pass itself. Compiled more than once, each time under another name and for other instructions (CMakeLists.txt):
 * all of it, since a call for each string would cost more than wider vectors bring. Each function returns where it went
 * on to, or NULL: not recognised. Nothing here asks for the end of the message: it is followed by zero bytes, and a
 * zero byte ends whatever is being read. */
#include <string.h>

#include "base/decimal.h"
#include "base/hash_short.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "event/container.h"
#include "event/scan_block.h"
#include "event/scan_number.h"
#include "event/scan_state.h"

#ifndef SCAN_WALK
#define SCAN_WALK scan_walk_native
#endif

/* What is in the loop over members: a call for each value costs as much as many of them do. */
#define INLINE static inline __attribute__((always_inline))

/* One message. */
struct walk {
    struct scanner *scanner;
    struct arena *arena;
    struct event *event;
    const char *data; /* where `data` begins, while the type is not known */
    struct field_context context;
    size_t level; /* of lists */
};

static const char *walk_object(struct walk *walk, const char *at, struct scan_object *object, void *out);

static const char *skip_spaces(const char *at) {
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') {
        at++;
    }
    return at;
}

/* Most senders write none. */
static inline const char *spaces(const char *at) {
    return __builtin_expect((unsigned char)*at <= ' ', 0) ? skip_spaces(at) : at;
}

/* ---- strings */

/* Any string of JSON but an empty one, and those with control characters. */
static inline const char *read_text(struct walk *walk, const char *at, struct slice *out) {
    const char *begin = at + 1;
    if (*at != '"') {
        return NULL;
    }
    uint64_t high = 0;
    at = begin;
    struct scan_look look = scan_look(at);
    while (__builtin_expect(look.ends == 0, 0)) {
        high |= look.high;
        at += SCAN_BLOCK_BYTES;
        look = scan_look(at);
    }
    high |= look.high & ((look.ends & (~look.ends + 1)) - 1);
    at += scan_first(look.ends);
    *out = (struct slice){begin, (size_t)(at - begin)};
    if (__builtin_expect(*at != '"', 0)) {
        return *at == '\\' ? scan_unescape(begin, at, walk->arena, out) : NULL;
    }
    return high == 0 || utf8_is_valid(*out) ? at + 1 : NULL;
}

/* Also what has a quote behind so many bytes of classes: they hold no quote. */
static inline const char *read_token(const struct walk *walk, const char *at, const struct scan_member *member,
                                     struct slice *out) {
    const uint8_t *classes = walk->scanner->plan.classes;
    const char *begin = at + 1;
    if (*at != '"') {
        return NULL;
    }
    at = begin;
#ifdef SCAN_HAS_STRANGERS
    uint64_t strangers = scan_strangers(at, &member->class);
    at += strangers == 0 ? SCAN_BLOCK_BYTES : scan_first(strangers);
#endif
    while ((classes[(unsigned char)*at] & member->classes) != 0) {
        at++;
    }
    *out = (struct slice){begin, (size_t)(at - begin)};
    return *at == '"' && out->len >= member->min && out->len <= member->max ? at + 1 : NULL;
}

static inline unsigned class_at(const struct walk *walk, const char *at) {
    return walk->scanner->plan.classes[(unsigned char)*at];
}

static inline const char *read_place(const struct walk *walk, const char *at, struct slice *out) {
    *out = (struct slice){at + 1, PLACE_BYTES};
    bool good = at[0] == '"' && (class_at(walk, at + 1) & class_at(walk, at + 2) & CLASS_UPPER) != 0 &&
                (class_at(walk, at + 3) & class_at(walk, at + 4) & class_at(walk, at + 5) & SCAN_CLASS_PLACE) != 0;
    return good && at[1 + PLACE_BYTES] == '"' ? at + 2 + PLACE_BYTES : NULL;
}

static inline const char *read_container(const char *at, struct slice *out) {
    *out = (struct slice){at + 1, CONTAINER_NUMBER_BYTES};
    bool good = at[0] == '"' && scan_are_letters(at + 1) && scan_digit_count(scan_load(at + 5)) == 7;
    return good && at[1 + CONTAINER_NUMBER_BYTES] == '"' ? at + 2 + CONTAINER_NUMBER_BYTES : NULL;
}

static inline const char *read_size_type(const struct walk *walk, const char *at, struct slice *out) {
    *out = (struct slice){at + 1, 4};
    unsigned any = CLASS_UPPER | CLASS_DIGIT;
    bool good = at[0] == '"' && (class_at(walk, at + 1) & any) != 0 && (class_at(walk, at + 2) & any) != 0 &&
                (class_at(walk, at + 3) & any) != 0 && (class_at(walk, at + 4) & any) != 0;
    return good && at[5] == '"' && container_teu(*out) != 0 ? at + 6 : NULL;
}

static inline const char *read_hs(const struct walk *walk, const char *at, const struct scan_member *member,
                                  struct slice *out) {
    at = read_token(walk, at, member, out);
    return out->len == 6 || out->len == 8 || out->len == 10 || out->len == 13 ? at : NULL;
}

static inline const char *read_date(const char *at, struct event_date *out) {
    out->text = (struct slice){at + 1, DATE_TEXT_BYTES};
    return at[0] == '"' && at[1 + DATE_TEXT_BYTES] == '"' && date_parse(out->text, &out->days)
               ? at + 2 + DATE_TEXT_BYTES
               : NULL;
}

static inline const char *read_choice(struct walk *walk, const char *at, const struct scan_member *member,
                                      unsigned *out) {
    struct slice text;
    at = read_text(walk, at, &text);
    if (at == NULL || text.len == 0) {
        return NULL;
    }
    uint64_t word = scan_load(text.data);
    if (text.len < sizeof word) {
        word &= (UINT64_C(1) << 8 * text.len) - 1;
    }
    for (uint32_t i = 0; i < member->max; i++) {
        const struct scan_choice *choice = &member->choices[i];
        if (choice->word == word && choice->name.len == text.len &&
            (text.len <= sizeof word || memcmp(choice->name.data, text.data, text.len) == 0)) {
            *out = i;
            return at;
        }
    }
    return NULL;
}

static inline const char *read_time(struct walk *walk, const char *at, int64_t *out) {
    struct slice text;
    at = read_text(walk, at, &text);
    return at != NULL && timestamp_parse(text, out) ? at : NULL;
}

/* ---- the rest of what stands for itself */

static inline const char *read_boolean(const char *at, bool *out) {
    *out = *at == 't';
    return memcmp(at, "true", 4) == 0 ? at + 4 : memcmp(at, "false", 5) == 0 ? at + 5 : NULL;
}

static inline const char *read_decimal(const char *at, int whole_digits, int places, uint64_t *out) {
    struct slice text;
    const char *end = scan_decimal(at, out);
    if (end != NULL) {
        return end;
    }
    end = scan_spelling(at, &text);
    return decimal_parse(text, whole_digits, places, out) ? end : NULL;
}

static inline const char *read_count(const char *at, const struct scan_member *member, uint32_t *out) {
    enum { COUNT_DIGITS = 10 };
    struct slice text;
    uint64_t number;
    const char *end = scan_whole(at, &number);
    if (end == NULL) {
        end = scan_spelling(at, &text);
        if (!decimal_parse(text, COUNT_DIGITS, 0, &number)) {
            return NULL;
        }
    }
    *out = (uint32_t)number;
    return number >= member->min && number <= member->max ? end : NULL;
}

static inline const char *read_degrees(const char *at, int limit, int32_t *out) {
    struct slice text;
    int64_t number;
    uint64_t plain;
    bool minus = *at == '-';
    const char *end = scan_decimal(at + minus, &plain);
    if (end != NULL && plain <= (uint64_t)limit * 1000000) {
        *out = minus ? -(int32_t)plain : (int32_t)plain;
        return end;
    }
    end = scan_spelling(at, &text);
    if (!decimal_parse_cut(text, limit, DECIMAL_DEGREE_PLACES, &number)) {
        return NULL;
    }
    *out = (int32_t)number;
    return end;
}

/* ---- what has members or elements */

/* Every message has one: in the rows' order and without spaces it is read in one go. NULL: otherwise. */
static inline const char *usual_train(const struct walk *walk, const char *at, const struct scan_member *rows,
                                      struct event_train *out) {
    const char *behind = NULL;
    if (*at == '{' && scan_is_lead(at, &rows[0].lead)) {
        behind = read_token(walk, at + rows[0].lead_bytes, &rows[0], &out->number);
    }
    if (behind != NULL) {
        behind = *behind == ',' && scan_is_lead(behind, &rows[1].lead)
                     ? read_date(behind + rows[1].lead_bytes, &out->date)
                     : NULL;
    }
    if (behind != NULL) {
        behind = *behind == ',' && scan_is_lead(behind, &rows[2].lead)
                     ? read_place(walk, behind + rows[2].lead_bytes, &out->port)
                     : NULL;
    }
    return behind != NULL && *behind == '}' ? behind + 1 : NULL;
}

static const char *walk_train(struct walk *walk, const char *at, const struct scan_member *member, struct slice *key,
                              int32_t *days) {
    struct event_train train;
    const char *behind = usual_train(walk, at, member->of->members, &train);
    if (behind == NULL) {
        behind = walk_object(walk, at, member->of, &train);
    }
    if (behind != NULL) {
        *key = event_train_key(&train, walk->arena);
        *days = train.date.days;
    }
    return behind;
}

/* What is noted of some values once they are read: that they are there, and that they are in their set for the first
 * time. */
static bool note(struct walk *walk, const struct scan_member *member, void *out) {
    void *value = shape_at(out, member->offset);
    struct slice text = {value, sizeof(uint32_t)};
    if (member->has != 0) {
        *(bool *)shape_at(out, member->has) = true;
    }
    if (member->set == SET_NONE) {
        return true;
    }
    if (member->kind != SHAPE_COUNT) {
        text = *(const struct slice *)value;
    }
    return scan_set_add(&walk->scanner->sets[member->set], hash_short(text, walk->scanner->seed));
}

/* An element that is no object: a text of its own. */
static const char *walk_scalar(struct walk *walk, const char *at, const struct scan_member *member, void *out) {
    switch (member->kind) {
    case SHAPE_TOKEN: at = read_token(walk, at, member, out); break;
    case SHAPE_CONTAINER: at = read_container(at, out); break;
    default: return NULL;
    }
    return at != NULL && note(walk, member, out) ? at : NULL;
}

/* An element's own lists are on the next level, so a list's elements lie one behind the other, however many there will
 * be. */
static const char *walk_list(struct walk *walk, const char *at, const struct scan_member *member,
                             struct event_list *out) {
    struct scan_object *of = member->of;
    struct scan_room *room = &walk->scanner->rooms[walk->level++];
    *out = (struct event_list){room->at, 0};
    for (int set = 1; member->opens >> set != 0; set++) {
        if ((member->opens >> set & 1) != 0) {
            scan_set_open(&walk->scanner->sets[set]);
        }
    }
    if (*at != '[') {
        return NULL;
    }
    at = spaces(at + 1);
    while (*at != ']') {
        if (out->count == member->max || (size_t)(room->end - room->at) < of->bytes) {
            return NULL;
        }
        void *element = room->at;
        room->at += of->bytes;
        out->count++;
        at = of->scalar ? walk_scalar(walk, at, &of->members[0], element) : walk_object(walk, at, of, element);
        if (at == NULL) {
            return NULL;
        }
        at = spaces(at);
        if (*at == ',') {
            at = spaces(at + 1);
            /* Behind a comma comes an element. */
            if (*at == ']') {
                return NULL;
            }
        } else if (*at != ']') {
            return NULL;
        }
    }
    walk->level--;
    return out->count >= member->min ? at + 1 : NULL;
}

static int type_of(const struct scan_plan *plan, struct slice name) {
    int type = name.len < sizeof(uint64_t) ? 0 : (int)scan_place(&plan->type_table, scan_type_word(name));
    return slice_equal(plan->type_names[type], name) ? type : -1;
}

/* Where the type stands behind it, `data` is read when the envelope has been. */
static const char *walk_data(struct walk *walk, const char *at, const struct scan_envelope *envelope) {
    const struct scan_plan *plan = &walk->scanner->plan;
    if (envelope->type.data == NULL) {
        walk->data = at;
        return *at == '{' ? scan_skip(at, SCAN_SKIP_DEPTH_MAX, walk->arena) : NULL;
    }
    int type = type_of(plan, envelope->type);
    if (type < 0) {
        return NULL;
    }
    walk->event->type = (enum event_type)type;
    return walk_object(walk, at, plan->types[type], &walk->event->data);
}

INLINE const char *walk_value(struct walk *walk, const char *at, const struct scan_member *member, void *out) {
    struct slice *text = out;
    switch (member->kind) {
    case SHAPE_TEXT:
        at = read_text(walk, at, text);
        return at != NULL && text->len > 0 && text->len <= member->max ? at : NULL;
    case SHAPE_TOKEN: return read_token(walk, at, member, text);
    case SHAPE_PLACE: return read_place(walk, at, text);
    case SHAPE_CONTAINER: return read_container(at, text);
    case SHAPE_SIZE_TYPE: return read_size_type(walk, at, text);
    case SHAPE_HS: return read_hs(walk, at, member, text);
    case SHAPE_DATE: return read_date(at, out);
    case SHAPE_OTHER: return walk_train(walk, at, member, text, &(int32_t){0});
    case SHAPE_TRAIN: return walk_train(walk, at, member, &walk->event->train_key, &walk->event->train_date_days);
    case SHAPE_CHOICE: return read_choice(walk, at, member, out);
    case SHAPE_BOOLEAN: return read_boolean(at, out);
    case SHAPE_TIME: return read_time(walk, at, out);
    case SHAPE_COUNT: return read_count(at, member, out);
    case SHAPE_MASS: return read_decimal(at, DECIMAL_MASS_DIGITS, DECIMAL_MASS_PLACES, out);
    case SHAPE_MONEY: return read_decimal(at, DECIMAL_MONEY_DIGITS, DECIMAL_MONEY_PLACES, out);
    case SHAPE_DEGREES: return read_degrees(at, (int)member->max, out);
    case SHAPE_OBJECT: return walk_object(walk, at, member->of, out);
    case SHAPE_LIST: return walk_list(walk, at, member, out);
    case SCAN_DATA: return walk_data(walk, at, out);
    default: return NULL;
    }
}

/* Behind the colon that follows a name. */
static inline const char *behind_colon(const char *at) {
    at = spaces(at);
    return *at == ':' ? spaces(at + 1) : NULL;
}

/* A member that no row names. A name with escapes may be one of the rows'. */
static const char *skip_member(struct walk *walk, const char *at) {
    struct slice name;
    const char *begin = at + 1;
    at = read_text(walk, at, &name);
    at = at == NULL || name.data != begin ? NULL : behind_colon(at);
    return at == NULL ? NULL : scan_skip(at, SCAN_SKIP_DEPTH_MAX, walk->arena);
}

/* The member whose name begins at `at`, behind the quote; NULL: none of the object's. */
static struct scan_member *find_member(const struct scan_object *object, const char *at) {
    struct scan_member *member = &object->members[scan_place(&object->table, scan_name_word(scan_load(at)))];
    return member->name.data != NULL && memcmp(at, member->name.data, member->name.len) == 0 &&
                   at[member->name.len] == '"'
               ? member
               : NULL;
}

/* Which members an object has. */
struct tally {
    uint32_t met, null; /* a bit a member */
};

INLINE const char *walk_member(struct walk *walk, const char *at, const struct scan_member *member, struct tally *tally,
                               void *out) {
    if ((tally->met & member->bit) != 0) {
        return NULL;
    }
    tally->met |= member->bit;
    at = spaces(at);
    if (__builtin_expect(*at == 'n', 0)) {
        tally->null |= member->bit;
        return memcmp(at, "null", 4) == 0 ? at + 4 : NULL;
    }
    at = walk_value(walk, at, member, shape_at(out, member->offset));
    return at != NULL && (!member->noted || note(walk, member, out)) ? at : NULL;
}

/* As decode_object in decode_data.c: all members, then what is there instead of absent ones, then the rules over
 * several. */
static bool finish(struct walk *walk, const struct scan_object *object, const struct tally *tally, void *out) {
    uint32_t there = tally->met & ~tally->null; /* one that is null counts as absent (contract 1.9) */
    uint32_t fallback = object->fallback & ~there;
    if ((there & object->required) != object->required) {
        return false;
    }
    for (; fallback != 0; fallback &= fallback - 1) {
        const struct shape_member *row = &object->shape->members[__builtin_ctz(fallback)];
        *(struct slice *)shape_at(out, row->offset) = slice_of(row->fallback);
    }
    return object->shape->finish == NULL || object->shape->finish(&walk->context, NULL, out);
}

/* What follows a member mostly follows it the next time too, so that is looked at first, in one look. */
static const char *walk_object(struct walk *walk, const char *at, struct scan_object *object, void *out) {
    struct tally tally = {0, 0};
    struct scan_member **usual = &object->first;
    if (*at != '{') {
        return NULL;
    }
    memset(out, 0, object->bytes);
    do {
        struct scan_member *member = *usual;
        if (scan_is_lead(at, &member->lead)) {
            at += member->lead_bytes;
        } else {
            bool more = *at == ',';
            at = spaces(at + 1);
            if (*at == '}' && !more) {
                break;
            }
            if (*at != '"') {
                return NULL;
            }
            member = find_member(object, at + 1);
            if (member == NULL) {
                at = skip_member(walk, at);
            } else {
                *usual = member;
                at = behind_colon(at + 2 + member->name.len);
            }
        }
        if (member != NULL && at != NULL) {
            usual = &member->next;
            at = walk_member(walk, at, member, &tally, out);
        }
        if (at == NULL) {
            return NULL;
        }
        if (*at != ',') {
            at = spaces(at);
        }
    } while (*at == ',');
    return *at == '}' && finish(walk, object, &tally, out) ? at + 1 : NULL;
}

/* ---- the envelope */

/* In the spelling that senders use; others are read by is_json_type in decode.c. */
static bool is_json(struct slice type) {
    static const char json[] = "application/json";
    size_t len = sizeof json - 1;
    return type.data == NULL ||
           (type.len >= len && memcmp(type.data, json, len) == 0 && (type.len == len || type.data[len] == ';'));
}

bool SCAN_WALK(struct scanner *scanner, const char *text, size_t len, struct arena *arena, struct event *event) {
    struct scan_envelope envelope;
    struct walk walk; /* filled member by member: what `finish` does not ask for of a context need not be cleared */
    walk.scanner = scanner;
    walk.arena = walk.context.arena = arena;
    walk.event = walk.context.event = event;
    walk.data = NULL;
    walk.level = 0;
    const char *at = walk_object(&walk, spaces(text), scanner->plan.envelope, &envelope);
    if (at == NULL || spaces(at) != text + len || !slice_equal(envelope.specversion, SLICE("1.0")) ||
        !is_json(envelope.datacontenttype)) {
        return false;
    }
    event->id = envelope.id;
    event->source = envelope.source;
    event->time_ms = envelope.time_ms;
    event->message_bytes = len;
    return (walk.data == NULL || walk_data(&walk, walk.data, &envelope) != NULL);
}
