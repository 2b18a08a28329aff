#!/usr/bin/env python3
"""A second opinion on what is valid: contract 1, 2 and 8 written down once more.

    check.py FILE            every line that is rejected: its number, then each reason and pointer that apply
    check.py FILE REJECTS    nothing, if REJECTS (of `caravan merge --rejects`) has the same lines, each with a reason
                             and pointer that apply at the first check that fails; else what differs, and code 1
    check.py --examples DIR  the same of the files of DIR/valid and of DIR/invalid with its index.tsv
    check.py --table FILE    the same of the rows of a table: case, reason (or ok), pointer, message

A message alone is judged: neither its key, nor its time, nor what its train holds.
"""

import json
import re
import sys
from datetime import date
from pathlib import Path

from binary import is_binary, members
from merge import lines_of
from values import TEU, Number, by_bytes, milliseconds, read

MESSAGE_BYTES_MAX = 1 << 20
LEVELS_MAX = 64
ITEMS_OF_UN = 99


class Members(list):
    """An object: its (name, value) pairs as they stand."""


# Kinds of values. A kind is called with a value and says whether it keeps its rule.


def text(most):
    def kind(value):
        return (isinstance(value, str) and 1 <= len(by_bytes(value)) <= most and
                re.search("[\x00-\x1f\x7f]", value) is None)
    return kind


def form(pattern):
    def kind(value):
        return isinstance(value, str) and re.fullmatch(pattern, value) is not None
    return kind


def one_of(*words):
    def kind(value):
        return isinstance(value, str) and value in words
    return kind


def decimal(integer_digits, fraction_digits):
    def kind(value):
        return (isinstance(value, Number) and not value.negative and value.fraction_digits() <= fraction_digits and
                len(value.digits) + value.exponent <= integer_digits)
    return kind


def whole(least, most):
    def kind(value):
        return (isinstance(value, Number) and value.fraction_digits() == 0 and not value.negative and
                value.within(most) and value.decimal() >= least)
    return kind


def degrees(bound):
    def kind(value):
        return isinstance(value, Number) and value.within(bound)
    return kind


def time(value):
    return isinstance(value, str) and milliseconds(value) is not None


def day(value):
    if not isinstance(value, str) or re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def boolean(value):
    return isinstance(value, bool)


PLACE = form("[A-Z]{2}[A-Z2-9]{3}")
COUNTRY = form("[A-Z]{2}")
CONTAINER = form("[A-Z]{4}[0-9]{7}")
WAYBILL = form("[A-Z0-9/-]{1,70}")
WAGON = form("[A-Z0-9-]{1,16}")
MASS = decimal(10, 6)
MONEY = decimal(12, 6)
COUNT = whole(0, 10**9)


# Rules of a place. A rule is called with the judge, a value and its pointer.


class Judge:
    def __init__(self):
        self.faults = set()

    def fault(self, reason, pointer):
        self.faults.add((reason, pointer))

    def members(self, value, pointer, rules):
        """Judges an object by {"name": rule} or {"name?": rule}; returns its members that are not absent."""
        if not isinstance(value, Members):
            self.fault("BAD_FIELD", pointer)
            return {}
        found = {}
        for name, rule in rules.items():
            place = "%s/%s" % (pointer, name.rstrip("?"))
            all_of_name = [inner for own, inner in value if own == name.rstrip("?")]
            if len(all_of_name) > 1:
                self.fault("DUPLICATE_MEMBER", place)
            told = [inner for inner in all_of_name if inner is not None]
            if not told and not name.endswith("?"):
                self.fault("MISSING_FIELD", place)
            for inner in told:
                found[name.rstrip("?")] = inner
                rule(self, inner, place)
        return found

    def items(self, value, pointer, least, most, rule, identity=None):
        """Judges an array; `identity` is the member that tells an item from another, "" for the item itself."""
        if not isinstance(value, list) or isinstance(value, Members):
            self.fault("BAD_FIELD", pointer)
            return
        if len(value) > most:
            self.fault("LIMIT_EXCEEDED", pointer)
            return
        if len(value) < least:
            self.fault("BAD_FIELD", pointer)
        for index, item in enumerate(value):
            rule(self, item, "%s/%d" % (pointer, index))
        if identity is not None:
            self.distinct([(item, "%s/%d" % (pointer, index)) for index, item in enumerate(value)], identity)

    def distinct(self, places, member):
        seen = set()
        for item, pointer in places:
            if member:
                item = dict(item).get(member) if isinstance(item, Members) else None
                pointer = "%s/%s" % (pointer, member)
            if isinstance(item, Number):
                item = (item.digits, item.exponent)
            if isinstance(item, (str, tuple)):
                if item in seen:
                    self.fault("BAD_FIELD", pointer)
                seen.add(item)

    def both_or_none(self, told, pointer, *names):
        for name in names:
            if name not in told and any(other in told for other in names):
                self.fault("MISSING_FIELD", "%s/%s" % (pointer, name))


