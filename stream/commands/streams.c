/* Standard streams fail in ways that no command should have to think of: a caller may have closed one, the reader of a
 * pipe may leave, and a full disk shows only when a buffer is flushed, often after the last line was "printed". The
 * first error is remembered here and told once, at the end. */
#include "commands/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/signals.h"
#include "commands/commands.h"

static int trouble; /* errno of the first write that failed; 0: none */

void streams_open(void) {
    /* The wrong way round, so that reading or writing fails instead of finding nothing or going nowhere. Descriptors
     * are given out from the lowest free one, and the streams are gone through upwards: so what is opened lands at the
     * number that is missing. */
    static const int modes[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_WRONLY};
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", modes[stream]) != stream) {
            exit(COMMANDS_FAILED); /* nobody could be told */
        }
    }
}

bool streams_broken(void) {
    /* stdio keeps only that there was an error, not which. errno is asked as soon after a write as the command looks,
     * and the first answer stays. */
    if (ferror(stdout) && trouble == 0) {
        /* Other calls came between, and errno is theirs; what could not be written is still in the buffer. */
        int last = errno != 0 ? errno : EIO;
        trouble = fflush(stdout) != 0 ? errno : last;
    }
    return trouble != 0;
}

/* A command that waits for a quiet topic writes nothing, so no write would ever fail and `tail | head -1` would not
 * end. For the write end of a pipe without readers poll reports POLLERR, whatever events were asked for. */
bool streams_reader_gone(void) {
    struct pollfd output = {.fd = STDOUT_FILENO};
    if (trouble == 0 && poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0) {
        trouble = EPIPE;
    }
    return trouble == EPIPE;
}

int streams_close(int code) {
    bool broken = streams_broken();
    if (fclose(stdout) != 0 && !broken) {
        broken = true;
        trouble = errno;
    }
    if (!broken) {
        return code;
    }
    if (trouble == EPIPE) {
        /* SIGPIPE is ignored (base/signals.h), so that a lost reader is an error like others while files are being
         * written. Here nothing is left to finish, and a pipeline expects to see the signal. */
        signals_die_of_pipe();
    }
    printable_say(stderr, "caravan: standard output: writing failed: %s", strerror(trouble));
    /* A command that failed already keeps its own code: that is the cause. */
    return code == COMMANDS_OK ? COMMANDS_FAILED : code;
}

void streams_say_waiting(const char *command, const char *what) {
    if (isatty(STDIN_FILENO) == 1) {
        printable_say(stderr, "caravan %s: waiting for %s on this terminal; Ctrl-D ends them (--help says more)",
                      command, what);
    }
}
