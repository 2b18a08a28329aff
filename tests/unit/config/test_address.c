#include <criterion/criterion.h>

#include "config/address.h"

static void comes_back_as(const char *text, const char *written) {
    struct address address;
    char out[ADDRESS_TEXT_BYTES];
    cr_assert(address_parse(text, &address), "%s", text);
    address_write(&address, out);
    cr_assert_str_eq(out, written);
}

Test(address, reads_and_writes_both_families) {
    comes_back_as("127.0.0.1:8480", "127.0.0.1:8480");
    comes_back_as("0.0.0.0:0", "0.0.0.0:0");
    comes_back_as("[::1]:65535", "[::1]:65535");
    comes_back_as("[2001:db8::7]:80", "[2001:db8::7]:80");
    comes_back_as(":8480", "[::]:8480");
}

Test(address, refuses_what_is_none) {
    const char *const wrong[] = {"",
                                 "8480",
                                 "127.0.0.1",
                                 "127.0.0.1:",
                                 "127.0.0.1:65536",
                                 "1.2.3:80",
                                 "localhost:80",
                                 "::1:80",
                                 "[::1]",
                                 "[::1:80",
                                 "1.2.3.4: 8",
                                 "1.2.3.4:+8",
                                 "1.2.3.4:99999999",
                                 "[1.2.3.4]:80",
                                 "[]:80",
                                 "[::1]x:80",
                                 "256.0.0.1:80",
                                 "http://127.0.0.1:80"};
    struct address address;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_assert(!address_parse(wrong[i], &address), "%s", wrong[i]);
    }
}

Test(address, knows_what_only_this_machine_reaches) {
    struct address address;
    const char *const local[] = {"127.0.0.1:1", "127.8.9.1:1", "[::1]:1"};
    const char *const open[] = {"0.0.0.0:1", ":1", "10.0.0.1:1", "[::]:1", "128.0.0.1:1"};
    for (size_t i = 0; i < 3; i++) {
        cr_assert(address_parse(local[i], &address) && address_is_loopback(&address), "%s", local[i]);
    }
    for (size_t i = 0; i < 5; i++) {
        cr_assert(address_parse(open[i], &address) && !address_is_loopback(&address), "%s", open[i]);
    }
}

Test(address, is_asked_on_loopback_where_it_is_every_address) {
    const char *const pairs[][2] = {{"0.0.0.0:7", "127.0.0.1:7"},
                                    {":7", "[::1]:7"},
                                    {"10.1.1.1:7", "10.1.1.1:7"},
                                    {"[::1]:7", "[::1]:7"}};
    for (size_t i = 0; i < 4; i++) {
        struct address address;
        char out[ADDRESS_TEXT_BYTES];
        cr_assert(address_parse(pairs[i][0], &address));
        address = address_to_ask(&address);
        address_write(&address, out);
        cr_assert_str_eq(out, pairs[i][1]);
    }
}
