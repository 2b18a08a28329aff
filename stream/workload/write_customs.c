/* What is said to customs, and what customs say. Sources are named after the place of whoever speaks; they decide which
 * of two facts is newer only where times are equal (contract 3.1), which plans avoid. */
#include <assert.h>
#include <string.h>

#include "workload/write_pieces.h"

/* The digits come from the end on and are moved behind the prefix once it is known how many there are. */
size_t write_waybill_number(const struct plan_waybill *waybill, char out[WRITE_WAYBILL_BYTES_MAX]) {
    char *to = out + WRITE_WAYBILL_BYTES_MAX;
    for (uint32_t number = waybill->number; number != 0; number /= 10) {
        *--to = (char)('0' + number % 10);
    }
    size_t digits = (size_t)(out + WRITE_WAYBILL_BYTES_MAX - to);
    assert(waybill->number != 0 && digits <= WRITE_WAYBILL_BYTES_MAX - 3);
    memmove(out + 3, to, digits);
    memcpy(out, "SMG", 3);
    return digits + 3;
}

void put_waybill(struct writer *writer, const struct plan_waybill *waybill) {
    char number[WRITE_WAYBILL_BYTES_MAX];
    buffer_append(writer->out, number, write_waybill_number(waybill, number));
}

void put_waybills(struct writer *writer, const uint32_t *waybills, size_t count) {
    PUT(writer, ",\"waybills\":[");
    for (size_t i = 0; i < count; i++) {
        buffer_append(writer->out, ",\"", i == 0 ? 0 : 1);
        PUT(writer, "\"");
        put_waybill(writer, &writer->plan->waybills[waybills[i]]);
        PUT(writer, "\"");
    }
    PUT(writer, "]");
}

static void put_un(struct writer *writer, const struct catalog_un *un) {
    PUT(writer, "{\"un\":\"");
    put_text(writer, un->un);
    PUT(writer, "\",\"class\":\"");
    put_text(writer, un->class_);
    PUT(writer, "\"}");
}

void write_control(struct writer *writer, int64_t time_ms, const struct write_control *control) {
    const char *place = control->authority == NULL ? writer->plan->port->code : control->authority;
    event_begin(writer, EVENT_CONTROL, "/customs/", place, time_ms);
    PUT(writer, ",\"scope\":\"");
    put_text(writer, CONTROL_SCOPE_NAMES[control->scope]);
    /* With the scope `train` a ref is invalid (contract 2.12). */
    if (control->scope != SCOPE_TRAIN) {
        PUT(writer, "\",\"ref\":\"");
        put_slice(writer, control->ref);
    }
    PUT(writer, "\",\"kind\":\"");
    put_text(writer, CONTROL_KIND_NAMES[control->kind]);
    PUT(writer, "\",\"outcome\":\"");
    put_text(writer, CONTROL_OUTCOME_NAMES[control->outcome]);
    /* Untold, it is that of the port's country (contract 2.12); telling it would be the same control. */
    if (control->authority != NULL) {
        PUT(writer, "\",\"authority\":\"");
        put_text(writer, control->authority);
    }
    PUT(writer, "\"");
    if (control->found != NULL) {
        PUT(writer, ",\"found\":[");
        put_un(writer, control->found);
        PUT(writer, "]");
    } else {
        put_absent(writer, "found");
    }
    if (control->outcome == OUTCOME_FAILED) {
        PUT(writer, ",\"note\":\"单货不符 / goods differ from the documents\"");
    } else {
        put_absent(writer, "note");
    }
    event_end(writer);
}

void write_declared(struct writer *writer, int64_t time_ms, const struct write_declaration *declaration) {
    event_begin(writer, EVENT_DECLARATION, "/customs/declarations/", writer->plan->china->code, time_ms);
    PUT(writer, ",\"step\":\"");
    put_text(writer, STEP_NAMES[declaration->step]);
    PUT(writer, "\"");
    put_waybills(writer, declaration->waybills, declaration->count);
    PUT(writer, ",\"lodged_at\":\"");
    /* Lodged up to half a minute before the event says so: `advance` goes by this time and not by the event's (contract
     * 5.10). */
    write_time(writer, time_ms - rng_between(writer->rng, 0, 30000));
    PUT(writer, "\",\"declaration_number\":\"");
    put_number(writer, declaration->number);
    PUT(writer, "\"");
    event_end(writer);
}

