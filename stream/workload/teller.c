/* All messages of a story lie in one text and are known by their offsets: the text moves while it grows, so that
 * pointers into it would not last. */
#include "workload/teller.h"

#include <string.h>

#include "base/alloc.h"

void tell_message(struct story *story, struct story_message message) {
    if (story->count == story->capacity) {
        story->capacity = story->capacity == 0 ? 256 : story->capacity * 2;
        story->messages = alloc_resize(story->messages, story->capacity, sizeof *story->messages);
    }
    story->messages[story->count++] = message;
}

void told(struct teller *teller, int64_t time_ms) {
    size_t end = teller->story->text.len;
    tell_message(teller->story, (struct story_message){time_ms, teller->line_begin, end - teller->line_begin});
    teller->line_begin = end;
}

/* No plan has a container of this owner (plan_cargo.c). Its check digit is left to chance. */
void stray_number(struct teller *teller, char out[CONTAINER_NUMBER_BYTES]) {
    memcpy(out, "ZZZU", 4);
    for (size_t i = 4; i < CONTAINER_NUMBER_BYTES; i++) {
        out[i] = (char)('0' + rng_below(&teller->rng, 10));
    }
}
