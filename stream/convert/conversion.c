/* JSON comes in documents that are held whole, EDIFACT in segments: two ways in, one way out. */
#include "convert/conversion.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "convert/dcsa.h"
#include "convert/documents.h"
#include "convert/edifact.h"
#include "convert/epcis.h"
#include "event/json.h"

struct conversion {
    struct convert *convert;
    /* JSON. */
    void (*take)(struct convert *convert, const struct json_value *document, uint64_t line);
    struct documents_taker taker;
    struct documents *documents;
    struct json_parser *parser;
    /* EDIFACT; NULL for JSON. */
    struct edifact *edifact;
};

int conversion_form_of(struct slice name) {
    static const char *const names[CONVERSION_FORMS] = {"dcsa", "epcis", "edifact"};
    return event_name_index(names, CONVERSION_FORMS, name);
}

static bool take_document(void *context, struct slice text, uint64_t line) {
    struct conversion *conversion = context;
    const char *what;
    size_t at;
    const struct json_value *document = json_parse(conversion->parser, text, &what, &at);
    if (document != NULL) {
        conversion->take(conversion->convert, document, line);
    }
    return document != NULL;
}

/* Parsed once more, for the reason. */
static void take_broken(void *context, struct slice text, uint64_t line) {
    struct conversion *conversion = context;
    const char *what = "";
    size_t at = 0;
    const struct convert_origin origin = {line, {NULL, 0}, text};
    convert_begin(conversion->convert, &origin);
    if (text.len >= DOCUMENTS_BYTES_MAX) {
        convert_refuse(conversion->convert, REJECT_TOO_LARGE, "",
                       "a document of more than 64 MiB: write an event a line");
    } else if (json_parse(conversion->parser, text, &what, &at) == NULL) {
        convert_refuse(conversion->convert, REJECT_NOT_JSON, "", "not JSON: %s, at byte %zu", what, at);
    } else {
        convert_refuse(conversion->convert, REJECT_NOT_JSON, "", "not JSON");
    }
    convert_end(conversion->convert);
}

struct conversion *conversion_new(enum conversion_form form, const struct convert_options *options,
                                  const struct convert_sink *sink) {
    struct conversion *conversion = alloc_zeroed(1, sizeof *conversion);
    conversion->convert = convert_new(options, sink);
    if (form == CONVERSION_EDIFACT) {
        conversion->edifact = edifact_new(conversion->convert);
    } else {
        conversion->take = form == CONVERSION_DCSA ? dcsa_take : epcis_take;
        conversion->taker = (struct documents_taker){conversion, take_document, take_broken};
        conversion->documents = documents_new(&conversion->taker);
        conversion->parser = json_parser_new();
    }
    return conversion;
}

void conversion_free(struct conversion *conversion) {
    if (conversion->edifact != NULL) {
        edifact_free(conversion->edifact);
    } else {
        documents_free(conversion->documents);
        json_parser_free(conversion->parser);
    }
    convert_free(conversion->convert);
    free(conversion);
}

void conversion_feed(struct conversion *conversion, struct slice bytes) {
    if (conversion->edifact != NULL) {
        edifact_feed(conversion->edifact, bytes);
    } else {
        documents_feed(conversion->documents, bytes);
    }
}

void conversion_end(struct conversion *conversion) {
    if (conversion->edifact != NULL) {
        edifact_end(conversion->edifact);
    } else {
        documents_end(conversion->documents);
    }
}

const struct convert_counts *conversion_counts(const struct conversion *conversion) {
    return convert_counts(conversion->convert);
}
