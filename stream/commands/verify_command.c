/* caravan verify: is what stands on the topics what the input says? */
#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/verify_partition.h"
#include "event/decode.h"
#include "kafka/reader.h"

static const char HELP[] =
    "usage: caravan verify [OPTION...]\n\n"
    "Makes each partition's state again, as a restart would: from the checkpoints and\n"
    "by reading the input again up to the committed offset. Compares the number of\n"
    "live events and the sum of their hashes (N and S) with what was committed, and\n"
    "every train's record, byte for byte, with the last one on the clearances topic.\n"
    "Changes nothing. A partition whose worker commits meanwhile is looked at again;\n"
    "one that never rests is said to be so.\n\n" OPTIONS_COMMON_HELP "  -h, --help               this text\n\n"
    "Exit: 0 all agrees; 1 the cluster cannot be read; 2 wrong usage or\n"
    "configuration; 3 something differs.\n";

enum { TRIES = 5 };

/* False with *error. `rested`: nothing was committed since `offset`, so that topics and offset are of one time. */
static bool has_rested(const struct config *config, int32_t partition, const struct kafka_group_offset *offset,
                       bool *rested, struct kafka_error *error) {
    struct kafka_group_offsets now = {0};
    bool good = kafka_group_offsets(config, &now, error);
    *rested = good && partition < now.count &&
              slice_equal(buffer_slice(&now.of[partition].text), buffer_slice(&offset->text));
    kafka_group_offsets_release(&now);
    return good;
}

/* One look; *rested is false when it says nothing. */
static bool look_once(struct verify_run *verify, int32_t partition, bool *rested, bool *good,
                      struct kafka_error *error) {
    struct kafka_group_offsets offsets = {0};
    struct verify_result result = {0};
    *rested = true;
    bool read = kafka_group_offsets(verify->config, &offsets, error);
    if (read && (partition >= offsets.count || offsets.of[partition].committed < 0)) {
        printf("ok: partition %" PRId32 ": nothing is committed\n", partition);
    } else if (read) {
        read = verify_partition(verify, partition, &offsets.of[partition], &result, error) &&
               has_rested(verify->config, partition, &offsets.of[partition], rested, error);
        *good = result.good;
        if (read && *rested && result.good) {
            printf("ok: partition %" PRId32 ": %" PRIu64 " live events of %" PRIu64 " trains as committed; %" PRIu64
                   " records as they stand on the topic\n",
                   partition, result.events, result.trains, result.records);
        } else if (read && *rested) {
            printable_put_lines(stdout, buffer_slice(&result.report));
        }
    }
    kafka_group_offsets_release(&offsets);
    buffer_release(&result.report);
    return read;
}

static bool look(struct verify_run *verify, int32_t count, bool *all_good, struct kafka_error *error) {
    for (int32_t i = 0; i < count; i++) {
        bool rested = false, good = true;
        for (int try = 0; try < TRIES && !rested; try++) {
            if (!look_once(verify, i, &rested, &good, error)) {
                return false;
            }
        }
        if (!rested) {
            printf("warning: partition %" PRId32 ": its worker commits all the time: look when it rests, or stop it\n",
                   i);
        }
        *all_good = *all_good && (good || !rested);
        fflush(stdout);
    }
    return true;
}

static int run(const struct config *config) {
    struct kafka_group_offsets offsets = {0};
    struct kafka_error error = {0};
    struct verify_run verify = {.config = config, .decoder = decoder_new(config->message_bytes_max)};
    bool all_good = true;
    bool read = kafka_group_offsets(config, &offsets, &error);
    verify.reader = read ? kafka_reader_open(config, &error) : NULL;
    read = verify.reader != NULL && look(&verify, offsets.count, &all_good, &error);
    if (!read) {
        printable_say(stderr, "caravan verify: %s", error.text);
    }
    if (verify.reader != NULL) {
        kafka_reader_close(verify.reader);
    }
    kafka_group_offsets_release(&offsets);
    decoder_free(verify.decoder);
    arena_release(&verify.scratch);
    buffer_release(&verify.record);
    return !read ? options_common_code(&error) : all_good ? COMMANDS_OK : COMMANDS_REFUSED;
}

int command_verify(int argc, char **argv) {
    return options_common_command(argc, argv, &(struct options_common_command){"verify", HELP, run});
}
