/* Messages with headers, for tests that have no Kafka: a message's owner is its headers. */
#ifndef CARAVAN_TESTS_HEADERS_H
#define CARAVAN_TESTS_HEADERS_H

#include "flow/message.h"

enum { HEADERS_MAX = 12 };

struct headers {
    struct message_header of[HEADERS_MAX]; /* their bytes are owned */
    size_t count;
};

/* Adds a copy; data NULL is a null value. */
void headers_add(struct headers *headers, struct slice name, struct slice value);
/* From "NAME=VALUE", or "NAME" for a null value. */
void headers_add_text(struct headers *headers, const char *text);
/* A copy on the heap; NULL of NULL. */
struct headers *headers_copy(const struct headers *headers);
/* Takes the last one away. */
void headers_drop(struct headers *headers);
/* Frees the bytes, and with `headers_free` the struct too; NULL is none. */
void headers_clear(struct headers *headers);
void headers_free(struct headers *headers);

/* message_headers of messages whose owner is a struct headers, or NULL. */
size_t headers_of(const struct message *message, struct arena *arena, const struct message_header **out);

/* The event in binary mode (contract 2.20): adds what its attributes become, and gives its data as it stands in the
 * text. `event` is a valid one in structured mode. */
struct slice headers_from_event(struct slice event, struct headers *headers);

#endif
