#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/token.h"

static char error[HTTP_ERROR_BYTES];

static char *read_text(const char *text, size_t len) {
    char path[] = "/tmp/caravan-token-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, text, len) == (ssize_t)len);
    close(file);
    char *token = http_token_read(path, error);
    unlink(path);
    return token;
}

static void reads(const char *text, const char *wanted) {
    char *token = read_text(text, strlen(text));
    cr_assert(token != NULL, "%s", error);
    cr_assert_str_eq(token, wanted);
    free(token);
}

static void refuses(const char *text, size_t len, const char *why) {
    cr_assert(read_text(text, len) == NULL, "%s", text);
    cr_assert(strstr(error, why) != NULL, "%s", error);
    cr_assert(len == 0 || strstr(error, "secret") == NULL, "the error shows it: %s", error);
}

Test(token, is_one_line) {
    reads("0123456789abcdef", "0123456789abcdef");
    reads("0123456789abcdef\n", "0123456789abcdef");
    reads("0123456789abcdef\r\n", "0123456789abcdef");
}

Test(token, refuses_what_could_be_guessed_or_not_sent) {
    static char longest[HTTP_TOKEN_BYTES_MAX + 10];
    memset(longest, 'x', sizeof longest);
    refuses("", 0, "shorter");
    refuses("secret\n", 7, "shorter");
    refuses("secret with blanks in it\n", 25, "one word");
    refuses("secret-secret-secret\n\n", 22, "one word");
    refuses("secret-secret\0secret", 20, "one word");
    refuses(longest, HTTP_TOKEN_BYTES_MAX + 1, "longer");
    refuses(longest, sizeof longest, "longer");
}

Test(token, a_missing_file_is_a_sentence) {
    cr_assert(http_token_read("/nowhere/token", error) == NULL);
    cr_assert(strstr(error, "/nowhere/token: No such file") != NULL, "%s", error);
}
