#!/usr/bin/env python3
"""Random valid events, dense in conflicts: workload.py SEED [TRAINS [EVENTS]] writes JSON lines.
workload.py SEED mutate < EVENTS makes a value odd, drops it or repeats it, or changes a character here and there: many
lines are valid still, some are not.
workload.py recognised writes a list to merge them with.

Unlike `caravan generate`, which makes trains as they are, this makes trains as they should never be: few waybills and
containers on which everybody disagrees, ties in time, source and id, deletes and amendments in any order, repeated
lines, unusual but valid spellings (escapes, spaces between tokens, offsets, fractions, exponents, unknown members,
null for absent). Every rule of the merge has work.
"""

import json
import random
import sys

from values import container_is_regular

RECOGNISED = ("control:KZ:physical-inspection,control:KZ:risk,control:DE:document,control:CN:quarantine,"
              "aeo:DE:2020-12-20,aeo:DE:2020-12-10,aeo:CN:2020-12-15")
TRACKING = ("gate-in loaded departed arrived border-crossed transshipped unloaded gate-out sealed resealed door-opened "
            "door-closed position").split()
KINDS = ("risk", "image-scan", "physical-inspection", "physical-inspection", "quarantine", "disinfection", "document")


OUTCOMES = ("ordered", "passed", "failed", "released")
UN = ("1950", "1266", "3480", "3481")


def container_number(serial, owner="CRVU"):
    text = "%s%06d" % (owner, serial)
    return next(text + digit for digit in "0123456789" if container_is_regular(text + digit))


class Number(str):
    """A number as it is to be written."""


class Twice(tuple):
    """Two texts of JSON for a member that is to stand twice; in an array, two items."""

    def __new__(cls, first, second):
        return super().__new__(cls, (first, second))


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def text(self, value):
        """A JSON string in one of its spellings."""
        if self.chance(0.1):
            return '"' + "".join(self.escaped(c) if self.chance(0.3) else self.minimal(c) for c in value) + '"'
        return json.dumps(value, ensure_ascii=self.chance(0.3))

    def minimal(self, c):
        return "\\" + c if c in '"\\' else c

    def escaped(self, c):
        units = c.encode("utf-16-be")
        return "".join("\\u%04x" % int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2))

    def json(self, value):
        gap = " " if self.chance(0.02) else ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return "null"
        if isinstance(value, (Number, int)):
            return str(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Twice):
            return ",".join(value)
        if isinstance(value, list):
            return "[" + gap + ("," + gap).join(self.json(item) for item in value) + "]"
        members = list(value.items())
        if self.chance(0.3):
            self.random.shuffle(members)
        members = [(k, text) for k, v in members for text in (v if isinstance(v, Twice) else (self.json(v),))]
        return "{" + ",".join(self.text(k) + gap + ":" + text for k, text in members) + gap + "}"

    def some(self, values, least=0):
        return self.random.sample(values, self.random.randint(least, len(values)))

    def optional(self, target, name, *choices, share=0.6):
        if self.chance(share):
            target[name] = self.pick(*choices)
        elif self.chance(0.1):
            target[name] = None

    def number(self, *choices):
        """One of some plain numbers, in one of its spellings."""
        text = str(self.pick(*choices))
        sign, whole, fraction = text[:text.startswith("-")], *text.lstrip("-").partition(".")[::2]
        moved = (whole + fraction).lstrip("0")
        if "e" in text or self.chance(0.7):
            return Number(text)
        if not moved:
            return Number(sign + self.pick("0", "0.00", "0e999999999999", "0E-5", "0.0e+0"))
        return Number(sign + self.pick(
            "%s.%s0" % (whole, fraction), "%sE-%02d" % (moved, len(fraction)), "%s.%s00e+0" % (whole, fraction),
            "0.%se%d" % (moved, len(moved) - len(fraction)), "%s0000.00e-%d" % (moved, len(fraction) + 4)))


