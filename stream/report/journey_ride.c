/* What one record says of one container. The record is gone with its message, so texts are copied into the ride's own
 * arena, which the next record of that train empties as a whole. */
#include "report/journey_ride.h"

#include "base/buffer.h"
#include "event/pick.h"

void ride_release(void *ride) {
    arena_release(&((struct ride *)ride)->memory);
}

static struct slice keep(struct ride *ride, struct slice text) {
    return arena_copy(&ride->memory, text);
}

/* The texts of a list, a blank between two. */
static struct slice keep_list(struct ride *ride, const struct json_value *object, const char *name) {
    struct buffer joined = {0};
    struct slice unnamed;
    const struct json_value *item;
    for (struct json_walk walk = pick_walk(object, name); json_step(&walk, &unnamed, &item);) {
        buffer_append_text(&joined, joined.len == 0 ? "" : " ");
        buffer_append_slice(&joined, pick_text_of(item));
    }
    struct slice kept = keep(ride, buffer_slice(&joined));
    buffer_release(&joined);
    return kept;
}

/* A walk over the array: it is looked at once a record, so a table would cost more than it saves. */
static bool lists(const struct json_value *object, const char *name, struct slice container) {
    struct slice unnamed;
    const struct json_value *item;
    for (struct json_walk walk = pick_walk(object, name); json_step(&walk, &unnamed, &item);) {
        if (slice_equal(pick_text_of(item), container)) {
            return true;
        }
    }
    return false;
}

/* Numbers too are kept as the text that the record has: what is not read and written anew cannot be rounded. */
static void take_container(struct ride *ride, const struct json_value *entry) {
    const struct json_value *tally = pick(entry, "tally"), *last = pick(entry, "last");
    ride->load = keep(ride, pick_text(entry, "load"));
    ride->wagon = keep(ride, pick_text(entry, "wagon"));
    ride->position = keep(ride, pick_text(entry, "position"));
    ride->seal = keep(ride, pick_text(entry, "seal"));
    ride->waybills = keep_list(ride, entry, "waybills");
    ride->dangerous = keep_list(ride, entry, "dangerous");
    ride->tally_at = keep(ride, pick_text(tally, "at"));
    ride->tally_packages = keep(ride, pick_text(tally, "packages"));
    ride->tally_gross_kg = keep(ride, pick_text(tally, "gross_kg"));
    ride->tally_seal = keep(ride, pick_text(tally, "seal"));
    ride->tally_damaged = pick_flag(tally, "damaged");
    ride->last_at = keep(ride, pick_text(last, "at"));
    ride->last_event = keep(ride, pick_text(last, "event"));
    ride->last_place = keep(ride, pick_text(last, "place"));
    ride->latitude = keep(ride, pick_text(last, "latitude"));
    ride->longitude = keep(ride, pick_text(last, "longitude"));
}

static void take_as(struct ride *ride, struct slice container, const struct json_value *record) {
    struct slice unnamed;
    const struct json_value *entry;
    ride->as = lists(record, "missing", container)     ? RIDE_MISSING
               : lists(record, "domestic", container)  ? RIDE_DOMESTIC
               : lists(record, "off_train", container) ? RIDE_OFF_TRAIN
                                                       : RIDE_NOT;
    /* A claim outweighs the lists: it says what is in the container and not only that its number stood somewhere. */
    for (struct json_walk walk = pick_walk(record, "containers"); json_step(&walk, &unnamed, &entry);) {
        if (slice_equal(pick_text(entry, "number"), container)) {
            ride->as = RIDE_CLAIMED;
            take_container(ride, entry);
            return;
        }
    }
}

/* Their kinds; alerts are sorted by kind, and one kind may come for several fields. */
static void take_alerts(struct ride *ride, struct slice container, const struct json_value *record) {
    struct buffer kinds = {0};
    struct slice unnamed, before = {0};
    const struct json_value *alert;
    for (struct json_walk walk = pick_walk(record, "alerts"); json_step(&walk, &unnamed, &alert);) {
        struct slice kind = pick_text(alert, "kind");
        if (slice_equal(pick_text(alert, "container"), container) && !slice_equal(kind, before)) {
            buffer_append_text(&kinds, kinds.len == 0 ? "" : " ");
            buffer_append_slice(&kinds, kind);
            before = kind;
        }
    }
    ride->alerts = keep(ride, buffer_slice(&kinds));
    buffer_release(&kinds);
}

static void take_links(struct ride *ride, struct slice container, const struct json_value *record) {
    struct slice unnamed;
    const struct json_value *link;
    /* Room for all links, though few of them name the container. */
    ride->links = arena_zeroed(&ride->memory, pick_count(record, "links"), sizeof *ride->links);
    ride->link_count = 0;
    for (struct json_walk walk = pick_walk(record, "links"); json_step(&walk, &unnamed, &link);) {
        if (lists(link, "containers", container)) {
            const struct json_value *train = pick(link, "train");
            /* In the form of the keys that newest_of makes, to be compared with them. */
            struct buffer key = {0};
            buffer_append_slice(&key, pick_text(train, "number"));
            buffer_append_byte(&key, '|');
            buffer_append_slice(&key, pick_text(train, "date"));
            buffer_append_byte(&key, '|');
            buffer_append_slice(&key, pick_text(train, "port"));
            ride->links[ride->link_count++] = keep(ride, buffer_slice(&key));
            buffer_release(&key);
        }
    }
}

void ride_take(struct ride *ride, struct slice container, const struct json_value *record) {
    /* Nothing of the record before shows through: what this one leaves out is absent now. */
    ride_release(ride);
    *ride = (struct ride){0};
    take_as(ride, container, record);
    if (ride->as != RIDE_NOT) {
        ride->status = keep(ride, pick_text(record, "status"));
        ride->arrived_at = keep(ride, pick_text(record, "arrived_at"));
        ride->arrived_place = keep(ride, pick_text(record, "arrived_place"));
        take_alerts(ride, container, record);
        take_links(ride, container, record);
    }
}
