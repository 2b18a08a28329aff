/* One document and not many small ones: all of it is of one view, so its figures fit each other, and whoever looks
 * costs one request. */
#include "http/status_json.h"

#include "encode/json_put.h"

/* These words are an interface, the same as in /metrics and in the answer about a train that is not here. */
static const char *const STATES[BOARD_STATE_COUNT] = {"restoring", "waiting", "changing", "live"};

/* -1: nobody knows. null, since 0 or -1 would be drawn and added up as offsets. */
static void put_offset(struct buffer *out, int64_t offset) {
    if (offset < 0) {
        JSON_PUT(out, "null");
    } else {
        json_put_count(out, (uint64_t)offset);
    }
}

static void put_partition(struct buffer *out, const struct board_partition *partition) {
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "partition", count, (uint64_t)partition->number);
    JSON_MEMBER(out, "state", text, slice_of(STATES[partition->state]));
    JSON_NAME(out, "position", "");
    put_offset(out, partition->position);
    JSON_NAME(out, "committed", "");
    put_offset(out, partition->committed);
    JSON_NAME(out, "redo", "");
    put_offset(out, partition->redo);
    JSON_NAME(out, "start", "");
    put_offset(out, partition->start);
    JSON_NAME(out, "lag", "");
    put_offset(out, partition->lag);
    JSON_MEMBER(out, "trains", count, partition->trains);
    JSON_MEMBER(out, "live_events", count, partition->live_events);
    JSON_MEMBER(out, "state_bytes", count, partition->memory_bytes);
    JSON_MEMBER(out, "restore_seconds", decimal, (uint128)partition->restore_ms, 3);
    JSON_PUT(out, "}");
}

static void put_trains(struct buffer *out, const struct board_view *view) {
    /* As in /metrics: with `unknown` they sum up to the trains held. */
    uint64_t by_status[STATUS_COUNT] = {0}, held = 0, known = 0;
    for (size_t i = 0; i < view->partition_count; i++) {
        held += view->partitions[i].trains;
        for (int status = 0; status < STATUS_COUNT; status++) {
            by_status[status] += view->partitions[i].by_status[status];
            known += view->partitions[i].by_status[status];
        }
    }
    JSON_NAME(out, "trains", "{");
    for (int status = 0; status < STATUS_COUNT; status++) {
        json_put_name(out, slice_of(STATUS_NAMES[status]));
        json_put_count(out, by_status[status]);
    }
    JSON_MEMBER(out, "unknown", count, held > known ? held - known : 0);
    JSON_PUT(out, "}");
}

static void put_events(struct buffer *out, const struct counters *counters) {
    JSON_NAME(out, "events", "{");
    JSON_MEMBER(out, "accepted", count, counters->accepted);
    JSON_MEMBER(out, "duplicate", count, counters->duplicate);
    JSON_MEMBER(out, "stale", count, counters->stale);
    JSON_MEMBER(out, "rejected", count, counters_rejected(counters));
    JSON_PUT(out, "}");
    JSON_NAME(out, "rejected", "{");
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        /* Unlike /metrics, whose series must not come and go, this shows only what happened. */
        if (counters->rejected[i] > 0) {
            json_put_name(out, slice_of(reject_name((enum reject_reason)i)));
            json_put_count(out, counters->rejected[i]);
        }
    }
    JSON_PUT(out, "}");
    JSON_MEMBER(out, "records", count, counters->records);
}

/* Both clocks are here: wall times for people, and the age of the commit by the steady clock, of which `now_ms` was
 * read when the view was there already. */
static void put_view(struct buffer *out, const struct board_view *view, int64_t now_ms) {
    JSON_MEMBER(out, "started_at", time, view->started_ms);
    JSON_MEMBER(out, "at", time, view->wall_ms);
    put_events(out, &view->sums.counters);
    put_trains(out, view);
    JSON_MEMBER(out, "commits", count, view->commits.commits);
    JSON_MEMBER(out, "aborts", count, view->commits.aborts);
    JSON_MEMBER(out, "commit_due_ms", count, view->epoch_ms == 0 ? 0 : (uint64_t)(now_ms - view->epoch_ms));
    JSON_MEMBER(out, "state_bytes", count, view->state_bytes);
    JSON_MEMBER(out, "state_bytes_max", count, view->state_bytes_max);
    JSON_MEMBER(out, "paused", bool, view->paused);
    JSON_MEMBER(out, "input_partitions", count, (uint64_t)view->input_partitions);
    JSON_MEMBER(out, "lanes", count, view->lane_count);
    JSON_NAME(out, "partitions", "[");
    for (size_t i = 0; i < view->partition_count; i++) {
        put_partition(out, &view->partitions[i]);
    }
    JSON_PUT(out, "]");
}

void status_put(const struct status_subject *subject, struct buffer *out) {
    const struct board_view *view = subject->health->view;
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "worker", text, slice_of(subject->config->worker_id));
    JSON_MEMBER(out, "group", text, slice_of(subject->config->group));
    JSON_NAME(out, "version", "\"" CARAVAN_VERSION "\"");
    if (view != NULL) {
        put_view(out, view, subject->health->now_ms);
    }
    JSON_NAME(out, "ready", "");
    health_ready(subject->health, out);
    JSON_NAME(out, "history", "");
    history_put(subject->history, out);
    JSON_PUT(out, "}\n");
}
