/* Names under which Java's clients (and Spring's) know a setting, and how it is called here. Pure. */
#ifndef CARAVAN_CONFIG_JAVA_H
#define CARAVAN_CONFIG_JAVA_H

#include <stdbool.h>
#include <stddef.h>

/* Writes what to do instead of setting `name`, with or without "kafka." in front, as a sentence's end ("write ...").
 * False where it is no such name, or where it is right as it stands. */
bool java_instead(const char *name, char *out, size_t bytes);

#endif
