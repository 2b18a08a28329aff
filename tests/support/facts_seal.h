/* Packed facts that were mutated, made such as messages could have made. */
#ifndef CARAVAN_TESTS_FACTS_SEAL_H
#define CARAVAN_TESTS_FACTS_SEAL_H

#include <stddef.h>

/* Gives each whole fact the hash of its other bytes. A fact's hash is its message's, so facts that differ have hashes
 * that do, and the order of facts (contract 3.1) is one of all facts; what somebody who forges hashes gets is his. Any
 * bytes: stops where no whole fact follows. */
void facts_seal(char *facts, size_t len);

#endif
