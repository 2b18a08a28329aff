"""Contract 1 once more: texts, numbers, times, container numbers, and what is written of them.

Shares no code and no library with the program but libxxhash, called through ctypes.
"""

import ctypes
import ctypes.util
import json
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, getcontext

getcontext().prec = 60

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY_MS = 24 * 60 * 60 * 1000
TEU = {"1": "0.5", "2": "1", "4": "2", **dict.fromkeys("3ABCDEF", "1.5"), **dict.fromkeys("GHKLMNP", "2.25")}


class _Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


_xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
_xxhash.XXH3_128bits.restype = _Hash128
_xxhash.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def xxh3(data):
    """XXH3-128 of bytes, as one unsigned number."""
    value = _xxhash.XXH3_128bits(data, len(data))
    return value.high << 64 | value.low


def by_bytes(text):
    return text.encode("utf-8")


class Number:
    """A JSON number of any length, exactly: sign, digits without zeros at either end, exponent of ten."""

    FORM = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]+))?")
    FAR = 10**9  # an exponent beyond this says no more

    def __init__(self, text):
        sign, whole, fraction, exponent_sign, exponent = self.FORM.fullmatch(text).groups("")
        fraction = fraction.rstrip("0")
        exponent = exponent.lstrip("0")
        exponent = self.FAR if len(exponent) > 9 else int(exponent or "0")
        digits = (whole + fraction).lstrip("0")
        self.exponent = (-exponent if exponent_sign == "-" else exponent) - len(fraction)
        self.digits = digits.rstrip("0")
        self.exponent += len(digits) - len(self.digits)
        if not self.digits:
            self.exponent = 0
        self.negative = sign == "-" and self.digits != ""

    def fraction_digits(self):
        return max(0, -self.exponent)

    def cut(self, places):
        """Without the digits of the fraction behind `places` ones: towards zero."""
        surplus = self.fraction_digits() - places
        digits = self.digits[:-surplus] if surplus > 0 else self.digits
        return Decimal(("-" if self.negative else "") + (digits or "0") + "e%d" % max(self.exponent, -places)) + 0

    def decimal(self):
        return self.cut(self.fraction_digits())

    def within(self, bound):
        """Whether it is at most `bound`, an integer, either way from zero."""
        if len(self.digits) + self.exponent > len(str(bound)):
            return False
        whole = int(self.cut(0).copy_abs())
        return whole < bound or (whole == bound and self.fraction_digits() == 0)


def container_is_regular(number):
    """Contract 1.8, of a text that has the form of a number."""
    letters, value = {}, 10
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        value += value % 11 == 0
        letters[letter] = value
        value += 1
    total = sum((letters[sign] if sign in letters else int(sign)) * 2**i for i, sign in enumerate(number[:10]))
    return number[3] in "UJZABDEK" and total % 11 % 10 == int(number[10])


def milliseconds(text):
    """Since 1970; None for what is no time."""
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
                         r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))", text)
    if match is None:
        return None
    day, fraction, sign = match.group(1), match.group(5) or "", match.group(6)
    hour, minute, second = (int(part) for part in match.group(2, 3, 4))
    away = timedelta(hours=int(match.group(7) or 0), minutes=int(match.group(8) or 0))
    if hour > 23 or minute > 59 or second > 59 or (sign and (match.group(7) > "23" or match.group(8) > "59")):
        return None
    try:
        instant_ = datetime.combine(date.fromisoformat(day), datetime.min.time(), timezone.utc)
        instant_ += timedelta(hours=hour, minutes=minute, seconds=second) + (away if sign == "-" else -away)
    except (ValueError, OverflowError):
        return None
    if not 2000 <= instant_.year <= 2099:
        return None
    since = instant_ - EPOCH
    return (since.days * 86400 + since.seconds) * 1000 + int((fraction + "000")[:3])


def instant(ms):
    return (EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (ms % 1000)


def plain(number):
    """An exact plain decimal without trailing zeros."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def string(text):
    """RFC 8785: only the quote, the backslash and control characters are escaped."""
    escapes = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c if c >= " " else "\\u%04x" % ord(c)) for c in text) + '"'


def canonical(value):
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return plain(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    # RFC 8785 sorts by UTF-16 units; every name here is ASCII.
    return "{" + ",".join(string(name) + ":" + canonical(value[name]) for name in sorted(value)) + "}"


def normalised(text):
    lowered = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
    return re.sub(" +", " ", lowered).strip(" ")


def read(raw, make_object):
    """The value of a JSON text in bytes. Objects are what `make_object` makes of (name, value) pairs."""
    def refuse(word):
        raise ValueError(word + " is no JSON")
    return json.loads(raw.decode("utf-8"), parse_float=Number, parse_int=Number, parse_constant=refuse,
                      object_pairs_hook=make_object)


def told(pairs):
    """An object as a dictionary, in which members that are null are absent."""
    return {name: value for name, value in pairs if value is not None}