/* Names the declaration by its number alone: which waybills it reaches follows from what was lodged under it (contract
 * 5.20). */
void write_decided(struct writer *writer, int64_t time_ms, uint64_t number, enum decision_outcome outcome) {
    event_begin(writer, EVENT_DECISION, "/customs/decisions/", writer->plan->china->code, time_ms);
    PUT(writer, ",\"declaration_number\":\"");
    put_number(writer, number);
    PUT(writer, "\",\"outcome\":\"");
    put_text(writer, DECISION_NAMES[outcome]);
    PUT(writer, "\"");
    if (outcome == DECISION_REFUSED) {
        PUT(writer, ",\"reason\":\"品名申报不规范 / goods are not described as they must be\"");
    } else {
        put_absent(writer, "reason");
    }
    event_end(writer);
}

/* None of them is how an application is withdrawn (contract 2.14). */
void write_applied(struct writer *writer, int64_t time_ms, uint32_t application, const uint32_t *waybills,
                   size_t count) {
    event_begin(writer, EVENT_APPLICATION, "/customs/applications/", writer->plan->china->code, time_ms);
    PUT(writer, ",\"application\":\"GB-");
    put_number(writer, application);
    PUT(writer, "\"");
    put_waybills(writer, waybills, count);
    event_end(writer);
}

/* Whatever was not counted is absent, and then compared with nothing (contract 5.16). */
void write_tally(struct writer *writer, int64_t time_ms, const struct write_tally *tally) {
    event_begin(writer, EVENT_TALLY, "/rail/tally/", writer->plan->port->code, time_ms);
    PUT(writer, ",\"container\":\"");
    put_slice(writer, tally->container);
    PUT(writer, "\"");
    if (tally->has_packages) {
        PUT(writer, ",\"packages\":");
        put_amount(writer, tally->packages, 0);
    } else {
        put_absent(writer, "packages");
    }
    if (tally->has_gross) {
        PUT(writer, ",\"gross_kg\":");
        put_amount(writer, tally->gross_g, PLAN_GRAM_PLACES);
    } else {
        put_absent(writer, "gross_kg");
    }
    if (tally->seal.data != NULL) {
        PUT(writer, ",\"seal\":\"");
        put_slice(writer, tally->seal);
        PUT(writer, "\"");
    } else {
        put_absent(writer, "seal");
    }
    if (tally->damaged) {
        PUT(writer, ",\"damaged\":true");
    } else {
        put_absent(writer, "damaged");
    }
    event_end(writer);
}

void write_linked(struct writer *writer, int64_t time_ms, const struct plan_link *link, const char *left_behind) {
    const struct plan *other = link->other;
    event_begin(writer, EVENT_LINK, "/rail/yard/", writer->plan->port->code, time_ms);
    /* The role is this train's: `from` means that the containers came from the other one (contract 2.19). */
    PUT(writer, ",\"role\":\"");
    put_text(writer, ROLE_NAMES[link->role]);
    PUT(writer, "\",\"other\":");
    put_train(writer, other);
    PUT(writer, ",\"containers\":[");
    for (uint32_t i = 0; i < link->count; i++) {
        buffer_append(writer->out, ",\"", i == 0 ? 0 : 1);
        PUT(writer, "\"");
        buffer_append(writer->out, writer->plan->containers[link->first + i].number, CONTAINER_NUMBER_BYTES);
        PUT(writer, "\"");
    }
    /* A link of a plan has at least one container, so a comma is due. */
    if (left_behind != NULL) {
        PUT(writer, ",\"");
        buffer_append(writer->out, left_behind, CONTAINER_NUMBER_BYTES);
        PUT(writer, "\"");
    }
    PUT(writer, "]");
    event_end(writer);
}
