/* Any bytes: event/json.h and jansson agree on whether they are JSON and on what is in them, but for the exceptions
 * that support/second_opinion.h lists. */
#include <stdint.h>
#include <stdlib.h>

#include "support/second_opinion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct json_parser *parser;
    if (parser == NULL) {
        parser = json_parser_new();
    }
    if (second_opinion(parser, (struct slice){(const char *)data, size}) == OPINION_DIFFER) {
        abort();
    }
    return 0;
}
