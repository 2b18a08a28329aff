#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "files/file_reader.h"

static char path[64];

static const char *write_file(const char *suffix, const void *bytes, size_t len) {
    snprintf(path, sizeof path, "/tmp/caravan-reader-%d%s", (int)getpid(), suffix);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, len, file), len);
    fclose(file);
    return path;
}

/* "line:key=value;" of every message, "!" in the end when reading failed. */
static void read_all(const char *name, bool keyed, struct buffer *out) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(name, keyed, error);
    cr_assert_not_null(reader, "%s", error);
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read read;
    while ((read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        buffer_printf(out, "%d:", (int)line);
        buffer_append_slice(out, key);
        buffer_append_text(out, key.data == NULL ? "-" : "=");
        buffer_append_slice(out, value);
        buffer_append_byte(out, ';');
    }
    buffer_append_text(out, read == FILE_READ_FAILED ? "!" : "");
    file_reader_close(reader);
    unlink(name);
}

static void expect(const char *text, bool keyed, const char *messages) {
    struct buffer out = {0};
    read_all(write_file(".jsonl", text, strlen(text)), keyed, &out);
    cr_assert(slice_equal(buffer_slice(&out), slice_of(messages)), "%.*s", (int)out.len, out.data);
    buffer_release(&out);
}

Test(file_reader, cuts_lines) {
    expect("", false, "");
    expect("a\nb", false, "1:-a;2:-b;");
    expect("a\r\n\n   \nb\r\r\n", false, "1:-a;4:-b\r;");
    expect("a\r", false, "1:-a\r;"); /* only right before an LF */
    expect("\ta\n\r\n", false, "1:-\ta;");
    expect(" a \n", false, "1:- a ;");
}

Test(file_reader, keyed_lines) {
    expect("k\ta\tb\nnokey\n\tv\nk\t\n", true, "1:k=a\tb;2:-nokey;3:=v;4:k=;");
    expect("k\ta\r\n\r\n  \r\n\nk\tb\r\r\nk\tc\r", true, "1:k=a;5:k=b\r;6:k=c\r;"); /* as without keys */
}

Test(file_reader, long_lines_are_whole) {
    size_t len = 3 * 1024 * 1024;
    char *text = alloc_bytes(len + 3);
    memset(text, 'x', len);
    memcpy(text + len, "\ny\n", 3);
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(write_file(".jsonl", text, len + 3), false, error);
    struct slice key;
    struct slice value;
    uint64_t line;
    cr_assert_eq(file_reader_next(reader, &key, &value, &line, error), FILE_READ_MESSAGE);
    cr_assert_eq(value.len, len);
    cr_assert_eq(file_reader_next(reader, &key, &value, &line, error), FILE_READ_MESSAGE);
    cr_assert_eq(value.len, 1);
    cr_assert_eq(file_reader_next(reader, &key, &value, &line, error), FILE_READ_END);
    cr_assert_eq(file_reader_position(reader), len + 3);
    cr_assert_eq(file_reader_size(reader), len + 3);
    file_reader_close(reader);
    unlink(path);
    free(text);
}

/* Two gzip members, one behind the other, as `cat a.gz b.gz` makes them. */
static size_t gzip_twice(const char *text, unsigned char *out, size_t room) {
    size_t len = 0;
    for (int i = 0; i < 2; i++) {
        z_stream stream = {0};
        cr_assert_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        stream.next_in = (unsigned char *)text;
        stream.avail_in = (unsigned)strlen(text);
        stream.next_out = out + len;
        stream.avail_out = (unsigned)(room - len);
        cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
        len = room - stream.avail_out;
        deflateEnd(&stream);
    }
    return len;
}

Test(file_reader, gzip) {
    unsigned char packed[512];
    struct buffer out = {0};
    size_t len = gzip_twice("one\ntwo\n", packed, sizeof packed);
    read_all(write_file(".gz", packed, len), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("1:-one;2:-two;3:-one;4:-two;")), "%.*s", (int)out.len, out.data);
    buffer_clear(&out);
    read_all(write_file(".gz", packed, len - 3), false, &out);
    cr_assert_eq(out.data[out.len - 1], '!', "a cut file is an error");
    buffer_clear(&out);
    read_all(write_file(".gz", "not gzip at all", 15), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("!")));
    buffer_release(&out);
}

/* Tapes and block devices pad with zeros; other bytes behind a member are damage. */
Test(file_reader, gzip_with_padding) {
    struct buffer packed = {0}, out = {0};
    unsigned char members[512];
    size_t len = gzip_twice("one\n", members, sizeof members), padding = 600 * 1024;
    buffer_append(&packed, members, len);
    memset(buffer_reserve(&packed, padding), 0, padding);
    packed.len += padding;
    read_all(write_file(".gz", packed.data, packed.len), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("1:-one;2:-one;")), "%.*s", (int)out.len, out.data);
    buffer_clear(&out);
    buffer_append(&packed, members, len);
    read_all(write_file(".gz", packed.data, packed.len), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("1:-one;2:-one;3:-one;4:-one;")), "%.*s", (int)out.len, out.data);
    buffer_clear(&out);
    read_all(write_file(".gz", packed.data, packed.len - 1), false, &out);
    cr_assert_eq(out.data[out.len - 1], '!', "a member that is cut behind padding is an error");
    buffer_clear(&out);
    buffer_append_text(&packed, "rest");
    read_all(write_file(".gz", packed.data, packed.len), false, &out);
    cr_assert_eq(out.data[out.len - 1], '!', "something else behind the members is an error");
    buffer_release(&out);
    buffer_release(&packed);
}

Test(file_reader, zstd) {
    char packed[512];
    struct buffer out = {0};
    size_t len = ZSTD_compress(packed, sizeof packed, "one\ntwo", 7, 3);
    read_all(write_file(".zst", packed, len), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("1:-one;2:-two;")), "%.*s", (int)out.len, out.data);
    buffer_clear(&out);
    read_all(write_file(".zst", packed, len - 2), false, &out);
    cr_assert_eq(out.data[out.len - 1], '!', "a cut file is an error");
    buffer_release(&out);
}

/* zstd --long=31 asks for a window above what a decoder takes by default. */
Test(file_reader, zstd_with_a_long_window) {
    char packed[512];
    struct buffer out = {0};
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
    ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, 10);
    ZSTD_CCtx_setParameter(context, ZSTD_c_chainLog, 10);
    ZSTD_inBuffer in = {"one\ntwo", 7, 0};
    ZSTD_outBuffer to = {packed, sizeof packed, 0};
    /* In two calls, so that the length is not known when the frame's head is written. */
    ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue);
    cr_assert_eq(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end), 0);
    ZSTD_freeCCtx(context);
    read_all(write_file(".zst", packed, to.pos), false, &out);
    cr_assert(slice_equal(buffer_slice(&out), SLICE("1:-one;2:-two;")), "%.*s", (int)out.len, out.data);
    buffer_release(&out);
}

Test(file_reader, says_what_cannot_be_opened) {
    char error[FILE_READER_ERROR_BYTES];
    cr_assert_null(file_reader_open("/nowhere/events.jsonl", false, error));
    cr_assert_not_null(strstr(error, "/nowhere/events.jsonl: cannot be opened: No such file"));
    cr_assert_null(file_reader_open("/tmp", false, error));
    cr_assert_not_null(strstr(error, "is a directory"));
}
