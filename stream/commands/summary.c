/* Sums for a person who wants to know at a glance whether a file is what it should be. They are taken from the records
 * as these go out, so nothing is derived twice; all are exact, and only the shares and speeds are floating point. */
#include "commands/summary.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/decimal.h"

/* Tonnes are kilograms with the point three places further left: no division, so no digit is lost. */
enum { KG_PER_TONNE_PLACES = 3 };

/* The last two are not for people: count and hash sum of the live events, which a worker writes with each commit
 * (contract 7.N and 7.S). Equal ones show that files and topics hold the same events. */
void summary_add(struct summary *summary, const struct train *train, const struct record *record) {
    summary->trains++;
    summary->by_status[record->status]++;
    summary->waybills += record->totals.waybills;
    summary->declarations += record->totals.declarations;
    summary->containers += record->totals.containers;
    summary->alerts += record->alert_count;
    summary->controls += record->control_count;
    summary->teu += record->totals.teu;
    summary->gross_kg += record->totals.gross_kg;
    summary->live_events += train_live_events(train);
    summary->hash_sum = hash_add(summary->hash_sum, train_hash_sum(train));
}

static void print_decimal(const char *name, uint128 value, int places, const char *unit, FILE *to) {
    struct buffer text = {0};
    decimal_write(&text, value, places);
    fprintf(to, "%-22s %20.*s%s\n", name, (int)text.len, text.data, unit);
    buffer_release(&text);
}

static void print_count(const char *name, uint64_t value, FILE *to) {
    fprintf(to, "%-22s %20" PRIu64 "\n", name, value);
}

/* The parts add up to the first line; how repeats divide into duplicate and stale may differ a little from run to run
 * with other --jobs (contract 9.3). Reasons that nothing was rejected for are left out. */
static void print_events(const struct counters *counters, double seconds, FILE *to) {
    print_count("events", counters->events, to);
    print_count("  accepted", counters->accepted, to);
    print_count("  duplicate", counters->duplicate, to);
    print_count("  stale", counters->stale, to);
    print_count("  rejected", counters_rejected(counters), to);
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        if (counters->rejected[i] > 0) {
            fprintf(to, "    %-18s %20" PRIu64 "\n", reject_name((enum reject_reason)i), counters->rejected[i]);
        }
    }
    fprintf(to, "%-22s %20.2f s, %.0f events/s, %.1f MB/s\n", "read and merged in", seconds,
            (double)counters->events / seconds, (double)counters->bytes / 1e6 / seconds);
}

void summary_print(const struct summary *summary, const struct counters *counters, double seconds, FILE *to) {
    char hash[HASH_HEX_BYTES];
    print_count("trains", summary->trains, to);
    for (int i = 0; i < STATUS_COUNT; i++) {
        fprintf(to, "  %-20s %20" PRIu64 "\n", STATUS_NAMES[i], summary->by_status[i]);
    }
    print_count("waybills", summary->waybills, to);
    print_count("declarations", summary->declarations, to);
    /* What merging is for: so many declarations less than one a waybill. */
    if (summary->waybills > 0) {
        fprintf(to, "%-22s %20" PRIu64 " (%.1f %%)\n", "declarations saved", summary->waybills - summary->declarations,
                100.0 * (double)(summary->waybills - summary->declarations) / (double)summary->waybills);
    }
    print_count("containers", summary->containers, to);
    print_decimal("TEU", summary->teu, DECIMAL_TEU_PLACES, "", to);
    print_decimal("gross", summary->gross_kg, DECIMAL_MASS_PLACES + KG_PER_TONNE_PLACES, " t", to);
    print_count("alerts", summary->alerts, to);
    print_count("open controls", summary->controls, to);
    print_events(counters, seconds, to);
    hash_write(summary->hash_sum, hash);
    fprintf(to, "live: %" PRIu64 " %.*s\n", summary->live_events, HASH_HEX_BYTES, hash);
}
