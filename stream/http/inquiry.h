/* Requests that need an answer of the lanes: asks, waits for the lanes and for the commit that makes the answer true,
 * answers. Bounded: INQUIRY_WAIT_MS, then 503; one list at a time, and lists take at most a twentieth of the lanes'
 * time between them, so that whoever looks does not slow down what is looked at. The desk's thread only. */
#ifndef CARAVAN_HTTP_INQUIRY_H
#define CARAVAN_HTTP_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "http/server.h"
#include "worker/board.h"

enum { INQUIRY_WAIT_MS = 5000 };

struct inquiries; /* opaque */

/* Both are borrowed. */
struct inquiries *inquiries_new(const struct config *config, struct board *board);
/* Every request has been answered; questions that the lanes still have are theirs. */
void inquiries_free(struct inquiries *inquiries);

/* Takes a request below /v1/trains or /v1/rejects over; what is wrong with it is answered at once. */
void inquiries_take(struct inquiries *inquiries, struct http_request *request);
/* Answers what can be answered now. */
void inquiries_go_on(struct inquiries *inquiries);
/* Answers what waits with 503: nobody will answer any more. */
void inquiries_give_up(struct inquiries *inquiries);
/* True while a request waits here. */
bool inquiries_wait(const struct inquiries *inquiries);

#endif
