#include "pipeline/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buffer.h"

enum { READ_BYTES = 256 * 1024, GZIP_WINDOW = 15 + 16 };

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct file_reader {
    char *path;
    int fd;
    bool keyed;
    enum compression compression;
    z_stream gzip;
    bool gzip_ended; /* at the end of a member: another may follow */
    ZSTD_DStream *zstd;
    bool zstd_ended;      /* at the end of a frame */
    unsigned char *input; /* compressed bytes read */
    size_t input_at, input_len;
    bool input_over;
    struct buffer text; /* plain bytes; consumed up to `at` */
    size_t at;
    size_t scanned; /* from `at` on: no LF so far */
    bool text_over;
    uint64_t line, position, size;
};

static bool has_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path);
    size_t m = strlen(suffix);
    return n >= m && strcmp(path + n - m, suffix) == 0;
}

static enum compression compression_of(const char *path) {
    if (has_suffix(path, ".gz")) {
        return COMPRESSION_GZIP;
    }
    return has_suffix(path, ".zst") ? COMPRESSION_ZSTD : COMPRESSION_NONE;
}

static void fail(const struct file_reader *reader, char *error, const char *what) {
    snprintf(error, FILE_READER_ERROR_BYTES, "%s:%" PRIu64 ": %s", reader->path, reader->line + 1, what);
}

struct file_reader *file_reader_open(const char *path, bool keyed, char error[FILE_READER_ERROR_BYTES]) {
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        snprintf(error, FILE_READER_ERROR_BYTES, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        snprintf(error, FILE_READER_ERROR_BYTES, "%s: is a directory, not a file of events", path);
        close(fd);
        return NULL;
    }
    struct file_reader *reader = alloc_zeroed(1, sizeof *reader);
    reader->path = alloc_copy(standard ? "<stdin>" : path, strlen(standard ? "<stdin>" : path));
    reader->fd = fd;
    reader->keyed = keyed;
    reader->compression = standard ? COMPRESSION_NONE : compression_of(path);
    reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    reader->input = alloc_bytes(READ_BYTES);
    buffer_reserve(&reader->text, READ_BYTES);
    if (reader->compression == COMPRESSION_GZIP && inflateInit2(&reader->gzip, GZIP_WINDOW) != Z_OK) {
        abort();
    }
    if (reader->compression == COMPRESSION_ZSTD) {
        reader->zstd = ZSTD_createDStream();
        reader->zstd_ended = true;
    }
    return reader;
}

void file_reader_close(struct file_reader *reader) {
    if (reader->compression == COMPRESSION_GZIP) {
        inflateEnd(&reader->gzip);
    }
    ZSTD_freeDStream(reader->zstd);
    if (reader->fd != STDIN_FILENO) {
        close(reader->fd);
    }
    buffer_release(&reader->text);
    free(reader->input);
    free(reader->path);
    free(reader);
}

/* Reads more of the file into input when all of it is used. */
static bool fill_input(struct file_reader *reader, char *error) {
    if (reader->input_at < reader->input_len || reader->input_over) {
        return true;
    }
    ssize_t count;
    do {
        count = read(reader->fd, reader->input, READ_BYTES);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        fail(reader, error, strerror(errno));
        return false;
    }
    reader->input_over = count == 0;
    reader->input_at = 0;
    reader->input_len = (size_t)count;
    reader->position += (uint64_t)count;
    return true;
}

static bool inflate_some(struct file_reader *reader, char *error) {
    if (reader->gzip_ended && reader->input_at < reader->input_len) {
        inflateReset(&reader->gzip);
        reader->gzip_ended = false;
    }
    z_stream *gzip = &reader->gzip;
    char *to = buffer_reserve(&reader->text, READ_BYTES);
    gzip->next_in = reader->input + reader->input_at;
    gzip->avail_in = (unsigned)(reader->input_len - reader->input_at);
    gzip->next_out = (unsigned char *)to;
    gzip->avail_out = READ_BYTES;
    int status = inflate(gzip, Z_NO_FLUSH);
    reader->input_at = reader->input_len - gzip->avail_in;
    reader->text.len += READ_BYTES - gzip->avail_out;
    reader->gzip_ended = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        fail(reader, error, "the gzip data is damaged");
        return false;
    }
    return true;
}