class Train(Writer):
    def __init__(self, seed, index):
        super().__init__(seed * 1000003 + index)
        self.key = {"number": "X%d" % (8000 + index), "date": "2020-12-%02d" % (1 + index % 28),
                    "port": self.pick("CNAKL", "CNHRG", "CNMZL")}
        self.calm = self.chance(0.6)  # hardly a conflict: more merges, more cleared trains
        self.waybills = ["W1", "W2", "W10", "W-3", "W/4"][:self.random.randint(1, 5)]
        self.boxes = [container_number(index * 8 + i) for i in range(self.random.randint(1, 6))]
        self.strays = [container_number(index, "TEXK"), "CBHU1234567", "ABCX%07d" % index]
        if self.chance(0.2):
            self.boxes.append(self.pick(*self.strays))

    def time(self):
        minute = self.random.randint(0, 12)
        day = self.key["date"] if self.chance(0.8) else "2020-11-30"
        return self.pick("%sT08:%02d:00Z", "%sT08:%02d:00.001Z", "%sT08:%02d:00.0019Z", "%sT16:%02d:00.1+08:00",
                         "%sT02:%02d:59.999999999-05:30") % (day, minute)

    def mass(self):
        return self.number("0", "0.000001", "1.5", "2200", "9999999999.999999", "17.25", "0.1")

    def dangerous(self):
        entries = [{"un": un} for un in self.some(UN)]
        for entry in entries:
            self.optional(entry, "class", "2.1", "9")
        return entries

    def goods(self):
        item = {"description": self.pick("Zinc", " zinc", "zinc  ore", "ZINC ore", "Käse \"A\"", "铁 \\ 路",
                                         "🚂 parts"),
                "packages": self.number(0, 1, 7, 1000000000)}
        item["gross_kg"], net = self.pick(("9999999999.999999", "9999999999.999999"), ("1.5", "1.500"), ("0", "0.000"),
                                          ("12.345", "0.000005"))
        if self.calm:
            item["packages"], item["gross_kg"] = self.number(10), "100"
        item["gross_kg"] = self.number(item["gross_kg"])
        self.optional(item, "hs", "847130", "84713000", "100000", "1000001234", share=0.8)
        self.optional(item, "net_kg", Number(net) if not self.calm else self.number("100", "99.5"))
        self.optional(item, "package_type", "PK", "CT", "4H", "1A1")
        if self.chance(0.7):
            item["value"] = self.number("0", "0.000001", "12.5", "999999999999.999999", "3")
            item["currency"] = self.pick("USD", "CNY", "EUR")
        if self.chance(0.01 if self.calm else 0.3):
            item["dangerous"] = self.dangerous()
        return item

    def container(self, number):
        sizes = ("22G1", "22G1", "45G1", "L5G1", "M2G1", "12G1", "32G1", "A2G1", "FFFF", "GG11", "P0P0")
        entry = {"number": number, "size_type": self.pick(*sizes),
                 "goods": [self.goods() for _ in range(self.random.randint(1, 4))]}
        self.optional(entry, "load", "LCL", "LCL", "LCL", "FCL")
        self.optional(entry, "seal", "S1", "S2", "Ж")
        self.optional(entry, "wagon", "6001", "6002")
        self.optional(entry, "tare_kg", self.mass(), self.mass())
        if self.calm:
            entry.update({"load": "LCL", "size_type": "22G1", "tare_kg": self.number(2200), "seal": "S1"})
        return entry

    def party(self):
        party = {"code": "C1" if self.calm else self.pick("C1", "C1", "C1", "c1", "C2"),
                 "name": self.pick("Company", "公司"),
                 "country": self.pick("CN", "DE")}
        self.optional(party, "aeo", "AEO1")
        return party

    def transmitted(self):
        waybill = {"number": self.pick(*self.waybills), "direction": self.pick(*["exit"] * 5, "entry", "transit"),
                   "product": self.pick("Zinc", "zinc ", "  ZINC", " zINc  ", "Tin  A", "tin a"),
                   "consignor": self.party(),
                   "consignee": self.party(), "origin": "CNXIY", "destination": "DEHAM"}
        self.optional(waybill, "contract", "K1", "K1", "K1", "k1", share=0.8)
        self.optional(waybill, "declarant", self.party(), share=0.4)
        return {"waybill": waybill, "containers": [self.container(n) for n in self.some(self.boxes, 1)]}

    def deleted(self):
        data = {"waybill": {"number": self.pick(*self.waybills)}}
        self.optional(data, "reason", "101")
        return data

    def composed(self):
        wagons, positions = [], self.random.sample(range(1, 121), 3)
        boxes = self.some(self.boxes, len(self.boxes) if self.calm else 0) + self.some(self.strays[:self.pick(0, 0, 1)])
        boxes = list(dict.fromkeys(boxes))
        for i in range(3):
            slots = [{"number": number} for number in boxes[i::3]]
            for slot in slots:
                self.optional(slot, "empty", True, False, share=0.02 if self.calm else 0.3)
                self.optional(slot, "domestic", True, False, share=0.02 if self.calm else 0.3)
                if slot["number"] in self.strays and self.chance(0.6):
                    slot["domestic"] = True
            wagons.append({"wagon": "60%02d" % i, "position": positions[i], "containers": slots})
        return {"wagons": wagons}

    def arrived(self):
        return {"place": self.pick("CNAKL", "KZDYK"), "arrived_at": self.time()}

    def control(self):
        scope = self.pick("train", "waybill", "container", "container")
        data = {"scope": scope, "kind": self.pick(*KINDS), "outcome": self.pick(*OUTCOMES)}
        self.optional(data, "authority", "CN", "KZ", "KZ", "DE")
        if self.calm:  # ordered here and passed there, or seen to in passing
            data = {"scope": "train", **self.pick(
                {"kind": "risk", "outcome": "ordered"}, {"kind": "risk", "outcome": "passed", "authority": "KZ"},
                {"kind": "risk", "outcome": "released", "authority": "KZ"}, {"kind": "document", "outcome": "passed"})}
        if data["scope"] != "train":
            data["ref"] = self.pick(*(self.waybills if scope == "waybill" else self.boxes))
        self.optional(data, "note", "opened by hand")
        if self.chance(0.01 if self.calm else 0.3):
            data["found"] = self.dangerous()
        return data

    def lodged(self):
        data = {"step": self.pick("summary", "full"), "waybills": self.some(self.waybills, 1), "lodged_at": self.time()}
        self.optional(data, "declaration_number", "D1", "D2", share=0.8)
        return data

    def decided(self):
        data = {"declaration_number": self.pick("D1", "D2", "D3"),
                "outcome": self.pick("accepted", "refused", "withdrawn", *["released"] * 5)}
        self.optional(data, "reason", "papers missing")
        return data

    def tally(self):
        data = {"container": self.pick(*self.boxes, *self.strays[:not self.calm])}
        if self.calm and self.chance(0.8):
            return {**data, "gross_kg": None, "damaged": self.chance(0.5)}
        count = self.pick(1, 2, 3, 4)
        self.optional(data, "packages", self.number(10 * count), share=0.3)
        gross_kg = self.number(100 * count, "105", 95 * count, "105.000001", "94.999999", "0")
        self.optional(data, "gross_kg", gross_kg, share=0.4)
        self.optional(data, "seal", "S1", "S9")
        self.optional(data, "damaged", True, False)
        return data

    def linked(self):
        other = {**self.key, "number": self.pick("X1", "X2", "80-1")}
        if self.chance(0.3):
            other = {**self.key, **self.pick({"date": "2020-11-30"}, {"port": "KZDYK"})}
        return {"role": self.pick("from", "from", "to"), "other": other,
                "containers": self.some(list(dict.fromkeys(self.boxes + self.strays[:1])))}

    def applied(self):
        return {"application": self.pick("A1", "A10", "A9", "Ä"), "waybills": self.some(self.waybills)}

    def tracked(self):
        data = {"container": self.pick(*self.boxes), "event": self.pick(*TRACKING)}
        if self.calm and data["event"] in ("sealed", "door-opened"):
            data["event"] = "resealed"
        if data["event"] in ("sealed", "resealed"):
            data["seal"] = self.pick("S1", "S2", "S3")
        self.optional(data, "place", "KZDYK", "DEHAM")
        if self.chance(0.3):
            data["latitude"] = self.number("0", "-0", "-0.0000009", "90", "-90.000000", "45.1725", "45.17250099",
                                           "-7e-7")
            data["longitude"] = self.number("0.0", "180", "-179.9999999999999999999999999999", "82.5", "-0.00000149")
        return data

    def event(self):
        name, data = self.pick(
            *[("manifest.transmitted", self.transmitted)] * 4, ("manifest.deleted", self.deleted),
            ("train.composed", self.composed), ("train.arrived", self.arrived), ("control.reported", self.control),
            *[("declaration.lodged", self.lodged)] * 3, *[("declaration.decided", self.decided)] * 2,
            ("tally.reported", self.tally), ("train.linked", self.linked), ("merge.applied", self.applied),
            *[("container.tracked", self.tracked)] * 2)
        event = {"specversion": "1.0", "id": self.pick("1", "10", "2", "é"), "source": self.pick("a", "aa", "b"),
                 "type": "rail.%s.v1" % name, "time": self.time(), "data": {"train": self.key, **data()}}
        if self.chance(0.1):
            event["extension"] = self.pick(None, 1, [], "x")
            event["data"]["unknown"] = {"null": None}
        if self.chance(0.1):  # a train that is none
            decoy = {"number": "X1", "date": "2020-01-01", "port": "CNHRG"}
            event["data"] = {"before": {"train": decoy}, **event["data"]}
            event = {"extension": {"data": {"train": decoy}}, "text": '"data":{"train":{"number":"X2"', **event}
        if self.chance(0.1):
            event["datacontenttype"] = self.pick("application/json", "application/json; charset=utf-8",
                                                 "APPLICATION/JSON", None)
        if self.chance(0.1):
            event["subject"] = event["data"]["direction"] = None
        return self.json(event)


