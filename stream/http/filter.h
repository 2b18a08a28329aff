/* The arguments of /v1/trains as a filter of trains. Pure. */
#ifndef CARAVAN_HTTP_FILTER_H
#define CARAVAN_HTTP_FILTER_H

#include <stdbool.h>

#include "http/server.h"
#include "lanes/questions.h"

enum { FILTER_LIMIT = 100 /* lines, where `limit` does not say otherwise */ };

/* False with a sentence that says what is wrong and what would be right. */
bool filter_read(const struct http_request *request, struct question_filter *out, char wrong[HTTP_ERROR_BYTES]);
/* Whether both have the same trains. */
bool filter_equal(const struct question_filter *a, const struct question_filter *b);

#endif
