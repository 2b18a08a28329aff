/* Which registers an event writes is told by the rows of its type (types.c). The kind holds all of a register's name
 * that comes from a closed list, so a key is a small number and one text from outside. */
#include "event/register.h"

#include <assert.h>

#include "event/shape.h"

static unsigned choice_at(const union event_data *data, size_t offset) {
    return *(const unsigned *)shape_from(data, offset);
}

/* A choice picks a kind out of a row of kinds, two choices one out of a table: control[scope, ref, kind, authority] is
 * the kind scope * KIND_COUNT + kind behind the first one. */
static unsigned kind_of(const struct shape_register *row, const union event_data *data) {
    unsigned kind = (unsigned)row->kind;
    for (int i = 0; i < SHAPE_PICKS_MAX; i++) {
        kind += row->picks[i].stride == 0 ? 0 : choice_at(data, row->picks[i].offset) * row->picks[i].stride;
    }
    return kind;
}

/* The last event of a container and its last seal are two questions, so an event that answers both writes two
 * registers; a waybill that is declared in two steps has two, and the full step does not take the summary away. */
struct event_registers registers_of(enum event_type type, const union event_data *data) {
    const struct event_description *description = &EVENT_TYPES[type];
    const struct shape_register *first = &description->registers[0];
    struct event_registers registers = {.kind = (uint8_t)kind_of(first, data), .count = 1};
    if (first->each) {
        const struct event_list *list = shape_from(data, first->text);
        registers.listed = true;
        registers.list = list->items;
        registers.count = (uint16_t)list->count;
    } else if (first->has_text) {
        registers.text = *(const struct slice *)shape_from(data, first->text);
    }
    for (int i = 1; i < description->register_count; i++) {
        const struct shape_register *row = &description->registers[i];
        if ((row->when >> choice_at(data, row->when_offset) & 1) != 0) {
            registers.second = (uint8_t)kind_of(row, data);
        }
    }
    return registers;
}

/* As contract 2.6 writes it: the authority last, though it stands first in the text. */
static void control_name(struct register_key key, struct buffer *out) {
    unsigned which = key.kind - REGISTER_CONTROL;
    assert(which < SCOPE_COUNT * KIND_COUNT);
    buffer_append_text(out, "control[");
    buffer_append_text(out, CONTROL_SCOPE_NAMES[which / KIND_COUNT]);
    buffer_append_byte(out, ',');
    buffer_append(out, key.text.data + COUNTRY_BYTES, key.text.len - COUNTRY_BYTES);
    buffer_append_byte(out, ',');
    buffer_append_text(out, CONTROL_KIND_NAMES[which % KIND_COUNT]);
    buffer_append_byte(out, ',');
    buffer_append(out, key.text.data, COUNTRY_BYTES);
    buffer_append_byte(out, ']');
}

void register_name(struct register_key key, struct buffer *out) {
    static const struct {
        const char *before, *behind;
        /* For people and for --facts (contract 9.5); nothing reads these names back. */
    } NAMES[REGISTER_CONTROL] = {
        [REGISTER_MANIFEST] = {"manifest[", "]"},     [REGISTER_COMPOSITION] = {"composition", ""},
        [REGISTER_ARRIVAL] = {"arrival", ""},         [REGISTER_SUMMARY] = {"declaration[", ",summary]"},
        [REGISTER_FULL] = {"declaration[", ",full]"}, [REGISTER_APPLICATION] = {"application[", "]"},
        [REGISTER_DECISION] = {"decision[", "]"},     [REGISTER_TALLY] = {"tally[", "]"},
        [REGISTER_LINK_FROM] = {"link[from,", "]"},   [REGISTER_LINK_TO] = {"link[to,", "]"},
        [REGISTER_TRACKED] = {"tracked[", "]"},       [REGISTER_SEAL] = {"seal[", "]"},
        [REGISTER_OPENED] = {"opened[", "]"},
    };
    if (key.kind >= REGISTER_CONTROL) {
        control_name(key, out);
        return;
    }
    buffer_append_text(out, NAMES[key.kind].before);
    buffer_append_slice(out, key.text);
    buffer_append_text(out, NAMES[key.kind].behind);
}