def is_a(kind):
    def rule(judge, value, pointer):
        if not kind(value):
            judge.fault("BAD_FIELD", pointer)
    return rule


def array(least, most, rule, identity=None):
    return lambda judge, value, pointer: judge.items(value, pointer, least, most, rule, identity)


def an_object(rules):
    return lambda judge, value, pointer: judge.members(value, pointer, rules)


TRAIN_RULES = {"number": is_a(form("[A-Z0-9-]{1,17}")), "date": is_a(day), "port": is_a(PLACE)}
PARTY = an_object({"code": is_a(form("[A-Za-z0-9._/-]{1,35}")), "name": is_a(text(255)), "country": is_a(COUNTRY),
                   "aeo?": is_a(text(32))})
UN_ENTRIES = array(0, ITEMS_OF_UN, an_object({"un": is_a(form("[0-9]{4}")), "class?": is_a(form("[0-9A-Z.]{1,8}"))}),
                   "un")


def goods(judge, value, pointer):
    told = judge.members(value, pointer, {
        "hs?": is_a(form("[0-9]{6}|[0-9]{8}|[0-9]{10}|[0-9]{13}")), "description": is_a(text(512)),
        "packages": is_a(COUNT), "package_type?": is_a(form("[A-Z0-9]{2,3}")), "gross_kg": is_a(MASS),
        "net_kg?": is_a(MASS), "value?": is_a(MONEY), "currency?": is_a(form("[A-Z]{3}")), "dangerous?": UN_ENTRIES})
    judge.both_or_none(told, pointer, "value", "currency")
    if MASS(told.get("gross_kg")) and MASS(told.get("net_kg")):
        if told["net_kg"].decimal() > told["gross_kg"].decimal():
            judge.fault("BAD_FIELD", pointer + "/net_kg")


CLAIMED = an_object({"number": is_a(CONTAINER), "size_type": is_a(form("[%s][A-Z0-9]{3}" % "".join(TEU))),
                     "load?": is_a(one_of("FCL", "LCL")), "seal?": is_a(text(32)), "wagon?": is_a(WAGON),
                     "tare_kg?": is_a(MASS), "goods": array(1, 500, goods)})
WAYBILL_RULES = {"number": is_a(WAYBILL), "direction": is_a(one_of("exit", "entry", "transit")),
                 "contract?": is_a(text(64)), "product": is_a(text(255)), "consignor": PARTY, "consignee": PARTY,
                 "declarant?": PARTY, "origin": is_a(PLACE), "destination": is_a(PLACE)}
SLOT = an_object({"number": is_a(CONTAINER), "empty?": is_a(boolean), "domestic?": is_a(boolean)})
WAGON_RULE = an_object({"wagon": is_a(WAGON), "position": is_a(whole(1, 120)), "containers": array(0, 4, SLOT)})


def composed(judge, told, _):
    wagons = told.get("wagons")
    if not isinstance(wagons, list) or isinstance(wagons, Members) or len(wagons) > 120:
        return
    places = [(wagon, "/data/wagons/%d" % i) for i, wagon in enumerate(wagons)]
    judge.distinct(places, "wagon")
    judge.distinct(places, "position")
    slots = []
    for wagon, pointer in places:
        inner = dict(wagon).get("containers") if isinstance(wagon, Members) else None
        if isinstance(inner, list) and not isinstance(inner, Members):
            slots += [(slot, "%s/containers/%d" % (pointer, j)) for j, slot in enumerate(inner)]
    judge.distinct(slots, "number")


