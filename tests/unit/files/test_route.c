#include <criterion/criterion.h>

#include "files/route.h"

static void expect(const char *message, const char *key) {
    char found[TRAIN_KEY_BYTES_MAX];
    size_t len = route_scan(slice_of(message), found);
    cr_assert(slice_equal((struct slice){found, len}, slice_of(key)), "%s gave %.*s", message, (int)len, found);
}

Test(route, plain_messages) {
    expect("{\"data\":{\"train\":{\"number\":\"X8024\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}}}",
           "X8024|2020-12-18|CNAKL");
    expect("{\"train\" : {\"port\" : \"CNAKL\", \"x\":1, \"date\":\t\"2020-12-18\", \"number\":\"X8024\" } , "
           "\"scope\":\"train\"}",
           "X8024|2020-12-18|CNAKL");
}

/* A length of 0 sends the message to the decoder; a wrong key would only cost a join at the end. */
Test(route, doubtful_messages) {
    static const char *const doubtful[] = {
        "",
        "{}",
        "{\"train\":{\"number\":\"X\",\"date\":\"d\",\"port\":\"p\"},\"a\":{\"train\":{}}}",
        "{\"train\":{\"number\":\"X\",\"date\":\"d\",\"port\":\"p\",\"note\":\"\\n\"}}",
        "{\"train\":{\"number\":\"X\",\"number\":\"Y\",\"date\":\"d\",\"port\":\"p\"}}",
        "{\"train\":{\"a\":{\"number\":\"X\",\"date\":\"d\",\"port\":\"p\"}}}",
        "{\"train\":{\"number\":1,\"date\":\"d\",\"port\":\"p\"}}",
        "{\"train\":[\"number\"]}",
        "{\"train\":",
        "{\"train\":{\"number\":\"X",
        "{\"train\":{\"number\":\"X1234567890123456789012345678901234567890\",\"date\":\"d\",\"port\":\"p\"}}",
    };
    for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++) {
        expect(doubtful[i], "");
    }
}
