/* What `caravan --version` says. */
#ifndef CARAVAN_COMMANDS_VERSION_H
#define CARAVAN_COMMANDS_VERSION_H

/* Prints, on standard output, the version with its commit, then a line a library: its name and the version that runs
 * (not the one compiled against). deploy/package/sbom.sh reads it. */
void version_print(void);
/* "VERSION (COMMIT)". */
const char *version_text(void);

#endif
