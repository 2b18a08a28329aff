/* A place to listen on, as `http.listen` names it: an IP address and a port. Names are not looked up: what is listened
 * on must not depend on who answers for a name. Pure. */
#ifndef CARAVAN_CONFIG_ADDRESS_H
#define CARAVAN_CONFIG_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } socket;
    socklen_t len;
};

enum { ADDRESS_TEXT_BYTES = 64 };

/* "127.0.0.1:8480", "[::1]:8480", or ":8480" for every address of both families. Port 0 is one that the system picks.
 * False when it is none of these. */
bool address_parse(const char *text, struct address *out);
/* As address_parse reads it. */
void address_write(const struct address *address, char out[ADDRESS_TEXT_BYTES]);
/* True when only this machine can reach it. */
bool address_is_loopback(const struct address *address);
/* Where a client on this machine finds who listens there: an unspecified address becomes the loopback one. */
struct address address_to_ask(const struct address *address);

#endif
