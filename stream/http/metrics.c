/* A function for each group of families. All figures of a scrape come from one view, so they fit each other. Counters
 * are of this life of the worker (contract 6.6) and begin at 0 with each, which a scraper takes for the reset that it
 * is. */
#include "http/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "event/reject.h"
#include "http/metric_text.h"

/* Room for a label whose value is one of ours: a reason, a status, a number. What comes from outside may be longer and
 * goes through metric_label. */
enum { LABEL_BYTES = 64 };

static void put_counter(struct metric_text *text, const char *name, uint64_t value, const char *help) {
    metric_family(text, name, METRIC_COUNTER, help);
    metric_count(text, "", value);
}

static void put_gauge(struct metric_text *text, const char *name, uint64_t value, const char *help) {
    metric_family(text, name, METRIC_GAUGE, help);
    metric_count(text, "", value);
}

static void put_seconds(struct metric_text *text, const char *name, int64_t ms, const char *help) {
    metric_family(text, name, METRIC_GAUGE, help);
    metric_thousandths(text, "", ms);
}

/* ---- who this is */

/* The second number of statm, in pages. Where it cannot be read the figure is 0. */
static int64_t resident_bytes(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        if (fscanf(file, "%*d %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static int64_t milliseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

/* Named as the usual client libraries name them, so that ready-made dashboards find them. */
static void put_process(struct metric_text *text) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    metric_family(text, "process_cpu_seconds_total", METRIC_COUNTER, "CPU time of the process, user and system.");
    metric_thousandths(text, "", milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
    put_gauge(text, "process_resident_memory_bytes", (uint64_t)resident_bytes(), "Resident memory of the process.");
}

/* The usual way to show texts: a constant 1 whose labels tell, to be joined with other series. Group and worker are the
 * operator's texts, so they are escaped. */
static void put_identity(struct metric_text *text, const struct metrics_subject *subject) {
    struct buffer labels = {0};
    metric_label(&labels, "version", CARAVAN_VERSION);
    metric_label(&labels, "worker", subject->config->worker_id);
    metric_label(&labels, "group", subject->config->group);
    buffer_append_byte(&labels, '\0');
    metric_family(text, "caravan_build_info", METRIC_GAUGE, "Version, worker.id and group; always 1.");
    metric_count(text, labels.data, 1);
    buffer_release(&labels);
    put_gauge(text, "caravan_ready", subject->ready, "1 when /readyz says yes.");
}

/* ---- what it did */

static void put_events(struct metric_text *text, const struct counters *counters) {
    metric_family(text, "caravan_events_total", METRIC_COUNTER,
                  "Messages taken from the input, by what became of them.");
    metric_count(text, "outcome=\"accepted\"", counters->accepted);
    metric_count(text, "outcome=\"duplicate\"", counters->duplicate);
    metric_count(text, "outcome=\"stale\"", counters->stale);
    metric_count(text, "outcome=\"rejected\"", counters_rejected(counters));
    put_counter(text, "caravan_event_bytes_total", counters->bytes, "Bytes of their values.");
    metric_family(text, "caravan_rejects_total", METRIC_COUNTER, "Messages sent to dead letters, by reason.");
    /* Every reason, also with 0 (contract 6.6): a series that began with its first reject would show no increase. */
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "reason=\"%s\"", reject_name((enum reject_reason)i));
        metric_count(text, label, counters->rejected[i]);
    }
    put_counter(text, "caravan_misplaced_keys_total", counters->misplaced_keys,
                "Events in another partition than murmur2 gives their key.");
}

static void put_outputs(struct metric_text *text, const struct counters *counters) {
    put_counter(text, "caravan_records_total", counters->records, "Clearance records put out.");
    put_counter(text, "caravan_record_bytes_total", counters->record_bytes, "Bytes of clearance records put out.");
    put_counter(text, "caravan_output_messages_total", counters->outputs, "Messages put out to all topics.");
    put_counter(text, "caravan_output_bytes_total", counters->output_bytes, "Bytes put out to all topics.");
    put_counter(text, "caravan_checkpoints_total", counters->checkpoints, "Checkpoints of trains put out.");
    put_counter(text, "caravan_checkpoint_bytes_total", counters->checkpoint_bytes, "Bytes of checkpoints put out.");
    put_counter(text, "caravan_expired_trains_total", counters->expired_trains, "Trains dropped by retention.days.");
}

static void put_commits(struct metric_text *text, const struct board_view *view, int64_t now_ms) {
    const struct kafka_commit_stats *stats = &view->commits;
    put_counter(text, "caravan_commits_total", stats->commits, "Transactions committed.");
    put_counter(text, "caravan_aborts_total", stats->aborts, "Transactions aborted; their epoch is sent again.");
    put_counter(text, "caravan_commit_retries_total", stats->retries, "Steps of a commit that were tried again.");
    put_counter(text, "caravan_commit_unknown_outcomes_total", stats->unknown_outcomes,
                "Commits whose outcome had to be looked up.");
    put_counter(text, "caravan_producers_recreated_total", stats->new_producers,
                "Transactional producers thrown away and made anew.");
    put_counter(text, "caravan_voided_parts_total", stats->voided_parts,
                "Parts of an epoch left out because their partition had gone.");
    put_counter(text, "caravan_outgrown_epochs_total", stats->outgrown, "Epochs given up because they were too large.");
    put_counter(text, "caravan_oversized_dead_letters_total", stats->oversized_dead_letters,
                "Dead letters sent without what their topic does not take.");
    metric_family(text, "caravan_commit_latency_seconds", METRIC_HISTOGRAM,
                  "From the barrier of an epoch to the end of its commit.");
    metric_histogram(text, "", &view->commit_latency);
    metric_family(text, "caravan_end_to_end_latency_seconds", METRIC_HISTOGRAM,
                  "From an event's Kafka timestamp to the end of the commit that carries it.");
    metric_histogram(text, "", &view->end_to_end);
    /* An age by the steady clock and not a point in time, so that it never jumps with the wall clock. */
    put_seconds(text, "caravan_commit_due_seconds", view->epoch_ms == 0 ? 0 : now_ms - view->epoch_ms,
                "For how long the commit under way has been due; 0 when none is.");
}

/* ---- its partitions */

static void put_offsets(struct metric_text *text, const struct board_view *view, const char *name, const char *help,
                        int64_t (*value)(const struct board_partition *partition)) {
    metric_family(text, name, METRIC_GAUGE, help);
    for (size_t i = 0; i < view->partition_count; i++) {
        char label[LABEL_BYTES];
        int64_t number = value(&view->partitions[i]);
        snprintf(label, sizeof label, "partition=\"%d\"", (int)view->partitions[i].number);
        if (number >= 0) { /* one that nobody knows is left out: 0 would say that all is well */
            metric_signed(text, label, number);
        }
    }
}

static int64_t lag_of(const struct board_partition *partition) {
    return partition->lag;
}

static int64_t position_of(const struct board_partition *partition) {
    return partition->position;
}

static int64_t committed_of(const struct board_partition *partition) {
    return partition->committed;
}

static int64_t redo_of(const struct board_partition *partition) {
    return partition->redo;
}

static int64_t start_of(const struct board_partition *partition) {
    return partition->start;
}

/* Where retention has passed F the difference is below 0. 0 says all there is to say: a restore would be refused
 * (contract 7.15); -1 would be taken for "unknown". */
static int64_t headroom_of(const struct board_partition *partition) {
    bool is_known = partition->redo >= 0 && partition->start >= 0;
    return !is_known ? -1 : partition->redo > partition->start ? partition->redo - partition->start : 0;
}

static int64_t facts_of(const struct board_partition *partition) {
    return (int64_t)partition->live_events;
}

static int64_t trains_of(const struct board_partition *partition) {
    return (int64_t)partition->trains;
}

static int64_t memory_of(const struct board_partition *partition) {
    return (int64_t)partition->memory_bytes;
}

static void put_restores(struct metric_text *text, const struct board_view *view) {
    metric_family(text, "caravan_partition_restore_seconds", METRIC_GAUGE, "How long the partition's restore took.");
    for (size_t i = 0; i < view->partition_count; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "partition=\"%d\"", (int)view->partitions[i].number);
        metric_thousandths(text, label, view->partitions[i].restore_ms);
    }
    put_counter(text, "caravan_restored_facts_total", view->sums.restored_facts, "Facts restored from checkpoints.");
    put_counter(text, "caravan_restored_events_total", view->sums.restored_events, "Events read again by restores.");
    metric_family(text, "caravan_restore_seconds_total", METRIC_COUNTER, "Time that restores took, of all partitions.");
    metric_thousandths(text, "", view->sums.restore_ms);
}