ODD_NUMBERS = ("0 -0 -0.0e9 1 -1 1.0 0.5 1e0 120 121 1e9 1000000001 9999999999.999999 1e10 0.000001 1e-6 0.0000010 "
               "1e-7 0.0000001 999999999999.999999 1e12 90 90.0000001 -180 18e1 1e400 1e-400 0e400 "
               "123456789012345678901234567890e-20 1e99999999999999999999 1e-99999999999999999999").split()
ODD_NUMBERS += ["1" + "0" * 400 + "e-400", "0." + "0" * 400 + "1e401"]
ODD = [None, True, False, "", "x", "CNAKL", "CSQU3054383", "2020-12-18", "2020-02-30", "Ж" * 36, "A" * 71, "7" * 14, [],
       {}, [None], [[]], [{}], Twice("1", "1"), Twice("null", "null"), *map(Number, ODD_NUMBERS)]


def places_of(value):
    """Every object or array in a value, with each of its members or items."""
    if isinstance(value, (dict, list)):
        for at in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, at
            yield from places_of(value[at])


def odd(line, change):
    """The event with a member or item that is odd, twice there, or gone; what is no event stays."""
    try:
        event = json.loads(line.decode("utf-8"), parse_float=Number, parse_int=Number)
        inner, at = change.choice(list(places_of(event)))
    except (ValueError, IndexError):
        return line
    if change.random() < 0.15:
        del inner[at]
    elif change.random() < 0.1:
        inner[at] = Twice(Writer(0).json(inner[at]), change.choice(("null", Writer(0).json(inner[at]))))
    else:
        inner[at] = change.choice(ODD)
    return Writer(change.random()).json(event).encode("utf-8")