def control(judge, told, _):
    scope, ref = told.get("scope"), told.get("ref")
    if scope == "train" and ref is not None:
        judge.fault("BAD_FIELD", "/data/ref")
    kind = {"waybill": WAYBILL, "container": CONTAINER}.get(scope) if isinstance(scope, str) else None
    if kind is not None and ref is None:
        judge.fault("MISSING_FIELD", "/data/ref")
    elif kind is not None and not kind(ref):
        judge.fault("BAD_FIELD", "/data/ref")


def linked(judge, told, train):
    other = told.get("other")
    if isinstance(other, Members):
        names = ("number", "date", "port")
        if all(isinstance(dict(other).get(name), str) and dict(other).get(name) == train.get(name) for name in names):
            judge.fault("BAD_FIELD", "/data/other")


def tracked(judge, told, _):
    judge.both_or_none(told, "/data", "latitude", "longitude")
    if told.get("event") in ("sealed", "resealed") and "seal" not in told:
        judge.fault("MISSING_FIELD", "/data/seal")


def anything(_, __, ___):
    pass


WAYBILLS_1, WAYBILLS_0 = array(1, 500, is_a(WAYBILL), ""), array(0, 500, is_a(WAYBILL), "")
KINDS = ("risk", "image-scan", "physical-inspection", "quarantine", "disinfection", "document")
EVENTS = ("gate-in", "loaded", "departed", "arrived", "border-crossed", "transshipped", "unloaded", "gate-out",
          "sealed", "resealed", "door-opened", "door-closed", "position")

# Type: the members of its data besides the train, and what else must hold.
TYPES = {
    "manifest.transmitted": ({"waybill": an_object(WAYBILL_RULES), "containers": array(1, 200, CLAIMED, "number")},
                             anything),
    "manifest.deleted": ({"waybill": an_object({"number": is_a(WAYBILL)}), "reason?": is_a(form("[0-9]{3}"))},
                         anything),
    "train.composed": ({"wagons": array(1, 120, WAGON_RULE)}, composed),
    "train.arrived": ({"place": is_a(PLACE), "arrived_at": is_a(time)}, anything),
    "control.reported": ({"scope": is_a(one_of("train", "waybill", "container")), "ref?": anything,
                          "kind": is_a(one_of(*KINDS)), "authority?": is_a(COUNTRY), "found?": UN_ENTRIES,
                          "outcome": is_a(one_of("ordered", "passed", "failed", "released")),
                          "note?": is_a(text(200))}, control),
    "declaration.lodged": ({"step": is_a(one_of("summary", "full")), "waybills": WAYBILLS_1, "lodged_at": is_a(time),
                            "declaration_number?": is_a(text(32))}, anything),
    "declaration.decided": ({"declaration_number": is_a(text(32)), "reason?": is_a(text(200)),
                             "outcome": is_a(one_of("accepted", "refused", "withdrawn", "released"))}, anything),
    "merge.applied": ({"application": is_a(text(64)), "waybills": WAYBILLS_0}, anything),
    "tally.reported": ({"container": is_a(CONTAINER), "packages?": is_a(COUNT), "gross_kg?": is_a(MASS),
                        "seal?": is_a(text(32)), "damaged?": is_a(boolean)}, anything),
    "train.linked": ({"role": is_a(one_of("from", "to")), "other": an_object(TRAIN_RULES),
                      "containers": array(0, 480, is_a(CONTAINER), "")}, linked),
    "container.tracked": ({"container": is_a(CONTAINER), "event": is_a(one_of(*EVENTS)), "place?": is_a(PLACE),
                           "seal?": is_a(text(32)), "wagon?": is_a(WAGON), "latitude?": is_a(degrees(90)),
                           "longitude?": is_a(degrees(180))}, tracked)}

MEDIA_TYPE = form("(?i:application/json)(?: *;[^\x00-\x1f\x7f]*)?")
ENVELOPE = {"specversion": is_a(one_of("1.0")), "id": is_a(text(128)), "source": is_a(text(256)),
            "type": is_a(text(64)), "time": is_a(time), "data": is_a(lambda value: isinstance(value, Members)),
            "datacontenttype?": is_a(MEDIA_TYPE)}


