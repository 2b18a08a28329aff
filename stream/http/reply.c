#include "http/reply.h"

#include <stdarg.h>

#include "base/printable.h"
#include "encode/json_put.h"

void reply_json(struct http_request *request, unsigned status, struct buffer *body) {
    http_answer(request, &(struct http_answer){status, "application/json", NULL}, body);
}

/* A sentence may quote the request, so it is made fit to be shown (contract 9.1). JSON's own escapes would not do: they
 * let characters through that steer a terminal, which `curl` shows as they are. */
void reply_error(struct http_request *request, unsigned status, const char *format, ...) {
    struct buffer body = {0}, sentence = {0}, shown = {0};
    va_list args;
    va_start(args, format);
    buffer_vprintf(&sentence, format, args);
    va_end(args);
    printable_append(&shown, buffer_slice(&sentence));
    JSON_PUT(&body, "{");
    JSON_MEMBER(&body, "error", text, buffer_slice(&shown));
    JSON_PUT(&body, "}\n");
    buffer_release(&sentence);
    buffer_release(&shown);
    reply_json(request, status, &body);
}
