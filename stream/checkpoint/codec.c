/* A checkpoint as messages (contract 6.3): the packed facts of a train, cut into parts that fit the topic, each with a
 * head that says which part of which offset it is. The reader believes nothing behind the version before the checksum
 * is right. */
#include "checkpoint/codec.h"

#include <assert.h>
#include <stdio.h>

/* The head of a part: magic, version, checksum over all that follows it (seeded by the key's hash, so that a part under
 * another's key is noticed), L, part number, part count. Little-endian. */
enum {
    AT_MAGIC = 0,
    AT_VERSION = 4,
    AT_CHECKSUM = 8,
    AT_OFFSET = 16,
    AT_PART = 24,
    AT_PART_COUNT = 28,
    HEAD_BYTES = 32,
    PART_BYTES_MIN = 4096
};

static const char MAGIC[4] = {'C', 'R', 'V', 'T'};
/* No train key has this byte (contract 2.5), and ten digits hold any number of 32 bits. */
enum { KEY_SEPARATOR = 0x1F, NUMBER_BYTES_MAX = 10 };

/* Byte by byte: a checkpoint may be read on another machine than it was written on. */
static void put_number(char *at, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        at[i] = (char)(unsigned char)(value >> 8 * i);
    }
}

static uint64_t get_number(const char *at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) {
        value = value << 8 | (unsigned char)at[i];
    }
    return value;
}

static uint64_t checksum_of(struct slice key, struct slice value) {
    /* It is no secret and stands against accidents only; N and S of the text are the proof (restore.md R7). */
    uint64_t seed = hash_seeded(key, CODEC_VERSION);
    return hash_seeded((struct slice){value.data + AT_OFFSET, value.len - AT_OFFSET}, seed);
}

/* ---- writing */

static struct slice make_key(struct outbox *outbox, struct slice train_key, uint32_t part) {
    char *key = arena_take(&outbox->memory, train_key.len + 1 + NUMBER_BYTES_MAX + 1);
    memcpy(key, train_key.data, train_key.len);
    key[train_key.len] = KEY_SEPARATOR;
    /* The part in the key: compaction keeps the newest message of each part. */
    int digits = snprintf(key + train_key.len + 1, NUMBER_BYTES_MAX + 1, "%u", part);
    return (struct slice){key, train_key.len + 1 + (size_t)digits};
}

static void put(const struct codec_sink *sink, struct slice key, struct slice value) {
    outbox_put(sink->outbox, &(struct output){.topic = OUTPUT_CHECKPOINTS,
                                              .input_partition = sink->partition,
                                              .key = key,
                                              .value = value});
}

static struct slice make_value(struct outbox *outbox, struct slice key, const struct codec_part *part) {
    char *value = arena_take(&outbox->memory, HEAD_BYTES + part->facts.len);
    memcpy(value + AT_MAGIC, MAGIC, sizeof MAGIC);
    put_number(value + AT_VERSION, CODEC_VERSION, 4);
    put_number(value + AT_OFFSET, (uint64_t)part->offset, 8);
    put_number(value + AT_PART, part->part, 4);
    put_number(value + AT_PART_COUNT, part->part_count, 4);
    memcpy(value + HEAD_BYTES, part->facts.data, part->facts.len);
    struct slice whole = {value, HEAD_BYTES + part->facts.len};
    put_number(value + AT_CHECKSUM, checksum_of(key, whole), 8);
    return whole;
}

static void put_gone(const struct codec_sink *sink, struct slice train_key, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        put(sink, make_key(sink->outbox, train_key, i), (struct slice){NULL, 0});
    }
}

uint32_t codec_put(const struct codec_sink *sink, const struct train *train, int64_t offset, uint32_t parts_before,
                   uint64_t *bytes) {
    assert(sink->part_bytes_max >= PART_BYTES_MIN);
    size_t room = sink->part_bytes_max - HEAD_BYTES;
    struct buffer packed = {0};
    train_pack(train, &packed);
    assert(packed.len > 0 && packed.len / room < CODEC_PARTS_MAX);
    struct codec_part part = {.train_key = train_key(train),
                              .offset = offset,
                              .part_count = (uint32_t)((packed.len + room - 1) / room)};
    for (; part.part < part.part_count; part.part++) {
        size_t from = part.part * room;
        part.facts = (struct slice){packed.data + from, packed.len - from < room ? packed.len - from : room};
        struct slice key = make_key(sink->outbox, part.train_key, part.part);
        struct slice value = make_value(sink->outbox, key, &part);
        put(sink, key, value);
        *bytes += value.len;
    }
    buffer_release(&packed);
    /* A train may have become smaller: the parts beyond are of a checkpoint that is over, and compaction needs a
     * word to drop them. */
    put_gone(sink, part.train_key, part.part_count, parts_before);
    return part.part_count;
}

void codec_put_gone(const struct codec_sink *sink, struct slice train_key, uint32_t parts) {
    put_gone(sink, train_key, 0, parts);
}

/* ---- reading */

bool codec_parse_key(struct slice key, struct slice *train_key, uint32_t *part) {
    size_t at = key.len;
    /* From the end; no train key has this byte. */
    while (at > 0 && key.data[at - 1] != KEY_SEPARATOR) {
        at--;
    }
    size_t digits = key.len - at;
    /* One spelling a part, as it is written: two keys of one part would both survive compaction. */
    if (at < 2 || digits == 0 || digits > NUMBER_BYTES_MAX || (digits > 1 && key.data[at] == '0')) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = at; i < key.len; i++) {
        if (key.data[i] < '0' || key.data[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(key.data[i] - '0');
    }
    if (value >= CODEC_PARTS_MAX) {
        return false;
    }
    *train_key = (struct slice){key.data, at - 1};
    *part = (uint32_t)value;
    return true;
}

enum codec_result codec_parse(struct slice key, struct slice value, struct codec_part *out) {
    uint32_t part;
    if (!codec_parse_key(key, &out->train_key, &part) || value.len < AT_CHECKSUM ||
        memcmp(value.data + AT_MAGIC, MAGIC, sizeof MAGIC) != 0) {
        return CODEC_DAMAGED;
    }
    /* Before the checksum, which another version may make otherwise. */
    if (get_number(value.data + AT_VERSION, 4) != CODEC_VERSION) {
        return CODEC_OTHER_VERSION;
    }
    if (value.len <= HEAD_BYTES || get_number(value.data + AT_CHECKSUM, 8) != checksum_of(key, value)) {
        return CODEC_DAMAGED;
    }
    out->offset = (int64_t)get_number(value.data + AT_OFFSET, 8);
    out->part = (uint32_t)get_number(value.data + AT_PART, 4);
    out->part_count = (uint32_t)get_number(value.data + AT_PART_COUNT, 4);
    out->facts = (struct slice){value.data + HEAD_BYTES, value.len - HEAD_BYTES};
    /* Compaction goes by the key, so the head must say the same as the key does. */
    return out->part == part && part < out->part_count && out->part_count <= CODEC_PARTS_MAX && out->offset >= 0
               ? CODEC_OK
               : CODEC_DAMAGED;
}