def is_well_formed(value):
    """No lone surrogates, and not too deep."""
    rest = [(value, 1)]
    while rest:
        item, level = rest.pop()
        if isinstance(item, str):
            if re.search("[\ud800-\udfff]", item):
                return False
        elif isinstance(item, list):
            if level > LEVELS_MAX:
                return False
            inner = [part for pair in item for part in pair] if isinstance(item, Members) else item
            rest += [(part, level + 1) for part in inner]
    return True


def faults_of(raw, headers=()):
    """Every (reason, pointer) that applies at the first check that fails; empty for a valid message."""
    if raw is None:
        return {("NOT_JSON", "")}
    if len(raw) > MESSAGE_BYTES_MAX:
        return {("TOO_LARGE", "")}
    try:
        event = read(raw, Members)
    except (ValueError, RecursionError):
        return {("NOT_JSON", "")}
    if not is_well_formed(event):
        return {("NOT_JSON", "")}
    if is_binary(headers):
        event = Members(members(headers, event))
    if not isinstance(event, Members):
        return {("BAD_ENVELOPE", "")}
    judge = Judge()
    envelope = judge.members(event, "", ENVELOPE)
    if judge.faults:
        return {(reason if reason == "DUPLICATE_MEMBER" else "BAD_ENVELOPE", at) for reason, at in judge.faults}
    match = re.fullmatch(r"rail\.(.*)\.v1", envelope["type"])
    if match is None or match.group(1) not in TYPES:
        return {("UNKNOWN_TYPE", "/type")}
    rules, and_then = TYPES[match.group(1)]
    told = judge.members(envelope["data"], "/data", {"train": an_object(TRAIN_RULES), **rules})
    train = told.get("train")
    and_then(judge, told, dict(train) if isinstance(train, Members) else {})
    return judge.faults


def shown(faults):
    return ", ".join("%s %s" % fault for fault in sorted(faults))


def judge_examples(folder):
    """Sentences about files that are not judged as they should be."""
    for file in sorted((folder / "valid").iterdir()):
        faults = faults_of(file.read_bytes().removesuffix(b"\n"))
        if faults:
            yield "%s: %s" % (file.name, shown(faults))
    for row in (folder / "invalid" / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, reason, pointer, *context = row.split("\t")
        faults = faults_of((folder / "invalid" / name).read_bytes().removesuffix(b"\n"))
        good = not faults if set(context) != {"-"} else (reason, pointer.removeprefix("-")) in faults
        if not good:
            yield "%s: %s" % (name, shown(faults) or "valid")


def judge_table(file):
    for row in file.read_text(encoding="utf-8").splitlines()[1:]:
        name, reason, pointer, message = row.split("\t")
        faults = faults_of(by_bytes(message))
        if (reason, pointer.removeprefix("-")) not in (faults or {("ok", "")}):
            yield "%s: %s" % (name, shown(faults) or "valid")


def judge_lines(events, rejects=None):
    """Lines of rejects; with REJECTS, sentences about what differs from it."""
    found = {number: faults_of(line) for number, line in lines_of(Path(events).read_bytes())}
    found = {number: faults for number, faults in found.items() if faults}
    if rejects is None:
        yield from ("%d %s" % (number, shown(faults)) for number, faults in found.items())
        return
    with open(rejects, "rb") as file:
        told = {reject["line"]: (reject["reason"], reject["pointer"]) for reject in map(json.loads, file)}
    for number in sorted(found.keys() | told.keys()):
        faults = found.get(number, set())
        if told.get(number) not in faults:
            rejected = "%s %s" % told[number] if number in told else "valid"
            yield "line %d: the program says %s, the reference %s" % (number, rejected, shown(faults) or "valid")


def main():
    judges = {"--examples": judge_examples, "--table": judge_table}
    judge = judges.get(sys.argv[1])
    wrong = list(judge(Path(sys.argv[2])) if judge else judge_lines(*sys.argv[1:]))
    for sentence in wrong:
        print(sentence)
    return 1 if wrong and len(sys.argv) > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
