/* The same thing may be named in a URN of old, a compact form of the context, or a web address; how they are spelled is
 * in EPCIS 2.0, CBV 2.0 and the EPC tag data standard. */
#include "convert/epcis_name.h"

#include "event/container.h"
#include "event/kinds.h"

enum { GRAI_DIGITS = 14 }; /* of a digital link: a filler, the asset's type with its check digit */

static bool takes(struct slice *text, const char *front) {
    size_t len = strlen(front);
    if (text->len < len || memcmp(text->data, front, len) != 0) {
        return false;
    }
    *text = (struct slice){text->data + len, text->len - len};
    return true;
}

static struct slice behind_last(struct slice text, const char *marks) {
    size_t at = text.len;
    while (at > 0 && strchr(marks, text.data[at - 1]) == NULL) {
        at--;
    }
    return (struct slice){text.data + at, text.len - at};
}

static bool is_number(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (i < 4 ? c < 'A' || c > 'Z' : c < '0' || c > '9') {
            return false;
        }
    }
    return text.len == CONTAINER_NUMBER_BYTES;
}

/* The serial number of a returnable asset may be anything; only a check digit that fits makes it a container's. */
static struct slice regular(struct slice serial) {
    return is_number(serial) && container_is_regular(serial) ? serial : (struct slice){NULL, 0};
}

/* The part of a digital link behind /8003/, up to where another part, a query or a fragment begins. */
static bool asset_of(struct slice link, struct slice *asset) {
    for (size_t at = 0; at < link.len; at++) {
        struct slice rest = {link.data + at, link.len - at};
        if (takes(&rest, "/8003/")) {
            size_t len = 0;
            while (len < rest.len && strchr("/?#", rest.data[len]) == NULL) {
                len++;
            }
            *asset = (struct slice){rest.data, len};
            return true;
        }
    }
    return false;
}

struct slice epcis_container(struct slice epc) {
    struct slice rest = epc, asset;
    if (takes(&rest, "urn:epc:id:bic:")) {
        return rest;
    }
    if (takes(&rest, "urn:epc:id:grai:")) {
        return regular(behind_last(rest, "."));
    }
    if ((takes(&rest, "https://") || takes(&rest, "http://")) && asset_of(rest, &asset) && asset.len > GRAI_DIGITS) {
        return regular((struct slice){asset.data + GRAI_DIGITS, asset.len - GRAI_DIGITS});
    }
    return (struct slice){NULL, 0};
}

/* Words of the vocabulary hold no hyphen; what stands in front of one says which list they are of. */
struct slice epcis_word(struct slice name) {
    return behind_last(name, ":/#-");
}

struct slice epcis_place(struct slice id) {
    struct slice last = behind_last(id, "/:#");
    for (size_t at = 0; at + last.len < id.len; at++) {
        struct slice rest = {id.data + at, id.len - at};
        if (takes(&rest, "unlocode") || takes(&rest, "unlcd") || takes(&rest, "locode")) {
            return last;
        }
    }
    return id;
}

bool epcis_geo(struct slice id, struct slice *latitude, struct slice *longitude) {
    const char *comma;
    if (!takes(&id, "geo:") || (comma = memchr(id.data, ',', id.len)) == NULL) {
        return false;
    }
    *latitude = (struct slice){id.data, (size_t)(comma - id.data)};
    struct slice rest = {comma + 1, id.len - latitude->len - 1};
    size_t len = 0;
    while (len < rest.len && strchr(",;", rest.data[len]) == NULL) {
        len++;
    }
    *longitude = (struct slice){rest.data, len};
    return true;
}
