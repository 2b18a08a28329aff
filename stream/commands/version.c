/* Most of what runs is linked at run time and may be newer than what was compiled against, so each library is asked in
 * its own way. Where only one room may include a library's header (librdkafka, yyjson, OpenSSL), its room tells. */
#include "commands/version.h"

#include <jansson.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "caravan_build.h"
#include "event/about.h"
#include "kafka/about.h"
#include "sign/sign.h"

const char *version_text(void) {
    return CARAVAN_VERSION " (" CARAVAN_COMMIT ")";
}

void version_print(void) {
    unsigned xxhash = hash_library_version();
    struct buffer text = {0};
    buffer_append_text(&text, "caravan " CARAVAN_VERSION " (" CARAVAN_COMMIT ")\n");
    kafka_about(&text);
    buffer_append_byte(&text, '\n');
    event_about(&text);
    buffer_printf(&text, "\njansson %s\n", jansson_version_str());
    buffer_printf(&text, "zlib %s\n", zlibVersion());
    buffer_printf(&text, "zstd %s\n", ZSTD_versionString());
    buffer_printf(&text, "%s\n", sign_about());
    buffer_printf(&text, "xxHash %u.%u.%u\n", xxhash / 10000, xxhash / 100 % 100, xxhash % 100);
    /* Concurrency Kit does not tell its version at run time: the build asks for it. */
    buffer_append_text(&text, "Concurrency Kit " CARAVAN_CK_VERSION "\n");
    /* In one piece: the bill of materials of a package is made from these lines. */
    fwrite(text.data, 1, text.len, stdout);
    buffer_release(&text);
}
