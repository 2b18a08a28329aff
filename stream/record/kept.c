/* How: the train notes which registers turned. If any of them is of the cargo, all is derived anew. Else the lists take
 * the new facts, the alerts of touched containers are dropped and raised again, controls are gone through, and touched
 * declarations are asked how far they are; the rest stays where it is. Texts that stay must not point into facts that
 * may die: keys are copied, and numbers of containers and waybills lie in manifests and the composition, whose change
 * derives anew. */
#include "record/kept.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "record/derive.h"
#include "train/fact_registers.h"
#include "train/train_state.h"

enum {
    /* What the scratch arena keeps from one train to the next; a larger train gives its blocks back. */
    SCRATCH_KEEP_BYTES = 1024 * 1024,
    BLOCK_BYTES = 1024, /* what is larger has a block of its own, and the rest of the one before is lost */
    GROWTH_BYTES = 16384
};

struct kept {
    struct train *train;
    struct rules rules;
    struct train_changes changes; /* since the last update */
    struct arena arena;           /* of everything below but the struct itself */
    size_t whole_bytes;           /* of the arena when everything was derived last */
    struct derive *derive;        /* NULL before the first update */
    bool *containers, *declarations;
    bool has_lines; /* the last update was a whole one */
};

struct kept *kept_new(struct train *train, struct rules rules) {
    struct kept *kept = alloc_zeroed(1, sizeof *kept);
    kept->train = train;
    kept->rules = rules;
    kept->arena.block_bytes = BLOCK_BYTES;
    train_watch(train, &kept->changes);
    return kept;
}

void kept_free(struct kept *kept) {
    if (kept != NULL) {
        train_watch(kept->train, NULL);
        arena_release(&kept->arena);
        free(kept);
    }
}

size_t kept_bytes(const struct kept *kept) {
    return sizeof *kept + arena_bytes(&kept->arena);
}

/* ---- as a whole */

/* Everything goes at once, the struct with it: nothing may point into the arena from outside but `kept`, which is set
 * again. */
static void derive_whole(struct kept *kept, struct arena *scratch) {
    arena_reset(&kept->arena, 0);
    struct derive *derive = arena_zeroed(&kept->arena, 1, sizeof *derive);
    struct record *record = arena_zeroed(&kept->arena, 1, sizeof *record);
    derive->train = kept->train;
    derive->arena = &kept->arena;
    derive->scratch = scratch;
    derive->record = record;
    derive->outlives_facts = true;
    record->rules = kept->rules;
    derive_all(derive);
    kept->derive = derive;
    kept->containers = arena_zeroed(&kept->arena, record->container_count, sizeof *kept->containers);
    kept->declarations = arena_zeroed(&kept->arena, record->declaration_count, sizeof *kept->declarations);
    kept->whole_bytes = arena_bytes(&kept->arena);
    kept->has_lines = true;
}

/* The fact as it is now: a register that turned twice is noted twice and read the same both times. */
static struct register_key changed_register(const struct kept *kept, size_t i, const struct fact **fact) {
    size_t index;
    train_register(kept->train, kept->changes.registers[i], fact, &index);
    return fact_register(*fact, index);
}

/* Whether it changes what is on the train and how it is declared together. */
static bool is_cargo(const struct kept *kept, unsigned kind) {
    switch (kind) {
    case REGISTER_MANIFEST:
    case REGISTER_COMPOSITION:
    case REGISTER_ARRIVAL: return true;
    case REGISTER_APPLICATION: return kept->rules.merge == MERGE_APPLIED;
    default: return false;
    }
}

/* Patches leave pieces behind in the arena: when these are as much as the record, it is time to begin anew. Lost
 * changes mean that more turned than is noted, or that the table grew under more of them than are followed
 * (train/train.c). */
static bool must_derive_whole(const struct kept *kept) {
    if (kept->derive == NULL || kept->changes.lost ||
        arena_bytes(&kept->arena) > 2 * kept->whole_bytes + GROWTH_BYTES) {
        return true;
    }
    for (size_t i = 0; i < kept->changes.count; i++) {
        const struct fact *fact;
        if (is_cargo(kept, changed_register(kept, i, &fact).kind)) {
            return true;
        }
    }
    return false;
}

/* ---- what a change touches */

struct touched {
    bool containers, tallies, links, controls;
};

