/* The file of `caravan convert --trains`. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "commands/convert_trains.h"

static struct convert_trains trains;

static bool read_text(const char *text) {
    char path[] = "/tmp/caravan-trains-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    trains = (struct convert_trains){0};
    bool good = convert_trains_read(&trains, path);
    unlink(path);
    return good;
}

static bool refuses(const char *text) {
    bool good = read_text(text);
    convert_trains_release(&trains);
    return !good;
}

Test(convert_trains, keys) {
    struct convert_train train;
    cr_expect(convert_trains_key(SLICE("X8024|2020-12-18|CNAKL"), &train));
    cr_expect(slice_equal(train.number, SLICE("X8024")));
    cr_expect(slice_equal(train.date, SLICE("2020-12-18")));
    cr_expect(slice_equal(train.port, SLICE("CNAKL")));
    cr_expect_not(convert_trains_key(SLICE("X8024|2020-12-18"), &train));
    cr_expect_not(convert_trains_key(SLICE("X8024|2020-12-18|CNAKL|"), &train));
    cr_expect_not(convert_trains_key(SLICE(""), &train));
    cr_expect_not(convert_trains_key(SLICE("X\xff|2020-12-18|CNAKL"), &train));
}

Test(convert_trains, lines_in_any_order) {
    cr_assert(read_text("TEXU3070079\tX2|2020-12-02|CNAKL\n\n  CSQU3054383   X1|2020-12-01|CNMLX  \n"));
    cr_assert_eq(trains.count, 2);
    cr_expect(slice_equal(trains.boxes[0].container, SLICE("CSQU3054383")));
    cr_expect(slice_equal(trains.boxes[0].train.port, SLICE("CNMLX")));
    cr_expect(slice_equal(trains.boxes[1].train.number, SLICE("X2")));
    convert_trains_release(&trains);
}

Test(convert_trains, many) {
    struct buffer text = {0};
    for (int i = 0; i < 1000; i++) {
        buffer_printf(&text, "CSQU%07d X%d|2020-12-01|CNAKL\n", 999 - i, i);
    }
    buffer_append_byte(&text, '\0');
    cr_assert(read_text(text.data));
    cr_expect_eq(trains.count, 1000);
    cr_expect(slice_equal(trains.boxes[0].train.number, SLICE("X999")));
    convert_trains_release(&trains);
    buffer_release(&text);
}

Test(convert_trains, what_is_wrong) {
    cr_expect(refuses("CSQU3054383\n"));
    cr_expect(refuses("CSQU3054383 X1|2020-12-01\n"));
    cr_expect(refuses("CSQU3054383 X1|2020-12-01|CNAKL\nCSQU3054383 X2|2020-12-02|CNAKL\n"));
    cr_expect(refuses(""));
}
