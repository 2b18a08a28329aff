#include "base/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool notify_manager(const char *state) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = path == NULL ? 0 : strlen(path);
    /* A path or an abstract name behind @. sd_notify(3) knows more kinds, for virtual machines: of those nobody is
     * told. */
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        return false;
    }
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') { /* an abstract name: not in any folder, and its length ends it */
        address.sun_path[0] = '\0';
    }
    /* Without waiting: a manager whose queue is full must not hold a worker up. */
    int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (to < 0) {
        return false;
    }
    size_t bytes = strlen(state);
    ssize_t sent = sendto(to, state, bytes, MSG_NOSIGNAL, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(to);
    return sent == (ssize_t)bytes;
}
