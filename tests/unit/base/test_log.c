/* Log lines: as people and as machines read them. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static void begin(void) {
    cr_redirect_stderr();
}

TestSuite(log, .init = begin);

/* The one line that was written, without its time. */
static const char *line_behind(const char *time_behind) {
    static char text[4096];
    FILE *file = cr_get_redirected_stderr();
    fflush(stderr);
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    const char *behind = strstr(text, time_behind);
    return behind == NULL ? text : behind + strlen(time_behind);
}

Test(log, text_by_default) {
    log_line(LOG_WARNING, "kafka", "%s: \033[2J", "gone");
    cr_assert_str_eq(line_behind("Z "), "WARN  kafka: gone: \xef\xbf\xbd[2J\n");
}

Test(log, logfmt) {
    log_set_format(LOG_LOGFMT);
    log_line(LOG_INFO, "kafka", "a \"b\" \\ \n c");
    cr_assert_str_eq(line_behind("Z "), "level=info area=kafka message=\"a \\\"b\\\" \\\\ \xef\xbf\xbd c\"\n");
}

Test(log, json) {
    log_set_format(LOG_JSON);
    log_line(LOG_ERROR, "kafka", "a \"b\" \\ \033 c");
    cr_assert_str_eq(line_behind("Z\","),
                     "\"level\":\"error\",\"area\":\"kafka\",\"message\":\"a \\\"b\\\" \\\\ \xef\xbf\xbd c\"}\n");
}

Test(log, the_level_can_change_at_any_time) {
    log_set_level(LOG_ERROR);
    log_line(LOG_WARNING, "x", "not this");
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, "x", "this");
    cr_assert_str_eq(line_behind("Z "), "DEBUG x: this\n");
}