/* Marked and not derived at once: several changes may touch one container. */
static void touch_container(struct kept *kept, struct slice number, struct touched *touched) {
    const struct derive_container *found = derive_find_container(kept->derive, number);
    if (found != NULL) {
        kept->derive->containers[found - kept->derive->containers].touched = true;
        touched->containers = true;
    }
}

/* A report that the record shows of its container. */
static void touch_report(struct kept *kept, struct slice number, struct touched *touched) {
    touch_container(kept, number, touched);
    const struct derive_container *found = derive_find_container(kept->derive, number);
    if (found != NULL && found->shown != NULL) {
        kept->containers[found->shown - kept->derive->record->containers] = true;
    }
}

/* Who checked dangerous goods may have looked at the train or at the waybill (contract 5.17). */
static void touch_dangerous(struct kept *kept, struct touched *touched) {
    const struct record *record = kept->derive->record;
    for (size_t i = 0; i < record->container_count; i++) {
        if (record->containers[i].dangerous_count > 0) {
            touch_container(kept, record->containers[i].number, touched);
        }
    }
}

/* A waybill that is not live is in no declaration (contract 5.2), and its number there means nothing. */
static void touch_declaration(struct kept *kept, struct slice waybill) {
    const struct derive_manifest *manifest = derive_find_manifest(kept->derive, waybill);
    if (manifest != NULL && derive_is_live(manifest)) {
        kept->declarations[manifest->declaration] = true;
    }
}

/* Every waybill that was lodged under this number. One fact may have lodged many, which mostly lie side by side. */
static void touch_decided(struct kept *kept, struct slice number) {
    for (unsigned kind = REGISTER_SUMMARY; kind <= REGISTER_FULL; kind++) {
        const struct derive_list *list = &kept->derive->lists[kind];
        bool is_it = false;
        for (size_t i = 0; i < list->count; i++) {
            const struct fact *fact = list->entries[i].fact;
            if (i == 0 || fact != list->entries[i - 1].fact) {
                is_it = slice_equal(fact_declaration(fact).declaration_number, number);
            }
            if (is_it) {
                touch_declaration(kept, list->entries[i].text);
            }
        }
    }
}

/* Kinds are numbered by scope first, containers before trains and waybills (event/register.h). */
static void touch_control(struct kept *kept, struct register_key key, struct touched *touched) {
    struct slice ref = {key.text.data + COUNTRY_BYTES, key.text.len - COUNTRY_BYTES};
    touched->controls = true;
    if (key.kind < register_control_kind(SCOPE_TRAIN, (enum control_kind)0)) {
        touch_container(kept, ref, touched);
    } else {
        touch_dangerous(kept, touched);
    }
}

static void touch(struct kept *kept, struct register_key key, struct touched *touched) {
    switch (key.kind) {
    case REGISTER_SUMMARY:
    case REGISTER_FULL: touch_declaration(kept, key.text); break;
    case REGISTER_DECISION: touch_decided(kept, key.text); break;
    case REGISTER_LINK_FROM:
    case REGISTER_LINK_TO: touched->links = true; break;
    case REGISTER_APPLICATION: break; /* nobody asks for it */
    case REGISTER_TALLY:
        touched->tallies = true;
        touch_report(kept, key.text, touched);
        break;
    case REGISTER_TRACKED:
    case REGISTER_SEAL:
    case REGISTER_OPENED: touch_report(kept, key.text, touched); break;
    default: touch_control(kept, key, touched);
    }
}

/* All lists first: what is derived again looks into several of them. */
static struct touched take_changes(struct kept *kept) {
    struct touched touched = {false};
    const struct fact *fact;
    for (size_t i = 0; i < kept->changes.count; i++) {
        struct register_key key = changed_register(kept, i, &fact);
        derive_take(kept->derive, key, fact);
    }
    for (size_t i = 0; i < kept->changes.count; i++) {
        touch(kept, changed_register(kept, i, &fact), &touched);
    }
    return touched;
}

/* ---- deriving that again */

/* Containers behind alerts of the last branch are on the train, so they are always found. */
static bool is_void(const struct derive *derive, const struct record_alert *alert, const struct touched *touched) {
    switch (alert->kind) {
    case ALERT_LINK_MISSING: return touched->links;
    case ALERT_TALLY_UNEXPECTED: return touched->tallies;
    default: return touched->containers && derive_find_container(derive, alert->container)->touched;
    }
}

