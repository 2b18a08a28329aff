/* Any bytes as a file of each form: converting neither reads outside nor stops, counts every input once, gives only
 * what a worker takes, and gives the same however the bytes are cut. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "event/decode.h"
#include "support/converted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_BYTES_MAX = 1 << 20, KEEP_BYTES_MAX = 1 << 20, PIECE_BYTES = 7 };

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

static void check_events(struct slice lines, uint64_t count) {
    static struct decoder *decoder;
    static struct arena arena;
    if (decoder == NULL) {
        decoder = decoder_new(MESSAGE_BYTES_MAX);
    }
    for (; lines.len > 0; count--) {
        const char *end = memchr(lines.data, '\n', lines.len);
        require(end != NULL, "an event is a line");
        struct event event;
        struct reject reject;
        struct slice line = {lines.data, (size_t)(end - lines.data)};
        require(decode_event(decoder, line, &arena, &event, &reject), "an event can be decoded");
        arena_reset(&arena, KEEP_BYTES_MAX);
        lines = (struct slice){end + 1, lines.len - line.len - 1};
    }
    require(count == 0, "as many events as are counted");
}

static void check(enum conversion_form form, struct slice text) {
    const struct convert_options options = converted_options();
    struct converted whole = converted(form, text, &options, 0), pieces = converted(form, text, &options, PIECE_BYTES);
    const struct convert_counts *counts = &whole.counts;
    require(slice_equal(buffer_slice(&whole.events), buffer_slice(&pieces.events)), "pieces give the same events");
    require(slice_equal(buffer_slice(&whole.rejects), buffer_slice(&pieces.rejects)), "pieces give the same rejects");
    require(counts->found ==
                counts->converted + counts->forecast + counts->withdrawn + counts->other + counts->rejected,
            "every input ends in one way");
    require(utf8_is_valid(buffer_slice(&whole.rejects)), "sentences are UTF-8");
    check_events(buffer_slice(&whole.events), counts->events);
    converted_release(&whole);
    converted_release(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (int form = 0; form < CONVERSION_FORMS; form++) {
        check((enum conversion_form)form, (struct slice){(const char *)data, size});
    }
    return 0;
}
