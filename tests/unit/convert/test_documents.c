/* How a stream of bytes is cut into JSON documents, and what a broken one costs. */
#include <criterion/criterion.h>

#include <inttypes.h>

#include "base/buffer.h"
#include "convert/documents.h"
#include "event/json.h"

static struct json_parser *parser;
static struct buffer out;

static void set_up(void) {
    parser = json_parser_new();
}

static void tear_down(void) {
    json_parser_free(parser);
    buffer_release(&out);
}

TestSuite(documents, .init = set_up, .fini = tear_down);

/* "LINE:text;" of a document, "LINE!text;" of what is none. */
static void note(struct slice text, uint64_t line, char mark) {
    buffer_printf(&out, "%" PRIu64 "%c%.*s;", line, mark, (int)text.len, text.data);
}

static bool take(void *context, struct slice text, uint64_t line) {
    const char *what;
    size_t at;
    (void)context;
    if (json_parse(parser, text, &what, &at) == NULL) {
        return false;
    }
    note(text, line, ':');
    return true;
}

static void broken(void *context, struct slice text, uint64_t line) {
    (void)context;
    note(text, line, '!');
}

/* However it is fed. */
static void expect(const char *text, const char *wanted) {
    const struct documents_taker taker = {NULL, take, broken};
    struct documents *documents = documents_new(&taker);
    for (size_t piece = 1; piece < 4; piece++) {
        buffer_clear(&out);
        for (const char *at = text; *at != '\0';) {
            size_t len = strnlen(at, piece);
            documents_feed(documents, (struct slice){at, len});
            at += len;
        }
        documents_end(documents);
        cr_expect(slice_equal(buffer_slice(&out), slice_of(wanted)), "%s: %.*s", text, (int)out.len, out.data);
    }
    documents_free(documents);
}

Test(documents, one_behind_the_other) {
    expect("", "");
    expect(" \n\r\n", "");
    expect("{}", "1:{};");
    expect("{}{}\n[1]\n", "1:{};1:{};2:[1];");
    expect("\n{\"a\":\n {\"b\":[1,\n2]}}\n{}", "2:{\"a\":\n {\"b\":[1,\n2]}};5:{};");
    expect("\xef\xbb\xbf{}", "1:{};");
}

Test(documents, brackets_in_texts_are_none) {
    expect("{\"a\":\"}{\"} {}", "1:{\"a\":\"}{\"};1:{};");
    expect("{\"a\":\"\\\"}\"}{}", "1:{\"a\":\"\\\"}\"};1:{};");
    expect("{\"a\":\"\\\\\"}{}", "1:{\"a\":\"\\\\\"};1:{};");
}

Test(documents, one_broken_line_costs_itself) {
    expect("{\"a\":1\n{\"b\":2}\n{\"c\":3}\n", "2:{\"b\":2};1!{\"a\":1\n;3:{\"c\":3};");
    expect("{}\nnonsense\n{}", "1:{};2!nonsense\n;3:{};");
    expect("{}}\n{}", "1:{};1!}\n;2:{};");
    expect("{\"a\":\"x}\n{}\n", "1!{\"a\":\"x}\n;2:{};");
    expect("{\"a\"}\n{}\n", "1!{\"a\"};2:{};");
}

Test(documents, broken_lines_are_told_together) {
    expect("{\n \"a\": 1\n \"b\": 2\n}\n{}", "1!{\n \"a\": 1\n \"b\": 2\n};5:{};");
    expect("{\n\"a\":[\n", "1!{\n\"a\":[\n;");
}

Test(documents, a_word_alone_is_a_document) {
    expect("12\n\"x\"\n", "1:12\n;2:\"x\"\n;");
}
