/* A message before it is decoded: its mode, which its headers tell, and what the contract calls its value
 * (contract 2.20). One place for live messages and for those that a restart reads again, so that both are judged alike.
 * Internal to partition*.c. */
#ifndef CARAVAN_PARTITION_PARTITION_READING_H
#define CARAVAN_PARTITION_PARTITION_READING_H

#include "event/binary.h"
#include "partition/partition.h"

struct reading {
    const struct message *message;
    const struct partition_intake *intake;
    bool is_binary;
    struct binary binary; /* where it is */
};

/* Everything is borrowed; what headers hold lies in the intake's scratch. */
void reading_begin(struct reading *reading, const struct message *message, const struct partition_intake *intake);
/* The identity of the message value (contract 3.1), and its length. */
struct hash128 reading_hash(const struct reading *reading);
size_t reading_bytes(const struct reading *reading);
/* What a repeat is known by, from reading_hash: a message in structured mode may be byte for byte the text of one in
 * binary mode, and is then no event. */
struct hash128 reading_mark(const struct reading *reading, struct hash128 hash);
/* False where the mark does not tell all that the message is judged by: then it is no repeat of anything. */
bool reading_has_mark(const struct reading *reading);
/* decode_event or decode_binary. */
bool reading_decode(const struct reading *reading, struct event *event, struct reject *reject);

#endif