def mutate(seed):
    change = random.Random(seed)
    for line in sys.stdin.buffer:
        line = bytearray(line.rstrip(b"\r\n"))
        if line and change.random() < 0.5:
            line = odd(line, change)
        for _ in range(change.choice((0, 1, 1, 2)) if line and change.random() < 0.5 else 0):
            line = bytearray(line)
            at = change.randrange(len(line))
            byte = change.choice(b'0123456789ABCDWXSUze-. "}')
            line[at:at + change.choice((0, 1, 1, 1, 1, 2))] = bytes([byte] * change.choice((0, 1, 1, 1)))
        sys.stdout.buffer.write(bytes(line) + b"\n")


def main():
    if sys.argv[1:] == ["recognised"]:
        print(RECOGNISED)
        return
    seed = int(sys.argv[1])
    if sys.argv[2:] == ["mutate"]:
        mutate(seed)
        return
    trains = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    events = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    lines = []
    for index in range(trains):
        train = Train(seed, index)
        lines += [train.event() for _ in range(train.random.randint(1, events))]
    shuffle = random.Random(seed)
    lines += shuffle.sample(lines, len(lines) // 5)
    shuffle.shuffle(lines)
    sys.stdout.buffer.write("".join(line + shuffle.choice(["\n", "\n", "\r\n"]) for line in lines).encode("utf-8"))


if __name__ == "__main__":
    main()
