/* The charsets that stand in interchanges of this line: ISO 8859-5 is Cyrillic. Tables are not needed: both single-byte
 * sets are Unicode's own order, moved. */
#include "convert/edifact_text.h"

#include <stddef.h>
#include <stdint.h>

#include "base/utf8.h"

static const struct {
    const char *name;
    enum edifact_charset charset;
} NAMES[] = {
    {"UNOA", EDIFACT_ASCII},    {"UNOB", EDIFACT_ASCII}, {"UNOC", EDIFACT_LATIN1},
    {"UNOE", EDIFACT_CYRILLIC}, {"UNOW", EDIFACT_UTF8},  {"UNOY", EDIFACT_UTF8},
};

bool edifact_charset_of(struct slice name, enum edifact_charset *charset) {
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (slice_equal(name, slice_of(NAMES[i].name))) {
            *charset = NAMES[i].charset;
            return true;
        }
    }
    return false;
}

/* ISO 8859-5 above 0xA0: U+0401 on, but for four that are no letters. */
static uint32_t cyrillic(unsigned char byte) {
    switch (byte) {
    case 0xA0: return 0xA0;
    case 0xAD: return 0xAD;
    case 0xF0: return 0x2116;
    case 0xFD: return 0xA7;
    default: return (uint32_t)byte - 0xA0 + 0x400;
    }
}

static void put_character(struct buffer *out, uint32_t code) {
    if (code < 0x80) {
        buffer_append_byte(out, (char)code);
    } else if (code < 0x800) {
        buffer_append(out, (char[]){(char)(0xC0 | code >> 6), (char)(0x80 | (code & 0x3F))}, 2);
    } else {
        buffer_append(out,
                      (char[]){(char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3F)),
                               (char)(0x80 | (code & 0x3F))},
                      3);
    }
}

/* Control characters are refused here and not by decoding, where they would stand in an event that nobody wrote. */
const char *edifact_text_put(struct buffer *out, enum edifact_charset charset, struct slice bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && byte < 0xA0 && charset != EDIFACT_UTF8)) {
            return charset == EDIFACT_ASCII && byte >= 0x80 ? "a character that is not in UNOA or UNOB (--charset)"
                                                            : "a control character";
        }
        if (byte >= 0xA0 && charset == EDIFACT_ASCII) {
            return "a character that is not in UNOA or UNOB (--charset)";
        }
        if (charset != EDIFACT_UTF8) {
            put_character(out, byte >= 0xA0 && charset == EDIFACT_CYRILLIC ? cyrillic(byte) : byte);
        }
    }
    if (charset == EDIFACT_UTF8) {
        if (!utf8_is_valid(bytes)) {
            return "bytes that are not UTF-8 (--charset)";
        }
        buffer_append_slice(out, bytes);
    }
    return NULL;
}
