/* Answers that several parts of the desk give. */
#ifndef CARAVAN_HTTP_REPLY_H
#define CARAVAN_HTTP_REPLY_H

#include "http/server.h"

/* A JSON document; `body` is taken over. */
void reply_json(struct http_request *request, unsigned status, struct buffer *body);
/* `{"error":"…"}`, formatted. */
void reply_error(struct http_request *request, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
