/* caravan doctor: looks at a deployment from outside and says what to mend. */
#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "checkpoint/commit_text.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/version.h"
#include "kafka/about.h"
#include "kafka/group_offsets.h"
#include "kafka/doctor.h"
#include "kafka/topics.h"

static const char HELP[] = "usage: caravan doctor [OPTION...]\n\n"
                           "Looks at everything that a worker with this configuration would need, changes\n"
                           "nothing, joins nothing, and says a line a finding: ok, warning or wrong, where,\n"
                           "and what to do: versions, brokers, topics and their settings, the rights of this\n"
                           "user on topics and group, committed offsets against the log, clocks. (No broker\n"
                           "tells the rights on transactional ids, nor its own version.)\n\n" OPTIONS_COMMON_HELP
                           "  -h, --help               this text\n\n"
                           "Exit: 0 nothing is wrong; 1 the cluster cannot be asked; 2 wrong usage or\n"
                           "configuration; 3 something is wrong.\n";

/* What a worker would refuse, or NULL (contract 7.15). */
static const char *fault_of(const struct kafka_group_offset *offset, struct commit_text *text) {
    switch (commit_text_parse(buffer_slice(&offset->text), text)) {
    case COMMIT_TEXT_OK: break;
    case COMMIT_TEXT_FIRST_VERSION:
    case COMMIT_TEXT_OTHER_VERSION:
        return "it was committed by another version of caravan: the worker's log says the ways out";
    case COMMIT_TEXT_NOT_ONE:
        return "its metadata is not caravan's: somebody moved the offsets; caravan reset starts the group over";
    }
    if (text->redo_offset < offset->low) {
        return "the log no longer holds what a restart must read (retention.ms is too short): caravan reset starts the "
               "group over with what is left";
    }
    return offset->committed > offset->high
               ? "the log ends before it: the topic was made anew, or a broker lost messages; caravan reset starts the "
                 "group over"
               : NULL;
}

/* A line a partition that is wrong, else one for all. How many are wrong. */
static unsigned judge_offsets(const struct config *config, const struct kafka_group_offsets *offsets,
                              struct buffer *report) {
    unsigned wrong = 0;
    int32_t committed = 0;
    int64_t lag = 0;
    for (int32_t i = 0; i < offsets->count; i++) {
        const struct kafka_group_offset *offset = &offsets->of[i];
        struct commit_text text;
        bool has_one = offset->committed >= 0;
        const char *fault = has_one ? fault_of(offset, &text) : NULL;
        committed += has_one;
        lag += offset->high - (has_one && offset->committed < offset->high ? offset->committed
                               : has_one                                   ? offset->high
                                                                           : offset->low);
        if (fault != NULL) {
            buffer_printf(report, "wrong: %s[%" PRId32 "]: committed offset %" PRId64 ": %s\n",
                          config->topics[CONFIG_TOPIC_INPUT], i, offset->committed, fault);
            wrong++;
        }
    }
    if (wrong == 0) {
        buffer_printf(report, "ok: offsets: %" PRId32 " of %" PRId32 " partitions are committed, lag %" PRId64 "\n",
                      committed, offsets->count, lag);
    }
    return wrong;
}

static bool look(const struct config *config, struct buffer *report, unsigned *wrong, struct kafka_error *error) {
    struct kafka_doctor_findings findings = {0};
    struct kafka_topics_findings topics = {0};
    struct kafka_group_offsets offsets = {0};
    bool good = kafka_doctor(config, report, &findings, error) && kafka_topics_check(config, report, &topics, error);
    *wrong = findings.wrong + topics.wrong;
    if (good && topics.wrong + topics.warnings == 0) {
        buffer_append_text(report, "ok: topics: all are there, with the settings they need\n");
    }
    /* Without the input there is nothing to compare offsets with, and that it is missing has been said. */
    if (good && topics.input_partitions > 0) {
        good = kafka_group_offsets(config, &offsets, error);
        *wrong += good ? judge_offsets(config, &offsets, report) : 0;
    }
    kafka_group_offsets_release(&offsets);
    return good;
}

static int run(const struct config *config) {
    struct buffer report = {0};
    struct kafka_error error = {0};
    unsigned wrong = 0;
    buffer_printf(&report, "ok: caravan %s with ", version_text());
    kafka_about(&report);
    buffer_append_byte(&report, '\n');
    bool good = look(config, &report, &wrong, &error);
    printable_put_lines(stdout, buffer_slice(&report));
    buffer_release(&report);
    if (!good) {
        printable_say(stderr, "caravan doctor: %s", error.text);
        return options_common_code(&error);
    }
    return wrong > 0 ? COMMANDS_REFUSED : COMMANDS_OK;
}

int command_doctor(int argc, char **argv) {
    return options_common_command(argc, argv, &(struct options_common_command){"doctor", HELP, run});
}
