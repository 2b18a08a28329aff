/* Where keys belong. */
#include <criterion/criterion.h>

#include "kafka/source.h"

/* Partitions that Java's default partitioner gives: (murmur2(key) & 0x7fffffff) % count, from the hashes in Kafka's own
 * UtilsTest. */
Test(kafka_key, hashes_are_those_of_java) {
    static const struct {
        struct slice key;
        int32_t hash;
    } cases[] = {{{"21", 2}, -973932308},
                 {{"foobar", 6}, -790332482},
                 {{"a-little-bit-long-string", 24}, -985981536},
                 {{"a-little-bit-longer-string", 26}, -1486304829},
                 {{"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", 48}, -58897971},
                 {{"abc", 3}, 479470107}};
    static const int32_t counts[] = {1, 3, 8, 1000};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            int32_t partition = (cases[i].hash & 0x7fffffff) % counts[c];
            cr_assert(kafka_key_fits(cases[i].key, partition, counts[c]), "%s of %d", cases[i].key.data,
                      (int)counts[c]);
            cr_assert(counts[c] == 1 || !kafka_key_fits(cases[i].key, (partition + 1) % counts[c], counts[c]));
        }
    }
}
