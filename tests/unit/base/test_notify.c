#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"

/* A manager's socket under this name ('@' first: an abstract one). */
static int listening(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    int socket_fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    cr_assert(socket_fd >= 0);
    cr_assert(bind(socket_fd, (const struct sockaddr *)&address,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return socket_fd;
}

static void hears(const char *name, const char *state) {
    char heard[64] = "";
    int manager = listening(name);
    cr_assert(notify_manager(state));
    cr_assert(recv(manager, heard, sizeof heard - 1, MSG_DONTWAIT) == (ssize_t)strlen(state));
    cr_assert_str_eq(heard, state);
    close(manager);
}

Test(notify, reaches_a_socket_with_a_path) {
    char name[64];
    snprintf(name, sizeof name, "/tmp/caravan-notify-%d", (int)getpid());
    hears(name, "READY=1");
    unlink(name);
}

Test(notify, reaches_an_abstract_socket) {
    char name[64];
    snprintf(name, sizeof name, "@caravan-notify-%d", (int)getpid());
    hears(name, "STOPPING=1");
}

Test(notify, nobody_listens) {
    static const char *const names[] = {"", "/", "nowhere", "/nowhere/at/all"};
    unsetenv("NOTIFY_SOCKET");
    cr_assert_not(notify_manager("READY=1"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        cr_assert_not(notify_manager("READY=1"), "%s", names[i]);
    }
}

Test(notify, a_name_that_is_too_long) {
    char name[200];
    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    setenv("NOTIFY_SOCKET", name, 1);
    cr_assert_not(notify_manager("READY=1"));
}
