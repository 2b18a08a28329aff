/* Lines of a file or of standard input, plain or compressed (contract 9.2: a file by its suffix, standard input by its
 * first bytes), as contract 2.3 cuts them. One thread. */
#ifndef CARAVAN_FILES_FILE_READER_H
#define CARAVAN_FILES_FILE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "flow/message.h"

struct file_reader;

enum { FILE_READER_ERROR_BYTES = 512 };

/* Whether `path` can be read, without opening it: false with `error` when it is missing, forbidden or a directory. */
bool file_reader_check(const char *path, char error[FILE_READER_ERROR_BYTES]);

/* `path` "-": standard input. `keyed`: lines are KEY, TAB, message. NULL: `error` says
 * what and where. */
struct file_reader *file_reader_open(const char *path, bool keyed, char error[FILE_READER_ERROR_BYTES]);
void file_reader_close(struct file_reader *reader);

enum file_read { FILE_READ_MESSAGE, FILE_READ_END, FILE_READ_FAILED };
/* The next line that is not empty or spaces only: key (data NULL without one), value and *line (from 1). The slices are
 * valid until the next call. A keyed line without TAB is a message without a key. FAILED: `error` names file and line;
 * what was read before stands. */
enum file_read file_reader_next(struct file_reader *reader, struct slice *key, struct slice *value, uint64_t *line,
                                char error[FILE_READER_ERROR_BYTES]);
/* The bytes that come next, as they stand, as many as are there: for what is not cut into lines. Either this or
 * file_reader_next on one reader. */
enum file_read file_reader_bytes(struct file_reader *reader, struct slice *bytes, char error[FILE_READER_ERROR_BYTES]);
/* Bytes read from the file so far (compressed ones where it is) and its size, 0 when unknown: for a progress line. */
uint64_t file_reader_position(const struct file_reader *reader);
uint64_t file_reader_size(const struct file_reader *reader);

#endif
