#include <assert.h>

#include "base/decimal.h"
#include "encode/json_text.h"
#include "encode/record_json.h"

static void put_direction(struct buffer *out, const struct totals_direction *direction) {
    JSON_PUT(out, "{\"clearance_seconds\":");
    json_put_count(out, direction->clearance_seconds);
    JSON_PUT(out, ",\"cleared\":");
    json_put_count(out, direction->cleared);
    buffer_append_byte(out, '}');
}

/* Keys in their byte order. */
void encode_traffic(struct slice port, struct slice date, int32_t partition, const struct totals *totals,
                    struct buffer *out) {
    assert(partition >= 0);
    JSON_PUT(out, "{\"clearance_seconds\":");
    json_put_count(out, totals->clearance_seconds);
    JSON_PUT(out, ",\"cleared\":");
    json_put_count(out, totals->cleared);
    JSON_PUT(out, ",\"containers\":");
    json_put_count(out, totals->containers);
    JSON_PUT(out, ",\"date\":");
    encode_string(date, out);
    JSON_PUT(out, ",\"declarations\":");
    json_put_count(out, totals->declarations);
    JSON_PUT(out, ",\"entry\":");
    put_direction(out, &totals->entry);
    JSON_PUT(out, ",\"exit\":");
    put_direction(out, &totals->exit);
    JSON_PUT(out, ",\"gross_kg\":");
    decimal_write(out, totals->gross_kg, DECIMAL_MASS_PLACES);
    JSON_PUT(out, ",\"held\":");
    json_put_count(out, totals->held);
    JSON_PUT(out, ",\"incomplete\":");
    json_put_count(out, totals->incomplete);
    JSON_PUT(out, ",\"open\":");
    json_put_count(out, totals->open);
    JSON_PUT(out, ",\"partition\":");
    json_put_count(out, (uint64_t)partition);
    JSON_PUT(out, ",\"port\":");
    encode_string(port, out);
    JSON_PUT(out, ",\"schema\":\"rail.traffic.v1\",\"teu\":");
    decimal_write(out, totals->teu, DECIMAL_TEU_PLACES);
    JSON_PUT(out, ",\"trains\":");
    json_put_count(out, totals->trains);
    JSON_PUT(out, ",\"waybills\":");
    json_put_count(out, totals->waybills);
    buffer_append_byte(out, '}');
}
