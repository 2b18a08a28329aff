/* The counterpart of `caravan merge --summary`: what the generator put in, against which tests hold what the merge
 * found. So amounts are exact decimals here too, never floating point: a total has to agree to the last digit
 * (contract 6.8). */
#include "commands/truth.h"

#include "encode/json_put.h"

void truth_write(const struct workload_truth *truth, struct buffer *out) {
    const struct story_counts *counts = &truth->counts;
    uint64_t rejects = 0;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        rejects += counts->rejects[i];
    }
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "trains", count, truth->trains);
    JSON_MEMBER(out, "unarrived", count, truth->unarrived);
    JSON_MEMBER(out, "waybills", count, truth->waybills);
    JSON_MEMBER(out, "containers", count, truth->containers);
    JSON_MEMBER(out, "gross_kg", decimal, truth->gross_g, PLAN_GRAM_PLACES);
    JSON_MEMBER(out, "teu", decimal, truth->teu, DECIMAL_TEU_PLACES);
    /* Lines of the file. Repeats and what must be rejected come on top of the events that count. */
    JSON_MEMBER(out, "messages", count, counts->events + counts->duplicates + rejects);
    JSON_MEMBER(out, "events", count, counts->events);
    JSON_MEMBER(out, "duplicates", count, counts->duplicates);
    JSON_MEMBER(out, "rejected", count, rejects);
    JSON_MEMBER(out, "bytes", count, truth->bytes);
    JSON_NAME(out, "rejects", "{");
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        if (counts->rejects[i] != 0) {
            json_put_name(out, slice_of(reject_name((enum reject_reason)i)));
            json_put_count(out, counts->rejects[i]);
        }
    }
    JSON_PUT(out, "}}\n");
}
