/* Chooses how to scan by what the processor can, once, and puts each message where it can be scanned. */
#include "event/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "event/scan_state.h"

/* Elements per byte of a message: the densest are those of `found`, 32 bytes of struct for 14 of JSON, and waybill
 * numbers, 16 for 4. What does not fit is not recognised. */
enum { ROOM_BYTES = 4 * SCAN_MESSAGE_BYTES_MAX };

bool decode_path_runs(enum decode_path path) {
    switch (path) {
    case DECODE_GENERAL:
    case DECODE_PORTABLE: return true;
#if defined(__x86_64__)
    case DECODE_SSE2: return true;
    case DECODE_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#elif defined(__aarch64__) && defined(__ARM_NEON)
    case DECODE_NEON: return true;
#endif
    default: return false;
    }
}

static scan_walk_function *walk_of(enum decode_path path) {
#if defined(__x86_64__)
    if (path == DECODE_AVX2) {
        return scan_walk_avx2;
    }
#endif
    return path == DECODE_PORTABLE ? scan_walk_portable : scan_walk_native;
}

struct scanner *scanner_new(enum decode_path path, uint64_t seed) {
    struct scanner *scanner = alloc_bytes(sizeof *scanner);
    scanner->walk = walk_of(path);
    scanner->seed = seed;
    for (size_t i = 0; i < SCAN_LEVELS; i++) {
        char *begin = alloc_bytes(ROOM_BYTES);
        scanner->rooms[i] = (struct scan_room){begin, begin + ROOM_BYTES, begin};
    }
    for (size_t i = 0; i < SET_COUNT; i++) {
        memset(&scanner->sets[i], 0, sizeof scanner->sets[i]);
    }
    scan_plan_make(&scanner->plan);
    return scanner;
}

void scanner_free(struct scanner *scanner) {
    if (scanner == NULL) {
        return;
    }
    for (size_t i = 0; i < SCAN_LEVELS; i++) {
        free(scanner->rooms[i].begin);
    }
    free(scanner);
}

bool scan_event(struct scanner *scanner, struct slice message, struct arena *arena, struct event *event) {
    if (message.len > SCAN_MESSAGE_BYTES_MAX) {
        return false;
    }
    memcpy(scanner->text, message.data, message.len);
    memset(scanner->text + message.len, 0, SCAN_PADDING);
    for (size_t i = 0; i < SCAN_LEVELS; i++) {
        scanner->rooms[i].at = scanner->rooms[i].begin;
    }
    if (!scanner->walk(scanner, scanner->text, message.len, arena, event)) {
        return false;
    }
    event->registers = registers_of(event->type, &event->data);
    return true;
}
