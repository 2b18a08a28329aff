/* Records come in the order of a topic or of files, and a later one of a train replaces the one before; findings
 * compare rides in the order of their dates. So records are only gathered here, and all is worked out when the report
 * is written. */
#include "report/journey.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "encode/json_put.h"
#include "report/journey_ride.h"
#include "report/newest.h"
#include "report/sheet.h"

static const char *const AS_NAMES[] = {[RIDE_CLAIMED] = "claimed",
                                       [RIDE_MISSING] = "missing",
                                       [RIDE_DOMESTIC] = "domestic",
                                       [RIDE_OFF_TRAIN] = "off-train"};

struct journey {
    struct slice container;
    struct newest trains; /* pieces: struct ride */
};

struct journey *journey_new(const char *container) {
    struct journey *journey = alloc_zeroed(1, sizeof *journey);
    journey->container = slice_of(container);
    newest_init(&journey->trains, sizeof(struct ride));
    return journey;
}

void journey_free(struct journey *journey) {
    newest_release(&journey->trains, ride_release);
    free(journey);
}

const char *journey_take(struct journey *journey, const struct json_value *record) {
    struct newest_train *train = newest_of(&journey->trains, record);
    if (train == NULL) {
        return "names no train";
    }
    /* Also for a train without the container: a record before may have had it, and counts no more. */
    ride_take(newest_piece(&journey->trains, train), journey->container, record);
    return NULL;
}

/* Each train has a piece here, also one that the container was never on. */
static const struct ride *ride_of(const struct journey *journey, size_t train) {
    const struct ride *ride = journey->trains.trains[train]->piece;
    return ride == NULL || ride->as == RIDE_NOT ? NULL : ride;
}

/* Also where an earlier record named it: only the newest one of each train counts. */
bool journey_is_empty(const struct journey *journey) {
    for (size_t i = 0; i < journey->trains.count; i++) {
        if (ride_of(journey, i) != NULL) {
            return false;
        }
    }
    return true;
}

/* ---- findings */

enum { FINDING_KIND, FINDING_TRAIN, FINDING_OTHER, FINDING_EXPECTED, FINDING_FOUND, FINDING_COLUMNS };

/* What was expected and found is told of seals alone. */
static const struct sheet_column FINDINGS[FINDING_COLUMNS] = {
    [FINDING_KIND] = {"kind", "finding", SHEET_TEXT},       [FINDING_TRAIN] = {"train", "train", SHEET_TEXT},
    [FINDING_OTHER] = {"other", "other train", SHEET_TEXT}, [FINDING_EXPECTED] = {"expected", "expected", SHEET_TEXT},
    [FINDING_FOUND] = {"found", "found", SHEET_TEXT},
};

struct pair { /* two rides, the earlier first */
    const struct newest_train *one, *other;
    const struct ride *before, *after;
};

static bool links_to(const struct ride *ride, struct slice key) {
    for (size_t i = 0; i < ride->link_count; i++) {
        if (slice_equal(ride->links[i], key)) {
            return true;
        }
    }
    return false;
}

/* The later one is dated while the earlier one is still on its way. By days: of a train only its date is known, and one
 * that arrives in the morning may hand on to one that leaves in the evening. */
static bool are_at_once(const struct pair *pair) {
    struct newest_key one = newest_split(pair->one->key), other = newest_split(pair->other->key);
    /* A train has a record at each port that it passes, and linked trains hand the container on: neither is a
     * contradiction. */
    bool same_train = slice_equal(one.number, other.number) && slice_equal(one.date, other.date);
    /* Either of the two trains may tell of the link. */
    bool linked = links_to(pair->before, pair->other->key) || links_to(pair->after, pair->one->key);
    if (same_train || linked || !ride_is_on_train(pair->before) || !ride_is_on_train(pair->after)) {
        return false;
    }
    /* Times of records begin with their date in UTC; none at all means that it has not arrived. */
    struct slice arrived = pair->before->arrived_at;
    return arrived.len < DATE_TEXT_BYTES ||
           slice_compare((struct slice){arrived.data, DATE_TEXT_BYTES}, other.date) > 0;
}

