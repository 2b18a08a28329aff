#include "event/about.h"

#include <yyjson.h>

void event_about(struct buffer *out) {
    /* Of the library that runs, which need not be the one of the headers. */
    unsigned version = yyjson_version(); /* 0xMMmmpp */
    buffer_printf(out, "yyjson %u.%u.%u", version >> 16, version >> 8 & 0xff, version & 0xff);
}
