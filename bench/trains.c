/* Trains in flight, as a worker meets them: many at a time, each event of any of them.
 *
 *   trains [--seed N] [--events N] [--flight N] [--duplicates RATE] [--amendments RATE] [--invalid RATE]
 *
 * Writes keyed lines (KEY, TAB, event) to standard output, the same for the same options: --events of them (default
 * 1,000,000), of --flight trains at a time (1,000). A train has 30-50 waybills of 1-3 containers of 1-4 kinds of goods,
 * a composition, both declarations for ten waybills each, some 60 trackings, an arrival and, one in eight, a risk
 * control: about 126 events, in the order of its own time. When it has ended another one begins. Of the lines,
 * --duplicates (0.15) repeat one of the last sixteen of their train, --amendments (0.02) send a waybill again with
 * other weights, and
 * --invalid (0.01) are broken in one of six ways. What the peer (peers/kafka-streams) knows of the contract is enough
 * for all of them. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "support/train_story.h"

enum { REPEATABLE = 16, OUT_BYTES = 1 << 20, SPOILT_TAIL = 20 };

struct flight { /* one of the trains on their way, and its newest lines */
    struct story story;
    struct buffer lines[REPEATABLE];
    uint64_t line_count;
};

struct options {
    uint64_t seed, events, flight;
    double duplicates, amendments, invalid;
};

/* ---- breaking an event */

static char *find(struct buffer *line, size_t from, const char *word) {
    return memmem(line->data + from, line->len - from, word, strlen(word));
}

static void overwrite(struct buffer *line, size_t from, const char *word, size_t skip, const char *by) {
    char *at = find(line, from, word);
    if (at != NULL) {
        memcpy(at + skip, by, strlen(by));
    }
}

/* The event begins at `from`; it stays one line. */
static void spoil(struct buffer *line, size_t from, uint64_t *random) {
    switch (random_below(random, 6)) {
    case 0: line->len -= 1 + random_below(random, SPOILT_TAIL); break; /* NOT_JSON */
    case 1: overwrite(line, from, ".v1\"", 0, ".v9\""); break;         /* UNKNOWN_TYPE */
    case 2: overwrite(line, from, "\"time\":\"2", 8, "x"); break;      /* BAD_ENVELOPE */
    case 3: overwrite(line, from, "\"port\":\"", 8, "c"); break;       /* BAD_FIELD */
    case 4: overwrite(line, from, "\"date\"", 0, "\"dale\""); break;   /* MISSING_FIELD */
    default:
        if (find(line, from, "\"container") != NULL) {
            overwrite(line, from, "\"container", 2, "x");
        } else {
            overwrite(line, from, "\"waybills\"", 2, "x");
        }
    }
}

/* ---- lines */

static void write_line(const struct buffer *line) {
    fwrite(line->data, 1, line->len, stdout);
    putchar('\n');
}

static void keep_line(struct flight *flight, const struct buffer *line) {
    struct buffer *kept = &flight->lines[flight->line_count++ % REPEATABLE];
    buffer_clear(kept);
    buffer_append(kept, line->data, line->len);
}

static void repeat_line(const struct flight *flight, uint64_t *random) {
    uint64_t count = flight->line_count < REPEATABLE ? flight->line_count : REPEATABLE;
    write_line(&flight->lines[random_below(random, (uint32_t)count)]);
}

/* A spoilt copy goes out before the good one. */
static void write_spoilt(const struct buffer *line, size_t from, uint64_t *random) {
    struct buffer copy = {0};
    buffer_append(&copy, line->data, line->len);
    spoil(&copy, from, random);
    write_line(&copy);
    buffer_release(&copy);
}

static double random_part(uint64_t *random) {
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* The train's next event behind its key; false when it has ended. */
static bool next_line(struct flight *flight, bool amend, struct buffer *line, size_t *event) {
    buffer_clear(line);
    buffer_append(line, flight->story.key, flight->story.key_len);
    buffer_append_byte(line, '\t');
    *event = line->len;
    return amend || story_next(&flight->story, line);
}

/* What is repeated is the train's own. */
static void begin(struct flight *flight, uint64_t seed, uint64_t index) {
    story_begin(&flight->story, seed, index);
    flight->line_count = 0;
}

static uint64_t write_all(const struct options *options, struct flight *flights) {
    uint64_t random = options->seed;
    uint64_t begun = 0;
    uint64_t written = 0;
    struct buffer line = {0};
    for (uint64_t i = 0; i < options->flight; i++) {
        begin(&flights[i], options->seed, begun++);
    }
    while (written < options->events) {
        struct flight *flight = &flights[random_below(&random, (uint32_t)options->flight)];
        double roll = random_part(&random);
        if (roll < options->duplicates && flight->line_count > 0) {
            repeat_line(flight, &random);
            written++;
            continue;
        }
        bool amend = roll < options->duplicates + options->amendments && flight->story.sent > 3;
        double spoilt_from = options->duplicates + options->amendments;
        size_t event;
        if (!next_line(flight, amend, &line, &event)) {
            begin(flight, options->seed, begun++);
            continue;
        }
        if (amend) {
            story_amend(&flight->story, random_below(&random, (uint32_t)flight->story.sent), &line);
        }
        if (roll >= spoilt_from && roll < spoilt_from + options->invalid) {
            write_spoilt(&line, event, &flight->story.random);
            written++;
        }
        if (written < options->events) {
            write_line(&line);
            keep_line(flight, &line);
            written++;
        }
    }
    buffer_release(&line);
    return begun;
}

/* ---- the program */

static bool take(struct options *options, const char *name, const char *value) {
    const struct {
        const char *name;
        uint64_t *number;
        double *rate;
    } known[] = {
        {"--seed", &options->seed, NULL},
        {"--events", &options->events, NULL},
        {"--flight", &options->flight, NULL},
        {"--duplicates", NULL, &options->duplicates},
        {"--amendments", NULL, &options->amendments},
        {"--invalid", NULL, &options->invalid},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            char *end;
            if (known[i].number != NULL) {
                *known[i].number = strtoull(value, &end, 10);
            } else {
                *known[i].rate = strtod(value, &end);
            }
            return *value != '\0' && *end == '\0';
        }
    }
    return false;
}

int main(int argc, char **argv) {
    struct options options = {1, 1000000, 1000, 0.15, 0.02, 0.01};
    bool right = argc % 2 == 1;
    for (int i = 1; right && i + 1 < argc; i += 2) {
        right = take(&options, argv[i], argv[i + 1]);
    }
    if (!right || options.flight == 0 || options.flight > UINT32_MAX) {
        fprintf(stderr, "usage: trains [--seed N] [--events N] [--flight N] [--duplicates RATE] [--amendments RATE] "
                        "[--invalid RATE]\n");
        return 2;
    }
    struct flight *flights = alloc_zeroed(options.flight, sizeof *flights);
    setvbuf(stdout, NULL, _IOFBF, OUT_BYTES);
    uint64_t trains = write_all(&options, flights);
    for (uint64_t i = 0; i < options.flight; i++) {
        for (size_t j = 0; j < REPEATABLE; j++) {
            buffer_release(&flights[i].lines[j]);
        }
    }
    free(flights);
    fprintf(stderr, "{\"trains\":%llu}\n", (unsigned long long)trains);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