static void put_finding(struct sheet *sheet, const char *kind, const struct newest_train *train) {
    sheet_row(sheet);
    sheet_put_text(sheet, FINDING_KIND, slice_of(kind));
    sheet_put_text(sheet, FINDING_TRAIN, train->key);
}

/* Of one ride, against all before it. */
static void find(const struct journey *journey, size_t at, struct sheet *sheet) {
    const struct newest_train *train = journey->trains.trains[at];
    const struct ride *ride = ride_of(journey, at), *sealed = NULL;
    const struct newest_train *sealed_train = NULL;
    for (size_t i = 0; i < at; i++) {
        const struct ride *earlier = ride_of(journey, i);
        const struct pair pair = {journey->trains.trains[i], train, earlier, ride};
        /* Against each earlier ride: of three at once the reader must say which one is wrong. */
        if (earlier != NULL && are_at_once(&pair)) {
            put_finding(sheet, "held-twice", train);
            sheet_put_text(sheet, FINDING_OTHER, pair.one->key);
        }
        if (earlier != NULL && earlier->seal.len > 0) {
            sealed = earlier;
            sealed_train = pair.one;
        }
    }
    /* Against the last ride that shows a seal and no others: a seal that was changed once is told once, where it was
     * changed. */
    if (sealed != NULL && ride->seal.len > 0 && !slice_equal(sealed->seal, ride->seal)) {
        put_finding(sheet, "seal-differs", train);
        sheet_put_text(sheet, FINDING_OTHER, sealed_train->key);
        sheet_put_text(sheet, FINDING_EXPECTED, sealed->seal);
        sheet_put_text(sheet, FINDING_FOUND, ride->seal);
    }
    if (ride_is_on_train(ride) && ride->arrived_at.len == 0) {
        put_finding(sheet, "never-arrived", train);
    }
}

/* ---- rides */

enum {
    /* As a ride goes: which train, how the container is on it, where it came to, what it carries, and what was found
     * when it was unloaded. */
    DATE,
    NUMBER,
    PORT,
    STATUS,
    AS,
    ARRIVED_AT,
    ARRIVED_PLACE,
    WAGON,
    POSITION,
    LOAD,
    SEAL,
    WAYBILLS,
    DANGEROUS,
    TALLY_AT,
    TALLY_PACKAGES,
    TALLY_GROSS,
    TALLY_SEAL,
    TALLY_DAMAGED,
    ALERTS,
    RIDE_FINDINGS,
    RIDE_COLUMNS
};

/* With a title what fits the width of a terminal; CSV and JSON have all of it. */
static const struct sheet_column RIDES[RIDE_COLUMNS] = {
    [DATE] = {"date", "date", SHEET_TEXT},
    [NUMBER] = {"number", "train", SHEET_TEXT},
    [PORT] = {"port", "port", SHEET_TEXT},
    [STATUS] = {"status", "status", SHEET_TEXT},
    [AS] = {"as", "as", SHEET_TEXT},
    [ARRIVED_AT] = {"arrived_at", "arrived", SHEET_TEXT},
    [ARRIVED_PLACE] = {"arrived_place", "at", SHEET_TEXT},
    [WAGON] = {"wagon", NULL, SHEET_TEXT},
    [POSITION] = {"position", NULL, SHEET_NUMBER},
    [LOAD] = {"load", NULL, SHEET_TEXT},
    [SEAL] = {"seal", "seal", SHEET_TEXT},
    [WAYBILLS] = {"waybills", NULL, SHEET_TEXT},
    [DANGEROUS] = {"dangerous", NULL, SHEET_TEXT},
    [TALLY_AT] = {"tally_at", "tally", SHEET_TEXT},
    [TALLY_PACKAGES] = {"tally_packages", "packages", SHEET_NUMBER},
    [TALLY_GROSS] = {"tally_gross_kg", "kg", SHEET_NUMBER},
    [TALLY_SEAL] = {"tally_seal", NULL, SHEET_TEXT},
    [TALLY_DAMAGED] = {"tally_damaged", NULL, SHEET_TEXT},
    [ALERTS] = {"alerts", "alerts", SHEET_TEXT},
    [RIDE_FINDINGS] = {"findings", NULL, SHEET_TEXT},
};

