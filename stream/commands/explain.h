/* Every word that Caravan's output uses for a person to act on, with what it means and what to do: statuses, reasons,
 * alerts, rejects, and a few terms of the records. Static. */
#ifndef CARAVAN_COMMANDS_EXPLAIN_H
#define CARAVAN_COMMANDS_EXPLAIN_H

#include <stddef.h>

#include "base/slice.h"

enum explain_kind { EXPLAIN_STATUS, EXPLAIN_REASON, EXPLAIN_ALERT, EXPLAIN_REJECT, EXPLAIN_TERM, EXPLAIN_KIND_COUNT };

struct explanation {
    enum explain_kind kind;
    const char *code;         /* as records and rejects write it */
    const char *brief;        /* a few words, for a line of a record */
    const char *means, *todo; /* sentences; todo may be empty */
};

/* NULL when there is none. */
const struct explanation *explain_find(struct slice code);
/* The i-th of all, by kind; NULL behind the last. */
const struct explanation *explain_at(size_t i);

#endif
