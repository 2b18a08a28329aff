/* Classes of the bytes that a token is made of (types.c, field_token). */
#ifndef CARAVAN_EVENT_CLASSES_H
#define CARAVAN_EVENT_CLASSES_H

enum {
    CLASS_UPPER = 1,
    CLASS_LOWER = 2,
    CLASS_DIGIT = 4,
    CLASS_DASH = 8,
    CLASS_SLASH = 16,
    CLASS_DOT = 32,
    CLASS_UNDERSCORE = 64
};

#endif
