/* A doubly linked list through links that live inside their owners: joining, leaving and being asked cost the same at
 * any length, and nothing is allocated. A head is a link of its own. Zero-initialised is a valid link that is in no
 * list; a head needs list_init. One owner at a time. */
#ifndef CARAVAN_BASE_LIST_H
#define CARAVAN_BASE_LIST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *previous, *next; /* both NULL: in no list */
};

/* The owner of a link: LIST_OWNER(link, struct train_entry, changed). */
#define LIST_OWNER(link_, type_, member_) ((type_ *)(void *)((char *)(link_)-offsetof(type_, member_)))

static inline void list_init(struct link *head) {
    head->previous = head;
    head->next = head;
}

static inline bool list_empty(const struct link *head) {
    return head->next == head;
}

/* True while `link` is in a list. */
static inline bool list_has(const struct link *link) {
    return link->next != NULL;
}

/* `link` must be in no list. */
static inline void list_append(struct link *head, struct link *link) {
    assert(!list_has(link));
    link->previous = head->previous;
    link->next = head;
    head->previous->next = link;
    head->previous = link;
}

/* Does nothing for a link that is in no list. */
static inline void list_remove(struct link *link) {
    if (list_has(link)) {
        link->previous->next = link->next;
        link->next->previous = link->previous;
        *link = (struct link){NULL, NULL};
    }
}

/* The first link, NULL in an empty list. */
static inline struct link *list_first(const struct link *head) {
    return list_empty(head) ? NULL : head->next;
}

/* The one behind `link`, NULL at the end. */
static inline struct link *list_next(const struct link *head, const struct link *link) {
    return link->next == head ? NULL : link->next;
}

#endif