static void drop_alerts(struct derive *derive, const struct touched *touched) {
    size_t left = 0;
    for (size_t i = 0; i < derive->alert_count; i++) {
        if (!is_void(derive, &derive->alerts[i], touched)) {
            derive->alerts[left++] = derive->alerts[i];
        }
    }
    derive->alert_count = left;
}

/* The mark is taken away here, so that each update begins without any. */
static void derive_touched_containers(struct derive *derive) {
    for (size_t i = 0; i < derive->container_count; i++) {
        struct derive_container *container = &derive->containers[i];
        if (container->touched) {
            container->touched = false;
            derive_container_alerts(derive, container);
            if (container->shown != NULL) {
                derive_reports(derive, container);
            }
        }
    }
}

static void derive_alerts_again(struct derive *derive, const struct touched *touched) {
    drop_alerts(derive, touched);
    if (touched->containers) {
        derive_touched_containers(derive);
    }
    if (touched->tallies) {
        derive_unexpected_tallies(derive);
    }
    if (touched->links) {
        derive_links(derive);
    }
    derive_alerts_end(derive);
}

/* What is told of them; whether that is another than before. */
static void derive_declared_again(struct kept *kept) {
    struct derive *derive = kept->derive;
    for (size_t i = 0; i < derive->record->declaration_count; i++) {
        if (kept->declarations[i]) {
            struct record_declaration *declaration = &derive->declarations[i];
            struct record_declaration before = *declaration;
            derive_declared(derive, declaration, &derive->standings[i]);
            kept->declarations[i] = declaration->declared != before.declared ||
                                    declaration->advance != before.advance || declaration->released != before.released;
        }
    }
}

/* Of all live facts. Only when one of the outermost died they are looked through. */
static void update_times(struct kept *kept) {
    struct record *record = kept->derive->record;
    const struct train_changes *changes = &kept->changes;
    const struct fact *fact;
    size_t index;
    bool again = changes->any_died &&
                 (changes->died_first_ms <= record->first_at_ms || changes->died_last_ms >= record->last_at_ms);
    if (again) {
        record->first_at_ms = INT64_MAX;
        record->last_at_ms = INT64_MIN;
    }
    size_t at = 0;
    for (size_t i = 0; again ? train_next_register(kept->train, &at, &fact, &index) : i < changes->count; i++) {
        if (!again) {
            changed_register(kept, i, &fact);
        }
        int64_t time_ms = fact_time_ms(fact);
        record->first_at_ms = time_ms < record->first_at_ms ? time_ms : record->first_at_ms;
        record->last_at_ms = time_ms > record->last_at_ms ? time_ms : record->last_at_ms;
    }
}

/* Lines and values of declarations went with the scratch arena. Set to nothing, since a pointer to what the scratch
 * arena had would be read as long as it happened to look right. */
static void forget_lines(struct kept *kept) {
    struct derive *derive = kept->derive;
    for (size_t i = 0; kept->has_lines && i < derive->record->declaration_count; i++) {
        derive->declarations[i].lines = NULL;
        derive->declarations[i].line_count = 0;
        derive->declarations[i].values = (struct record_moneys){NULL, 0};
    }
    kept->has_lines = false;
}

/* In this order: alerts and controls before the end, which takes its reasons from them. */
static void derive_again(struct kept *kept, struct arena *scratch) {
    const struct record *record = kept->derive->record;
    kept->derive->scratch = scratch;
    forget_lines(kept);
    memset(kept->containers, 0, record->container_count * sizeof *kept->containers);
    memset(kept->declarations, 0, record->declaration_count * sizeof *kept->declarations);
    struct touched touched = take_changes(kept);
    if (touched.containers || touched.tallies || touched.links) {
        derive_alerts_again(kept->derive, &touched);
    }
    if (touched.controls) {
        derive_controls(kept->derive);
    }
    derive_declared_again(kept);
    update_times(kept);
    derive_end(kept->derive);
}

struct kept_record kept_update(struct kept *kept, struct arena *scratch) {
    bool whole = must_derive_whole(kept);
    arena_reset(scratch, SCRATCH_KEEP_BYTES);
    if (whole) {
        derive_whole(kept, scratch);
    } else {
        derive_again(kept, scratch);
    }
    /* Only now: until here the train's changes were what was worked on. */
    kept->changes = (struct train_changes){.count = 0};
    return (struct kept_record){kept->derive->record, whole, kept->containers, kept->declarations};
}
