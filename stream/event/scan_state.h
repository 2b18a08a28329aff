/* What a scanner has, and what one pass of it needs. Internal to event/scan*.c. */
#ifndef CARAVAN_EVENT_SCAN_STATE_H
#define CARAVAN_EVENT_SCAN_STATE_H

#include "event/field.h"
#include "event/scan_plan.h"

enum {
    SCAN_MESSAGE_BYTES_MAX = 256 * 1024, /* longer ones are rare, and what they need would stay */
    SCAN_PADDING = 64,                   /* zero bytes behind the text, so that looking ahead needs no bound */
    SCAN_LEVELS = 3,                     /* lists in lists in lists: goods of containers, dangerous ones */
    SCAN_SKIP_DEPTH_MAX = 40,            /* of what is skipped; with what it stands in that is below JSON_DEPTH_MAX */
    SCAN_SET_FEW = 8,
    SCAN_SET_SLOTS = 1024 /* twice what a list may have */
};

/* Hashes of what a list has so far: the first few one behind the other, which is all that most lists have; once there
 * are more, all in slots. A slot is in use when it has the set's number in its low bits: so opening a set clears
 * nothing. Two that agree in the rest need not be equal; it is for the general decoder to say. */
struct scan_set {
    uint64_t used;
    uint64_t few[SCAN_SET_FEW];
    uint64_t number;
    uint64_t slots[SCAN_SET_SLOTS];
};

/* Where the elements of a level's lists go, one list behind the other. */
struct scan_room {
    char *begin, *end;
    char *at;
};

struct scanner;

typedef bool scan_walk_function(struct scanner *scanner, const char *text, size_t len, struct arena *arena,
                                struct event *event);

struct scanner {
    scan_walk_function *walk;
    uint64_t seed;
    struct scan_room rooms[SCAN_LEVELS];
    struct scan_set sets[SET_COUNT];
    struct scan_plan plan;
    char text[SCAN_MESSAGE_BYTES_MAX + SCAN_PADDING];
};

/* scan_walk.c, as it is compiled for the least that the machine has, without vectors, and for AVX2. `text` has `len`
 * bytes and SCAN_PADDING zero bytes behind them. */
scan_walk_function scan_walk_native, scan_walk_portable, scan_walk_avx2;

/* ---- what is no matter of vectors: scan_skip.c */

/* Behind one JSON value of whatever kind, in which `depth` levels may be nested; NULL: not recognised. */
const char *scan_skip(const char *at, int depth, struct arena *arena);
/* The string whose text begins at `text` and has its first backslash at `at`, unescaped into the arena, where
 * scan_load may be told it; behind its closing quote. NULL: not recognised, and so where a control character comes out
 * of it. */
const char *scan_unescape(const char *text, const char *at, struct arena *arena, struct slice *out);
/* Behind the number at `at` in whatever spelling, which *text becomes. Does not judge it. */
const char *scan_spelling(const char *at, struct slice *text);

void scan_set_open(struct scan_set *set);
/* False when it may be in the set already. */
bool scan_set_add(struct scan_set *set, uint64_t hash);

#endif
