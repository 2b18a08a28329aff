/* The grammar is `HOST:PORT`, HOST being an IPv4 address, an IPv6 address in brackets, or nothing. inet_pton reads it
 * and not getaddrinfo, which would ask a name server and take short forms such as 127.1. */
#include "config/address.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Digits alone: strtoul would take signs and spaces too. Five of them at most, so the sum cannot overflow before it is
 * compared. */
static bool parse_port(const char *text, in_port_t *out) {
    unsigned long port = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0') {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    *out = htons((in_port_t)port);
    return port <= UINT16_MAX;
}

static bool parse_ipv6(const char *host, in_port_t port, struct address *out) {
    out->len = sizeof out->socket.ipv6;
    out->socket.ipv6.sin6_family = AF_INET6;
    out->socket.ipv6.sin6_port = port;
    return inet_pton(AF_INET6, host, &out->socket.ipv6.sin6_addr) == 1;
}

static bool parse_ipv4(const char *host, in_port_t port, struct address *out) {
    out->len = sizeof out->socket.ipv4;
    out->socket.ipv4.sin_family = AF_INET;
    out->socket.ipv4.sin_port = port;
    return inet_pton(AF_INET, host, &out->socket.ipv4.sin_addr) == 1;
}

bool address_parse(const char *text, struct address *out) {
    char host[ADDRESS_TEXT_BYTES];
    /* The last one: an IPv6 address has colons of its own, which is why it needs brackets. */
    const char *colon = strrchr(text, ':');
    in_port_t port;
    memset(out, 0, sizeof *out);
    if (colon == NULL || (size_t)(colon - text) >= sizeof host || !parse_port(colon + 1, &port)) {
        return false;
    }
    size_t len = (size_t)(colon - text);
    memcpy(host, text, len);
    host[len] = '\0';
    /* One socket for both families: whoever listens turns IPV6_V6ONLY off (http/server.c). */
    if (len == 0) {
        return parse_ipv6("::", port, out);
    }
    if (host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        return parse_ipv6(host + 1, port, out);
    }
    return parse_ipv4(host, port, out);
}

void address_write(const struct address *address, char out[ADDRESS_TEXT_BYTES]) {
    char host[INET6_ADDRSTRLEN] = "";
    if (address->socket.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->socket.ipv6.sin6_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT_BYTES, "[%s]:%u", host, ntohs(address->socket.ipv6.sin6_port));
    } else {
        inet_ntop(AF_INET, &address->socket.ipv4.sin_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT_BYTES, "%s:%u", host, ntohs(address->socket.ipv4.sin_port));
    }
}

/* All of 127.0.0.0/8 is, not 127.0.0.1 alone. */
bool address_is_loopback(const struct address *address) {
    if (address->socket.any.sa_family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&address->socket.ipv6.sin6_addr);
    }
    return ntohl(address->socket.ipv4.sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

/* A worker that listens everywhere listens there too, and not every system takes 0.0.0.0 as where to connect to. */
struct address address_to_ask(const struct address *address) {
    struct address ask = *address;
    if (ask.socket.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ask.socket.ipv6.sin6_addr)) {
        ask.socket.ipv6.sin6_addr = in6addr_loopback;
    } else if (ask.socket.any.sa_family == AF_INET && ask.socket.ipv4.sin_addr.s_addr == htonl(INADDR_ANY)) {
        ask.socket.ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    return ask;
}