/* All states, also with 0: a series that is there only now and then cannot be watched. */
static void put_states(struct metric_text *text, const struct board_view *view) {
    static const char *const labels[BOARD_STATE_COUNT] = {"state=\"restoring\"", "state=\"waiting\"",
                                                          "state=\"changing\"", "state=\"live\""};
    uint64_t counts[BOARD_STATE_COUNT] = {0};
    for (size_t i = 0; i < view->partition_count; i++) {
        counts[view->partitions[i].state]++;
    }
    metric_family(text, "caravan_partitions", METRIC_GAUGE, "This worker's partitions, by how far they are.");
    for (int i = 0; i < BOARD_STATE_COUNT; i++) {
        metric_count(text, labels[i], counts[i]);
    }
    put_gauge(text, "caravan_input_partitions", (uint64_t)view->input_partitions, "Partitions of the input topic.");
}

static void put_partitions(struct metric_text *text, const struct board_view *view) {
    put_states(text, view);
    put_offsets(text, view, "caravan_partition_lag_messages", "Messages behind the last commit's position.", lag_of);
    put_offsets(text, view, "caravan_partition_position_offset", "Where reading goes on.", position_of);
    put_offsets(text, view, "caravan_partition_committed_offset", "C, the committed offset.", committed_of);
    put_offsets(text, view, "caravan_partition_redo_offset", "F, from where a restore reads the input again.", redo_of);
    put_offsets(text, view, "caravan_partition_start_offset", "Where the input begins now.", start_of);
    put_offsets(text, view, "caravan_partition_headroom_messages",
                "From where the input begins to F: at 0 retention overtakes what a restore needs.", headroom_of);
    put_offsets(text, view, "caravan_partition_live_events", "Live events held.", facts_of);
    put_offsets(text, view, "caravan_partition_trains", "Trains held.", trains_of);
    put_offsets(text, view, "caravan_partition_state_bytes", "Memory of the partition's state.", memory_of);
    put_restores(text, view);
}