/* What the record does not have is absent here too: an empty text would claim that the record says so. */
static void put_present(struct sheet *sheet, size_t column, struct slice text) {
    if (text.len > 0) {
        sheet_put(sheet, column, text);
    }
}

static void put_ride(struct sheet *sheet, const struct newest_train *train, const struct ride *ride) {
    struct newest_key key = newest_split(train->key);
    sheet_row(sheet);
    sheet_put_text(sheet, DATE, key.date);
    sheet_put_text(sheet, NUMBER, key.number);
    sheet_put_text(sheet, PORT, key.port);
    put_present(sheet, STATUS, ride->status);
    sheet_put_text(sheet, AS, slice_of(AS_NAMES[ride->as]));
    put_present(sheet, ARRIVED_AT, ride->arrived_at);
    put_present(sheet, ARRIVED_PLACE, ride->arrived_place);
    put_present(sheet, WAGON, ride->wagon);
    put_present(sheet, POSITION, ride->position);
    put_present(sheet, LOAD, ride->load);
    put_present(sheet, SEAL, ride->seal);
    put_present(sheet, WAYBILLS, ride->waybills);
    put_present(sheet, DANGEROUS, ride->dangerous);
    put_present(sheet, TALLY_AT, ride->tally_at);
    put_present(sheet, TALLY_PACKAGES, ride->tally_packages);
    put_present(sheet, TALLY_GROSS, ride->tally_gross_kg);
    put_present(sheet, TALLY_SEAL, ride->tally_seal);
    /* Only a tally can say that nothing was damaged. */
    if (ride->tally_at.len > 0) {
        sheet_put_text(sheet, TALLY_DAMAGED, slice_of(ride->tally_damaged ? "yes" : "no"));
    }
    put_present(sheet, ALERTS, ride->alerts);
}

/* The kinds of the findings from row `first` on, into the ride put last. */
static void put_kinds(struct sheet *rides, const struct sheet *findings, size_t first) {
    struct buffer kinds = {0};
    /* Findings of one kind stand together, so the one before is all that need be compared. */
    struct slice before = {0};
    for (size_t row = first; row < findings->row_count; row++) {
        struct slice kind = sheet_cell(findings, row, FINDING_KIND);
        if (!slice_equal(kind, before)) {
            buffer_append_text(&kinds, kinds.len == 0 ? "" : " ");
            buffer_append_slice(&kinds, kind);
            before = kind;
        }
    }
    put_present(rides, RIDE_FINDINGS, buffer_slice(&kinds));
    buffer_release(&kinds);
}

/* ---- where it was last seen */

enum { SEEN_AT, SEEN_WHAT, SEEN_PLACE, SEEN_LATITUDE, SEEN_LONGITUDE, SEEN_TRAIN, SEEN_COLUMNS };

static const struct sheet_column SEEN[SEEN_COLUMNS] = {
    [SEEN_AT] = {"at", "last seen", SHEET_TEXT},
    [SEEN_WHAT] = {"event", "event", SHEET_TEXT},
    [SEEN_PLACE] = {"place", "place", SHEET_TEXT},
    [SEEN_LATITUDE] = {"latitude", "latitude", SHEET_NUMBER},
    [SEEN_LONGITUDE] = {"longitude", "longitude", SHEET_NUMBER},
    [SEEN_TRAIN] = {"train", "train", SHEET_TEXT},
};

/* Its texts are those of a ride, or of the key of its train. */
struct sighting {
    struct slice at, what, place, latitude, longitude, train;
};

/* Times of records have one form, so their bytes compare as they do; of two at one time the later ride's counts. */
static void see(struct sighting *newest, const struct sighting *other) {
    if (other->at.len > 0 && slice_compare(other->at, newest->at) >= 0) {
        *newest = *other;
    }
}

