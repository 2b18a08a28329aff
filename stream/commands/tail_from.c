/* The forms exclude each other: an offset is digits to the end, a duration begins with a minus, an instant has a T, a
 * date has none. So the order of the attempts decides nothing, and a new form must keep that. */
#include "commands/tail_from.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "config/config.h"

static bool parse_offset(const char *text, int64_t *out) {
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* RFC 3339, also without seconds: people type 08:00Z. Seconds are put in and the whole judged by the one parser of
 * times (contract 1.5). */
static bool parse_instant(const char *text, int64_t *out_ms) {
    enum { MINUTES_END = sizeof "2026-11-27T08:00" - 1 };
    char whole[64];
    if (strlen(text) > MINUTES_END && text[MINUTES_END] != ':') {
        snprintf(whole, sizeof whole, "%.*s:00%s", MINUTES_END, text, text + MINUTES_END);
        return timestamp_parse(slice_of(whole), out_ms);
    }
    return timestamp_parse(slice_of(text), out_ms);
}

bool tail_from_parse(const char *text, int64_t now_ms, struct tail_from *out) {
    int64_t at;
    int32_t days;
    if (strcmp(text, "beginning") == 0 || strcmp(text, "end") == 0) {
        *out = (struct tail_from){text[0] == 'b' ? TAIL_FROM_BEGINNING : TAIL_FROM_END, 0};
    } else if (parse_offset(text, &at)) {
        *out = (struct tail_from){TAIL_FROM_OFFSET, at};
    } else if (text[0] == '-' && config_parse_duration(slice_of(text + 1), &at)) {
        /* Before 1970 there are no timestamps: such a time is the beginning. */
        *out = (struct tail_from){TAIL_FROM_TIME, now_ms > at ? now_ms - at : 0};
    } else if (parse_instant(text, &at)) {
        *out = (struct tail_from){TAIL_FROM_TIME, at};
    } else if (date_parse(slice_of(text), &days)) {
        *out = (struct tail_from){TAIL_FROM_TIME, days * TIMESTAMP_DAY_MS};
    } else {
        return false;
    }
    return true;
}
