/* What can go wrong with a file that a command writes is mostly found before it is opened: paths are resolved, files
 * told apart by device and inode, since names lie (links, /dev/fd/1, two ways to one folder), and collisions refused,
 * so that nothing is truncated for a command that then does nothing. Regular files are written beside their place and
 * renamed when all of them are whole. "Whole" means that the program wrote everything: nothing is synced, so a power
 * cut may still take it. */
#include "commands/outputs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/signals.h"
#include "commands/commands.h"
#include "commands/streams.h"

/* As many links as Linux follows in a path. Of a name so many bytes, so that the temporary one, with a dot in front and
 * seven characters behind, stays below the 255 that a name may have. */
enum { LINKS_MAX = 40, NAME_BYTES_KEPT = 200, COPY_BYTES = 64 * 1024 };

/* ---- which file a path means */

/* A file that is there by its number; one that is not yet by its folder's number and its name. */
struct identity {
    dev_t device;
    ino_t inode;
    mode_t mode; /* 0: not there yet */
    const char *name;
};

/* The open descriptor that a path stands for; -1: none. Opening such a path anew would begin a redirected file at its
 * start, over what the shell or an earlier command wrote there. */
static int descriptor_of(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0) {
        return STDOUT_FILENO;
    }
    if (strcmp(path, "/dev/stderr") == 0) {
        return STDERR_FILENO;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t len = strlen(folders[i]);
        const char *digits = path + len;
        if (strncmp(path, folders[i], len) == 0 && *digits != '\0' && strspn(digits, "0123456789") == strlen(digits) &&
            strlen(digits) < 10) {
            return atoi(digits);
        }
    }
    return -1;
}

/* The path without symbolic links; the last name need not exist. NULL with errno. The caller frees it. realpath refuses
 * a path whose end does not exist, and a link that points to nothing is such a path: opening it for writing makes the
 * file where it points. So the last name is followed here, a link a turn, and realpath does the folders. */
static char *resolved(const char *path) {
    char *at = alloc_copy(path, strlen(path));
    for (int i = 0; i < LINKS_MAX; i++) {
        char link[PATH_MAX], folder[PATH_MAX], whole[PATH_MAX];
        char *real = realpath(at, NULL);
        if (real != NULL || errno != ENOENT) {
            free(at);
            return real;
        }
        char *slash = strrchr(at, '/');
        const char *name = slash == NULL ? at : slash + 1;
        ssize_t len = readlink(at, link, sizeof link - 1); /* one that points nowhere, else not there */
        link[len < 0 ? 0 : len] = '\0';
        int folder_len = (int)(name - at);
        snprintf(whole, sizeof whole, "%.*s.", folder_len, at);
        if (realpath(whole, folder) == NULL || *name == '\0') {
            free(at);
            return NULL;
        }
        bool is_absolute = link[0] == '/';
        int made = snprintf(whole, sizeof whole, "%s%s%s", is_absolute ? "" : folder, is_absolute ? "" : "/",
                            len < 0 ? name : link);
        free(at);
        if (made >= (int)sizeof whole) {
            errno = ENAMETOOLONG;
            return NULL;
        }
        at = alloc_copy(whole, strlen(whole));
        if (len < 0) {
            return at;
        }
    }
    free(at);
    errno = ELOOP;
    return NULL;
}

static bool identify_descriptor(int descriptor, struct identity *out) {
    struct stat status;
    bool found = fstat(descriptor, &status) == 0;
    *out = found ? (struct identity){status.st_dev, status.st_ino, status.st_mode, NULL} : (struct identity){0};
    return found;
}