static void put_sighting(struct sheet *sheet, const struct sighting *seen) {
    if (seen->at.len > 0) {
        sheet_row(sheet);
        sheet_put_text(sheet, SEEN_AT, seen->at);
        put_present(sheet, SEEN_WHAT, seen->what);
        put_present(sheet, SEEN_PLACE, seen->place);
        put_present(sheet, SEEN_LATITUDE, seen->latitude);
        put_present(sheet, SEEN_LONGITUDE, seen->longitude);
        sheet_put_text(sheet, SEEN_TRAIN, seen->train);
    }
}

/* ---- the forms */

struct sheets {
    struct sheet rides, findings, seen;
};

static void fill(struct journey *journey, struct sheets *sheets) {
    struct sighting newest = {.at = SLICE("")};
    newest_sort(&journey->trains);
    for (size_t i = 0; i < journey->trains.count; i++) {
        const struct ride *ride = ride_of(journey, i);
        if (ride == NULL) {
            continue;
        }
        struct slice key = journey->trains.trains[i]->key;
        /* From this row on the findings are those of this ride, whose own row names their kinds. */
        size_t first = sheets->findings.row_count;
        find(journey, i, &sheets->findings);
        put_ride(&sheets->rides, journey->trains.trains[i], ride);
        put_kinds(&sheets->rides, &sheets->findings, first);
        /* The train arrives without a container that was left behind. */
        if (ride_is_on_train(ride)) {
            see(&newest, &(struct sighting){.at = ride->arrived_at,
                                            .what = SLICE("train-arrived"),
                                            .place = ride->arrived_place,
                                            .train = key});
        }
        /* Records tell no place of a tally. */
        see(&newest, &(struct sighting){.at = ride->tally_at, .what = SLICE("tally"), .train = key});
        see(&newest, &(struct sighting){ride->last_at, ride->last_event, ride->last_place, ride->latitude,
                                        ride->longitude, key});
    }
    put_sighting(&sheets->seen, &newest);
}

/* Members by name, as in records: the report too is JSON in canonical form. */
static void write_json(const struct journey *journey, const struct sheets *sheets, struct buffer *out) {
    JSON_PUT(out, "{\"container\":");
    json_put_text(out, journey->container);
    JSON_PUT(out, ",\"findings\":");
    sheet_write_json(&sheets->findings, out);
    if (sheets->seen.row_count > 0) {
        JSON_PUT(out, ",\"last_seen\":");
        sheet_write_json_row(&sheets->seen, 0, out);
    }
    JSON_PUT(out, ",\"rides\":");
    sheet_write_json(&sheets->rides, out);
    JSON_PUT(out, ",\"schema\":\"rail.report.journey.v1\"}\n");
}

static void write_text(const struct sheets *sheets, struct buffer *out) {
    sheet_write_text(&sheets->rides, out);
    buffer_append_text(out, "\n");
    sheet_write_text(&sheets->seen, out);
    buffer_append_text(out, sheets->seen.row_count == 0 ? "never seen\n" : "");
    /* Said outright: no table at all might also mean that nobody looked. */
    buffer_append_text(out, sheets->findings.row_count == 0 ? "\nnothing contradicts\n" : "\n");
    sheet_write_text(&sheets->findings, out);
}

void journey_write(struct journey *journey, enum report_form form, struct buffer *out) {
    struct sheets sheets;
    sheet_init(&sheets.rides, RIDES, RIDE_COLUMNS);
    sheet_init(&sheets.findings, FINDINGS, FINDING_COLUMNS);
    sheet_init(&sheets.seen, SEEN, SEEN_COLUMNS);
    fill(journey, &sheets);
    if (form == REPORT_CSV) {
        /* CSV has room for one table: of the findings it has the kinds, in the row of their ride. */
        sheet_write_csv(&sheets.rides, out);
    } else if (form == REPORT_JSON) {
        write_json(journey, &sheets, out);
    } else {
        write_text(&sheets, out);
    }
    sheet_release(&sheets.rides);
    sheet_release(&sheets.findings);
    sheet_release(&sheets.seen);
}
