/* Any bytes as a message: the quick ways of decoding and the general one say the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct twin *twin;
    if (twin == NULL) {
        twin = twin_new();
    }
    const char *difference = twin_compare(twin, (struct slice){(const char *)data, size});
    if (difference != NULL) {
        fprintf(stderr, "%s\n", difference);
        abort();
    }
    return 0;
}
