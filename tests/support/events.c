#include "support/events.h"

#include <string.h>

#include "base/timestamp.h"

static const char *const BOXES[EVENTS_BOXES] = {"CSQU3054383", "MSKU6639870", "TEXU3070079", "TGHU7654320"};

static const char *const TYPES[EVENTS_KIND_COUNT] = {
    "manifest.transmitted", "manifest.deleted",    "train.composed",     "train.arrived",
    "control.reported",     "control.reported",    "declaration.lodged", "container.tracked",
    "control.reported",     "declaration.decided", "tally.reported",     "train.linked",
};

static void put_data(const struct events_spec *spec, const char *time, const char *port, struct buffer *out) {
    const char *box = BOXES[spec->box % EVENTS_BOXES];
    char name[200];
    memset(name, 'C', sizeof name);
    switch (spec->kind) {
    case EVENTS_MANIFEST:
        buffer_printf(
            out,
            "\"waybill\":{\"number\":\"W%u\",\"direction\":\"exit\",\"product\":\"Tea\","
            "\"consignor\":{\"code\":\"C\",\"name\":\"%.*s\",\"country\":\"CN\"},"
            "\"consignee\":{\"code\":\"D\",\"name\":\"D\",\"country\":\"DE\"},"
            "\"origin\":\"CNXIA\",\"destination\":\"DEHAM\"},"
            "\"containers\":[{\"number\":\"%s\",\"size_type\":\"45G1\",\"load\":\"LCL\",\"goods\":[{\"hs\":\"090210\","
            "\"description\":\"Tea\",\"packages\":1,\"gross_kg\":%u,\"value\":5,\"currency\":\"USD\"}]}]",
            spec->waybill, spec->bulk == 0 ? 1 : (int)spec->bulk, name, box, spec->kg);
        break;
    case EVENTS_DELETE: buffer_printf(out, "\"waybill\":{\"number\":\"W%u\"}", spec->waybill); break;
    case EVENTS_COMPOSITION:
        buffer_printf(out, "\"wagons\":[{\"wagon\":\"6001\",\"position\":1,\"containers\":[{\"number\":\"%s\"}]}]",
                      box);
        break;
    case EVENTS_ARRIVAL: buffer_printf(out, "\"place\":\"%s\",\"arrived_at\":\"%.24s\"", port, time); break;
    case EVENTS_HOLD:
    case EVENTS_RELEASE:
        buffer_printf(out, "\"scope\":\"train\",\"kind\":\"document\",\"outcome\":\"%s\"",
                      spec->kind == EVENTS_HOLD ? "ordered" : "released");
        break;
    case EVENTS_DECLARATION:
        buffer_printf(
            out, "\"step\":\"summary\",\"waybills\":[\"W%u\"],\"lodged_at\":\"%.24s\",\"declaration_number\":\"D%u\"",
            spec->waybill, time, spec->waybill);
        break;
    case EVENTS_TRACKED: buffer_printf(out, "\"container\":\"%s\",\"event\":\"position\"", box); break;
    case EVENTS_PASS:
        buffer_append_text(out,
                           "\"scope\":\"train\",\"kind\":\"document\",\"outcome\":\"passed\",\"authority\":\"KZ\"");
        break;
    case EVENTS_DECISION:
        buffer_printf(out, "\"declaration_number\":\"D%u\",\"outcome\":\"%s\"", spec->waybill,
                      spec->kg == 0 ? "refused" : "released");
        break;
    case EVENTS_TALLY: buffer_printf(out, "\"container\":\"%s\",\"gross_kg\":%u", box, spec->kg); break;
    case EVENTS_LINK:
        buffer_printf(out,
                      "\"role\":\"from\",\"other\":{\"number\":\"Y1\",\"date\":\"2020-05-31\",\"port\":\"KZDYK\"},"
                      "\"containers\":[%s%s%s]",
                      spec->kg == 0 ? "" : "\"", spec->kg == 0 ? "" : box, spec->kg == 0 ? "" : "\"");
        break;
    case EVENTS_KIND_COUNT: break;
    }
}

void events_put(const struct events_spec *spec, struct buffer *out) {
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_write(spec->time_ms, time);
    size_t len = strlen(spec->train);
    const char *port = spec->train + len - 5;
    buffer_printf(
        out, "{\"specversion\":\"1.0\",\"id\":\"e%u\",\"source\":\"urn:t\",\"type\":\"rail.%s.v1\",\"time\":\"%.24s\",",
        spec->id, TYPES[spec->kind], time);
    buffer_printf(out, "\"data\":{\"train\":{\"number\":\"%.*s\",\"date\":\"%.10s\",\"port\":\"%s\"},", (int)(len - 17),
                  spec->train, port - 11, port);
    put_data(spec, time, port, out);
    buffer_append_byte(out, '}');
    if (spec->pad > 0) {
        buffer_append_text(out, ",\"pad\":\"");
        memset(buffer_reserve(out, spec->pad), 'x', spec->pad);
        out->len += spec->pad;
        buffer_append_byte(out, '"');
    }
    buffer_append_byte(out, '}');
}