static bool unzstd_some(struct file_reader *reader, char *error) {
    char *to = buffer_reserve(&reader->text, READ_BYTES);
    ZSTD_inBuffer in = {reader->input, reader->input_len, reader->input_at};
    ZSTD_outBuffer out = {to, READ_BYTES, 0};
    size_t status = ZSTD_decompressStream(reader->zstd, &out, &in);
    bool moved = in.pos > reader->input_at || out.pos > 0;
    reader->input_at = in.pos;
    reader->text.len += out.pos;
    if (ZSTD_isError(status)) {
        fail(reader, error, "the zstd data is damaged");
        return false;
    }
    if (moved) { /* at the end of a file it asks for a next frame */
        reader->zstd_ended = status == 0;
    }
    return true;
}

/* At the end of a compressed file: is its data whole? */
static bool check_whole(struct file_reader *reader, char *error) {
    bool cut = (reader->compression == COMPRESSION_GZIP && !reader->gzip_ended && reader->position > 0) ||
               (reader->compression == COMPRESSION_ZSTD && !reader->zstd_ended);
    if (cut) {
        fail(reader, error, "the compressed data ends too early");
    }
    return !cut;
}

/* More plain text, or text_over. */
static bool fill_text(struct file_reader *reader, char *error) {
    if (reader->at > 0) {
        memmove(reader->text.data, reader->text.data + reader->at, reader->text.len - reader->at);
        reader->text.len -= reader->at;
        reader->at = 0;
    }
    size_t before = reader->text.len;
    while (reader->text.len == before) {
        if (!fill_input(reader, error)) {
            return false;
        }
        bool last = reader->input_over;
        if (reader->compression == COMPRESSION_NONE) {
            buffer_append(&reader->text, reader->input + reader->input_at, reader->input_len - reader->input_at);
            reader->input_at = reader->input_len;
        } else if (!(reader->compression == COMPRESSION_GZIP ? inflate_some : unzstd_some)(reader, error)) {
            return false;
        }
        if (last && reader->text.len == before) {
            reader->text_over = true;
            return check_whole(reader, error);
        }
    }
    return true;
}

/* The next line without its LF; END when there is none. */
static enum file_read next_line(struct file_reader *reader, struct slice *line, char *error) {
    for (;;) {
        const char *start = reader->text.data + reader->at;
        size_t there = reader->text.len - reader->at;
        const char *end =
            there > reader->scanned ? memchr(start + reader->scanned, '\n', there - reader->scanned) : NULL;
        if (end != NULL || (reader->text_over && there > 0)) {
            size_t len = end != NULL ? (size_t)(end - start) : there;
            *line = (struct slice){start, len};
            reader->at += len + (end != NULL ? 1 : 0);
            reader->scanned = 0;
            reader->line++;
            return FILE_READ_MESSAGE;
        }
        if (reader->text_over) {
            return FILE_READ_END;
        }
        reader->scanned = there;
        if (!fill_text(reader, error)) {
            return FILE_READ_FAILED;
        }
    }
}

static bool is_blank(struct slice line) {
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] != ' ') {
            return false;
        }
    }
    return true;
}

enum file_read file_reader_next(struct file_reader *reader, struct slice *key, struct slice *value, uint64_t *line,
                                char error[FILE_READER_ERROR_BYTES]) {
    struct slice text;
    enum file_read result;
    do {
        result = next_line(reader, &text, error);
        if (result != FILE_READ_MESSAGE) {
            return result;
        }
        bool ended = text.data + text.len < reader->text.data + reader->at; /* an LF stood behind */
        if (!reader->keyed && ended && text.len > 0 && text.data[text.len - 1] == '\r') {
            text.len--;
        }
    } while (is_blank(text));
    const char *tab = reader->keyed ? memchr(text.data, '\t', text.len) : NULL;
    *key = (struct slice){NULL, 0};
    *value = text;
    if (tab != NULL) {
        *key = (struct slice){text.data, (size_t)(tab - text.data)};
        *value = (struct slice){tab + 1, text.len - key->len - 1};
    }
    *line = reader->line;
    return FILE_READ_MESSAGE;
}

uint64_t file_reader_position(const struct file_reader *reader) {
    return reader->position;
}

uint64_t file_reader_size(const struct file_reader *reader) {
    return reader->size;
}
