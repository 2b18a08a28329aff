/* One question over a socket that never blocks: each step waits in poll for what is left of one deadline, so a worker
 * that hangs costs its asker the timeout and no more. libmicrohttpd has no client, and a single GET of HTTP/1.0 needs
 * none. */
#include "http/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/timestamp.h"

enum { READ_BYTES = 16 * 1024 };

struct conversation {
    int fd;
    int64_t until_ms; /* steady clock */
};

/* An error or a hang-up of the socket counts as ready: the call that is made then fails with an errno that says more.
 * What is no answer in time, a signal in between included, is a timeout to whoever asks. */
static bool wait_for(const struct conversation *conversation, short events) {
    int64_t left_ms = conversation->until_ms - clock_steady_ms();
    struct pollfd wait = {.fd = conversation->fd, .events = events};
    if (left_ms > 0 && poll(&wait, 1, (int)left_ms) > 0) {
        return true;
    }
    errno = ETIMEDOUT;
    return false;
}

static bool open_to(struct conversation *conversation, const struct address *address) {
    int error = 0;
    socklen_t len = sizeof error;
    conversation->fd = socket(address->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (conversation->fd < 0) {
        return false;
    }
    if (connect(conversation->fd, &address->socket.any, address->len) != 0 &&
        (errno != EINPROGRESS || !wait_for(conversation, POLLOUT))) {
        return false;
    }
    /* A connect that did not block is over here, and only this tells how. */
    getsockopt(conversation->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    errno = error;
    return error == 0;
}

static bool send_all(const struct conversation *conversation, struct slice text) {
    while (text.len > 0) {
        /* A worker that closes early is an error to be told, not a SIGPIPE that ends us. */
        ssize_t sent = send(conversation->fd, text.data, text.len, MSG_NOSIGNAL);
        if (sent > 0) {
            text = (struct slice){text.data + sent, text.len - (size_t)sent};
        } else if ((errno != EAGAIN && errno != EINTR) || !wait_for(conversation, POLLOUT)) {
            return false;
        }
    }
    return true;
}

/* Head and body count against one bound: what listens there may be no worker, and may never stop sending. */
static bool receive_all(const struct conversation *conversation, struct buffer *out) {
    while (out->len <= HTTP_CLIENT_BODY_BYTES_MAX) {
        ssize_t got = recv(conversation->fd, buffer_reserve(out, READ_BYTES), READ_BYTES, 0);
        if (got > 0) {
            out->len += (size_t)got;
        } else if (got == 0) {
            return true;
        } else if ((errno != EAGAIN && errno != EINTR) || !wait_for(conversation, POLLIN)) {
            return false;
        }
    }
    errno = EMSGSIZE;
    return false;
}

/* HTTP/1.0: no chunks come back, and the end of the connection is the end of the answer. */
static bool converse(struct conversation *conversation, const struct address *address, struct slice question,
                     struct buffer *answer) {
    return open_to(conversation, address) && send_all(conversation, question) && receive_all(conversation, answer);
}

/* 0: that was no HTTP. Of the head only the status matters. The body ends with the connection, whatever its length. */
static unsigned read_answer(const struct buffer *answer, struct buffer *body) {
    unsigned status = 0;
    char line[sizeof "HTTP/1.1 200 "]; /* what came does not end with a NUL byte */
    int len = (int)(answer->len < sizeof line - 1 ? answer->len : sizeof line - 1);
    const char *head_end = memmem(answer->data, answer->len, "\r\n\r\n", 4);
    if (head_end == NULL) {
        return 0;
    }
    snprintf(line, sizeof line, "%.*s", len, answer->data);
    if (sscanf(line, "HTTP/1.%*1[01] %3u ", &status) != 1) {
        return 0;
    }
    buffer_append(body, head_end + 4, answer->len - (size_t)(head_end + 4 - answer->data));
    return status;
}

unsigned http_get(const struct http_question *question, struct buffer *body, char error[HTTP_ERROR_BYTES]) {
    struct conversation conversation = {-1, clock_steady_ms() + question->timeout_ms};
    struct buffer request = {0}, answer = {0};
    char host[ADDRESS_TEXT_BYTES];
    unsigned status = 0;
    address_write(question->address, host);
    buffer_printf(&request, "GET %s HTTP/1.0\r\nHost: %s\r\n", question->path, host);
    if (question->token != NULL) {
        buffer_printf(&request, "Authorization: Bearer %s\r\n", question->token);
    }
    buffer_append_text(&request, "\r\n");
    if (!converse(&conversation, question->address, buffer_slice(&request), &answer)) {
        snprintf(error, HTTP_ERROR_BYTES, "%s does not answer: %s", host, strerror(errno));
    } else if ((status = read_answer(&answer, body)) == 0) {
        snprintf(error, HTTP_ERROR_BYTES, "what answers at %s is not HTTP", host);
    }
    if (conversation.fd >= 0) {
        close(conversation.fd);
    }
    buffer_release(&request);
    buffer_release(&answer);
    return status;
}
