/* The registers that a packed fact writes (contract 2.6), read from its bytes: a register of a train keeps no key of
 * its own, only its newest fact. Pure; the fact must be a whole one (made by fact_pack or passed by fact_check). */
#ifndef CARAVAN_TRAIN_FACT_REGISTERS_H
#define CARAVAN_TRAIN_FACT_REGISTERS_H

#include <stddef.h>

#include "base/buffer.h"
#include "train/fact.h"
#include "event/register.h"

/* At least one, at most REGISTERS_PER_EVENT_MAX. */
size_t fact_register_count(const struct fact *fact);
/* The key of register i < fact_register_count(fact); its text points into the fact. */
struct register_key fact_register(const struct fact *fact, size_t i);
/* Appends a readable name of register i, e.g. `manifest[SMGS1]` or `control[train,,risk]`, for --facts. */
void fact_register_name(const struct fact *fact, size_t i, struct buffer *out);

#endif
