/* Lines from plain and packed files. Bytes pass two buffers: `input`, as read, and `text`, unpacked, from whose front
 * lines are taken. A line may be as long as memory goes, so `text` grows to the longest. */
#include "files/file_reader.h"

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

/* GZIP_WINDOW, of zlib: the largest window is 15, and 16 more say that a gzip head stands in front. */
enum { READ_BYTES = 256 * 1024, GZIP_WINDOW = 15 + 16 };

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD, COMPRESSION_UNKNOWN };

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

/* By the first bytes of what has no name (contract 9.2); UNKNOWN while they are too few to tell. No event begins like
 * that. */
static enum compression compression_in(const unsigned char *bytes, size_t len) {
    static const unsigned char gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    size_t gzip_len = len < sizeof gzip ? len : sizeof gzip, zstd_len = len < sizeof zstd ? len : sizeof zstd;
    if (memcmp(bytes, gzip, gzip_len) == 0) {
        return gzip_len == sizeof gzip ? COMPRESSION_GZIP : COMPRESSION_UNKNOWN;
    }
    if (memcmp(bytes, zstd, zstd_len) == 0) {
        return zstd_len == sizeof zstd ? COMPRESSION_ZSTD : COMPRESSION_UNKNOWN;
    }
    return COMPRESSION_NONE;
}

static void begin_unpacking(struct file_reader *reader, enum compression compression) {
    reader->compression = compression;
    if (compression == COMPRESSION_GZIP && inflateInit2(&reader->gzip, GZIP_WINDOW) != Z_OK) {
        abort();
    }
    if (compression == COMPRESSION_ZSTD) {
        reader->zstd = ZSTD_createDStream();
        /* As large a window as there is, for files made with --long: memory is taken only as a file asks for it. */
        ZSTD_DCtx_setParameter(reader->zstd, ZSTD_d_windowLogMax,
                               ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
        reader->zstd_ended = true;
    }
}

static void fail(const struct file_reader *reader, char *error, const char *what) {
    snprintf(error, FILE_READER_ERROR_BYTES, "%s:%" PRIu64 ": %s", reader->path, reader->line + 1, what);
}

bool file_reader_check(const char *path, char error[FILE_READER_ERROR_BYTES]) {
    struct stat status;
    if (strcmp(path, "-") == 0) {
        return true;
    }
    if (stat(path, &status) != 0 || faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0) {
        snprintf(error, FILE_READER_ERROR_BYTES, "%s: cannot be opened: %s", path, strerror(errno));
        return false;
    }
    /* Else it opens, and the first read says so behind a line number. */
    if (S_ISDIR(status.st_mode)) {
        snprintf(error, FILE_READER_ERROR_BYTES, "%s: is a directory, not a file of events", path);
        return false;
    }
    return true;
}

struct file_reader *file_reader_open(const char *path, bool keyed, char error[FILE_READER_ERROR_BYTES]) {
    bool standard = strcmp(path, "-") == 0;
    if (!file_reader_check(path, error)) {
        return NULL;
    }
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        snprintf(error, FILE_READER_ERROR_BYTES, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    struct file_reader *reader = alloc_zeroed(1, sizeof *reader);
    reader->path = alloc_copy(standard ? "<stdin>" : path, strlen(standard ? "<stdin>" : path));
    reader->fd = fd;
    reader->keyed = keyed;
    /* For progress only; a pipe has none. */
    reader->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    reader->input = alloc_bytes(READ_BYTES);
    buffer_reserve(&reader->text, READ_BYTES);
    begin_unpacking(reader, standard ? COMPRESSION_UNKNOWN : compression_of(path));
    return reader;
}

void file_reader_close(struct file_reader *reader) {
    if (reader->compression == COMPRESSION_GZIP) {
        inflateEnd(&reader->gzip);
    }
    ZSTD_freeDStream(reader->zstd);
    /* Standard input was not opened here. */
    if (reader->fd != STDIN_FILENO) {
        close(reader->fd);
    }
    buffer_release(&reader->text);
    free(reader->input);
    free(reader->path);
    free(reader);
}

/* Reads behind what stands in `input`, whose bytes so far are all used or all not. */
static bool read_some(struct file_reader *reader, size_t behind, char *error) {
    ssize_t count;
    do {
        count = read(reader->fd, reader->input + behind, READ_BYTES - behind);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        fail(reader, error, strerror(errno));
        return false;
    }
    reader->input_over = count == 0;
    reader->input_at = 0;
    reader->input_len = behind + (size_t)count;
    reader->position += (uint64_t)count;
    return true;
}

/* Reads more of the file into input when all of it is used. */
static bool fill_input(struct file_reader *reader, char *error) {
    if (reader->input_at < reader->input_len || reader->input_over) {
        return true;
    }
    if (!read_some(reader, 0, error)) {
        return false;
    }
    /* A pipe may give single bytes. */
    while (reader->compression == COMPRESSION_UNKNOWN) {
        enum compression compression = compression_in(reader->input, reader->input_len);
        if (compression != COMPRESSION_UNKNOWN || reader->input_over) {
            begin_unpacking(reader, reader->input_over ? COMPRESSION_NONE : compression);
        } else if (!read_some(reader, reader->input_len, error)) {
            return false;
        }
    }
    return true;
}

/* Behind a member: past the zeros that tapes and block devices pad with. True when another member begins. */
static bool next_member(struct file_reader *reader) {
    while (reader->input_at < reader->input_len && reader->input[reader->input_at] == 0) {
        reader->input_at++;
    }
    if (reader->input_at == reader->input_len) {
        return false;
    }
    inflateReset(&reader->gzip);
    reader->gzip_ended = false;
    return true;
}

static bool inflate_some(struct file_reader *reader, char *error) {
    /* Members one behind the other are one file, as gzip itself reads them. */
    if (reader->gzip_ended && !next_member(reader)) {
        return true;
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
    /* Z_BUF_ERROR: nothing to do without more input. */
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
    /* A file that was cut would else pass for a shorter one. */
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
    /* One round may give nothing, such as the head of a frame or the seam of two members. */
    size_t before = reader->text.len;
    while (reader->text.len == before) {
        if (!fill_input(reader, error)) {
            return false;
        }
        /* An unpacker may hold text back after the last of the input, so it is asked until nothing comes. */
        bool last = reader->input_over && reader->input_at == reader->input_len;
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
        /* The last line may lack its LF. */
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
        /* A line of many megabytes is not searched from its beginning with each read. */
        reader->scanned = there;
        if (!fill_text(reader, error)) {
            return FILE_READ_FAILED;
        }
    }
}

/* Spaces alone (contract 2.3): any other white space is a message, and turned away as one. */
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
        if (ended && text.len > 0 && text.data[text.len - 1] == '\r') {
            text.len--;
        }
    } while (is_blank(text));
    /* A line without a TAB is a message without a key (contract 2.3). */
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

enum file_read file_reader_bytes(struct file_reader *reader, struct slice *bytes, char error[FILE_READER_ERROR_BYTES]) {
    if (reader->at == reader->text.len && !reader->text_over && !fill_text(reader, error)) {
        return FILE_READ_FAILED;
    }
    *bytes = (struct slice){reader->text.data + reader->at, reader->text.len - reader->at};
    reader->at = reader->text.len;
    return bytes->len > 0 ? FILE_READ_MESSAGE : FILE_READ_END;
}

uint64_t file_reader_position(const struct file_reader *reader) {
    return reader->position;
}

uint64_t file_reader_size(const struct file_reader *reader) {
    return reader->size;
}
