#include <criterion/criterion.h>

#include "base/buffer.h"

Test(buffer, appends_in_order) {
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append(&buffer, "a\0b", 3);
    buffer_append_text(&buffer, "cd");
    buffer_append_byte(&buffer, '\n');
    buffer_append_slice(&buffer, SLICE("ef"));
    buffer_append_slice(&buffer, (struct slice){NULL, 0});
    buffer_printf(&buffer, "%d-%s", 42, "x");
    cr_expect(slice_equal(buffer_slice(&buffer), SLICE("a\0bcd\nef42-x")));
    buffer_release(&buffer);
    cr_expect(buffer.data == NULL && buffer.len == 0 && buffer.capacity == 0);
}

/* Each size of the room that is left, also none. */
Test(buffer, printf_at_every_fill) {
    for (size_t fill = 0; fill < 600; fill++) {
        struct buffer buffer = {0};
        for (size_t i = 0; i < fill; i++) {
            buffer_append_byte(&buffer, 'x');
        }
        buffer_printf(&buffer, "%s", "0123456789");
        buffer_printf(&buffer, "%s", "");
        cr_assert_eq(buffer.len, fill + 10);
        cr_assert_eq(memcmp(buffer.data + fill, "0123456789", 10), 0);
        buffer_release(&buffer);
    }
}

Test(buffer, grows_by_more_than_it_needs) {
    struct buffer buffer = {0};
    size_t moves = 0;
    for (size_t i = 0; i < 1000000; i++) {
        size_t before = buffer.capacity;
        buffer_append_byte(&buffer, (char)i);
        moves += buffer.capacity != before;
    }
    cr_expect_lt(moves, 20);
    for (size_t i = 0; i < buffer.len; i++) {
        cr_assert_eq(buffer.data[i], (char)i);
    }
    buffer_release(&buffer);
}

Test(buffer, reserve_writes_nothing) {
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "ab");
    char *to = buffer_reserve(&buffer, 100000);
    cr_expect_eq(buffer.len, 2);
    memset(to, 'c', 100000);
    buffer.len += 100000;
    cr_expect_eq(memcmp(buffer.data, "abc", 3), 0);
    buffer_release(&buffer);
}

Test(buffer, clear_keeps_memory) {
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "ab");
    char *data = buffer.data;
    buffer_clear(&buffer);
    cr_expect_eq(buffer.len, 0);
    buffer_append_text(&buffer, "c");
    cr_expect_eq(buffer.data, data);
    cr_expect(slice_equal(buffer_slice(&buffer), SLICE("c")));
    buffer_release(&buffer);
}
