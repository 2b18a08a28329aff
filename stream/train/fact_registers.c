/* A fact's header keeps the kinds of its registers, and their texts stand in front of its body: so a table of registers
 * reads its keys without knowing what any type has in it. */
#include "train/fact_registers.h"

#include "train/fact_strings.h"

/* A second register has the text of the first (a seal and the last event of one container), so a fact with one has one
 * text. */
size_t fact_register_count(const struct fact *fact) {
    return fact_byte(fact, FACT_AT_SECOND) != 0 ? 2 : fact_text_count(fact);
}

struct register_key fact_register(const struct fact *fact, size_t i) {
    unsigned second = fact_byte(fact, FACT_AT_SECOND);
    if (second != 0 && i == 1) {
        return (struct register_key){second, fact_text(fact, 0)};
    }
    return (struct register_key){fact_byte(fact, FACT_AT_KIND), fact_text(fact, i)};
}

void fact_register_name(const struct fact *fact, size_t i, struct buffer *out) {
    register_name(fact_register(fact, i), out);
}
