/* A traffic row (contract 6.5). Sums only, no averages: the rows of one port and date are in as many partitions as its
 * trains, and whoever reads adds them up, which averages would not allow. */
#include <assert.h>

#include "encode/json_put.h"
#include "encode/record_json.h"

/* Its members and the end. */
static void put_direction(struct buffer *out, const struct totals_direction *direction) {
    JSON_MEMBER(out, "clearance_seconds", count, direction->clearance_seconds);
    JSON_MEMBER(out, "cleared", count, direction->cleared);
    JSON_PUT(out, "}");
}

/* Names in their byte order. */
void encode_traffic(struct slice port, struct slice date, int32_t partition, const struct totals *totals,
                    struct buffer *out) {
    assert(partition >= 0);
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "clearance_seconds", count, totals->clearance_seconds);
    JSON_MEMBER(out, "cleared", count, totals->cleared);
    JSON_MEMBER(out, "containers", count, totals->containers);
    JSON_MEMBER(out, "date", text, date);
    JSON_MEMBER(out, "declarations", count, totals->declarations);
    JSON_NAME(out, "entry", "{");
    put_direction(out, &totals->entry);
    JSON_NAME(out, "exit", "{");
    put_direction(out, &totals->exit);
    JSON_MEMBER(out, "gross_kg", decimal, totals->gross_kg, DECIMAL_MASS_PLACES);
    JSON_MEMBER(out, "held", count, totals->held);
    JSON_MEMBER(out, "incomplete", count, totals->incomplete);
    JSON_MEMBER(out, "open", count, totals->open);
    JSON_MEMBER(out, "partition", count, (uint64_t)partition);
    JSON_MEMBER(out, "port", text, port);
    JSON_NAME(out, "schema", "\"rail.traffic.v1\"");
    JSON_MEMBER(out, "teu", decimal, totals->teu, DECIMAL_TEU_PLACES);
    JSON_MEMBER(out, "trains", count, totals->trains);
    JSON_NAME(out, "transit", "{");
    put_direction(out, &totals->transit);
    JSON_MEMBER(out, "waybills", count, totals->waybills);
    JSON_PUT(out, "}");
}
