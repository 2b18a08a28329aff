/* What /v1 says of trains, made from what lanes answered (lanes/questions.h). Pure. */
#ifndef CARAVAN_HTTP_TRAINS_JSON_H
#define CARAVAN_HTTP_TRAINS_JSON_H

#include <stdbool.h>

#include "base/buffer.h"
#include "lanes/questions.h"
#include "record/rules.h"

/* Appends the clearance record of a train, the bytes that its topic gets; false when the facts are damaged. */
bool trains_put_record(struct slice train_key, struct slice facts, struct rules rules, struct buffer *out);
/* Appends `{"train":{…},"partition":…,"facts":[…]}`: each live event that the record is made from, the newest first. */
bool trains_put_facts(struct slice train_key, int32_t partition, struct slice facts, struct buffer *out);
/* Appends `{"trains":[…]}`: the first lines of all lanes by key, and `next` where there may be more. */
void trains_put_list(const struct question *list, struct buffer *out);
/* Appends `{"rejects":[…]}`, the newest first. */
void trains_put_rejects(const struct question *rejects, struct buffer *out);
/* Appends `{"number":…,"date":…,"port":…}` of a train's key. */
void trains_put_name(struct slice train_key, struct buffer *out);

#endif
