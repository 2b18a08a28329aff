/* A record derived and written anew, as the parts that measure records do it. */
#ifndef CARAVAN_BENCH_DERIVED_H
#define CARAVAN_BENCH_DERIVED_H

#include "base/arena.h"
#include "base/buffer.h"
#include "train/train.h"

/* The train's record into `out`, in the place of what was there; its length in bytes. `scratch` is reset. */
size_t derived_write(const struct train *train, struct arena *scratch, struct buffer *out);

#endif
