/* Of each train the newest record's part that a report needs: records of a train come in order, so the last one counts,
 * whether from a topic (emit, compaction) or from files. Owns the keys and the pieces. One owner. */
#ifndef CARAVAN_REPORT_NEWEST_H
#define CARAVAN_REPORT_NEWEST_H

#include <stddef.h>

#include "base/slice.h"
#include "base/table.h"
#include "event/json.h"

struct newest_train {
    struct table_node node;
    struct slice key; /* number|date|port */
    void *piece;      /* NULL: the report needs nothing of this train */
};

struct newest {
    struct table table;
    struct newest_train **trains; /* in order of their first record, or as sorted */
    size_t count, capacity;
    size_t piece_bytes; /* of each piece */
};

void newest_init(struct newest *newest, size_t piece_bytes);
/* `release` is called for each piece before it is freed; may be NULL. */
void newest_release(struct newest *newest, void (*release)(void *piece));
/* The train of this record, whose key is made of the member `train`; NULL where that is not one. */
struct newest_train *newest_of(struct newest *newest, const struct json_value *record);
/* Its piece, all zero when it is new. */
void *newest_piece(struct newest *newest, struct newest_train *train);
/* By date, then number, then port: as trains run. */
void newest_sort(struct newest *newest);

/* The parts of a key. */
struct newest_key {
    struct slice number, date, port;
};
struct newest_key newest_split(struct slice key);

#endif