/* What a restore brought back has no status until it is derived: `unknown`, so that the samples sum up to the trains
 * held. */
static void put_trains(struct metric_text *text, const struct board_view *view) {
    uint64_t held = 0, known = 0, by_status[STATUS_COUNT] = {0};
    for (size_t i = 0; i < view->partition_count; i++) {
        held += view->partitions[i].trains;
        for (int status = 0; status < STATUS_COUNT; status++) {
            by_status[status] += view->partitions[i].by_status[status];
            known += view->partitions[i].by_status[status];
        }
    }
    metric_family(text, "caravan_trains", METRIC_GAUGE,
                  "Trains held, by status; unknown: restored, and not derived yet.");
    for (int status = 0; status < STATUS_COUNT; status++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "status=\"%s\"", STATUS_NAMES[status]);
        metric_count(text, label, by_status[status]);
    }
    metric_count(text, "status=\"unknown\"", held > known ? held - known : 0);
}

/* ---- how it is */

static void put_room(struct metric_text *text, const struct board_view *view, int64_t now_ms) {
    put_gauge(text, "caravan_state_bytes", view->state_bytes, "Memory of all state.");
    put_gauge(text, "caravan_state_limit_bytes", view->state_bytes_max, "state.bytes_max.");
    put_gauge(text, "caravan_memory_bytes", view->memory_bytes, "State, and what waits to be committed.");
    put_gauge(text, "caravan_queued_bytes", view->queued_bytes, "Message values read and not taken by a lane.");
    put_gauge(text, "caravan_epoch_budget_bytes", view->epoch_budget_bytes, "What one epoch may put out.");
    put_gauge(text, "caravan_paused", view->paused, "1 while reading rests until what was read is done with.");
    put_gauge(text, "caravan_full", view->full, "1 while the state is above state.bytes_max.");
    /* 0 also before their first answer; that there was none shows in caravan_ready. */
    put_seconds(text, "caravan_brokers_silent_seconds", view->brokers_ms == 0 ? 0 : now_ms - view->brokers_ms,
                "Since the brokers last answered a question about the input.");
}

/* librdkafka mends these by itself: one is nothing, many in a short time say where to look. */
static void put_kafka(struct metric_text *text, const struct kafka_figures *kafka) {
    metric_family(text, "caravan_kafka_troubles_total", METRIC_COUNTER,
                  "Troubles with the brokers that librdkafka told of, by kind; it goes on by itself.");
    for (int i = 0; i < KAFKA_TROUBLE_KIND_COUNT; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "kind=\"%s\"", KAFKA_TROUBLE_NAMES[i]);
        metric_count(text, label, kafka->troubles[i]);
    }
    metric_family(text, "caravan_kafka_throttled_seconds_total", METRIC_COUNTER,
                  "For how long brokers held answers back because of quotas.");
    metric_thousandths(text, "", (int64_t)kafka->throttled_ms);
}

static void put_lanes(struct metric_text *text, const struct board_view *view) {
    char label[LABEL_BYTES];
    /* A sum of time and not a load: its rate is the load, over whatever span somebody looks at. */
    metric_family(text, "caravan_lane_busy_seconds_total", METRIC_COUNTER, "Time that the lane was at work.");
    for (unsigned i = 0; i < view->lane_count; i++) {
        snprintf(label, sizeof label, "lane=\"%u\"", i);
        metric_thousandths(text, label, (int64_t)(view->lanes[i].busy_ns / 1000000));
    }
    metric_family(text, "caravan_lane_ring_depth", METRIC_GAUGE, "Orders in the lane's ring.");
    for (unsigned i = 0; i < view->lane_count; i++) {
        snprintf(label, sizeof label, "lane=\"%u\"", i);
        metric_count(text, label, view->lanes[i].waiting);
    }
}

void metrics_write(const struct metrics_subject *subject, struct buffer *out) {
    struct metric_text text = {.out = out};
    const struct board_view *view = subject->view;
    put_identity(&text, subject);
    put_process(&text);
    /* Before the first view there is nothing: zeros would look like figures. */
    if (view != NULL) {
        put_seconds(&text, "process_start_time_seconds", view->started_ms, "When this life of the worker began.");
        put_events(&text, &view->sums.counters);
        put_outputs(&text, &view->sums.counters);
        put_commits(&text, view, subject->now_ms);
        put_partitions(&text, view);
        put_trains(&text, view);
        put_room(&text, view, subject->now_ms);
        put_lanes(&text, view);
        put_kafka(&text, &view->kafka);
    }
}
