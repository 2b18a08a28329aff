/* Reading a file, allocating and logging are not async-signal-safe, so no handler does it: SIGHUP is blocked in every
 * thread and one thread of its own waits for it. Everything but log.level is fixed for the life of a worker: rules and
 * limits stand in the commits (contract 7.14), sizes in what was allocated at the start. */
#include "commands/reload.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/log.h"

static pthread_t thread;
static atomic_bool is_over;
static const struct options_common *source;

static sigset_t hangup_only(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    return set;
}

/* A thread inherits the mask of the one that makes it. So this comes before the first thread, also before those of
 * librdkafka and the HTTP server: in one that has SIGHUP open it would end the process (base/signals.h). */
void reload_hold(void) {
    sigset_t set = hangup_only();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void reload(void) {
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    struct config config;
    char error[CONFIG_ERROR_BYTES];
    /* Read from the same places in the same order as at the start, so that --set and the environment still win over the
     * file. A mistake in any line keeps the level: half a configuration is none. */
    if (!options_common_parse(source, &config, error)) {
        log_line(LOG_ERROR, "config", "SIGHUP: nothing is changed: %s", error);
    } else {
        /* Around the line, so that it is seen under either level. */
        bool more = config.log_level >= (int)LOG_INFO;
        if (more) {
            log_set_level((enum log_level)config.log_level);
        }
        log_line(LOG_INFO, "config", "SIGHUP: log.level is %s; another change needs a new start",
                 levels[config.log_level]);
        log_set_level((enum log_level)config.log_level);
    }
    config_release(&config);
}

static void *serve(void *unused) {
    sigset_t set = hangup_only();
    (void)unused;
    for (int number; !atomic_load(&is_over);) {
        if (sigwait(&set, &number) == 0 && !atomic_load(&is_over)) {
            reload();
        }
    }
    return NULL;
}

void reload_start(const struct options_common *options) {
    source = options;
    atomic_store(&is_over, false);
    int failed = pthread_create(&thread, NULL, serve, NULL);
    assert(failed == 0);
    (void)failed;
}

void reload_stop(void) {
    atomic_store(&is_over, true);
    pthread_kill(thread, SIGHUP); /* for this thread alone, so that it looks */
    pthread_join(thread, NULL);
}
