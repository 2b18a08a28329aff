/* One train under test: messages in, record out. A case says what is given (`given_manifest(.waybill = "W2", .at =
 * "08:30")`) and what it expects of the record (`EXPECT("/status", "held")`). Every record asked for is derived three
 * times, from the train as it was joined, from the same messages joined in reverse and twice, and from the packed
 * train; a difference ends the test. There is one fixture a process, as Criterion runs each case in a process of its
 * own.
 *
 * Who uses EXPECT includes <criterion/criterion.h>. */
#ifndef CARAVAN_TESTS_FIXTURE_H
#define CARAVAN_TESTS_FIXTURE_H

#include "base/buffer.h"
#include "record/record.h"
#include "record/rules.h"
#include "support/builder.h"
#include "train/train.h"

/* An empty train (the first event says which) under `auto` and `summary`, without a limit. To stand as .init and .fini
 * of a TestSuite. */
void fixture_open(void);
void fixture_close(void);

/* The rules of the records asked for from here on. */
void fixture_rules(enum merge_policy merge, enum require_level require);
/* What they recognise, as `recognised` joins it; borrowed. */
void fixture_recognise(const char *recognised);
/* The limit of the joins from here on. */
void fixture_limit(size_t train_bytes_max);

/* The messages joined so far, each behind the other; where builder functions append the next one. */
struct buffer *fixture_messages(void);
/* Joins what was appended to fixture_messages since the last join; it must be one valid event. */
enum join_result fixture_join(void);
/* Appends `text` and joins it. */
enum join_result fixture_join_text(const char *text);
/* Of the last join. */
struct join_effect fixture_effect(void);
struct train *fixture_train(void);
/* The `i`-th message given, from 0. */
struct slice fixture_message(size_t i);

/* The derived record; valid until the next call on the fixture. */
const struct record *fixture_derive(void);
/* The record's canonical text, ends with NUL; valid until the next call. */
const char *fixture_record(bool expired);
/* What stands in the record at a JSON pointer (without escapes): a number as written, a string's bytes, an array or
 * object as JSON with ' for ", "(absent)" when there is nothing. Valid until the next call. */
const char *fixture_at(const char *pointer);

#define GIVEN(what, ...) (builder_##what(&(struct builder_##what){__VA_ARGS__}, fixture_messages()), fixture_join())
#define given_manifest(...) GIVEN(manifest, __VA_ARGS__)
#define given_delete(...) GIVEN(delete, __VA_ARGS__)
#define given_composition(...) GIVEN(composition, __VA_ARGS__)
#define given_arrival(...) GIVEN(arrival, __VA_ARGS__)
#define given_control(...) GIVEN(control, __VA_ARGS__)
#define given_declaration(...) GIVEN(declaration, __VA_ARGS__)
#define given_decision(...) GIVEN(decision, __VA_ARGS__)
#define given_tally(...) GIVEN(tally, __VA_ARGS__)
#define given_link(...) GIVEN(link, __VA_ARGS__)
#define given_application(...) GIVEN(application, __VA_ARGS__)
#define given_tracked(...) GIVEN(tracked, __VA_ARGS__)

#define EXPECT(pointer, expected)                                                                                      \
    do {                                                                                                               \
        const char *found_ = fixture_at(pointer);                                                                      \
        cr_expect_str_eq(found_, (expected), "%s: expected %s, found %s", (pointer), (expected), found_);              \
    } while (0)

#endif