static bool identify(const char *path, const char *target, struct identity *out) {
    struct stat status;
    *out = (struct identity){0};
    if (stat(path, &status) == 0) {
        *out = (struct identity){status.st_dev, status.st_ino, status.st_mode, NULL};
        return true;
    }
    /* Not there yet: it is the same as another one when folder and name are. The folder is taken from the resolved
     * path, so links do not hide it. */
    char *slash = target == NULL ? NULL : strrchr(target, '/');
    if (slash == NULL) {
        return false;
    }
    char *folder = alloc_copy(target, slash == target ? 1 : (size_t)(slash - target));
    bool found = stat(folder, &status) == 0;
    free(folder);
    if (found) {
        *out = (struct identity){status.st_dev, status.st_ino, 0, slash + 1};
    }
    return found;
}

/* An inode of 0 is a file of which nothing is known; it is never the same as anything. */
static bool is_same(const struct identity *a, const struct identity *b) {
    if (a->inode == 0 || a->device != b->device || a->inode != b->inode || (a->mode == 0) != (b->mode == 0)) {
        return false;
    }
    return a->mode != 0 || strcmp(a->name, b->name) == 0;
}

/* ---- collisions */

/* One call of outputs_open. */
struct opening {
    const char *command;
    struct output_file *outputs;
    size_t count;
    const char *const *inputs;
    size_t input_count;
    struct identity identities[OUTPUTS_MAX];
};

/* "--rejects bad.jsonl"; valid until the next call. */
static const char *shown(const struct output_file *output) {
    static char text[PATH_MAX];
    if (output->option == NULL) {
        return "standard output";
    }
    snprintf(text, sizeof text, "%s %s", output->option, output->path);
    return text;
}

/* An input that is an output would be lost or never end. A terminal is both; a socket may be. */
static bool check_input(const char *command, const struct output_file *output, const struct identity *mine,
                        const char *input) {
    struct identity theirs;
    bool is_standard = strcmp(input, "-") == 0;
    bool found = is_standard ? identify_descriptor(STDIN_FILENO, &theirs) : identify(input, NULL, &theirs);
    if (!found || S_ISCHR(mine->mode) || S_ISSOCK(mine->mode) || !is_same(mine, &theirs)) {
        return true;
    }
    printable_say(stderr, "caravan %s: %s is the input %s as well: it would be written over before it is read", command,
                  shown(output), is_standard ? "on standard input" : input);
    return false;
}

/* Two outputs in one file mix or overwrite each other; on a terminal or in /dev/null that is what one asks for. */
static bool check_outputs(const struct opening *opening, size_t a, size_t b) {
    if (S_ISCHR(opening->identities[a].mode) || !is_same(&opening->identities[a], &opening->identities[b])) {
        return true;
    }
    char first[PATH_MAX];
    snprintf(first, sizeof first, "%s", shown(&opening->outputs[a]));
    printable_say(stderr, "caravan %s: %s is the same file as %s: each output needs its own", opening->command, first,
                  shown(&opening->outputs[b]));
    return false;
}

