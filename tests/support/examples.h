/* The messages of schemas/examples/, for tests that want them all. A file or folder that cannot be read ends the
 * program. */
#ifndef CARAVAN_TESTS_EXAMPLES_H
#define CARAVAN_TESTS_EXAMPLES_H

#include <stddef.h>

#include "base/buffer.h"

struct example {
    char *name; /* of the file */
    struct buffer text;
};

struct examples {
    struct example *items; /* by name */
    size_t count;
};

/* Appends a file's bytes, and a NUL byte behind them that does not count. */
void examples_read_file(const char *path, struct buffer *out);
/* Appends the .json files of schemas/examples/FOLDER/. */
void examples_read(struct examples *examples, const char *folder);
void examples_release(struct examples *examples);

#endif
