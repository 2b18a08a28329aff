/* event/json.h held against jansson: do both take a text, and see the same in it? What they may differ in is excepted,
 * and only where the text shows why:
 *  - numbers beyond a double: jansson gives up there (event/json.h keeps numbers as written);
 *  - U+0000 in a member's name: jansson gives up there;
 *  - a NUL byte right behind a number or literal: jansson 2.14 drops it, but no JSON text has one;
 *  - more than 64 levels: event/json.h refuses by contract 8.3, jansson takes up to 2048;
 *  - repeated members: jansson keeps the last, so the earlier ones are not compared (and a number is compared as a
 *    double). Unit tests hold repeats and numbers as written. */
#ifndef CARAVAN_TESTS_SECOND_OPINION_H
#define CARAVAN_TESTS_SECOND_OPINION_H

#include "event/json.h"

enum second_opinion {
    OPINION_BOTH_TAKE, /* and see the same */
    OPINION_BOTH_REFUSE,
    OPINION_NUMBER_OVERFLOW,
    OPINION_NUL_IN_NAME,
    OPINION_NUL_BYTE,
    OPINION_TOO_DEEP,
    OPINION_DIFFER, /* one of them is wrong */
    OPINION_COUNT
};

enum second_opinion second_opinion(struct json_parser *parser, struct slice text);

#endif
