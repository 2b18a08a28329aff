/* --verify-key FILE, for commands that read clearances from their topic: what is not signed by one of the file's keys
 * is refused (contract 6.9). One owner. */
#ifndef CARAVAN_COMMANDS_VERIFY_H
#define CARAVAN_COMMANDS_VERIFY_H

#include <stdbool.h>

#include "base/arena.h"
#include "flow/message.h"
#include "sign/sign.h"

struct verify {           /* all zero at first: nothing is asked for */
    const char *key_path; /* NULL: take everything */
    struct sign_verifier *verifier;
    struct arena scratch;
};

#define VERIFY_HELP                                                                                                    \
    "      --verify-key FILE    refuse clearances that no public key of FILE (PEM,\n"                                  \
    "                           Ed25519) vouches for: exit code 3\n"

/* Reads the keys; false after a sentence on stderr. */
bool verify_open(struct verify *verify, const char *command);
/* True when the message may be believed, or nothing is asked for; else false after a sentence that says which one and
 * why. */
bool verify_message(struct verify *verify, const char *command, const char *topic, const struct message *message);
void verify_close(struct verify *verify);

#endif
