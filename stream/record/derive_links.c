/* The trains that this one continues or is continued by (contract 5.18). A withdrawn link stays as a fact, and is shown
 * no more. */
#include <stdlib.h>

#include "record/derive.h"

/* By role, then by the other train's number, date, port: not by its key, where a number that begins another one would
 * come behind it. */
static int order_links(const void *a, const void *b) {
    const struct record_link *x = a;
    const struct record_link *y = b;
    if (x->role != y->role) {
        return x->role < y->role ? -1 : 1;
    }
    int order = slice_compare(x->number, y->number);
    if (order == 0) {
        order = slice_compare(x->date, y->date);
    }
    return order != 0 ? order : slice_compare(x->port, y->port);
}

/* The parts of a train's key; the number may have any length, the others have theirs. */
static struct record_link link_of(const struct event_link *link) {
    const char *tail = link->other.data + link->other.len - TRAIN_KEY_TAIL_BYTES;
    return (struct record_link){.role = link->role,
                                .number = {link->other.data, link->other.len - TRAIN_KEY_TAIL_BYTES},
                                .date = {tail + 1, TRAIN_KEY_TAIL_BYTES - 2 - PLACE_BYTES},
                                .port = {tail + TRAIN_KEY_TAIL_BYTES - PLACE_BYTES, PLACE_BYTES}};
}

/* Without a composition nobody knows yet what is on the train. */
static void check_link(struct derive *derive, const struct event_link *link, const struct record_link *shown) {
    for (size_t i = 0; derive->composition != NULL && link->role == ROLE_FROM && i < shown->container_count; i++) {
        const struct derive_container *container = derive_find_container(derive, shown->containers[i]);
        if (container == NULL || !container->on_train) {
            derive_alert(derive, ALERT_LINK_MISSING, shown->containers[i])->expected = link->other;
        }
    }
}

static void put_link(struct derive *derive, const struct fact *fact, struct record_link *links) {
    struct event_link link = fact_link(fact);
    if (link.containers.count == 0) { /* withdrawn */
        return;
    }
    struct record_link *shown = &links[derive->record->link_count++];
    struct slice *containers = arena_take(derive->arena, link.containers.count * sizeof *containers);
    struct fact_cursor cursor = fact_list(fact, link.containers);
    for (size_t i = 0; i < link.containers.count; i++) {
        containers[i] = fact_next_number(&cursor);
    }
    derive_sort_texts(derive, containers, link.containers.count);
    *shown = link_of(&link);
    shown->containers = containers;
    shown->container_count = link.containers.count;
    check_link(derive, &link, shown);
}

void derive_links(struct derive *derive) {
    size_t most = derive->lists[REGISTER_LINK_FROM].count + derive->lists[REGISTER_LINK_TO].count;
    struct record_link *links = arena_take(derive->arena, most * sizeof *links);
    derive->record->link_count = 0;
    /* Both roles for one list; the alerts of an older pass were dropped by whoever calls again (kept.c). */
    for (unsigned kind = REGISTER_LINK_FROM; kind <= REGISTER_LINK_TO; kind++) {
        for (size_t i = 0; i < derive->lists[kind].count; i++) {
            put_link(derive, derive->lists[kind].entries[i].fact, links);
        }
    }
    qsort(links, derive->record->link_count, sizeof *links, order_links);
    derive->record->links = links;
}