/* Pairs once each: an output against every input, and against the outputs before it. */
static bool check_all(const struct opening *opening) {
    for (size_t i = 0; i < opening->count; i++) {
        const struct output_file *output = &opening->outputs[i];
        for (size_t k = 0; output->path != NULL && k < opening->input_count; k++) {
            if (!check_input(opening->command, output, &opening->identities[i], opening->inputs[k])) {
                return false;
            }
        }
        for (size_t k = 0; output->path != NULL && k < i; k++) {
            if (opening->outputs[k].path != NULL && !check_outputs(opening, k, i)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- temporary files, which a signal removes */

/* By the output's number. Read by a handler in whatever thread a signal meets: so pointers change at once, and what is
 * in here may be unlinked at any time, which is async-signal-safe. One command opens outputs once, so one list is
 * enough. */
static _Atomic(char *) temporaries[OUTPUTS_MAX];

static void remove_temporaries(void) {
    for (size_t i = 0; i < OUTPUTS_MAX; i++) {
        char *path = atomic_load(&temporaries[i]);
        if (path != NULL) {
            unlink(path);
        }
    }
}

/* The handler first: what is in the list is always removed. Only a signal between mkostemp and here leaves a file
 * behind. */
static void remember(size_t i, char *path) {
    signals_set_cleanup(remove_temporaries);
    atomic_store(&temporaries[i], path);
}

/* The rights and owner that the file has or, being new, would have; the owner only as far as this user may give it. */
static void dress(int descriptor, const char *target) {
    struct stat status;
    if (stat(target, &status) == 0) {
        /* Set-user and set-group bits are of an owner: without the owner they would lend somebody else's rights. */
        bool given = fchown(descriptor, status.st_uid, status.st_gid) == 0;
        fchmod(descriptor, status.st_mode & (given ? 07777 : 0777));
    } else {
        /* The mask can only be read by setting it, for the whole process: no other thread may run yet. */
        mode_t mask = umask(0);
        umask(mask);
        fchmod(descriptor, 0666 & ~mask);
    }
}

/* A file beside the target; NULL where there cannot be one (then the target itself is written). */
static FILE *open_temporary(struct output_file *output, size_t i) {
    const char *name = strrchr(output->target, '/') + 1;
    struct buffer path = {0};
    buffer_append(&path, output->target, (size_t)(name - output->target));
    buffer_printf(&path, ".%.*s.XXXXXX", NAME_BYTES_KEPT, name);
    output->temporary = alloc_copy(path.data, path.len);
    buffer_release(&path);
    /* Made with rights for its owner alone, until it is dressed: nobody reads a file that will be private. */
    int descriptor = mkostemp(output->temporary, O_CLOEXEC);
    if (descriptor < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return NULL;
    }
    remember(i, output->temporary);
    dress(descriptor, output->target);
    return fdopen(descriptor, "w");
}

/* ---- open */

static FILE *open_descriptor(int descriptor) {
    /* The stream that everybody prints to, so that bytes stay in order and its end is judged once. */
    if (descriptor == STDOUT_FILENO) {
        return stdout;
    }
    /* A copy, so that closing the stream leaves the caller's descriptor as it was. */
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? NULL : fdopen(copy, "w");
}

static FILE *open_output(struct output_file *output, size_t i, const struct identity *identity) {
    int descriptor = descriptor_of(output->path);
    if (descriptor >= 0) {
        return open_descriptor(descriptor);
    }
    /* rename needs rights on the folder only and would replace a file that this user may not write. So that is asked
     * first; where it is forbidden fopen says so. fopen's `e` keeps the file from programs that are started
     * (O_CLOEXEC). */
    bool is_regular = output->target != NULL && (identity->mode == 0 || S_ISREG(identity->mode));
    if (is_regular && (identity->mode == 0 || access(output->target, W_OK) == 0)) {
        FILE *file = open_temporary(output, i);
        if (file != NULL) {
            return file;
        }
    }
    return fopen(output->path, "we");
}

/* Finds out which file it is; false with errno. */
static bool locate(struct output_file *output, struct identity *identity) {
    int descriptor = descriptor_of(output->path);
    if (descriptor >= 0) {
        identify_descriptor(descriptor, identity); /* one that is not open fails when it is opened */
        return true;
    }
    output->target = resolved(output->path);
    return output->target != NULL && identify(output->target, output->target, identity);
}

static void release(struct output_file *output, size_t i) {
    if (output->temporary != NULL) {
        /* Before it is freed: the handler may look at any time. */
        atomic_store(&temporaries[i], NULL);
        unlink(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    output->temporary = output->target = NULL;
    output->file = NULL;
}

static void complain(const char *command, const struct output_file *output) {
    printable_say(stderr, "caravan %s: %s: cannot be written: %s", command, output->path, strerror(errno));
}

/* All are located and compared before the first is opened, since opening truncates what has no temporary file. */
static int open_all(struct opening *opening) {
    for (size_t i = 0; i < opening->count; i++) {
        struct output_file *output = &opening->outputs[i];
        if (output->path != NULL && !locate(output, &opening->identities[i])) {
            complain(opening->command, output);
            return COMMANDS_FAILED;
        }
    }
    if (!check_all(opening)) {
        return COMMANDS_USAGE;
    }
    for (size_t i = 0; i < opening->count; i++) {
        struct output_file *output = &opening->outputs[i];
        output->file = output->path == NULL ? NULL : open_output(output, i, &opening->identities[i]);
        output->is_terminal = output->file != NULL && isatty(fileno(output->file)) == 1;
        if (output->path != NULL && output->file == NULL) {
            complain(opening->command, output);
            return COMMANDS_FAILED;
        }
    }
    return COMMANDS_OK;
}

int outputs_open(const char *command, struct output_file *outputs, size_t count, const char *const *inputs,
                 size_t input_count) {
    struct opening opening = {command, outputs, count, inputs, input_count, {{0}}};
    int code = open_all(&opening);
    if (code != COMMANDS_OK) {
        outputs_close(command, outputs, count, false);
    }
    return code;
}

/* ---- write and close */

bool output_broken(struct output_file *output) {
    if (output->file == stdout) {
        return streams_broken();
    }
    if (output->trouble == 0 && ferror(output->file)) {
        /* stdio keeps that there was an error, not which: errno is asked right behind the writing. */
        output->trouble = errno != 0 ? errno : EIO;
    }
    return output->trouble != 0;
}

void output_write_json(struct output_file *output, struct buffer *line) {
    assert(line->len > 0 && line->data[line->len - 1] == '\n');
    if (output->is_terminal) {
        printable_put_json(output->file, (struct slice){line->data, line->len - 1});
    } else {
        fwrite(line->data, 1, line->len, output->file);
    }
    /* Now, while errno is still that of this write. */
    output_broken(output);
    buffer_clear(line);
}

/* All bytes out of the program; the sentence about standard output comes at its end. */
static bool finish(const char *command, struct output_file *output) {
    if (output->file == stdout) {
        fflush(stdout);
        return !streams_broken();
    }
    bool good = !output_broken(output);
    if (fclose(output->file) != 0 && good) {
        good = false;
        output->trouble = errno;
    }
    if (!good) {
        printable_say(stderr, "caravan %s: %s: writing failed: %s", command, output->path, strerror(output->trouble));
    }
    return good;
}

/* Where a file cannot take the place of another (a mount point, a folder of somebody else's files), or would take one
 * of several names away from it, its bytes go into it. It is the second choice: a failure in the middle leaves a part
 * of it there. */
static bool copy_into(const char *from, const char *to) {
    char bytes[COPY_BYTES];
    FILE *source = fopen(from, "re");
    /* The target itself, emptied: its other names, its rights and what is mounted there stay what they are. */
    FILE *sink = source == NULL ? NULL : fopen(to, "we");
    bool good = sink != NULL;
    for (size_t len; good && (len = fread(bytes, 1, sizeof bytes, source)) > 0;) {
        good = fwrite(bytes, 1, len, sink) == len;
    }
    good = good && !ferror(source);
    if (source != NULL) {
        fclose(source);
    }
    return (sink == NULL || fclose(sink) == 0) && good;
}

static bool put_in_place(const char *command, struct output_file *output) {
    struct stat status;
    bool has_names = stat(output->target, &status) == 0 && status.st_nlink > 1;
    bool good =
        (!has_names && rename(output->temporary, output->target) == 0) || copy_into(output->temporary, output->target);
    if (!good) {
        printable_say(stderr, "caravan %s: %s: writing failed: %s", command, output->path, strerror(errno));
    }
    return good;
}

/* Two rounds: first the last bytes of all go out, then all are put in place, so that one that is not whole keeps the
 * others away too. Between two renames a kill can still leave the new records beside the old rejects. */
bool outputs_close(const char *command, struct output_file *outputs, size_t count, bool keep) {
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good = (outputs[i].file == NULL || finish(command, &outputs[i])) && good;
    }
    for (size_t i = 0; i < count; i++) {
        good = good && (!keep || outputs[i].temporary == NULL || put_in_place(command, &outputs[i]));
        release(&outputs[i], i);
    }
    return good;
}
