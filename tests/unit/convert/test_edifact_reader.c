/* Segments out of bytes: separators, release characters, repetitions, lengths, places. */
#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "convert/edifact_reader.h"

static struct buffer out;

static void tear_down(void) {
    buffer_release(&out);
}

TestSuite(edifact_reader, .fini = tear_down);

/* "TAG element.repetition.component=text …;", "TAG!what;" of a bad one, "~raw" of what is left over. */
static void note(const struct edifact_segment *segment, bool bad, const char *what) {
    buffer_append_text(&out, segment->tag);
    if (bad) {
        buffer_printf(&out, "!%s", what);
    }
    for (size_t i = 1; !bad && i < segment->part_count; i++) {
        const struct edifact_part *part = &segment->parts[i];
        buffer_printf(&out, " %zu.%zu.%zu=%.*s", part->element, part->repetition, part->component, (int)part->text.len,
                      part->text.data);
    }
    buffer_append_byte(&out, ';');
}

static void read_all(struct edifact_reader *reader, struct slice text, size_t piece) {
    struct edifact_segment segment;
    char what[EDIFACT_WHAT_BYTES];
    for (size_t at = 0; at < text.len; at += piece) {
        size_t len = piece > text.len - at ? text.len - at : piece;
        edifact_reader_feed(reader, (struct slice){text.data + at, len});
        for (enum edifact_read read; (read = edifact_reader_next(reader, &segment, what)) != EDIFACT_MORE;) {
            note(&segment, read == EDIFACT_BAD, what);
        }
    }
    if (!edifact_reader_end(reader, &segment)) {
        buffer_printf(&out, "~%.*s", (int)segment.raw.len, segment.raw.data);
    }
}

static void expect(const char *text, const char *wanted) {
    struct edifact_reader *reader = edifact_reader_new((struct slice){NULL, 0});
    for (size_t piece = 1; piece < 4; piece++) {
        buffer_clear(&out);
        read_all(reader, slice_of(text), piece);
        cr_expect(slice_equal(buffer_slice(&out), slice_of(wanted)), "%s: %.*s", text, (int)out.len, out.data);
    }
    edifact_reader_free(reader);
}

#define UNB "UNB+UNOC:3'"
#define UNB_READ "UNB 1.0.0=UNOC 1.0.1=3;"

Test(edifact_reader, elements_and_components) {
    expect(UNB "BGM+85+X:1++9'", UNB_READ "BGM 1.0.0=85 2.0.0=X 2.0.1=1 4.0.0=9;");
    expect(UNB "UNS'", UNB_READ "UNS;");
}

Test(edifact_reader, release_characters) {
    expect(UNB "FTX+a?+b?:c?'d?\?'", UNB_READ "FTX 1.0.0=a+b:c'd?;");
    expect(UNB "FTX+a?b'", UNB_READ "FTX 1.0.0=ab;");
}

Test(edifact_reader, una) {
    expect("UNA|*.\\ ~UNB*UNOC|3~FTX*a+b'c\\**d~UNZ*1~BGM+1'",
           "UNB 1.0.0=UNOC 1.0.1=3;FTX 1.0.0=a+b'c* 2.0.0=d;UNZ 1.0.0=1;BGM 1.0.0=1;");
    expect("UNA:+.  'UNB+UNOC:3'FTX+a? b'", UNB_READ "FTX 1.0.0=a? b;");
    expect("UNA", "~UNA");
}

Test(edifact_reader, repetitions_from_version_4_on) {
    expect("UNB+UNOC:4'RFF+a:b*c:d+e'", "UNB 1.0.0=UNOC 1.0.1=4;RFF 1.0.0=a 1.0.1=b 1.1.0=c 1.1.1=d 2.0.0=e;");
    expect(UNB "RFF+a*b'", UNB_READ "RFF 1.0.0=a*b;");
    expect("UNA:+.?#'UNB+UNOC:4'RFF+a#b*'", "UNB 1.0.0=UNOC 1.0.1=4;RFF 1.0.0=a 1.1.0=b*;");
    expect("UNA:+.? 'UNB+UNOC:4'RFF+a b*'", "UNB 1.0.0=UNOC 1.0.1=4;RFF 1.0.0=a b*;");
}

Test(edifact_reader, line_ends_mean_nothing) {
    expect(UNB "\r\n BGM+8\r\n5'\n\n", UNB_READ "BGM 1.0.0=85;");
}

Test(edifact_reader, charsets) {
    expect("UNB+UNOA:1'FTX+\xfc'", "UNB 1.0.0=UNOA 1.0.1=1;FTX!a character that is not in UNOA or UNOB (--charset);");
    expect("UNB+UNOD:3'", "UNB!its charset is none of UNOA, UNOB, UNOC, UNOE, UNOW and UNOY (--charset);");
    expect("UNB+UNOE:3'FTX+\xb3'", "UNB 1.0.0=UNOE 1.0.1=3;FTX 1.0.0=Г;");
    struct edifact_reader *reader = edifact_reader_new(SLICE("UNOY"));
    buffer_clear(&out);
    read_all(reader, SLICE("UNB+UNOA:1'FTX+ü'"), 1);
    cr_expect(slice_equal(buffer_slice(&out), SLICE("UNB 1.0.0=UNOA 1.0.1=1;FTX 1.0.0=ü;")));
    edifact_reader_free(reader);
}

Test(edifact_reader, what_is_no_segment) {
    expect(UNB "+a'", UNB_READ "?\?\?!it does not begin with a tag of three letters;");
    expect(UNB "BG+a'", UNB_READ "BG?!it does not begin with a tag of three letters;");
    expect(UNB "'", UNB_READ "?!it does not begin with a tag of three letters;");
    expect(UNB "BGM+1", UNB_READ "~BGM+1");
}

Test(edifact_reader, too_long) {
    struct buffer text = {0};
    buffer_append_text(&text, UNB "FTX+");
    for (int i = 0; i < EDIFACT_SEGMENT_BYTES_MAX; i++) {
        buffer_append_byte(&text, 'x');
    }
    buffer_append_text(&text, "'BGM+1'FTX");
    for (int i = 0; i < EDIFACT_PARTS_MAX; i++) {
        buffer_append_text(&text, "+a");
    }
    buffer_append_text(&text, "'BGM+2'");
    buffer_append_byte(&text, '\0');
    expect(text.data, UNB_READ "FTX!it is longer than 64 KiB;BGM 1.0.0=1;FTX!more than 512 components;BGM 1.0.0=2;");
    buffer_release(&text);
}

Test(edifact_reader, where_segments_stand) {
    struct edifact_reader *reader = edifact_reader_new((struct slice){NULL, 0});
    struct edifact_segment segment;
    char what[EDIFACT_WHAT_BYTES];
    edifact_reader_feed(reader, SLICE("UNA:+.? '\nUNB+UNOC:3'\nBGM\n+1'UNZ'"));
    static const uint64_t wanted[][3] = {{1, 10, 2}, {2, 22, 3}, {3, 29, 4}};
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(edifact_reader_next(reader, &segment, what), EDIFACT_SEGMENT);
        cr_expect_eq(segment.number, wanted[i][0]);
        cr_expect_eq(segment.offset, wanted[i][1], "%" PRIu64, segment.offset);
        cr_expect_eq(segment.line, wanted[i][2]);
    }
    cr_expect(slice_equal(segment.raw, SLICE("UNZ'")));
    edifact_reader_free(reader);
}
