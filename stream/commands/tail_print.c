/* Values are parsed with event/json.h, which keeps numbers as they were written: what is shown is what stands in the
 * topic, digit by digit. A document of an unknown version is no error: it is shown raw, since a person looks to find
 * out. */
#include "commands/tail_print.h"

#include <inttypes.h>

#include "base/printable.h"
#include "commands/show.h"
#include "commands/tail_letter.h"
#include "event/json.h"
#include "kafka/source.h"

enum { SCRATCH_KEEP_BYTES = 1024 * 1024 };

void tail_style_release(struct tail_style *style) {
    if (style->parser != NULL) {
        json_parser_free(style->parser);
    }
    arena_release(&style->scratch);
}

/* ---- members of a document, as written */

static const struct json_value *member(const struct json_value *object, const char *name) {
    struct slice found;
    const struct json_value *value;
    struct json_walk walk = json_walk(object);
    while (json_step(&walk, &found, &value)) {
        if (slice_equal(found, slice_of(name))) {
            return value;
        }
    }
    return NULL;
}

/* The text of a string or number of an object; "?" where there is none. A row of another version may lack a member, and
 * the rest is still worth its line. */
static struct slice text_of(const struct json_value *object, const char *name) {
    const struct json_value *value = object != NULL && json_kind(object) == JSON_OBJECT ? member(object, name) : NULL;
    if (value != NULL && json_kind(value) == JSON_STRING) {
        return json_text(value);
    }
    return value != NULL && json_kind(value) == JSON_NUMBER ? json_number(value) : SLICE("?");
}

static const struct json_value *object_of(const struct json_value *object, const char *name) {
    return object != NULL && json_kind(object) == JSON_OBJECT ? member(object, name) : NULL;
}

static void put(FILE *to, const char *before, struct slice text) {
    fputs(before, to);
    printable_put(to, text);
}

/* The name has the version in it (`.v1`): a later one may mean something else by the same member, so it is not guessed
 * at. */
static bool is_schema(const struct json_value *root, const char *name) {
    return root != NULL && slice_equal(text_of(root, "schema"), slice_of(name));
}

/* ---- one line each */

/* A line has the members in the order in which a person asks: which row, how many trains, where they stand, what is on
 * them. */
static bool print_traffic(FILE *to, const struct json_value *root) {
    if (!is_schema(root, "rail.traffic.v1")) {
        return false;
    }
    put(to, "", text_of(root, "date"));
    put(to, " ", text_of(root, "port"));
    put(to, "[", text_of(root, "partition"));
    put(to, "]  trains ", text_of(root, "trains"));
    put(to, ": ", text_of(root, "open"));
    put(to, " open, ", text_of(root, "cleared"));
    put(to, " cleared, ", text_of(root, "held"));
    put(to, " held, ", text_of(root, "incomplete"));
    put(to, " incomplete; waybills ", text_of(root, "waybills"));
    put(to, " -> declarations ", text_of(root, "declarations"));
    put(to, "; containers ", text_of(root, "containers"));
    put(to, ", TEU ", text_of(root, "teu"));
    put(to, ", gross ", text_of(root, "gross_kg"));
    fputs(" kg\n", to);
    return true;
}

static bool print_throughput(FILE *to, const struct json_value *root) {
    if (!is_schema(root, "rail.throughput.v1")) {
        return false;
    }
    const struct json_value *rates = object_of(root, "rates");
    const struct json_value *latency = object_of(root, "end_to_end_latency_ms");
    put(to, "", text_of(root, "at"));
    put(to, " ", text_of(root, "worker"));
    put(to, "  ", text_of(rates, "events_in"));
    put(to, " events/s in, ", text_of(rates, "records_out"));
    put(to, " records/s out; in all ", text_of(root, "events_in"));
    put(to, " events: ", text_of(root, "accepted"));
    put(to, " accepted, ", text_of(root, "duplicate"));
    put(to, " duplicate, ", text_of(root, "stale"));
    put(to, " stale; trains ", text_of(root, "trains"));
    put(to, ", state ", text_of(root, "state_bytes"));
    put(to, " bytes; end to end p50 ", text_of(latency, "p50"));
    put(to, " ms, p99 ", text_of(latency, "p99"));
    put(to, " ms; commits ", text_of(root, "commits"));
    put(to, ", aborts ", text_of(root, "aborts"));
    fputc('\n', to);
    return true;
}

/* ---- any */

static bool print_for_people(FILE *to, enum config_topic topic, struct tail_style *style, struct slice value) {
    const char *what;
    size_t at;
    /* A record does not fit on a line; `show` has its short form. */
    if (topic == CONFIG_TOPIC_CLEARANCES) {
        return show_print_brief(to, value);
    }
    /* Made with the first that needs one: dead letters never do. */
    if (style->parser == NULL) {
        style->parser = json_parser_new();
    }
    const struct json_value *root = json_parse(style->parser, value, &what, &at);
    if (root == NULL || json_kind(root) != JSON_OBJECT) {
        return false;
    }
    return topic == CONFIG_TOPIC_TRAFFIC ? print_traffic(to, root) : print_throughput(to, root);
}

static void print_with_headers(FILE *to, enum config_topic topic, struct tail_style *style,
                               const struct message *message) {
    const struct message_header *headers = NULL;
    size_t count = kafka_message_headers(message, &style->scratch, &headers);
    (topic == CONFIG_TOPIC_INPUT ? tail_input_print : tail_letter_print)(to, style->json, message, headers, count);
    /* Copies of the headers go with their message, while the memory stays for the next. */
    arena_reset(&style->scratch, SCRATCH_KEEP_BYTES);
}

void tail_print(FILE *to, enum config_topic topic, struct tail_style *style, const struct message *message) {
    if (topic == CONFIG_TOPIC_DEAD_LETTERS || topic == CONFIG_TOPIC_INPUT) {
        print_with_headers(to, topic, style, message);
    } else if (style->json) {
        /* Escaped, never replaced (contract 9.1): the value of the JSON stays what it is. */
        printable_put_json(to, message->value);
    } else if (!print_for_people(to, topic, style, message->value)) {
        fprintf(to, "partition %d, offset %" PRId64 ": not a document of this topic: ", (int)message->partition,
                message->offset);
        tail_letter_put_shown(to, message->value);
    }
    /* Each message at once, also into a pipe: who follows a topic waits for just this line. */
    fflush(to);
}
