/* The pieces that events are written of. Internal to the files that write them (write.c, write_customs.c). Each appends
 * to the writer's buffer; texts stand as in JSON already. */
#ifndef CARAVAN_WORKLOAD_WRITE_PIECES_H
#define CARAVAN_WORKLOAD_WRITE_PIECES_H

#include "base/buffer.h"
#include "base/decimal.h"
#include "workload/write.h"

#define PUT(writer, literal) buffer_append((writer)->out, (literal), sizeof(literal) - 1)

void put_text(struct writer *writer, const char *text);
void put_slice(struct writer *writer, struct slice text);
void put_number(struct writer *writer, uint64_t value);
/* value / 10^places, without zeros at the end. */
void put_decimal(struct writer *writer, uint64_t value, int places);
/* The same; now and then spelled otherwise (RATE_SPELLINGS). */
void put_amount(struct writer *writer, uint64_t value, int places);
void put_degrees(struct writer *writer, int32_t millionths);
/* Now and then `,"name":null` (RATE_NULLS) where a member is left out. */
void put_absent(struct writer *writer, const char *name);

void put_train(struct writer *writer, const struct plan *plan);
void put_waybill(struct writer *writer, const struct plan_waybill *waybill);
/* ,"waybills":[...]; indices into the plan's. */
void put_waybills(struct writer *writer, const uint32_t *waybills, size_t count);

/* Up to and including the train; data's other members follow, each behind a comma. */
void event_begin(struct writer *writer, enum event_type type, const char *source, const char *place, int64_t time_ms);
void event_end(struct writer *writer);

#endif
