/* By RFC 3629, strictly: texts are compared and hashed as bytes, so a second spelling of a character would make another
 * text of it. */
#include "base/utf8.h"

/* The length of the character that begins with this byte; 0 when none does. */
static size_t length_of(unsigned char lead) {
    /* C0 and C1 would spell ASCII in two bytes; F5 and above begin what lies beyond Unicode. */
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/* Too long for its character, half a surrogate pair, or beyond Unicode. */
static bool is_misshapen(uint32_t code, size_t len) {
    return (len == 3 && code < 0x800) || (len == 4 && (code < 0x10000 || code > 0x10ffff)) ||
           (code >= 0xd800 && code <= 0xdfff);
}

size_t utf8_first(struct slice text, uint32_t *code) {
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t len = length_of(bytes[0]);
    if (len == 0 || len > text.len) {
        return 0;
    }
    *code = len == 1 ? bytes[0] : bytes[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (bytes[i] & 0x3fu);
    }
    return is_misshapen(*code, len) ? 0 : len;
}

/* The length of the first character of `left` > 0 bytes, 0 where there is none: as utf8_first, for what most texts are
 * made of. */
static size_t valid_first(const unsigned char *bytes, size_t left) {
    if (bytes[0] < 0x80) {
        return 1;
    }
    if ((bytes[0] & 0xf0) == 0xe0 && left >= 3) {
        uint32_t code = (bytes[0] & 0xfu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
        bool goes_on = (bytes[1] & 0xc0) == 0x80 && (bytes[2] & 0xc0) == 0x80;
        return goes_on && code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 3 : 0;
    }
    if (bytes[0] >= 0xc2 && bytes[0] < 0xe0 && left >= 2) {
        return (bytes[1] & 0xc0) == 0x80 ? 2 : 0;
    }
    return utf8_first((struct slice){(const char *)bytes, left}, &(uint32_t){0});
}

bool utf8_is_valid(struct slice text) {
    while (text.len > 0) {
        uint64_t word;
        if (text.len >= sizeof word &&
            (memcpy(&word, text.data, sizeof word), (word & UINT64_C(0x8080808080808080)) == 0)) {
            text.data += sizeof word;
            text.len -= sizeof word;
            continue;
        }
        size_t len = valid_first((const unsigned char *)text.data, text.len);
        if (len == 0) {
            return false;
        }
        text.data += len;
        text.len -= len;
    }
    return true;
}
