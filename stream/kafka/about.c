#include "kafka/about.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

/* The features of its build decide what an operator can configure (OIDC, Kerberos, codecs), so they are shown. */
void kafka_about(struct buffer *out) {
    char features[512] = "";
    size_t size = sizeof features;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_get(conf, "builtin.features", features, &size);
    rd_kafka_conf_destroy(conf);
    buffer_printf(out, "librdkafka %s (", rd_kafka_version_str());
    for (const char *word = features; *word != '\0';) {
        size_t len = strcspn(word, ",");
        buffer_append(out, word, len);
        word += len;
        if (*word == ',') {
            buffer_append_text(out, ", ");
            word++;
        }
    }
    buffer_append_byte(out, ')');
}
