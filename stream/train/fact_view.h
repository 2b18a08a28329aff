/* What lies in a packed fact, for whoever derives from it: the struct that its event was, without what facts do not
 * keep (event/types.c). Every slice points into the fact. The fact must be a whole one (made by fact_pack or passed by
 * fact_check) of the type that a function's name says. Pure. */
#ifndef CARAVAN_TRAIN_FACT_VIEW_H
#define CARAVAN_TRAIN_FACT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "event/event.h"
#include "train/fact.h"

struct commons_string;

/* Where reading goes on inside a fact, and what its strings are found by: looked up once for all of a list. */
struct fact_cursor {
    const unsigned char *at;
    const unsigned char *pool;
    const struct commons_string *common; /* NULL: no string of the fact is common */
    bool wide;                           /* its references take four bytes */
    bool tight;                          /* its numbers and lists are narrow (fact_number.h) */
};

/* All that the fact keeps. Lists are packed: read them through a cursor. */
void fact_data(const struct fact *fact, union event_data *out);

/* The way through a list that was read from this fact. */
struct fact_cursor fact_list(const struct fact *fact, struct event_list list);

/* The next element of the list; the cursor must have one left. Lists in it are skipped. */
struct event_container fact_next_container(struct fact_cursor *cursor);
void fact_next_goods(struct fact_cursor *cursor, struct event_goods *out);
struct event_wagon fact_next_wagon(struct fact_cursor *cursor);
struct event_slot fact_next_slot(struct fact_cursor *cursor);
struct slice fact_next_waybill(struct fact_cursor *cursor); /* of a list of numbers, as the next two */
struct slice fact_next_number(struct fact_cursor *cursor);  /* of a container */
struct slice fact_next_un(struct fact_cursor *cursor);

/* With waybill.number, which is the register's text. */
void fact_transmitted(const struct fact *fact, struct event_transmitted *out);
struct event_list fact_wagons(const struct fact *fact);
struct event_arrived fact_arrived(const struct fact *fact);
/* With authority and ref, which are the register's text. */
struct event_control fact_control(const struct fact *fact);
struct event_declaration fact_declaration(const struct fact *fact);
enum decision_outcome fact_decision(const struct fact *fact);
struct event_tally fact_tally(const struct fact *fact);
/* With the other train, which is the register's text. */
struct event_link fact_link(const struct fact *fact);
/* Of an application. */
struct event_list fact_listed(const struct fact *fact);
struct event_tracked fact_tracked(const struct fact *fact);

#endif
