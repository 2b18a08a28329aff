#!/usr/bin/env python3
"""Random valid events, dense in conflicts: workload.py SEED [TRAINS [EVENTS]] writes JSON lines.
workload.py SEED mutate < EVENTS changes a character here and there: many lines are valid still, some are not.

Unlike `caravan generate`, which makes trains as they are, this makes trains as they should never be: few waybills and
containers on which everybody disagrees, ties in time, source and id, deletes and amendments in any order, repeated
lines, unusual but valid spellings (escapes, spaces between tokens, offsets, fractions, unknown members, null in
unknown members). Every rule of the merge has work.
"""

import json
import random
import sys

LETTERS = {}
for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    LETTERS[letter] = max(LETTERS.values(), default=9) + 1
    LETTERS[letter] += LETTERS[letter] % 11 == 0

TRACKING = ("gate-in loaded departed arrived border-crossed transshipped unloaded gate-out sealed resealed door-opened "
            "door-closed position").split()
KINDS = ("risk", "image-scan", "physical-inspection", "physical-inspection", "quarantine", "disinfection", "document")


def container_number(serial):
    text = "CRVU%06d" % serial
    return text + str(sum(LETTERS.get(c, ord(c) - 48) << i for i, c in enumerate(text)) % 11 % 10)


class Number(str):
    """A number as it is to be written."""


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
        if isinstance(value, list):
            return "[" + gap + ("," + gap).join(self.json(item) for item in value) + "]"
        members = list(value.items())
        if self.chance(0.3):
            self.random.shuffle(members)
        return "{" + ",".join(self.text(k) + gap + ":" + self.json(v) for k, v in members) + gap + "}"

    def some(self, values, least=0):
        return self.random.sample(values, self.random.randint(least, len(values)))

    def optional(self, target, name, *choices):
        if self.chance(0.6):
            target[name] = self.pick(*choices)


class Train(Writer):
    def __init__(self, seed, index):
        super().__init__(seed * 1000003 + index)
        self.key = {"number": "X%d" % (8000 + index), "date": "2020-12-%02d" % (1 + index % 28),
                    "port": self.pick("CNAKL", "CNHRG", "CNMZL")}
        self.calm = self.chance(0.5)  # hardly a conflict: more merges, more cleared trains
        self.waybills = ["W1", "W2", "W10", "W-3", "W/4"][:self.random.randint(1, 5)]
        self.boxes = [container_number(index * 8 + i) for i in range(self.random.randint(1, 6))]

    def time(self):
        minute = self.random.randint(0, 12)
        day = self.key["date"] if self.chance(0.8) else "2020-11-30"
        return self.pick("%sT08:%02d:00Z", "%sT08:%02d:00.001Z", "%sT08:%02d:00.0019Z", "%sT16:%02d:00.1+08:00",
                         "%sT02:%02d:59.999999999-05:30") % (day, minute)

    def mass(self):
        return Number(self.pick("0", "0.001", "1.5", "1.500", "2200", "999999999.999", "17.25", "0.1"))

    def goods(self):
        item = {"hs": self.pick("847130", "84713000", "100000", "1000001234"),
                "description": self.pick("Zinc", " zinc", "zinc  ore", "ZINC ore", "Käse \"A\"", "铁 \\ 路", "🚂 parts"),
                "packages": self.pick(0, 1, 7, 1000000000), "value": Number(self.pick(
                    "0", "0.0", "0.0001", "12.50", "999999999999.9999", "3")),
                "currency": self.pick("USD", "CNY", "EUR")}
        item["gross_kg"], net = self.pick(("999999999.999", "999999999.999"), ("1.5", "1.500"), ("0", "0.000"),
                                          ("12.345", "0.005"))
        item["gross_kg"] = Number(item["gross_kg"])
        self.optional(item, "net_kg", Number(net))
        self.optional(item, "package_type", "PK", "CT", "4H", "1A1")
        return item

    def container(self, number):
        entry = {"number": number, "size_type": self.pick("22G1", "22G1", "45G1", "L5G1", "M2G1", "12G1", "32G1"),
                 "goods": [self.goods() for _ in range(self.random.randint(1, 4))]}
        self.optional(entry, "load", "LCL", "LCL", "LCL", "FCL")
        self.optional(entry, "seal", "S1", "S2", "Ж")
        self.optional(entry, "wagon", "6001", "6002")
        self.optional(entry, "tare_kg", self.mass(), self.mass())
        if self.calm:
            entry.update({"load": "LCL", "size_type": "22G1", "tare_kg": 2200, "seal": "S1"})
        return entry

    def party(self):
        party = {"code": "C1" if self.calm else self.pick("C1", "C1", "C1", "c1", "C2"),
                 "name": self.pick("Company", "公司"),
                 "country": self.pick("CN", "DE")}
        self.optional(party, "aeo", "AEO1")
        return party

    def transmitted(self):
        waybill = {"number": self.pick(*self.waybills), "direction": self.pick(*["exit"] * 5, "entry"),
                   "product": self.pick("Zinc", "zinc ", "  ZINC", " zINc  ", "Tin  A", "tin a"),
                   "consignor": self.party(),
                   "consignee": self.party(), "origin": "CNXIY", "destination": "DEHAM"}
        if self.chance(0.8):
            waybill["contract"] = self.pick("K1", "K1", "K1", "k1")
        return {"waybill": waybill, "containers": [self.container(n) for n in self.some(self.boxes, 1)]}

    def deleted(self):
        data = {"waybill": {"number": self.pick(*self.waybills)}}
        self.optional(data, "reason", "101")
        return data

    def composed(self):
        wagons, positions = [], self.random.sample(range(1, 121), 3)
        boxes = self.some(self.boxes, len(self.boxes) if self.calm else 0)
        for i in range(3):
            slots = [{"number": number} for number in boxes[i::3]]
            for slot in slots:
                if self.chance(0.3):
                    slot["empty"] = self.chance(0.6)
            wagons.append({"wagon": "60%02d" % i, "position": positions[i], "containers": slots})
        return {"wagons": wagons}

    def arrived(self):
        return {"place": self.pick("CNAKL", "KZDYK"), "arrived_at": self.time()}

    def control(self):
        scope = self.pick("train", "waybill", "container", "container")
        data = {"scope": scope, "kind": self.pick(*KINDS),
                "outcome": self.pick("ordered", "passed", "failed", "released")}
        if scope != "train":
            data["ref"] = self.pick(*(self.waybills if scope == "waybill" else self.boxes))
        self.optional(data, "note", "opened by hand")
        return data

    def lodged(self):
        data = {"step": self.pick("summary", "full"), "waybills": self.some(self.waybills, 1), "lodged_at": self.time()}
        self.optional(data, "declaration_number", "D1")
        return data

    def applied(self):
        return {"application": self.pick("A1", "A10", "A9", "Ä"), "waybills": self.some(self.waybills)}

    def tracked(self):
        data = {"container": self.pick(*self.boxes), "event": self.pick(*TRACKING)}
        if data["event"] in ("sealed", "resealed"):
            data["seal"] = self.pick("S1", "S2", "S3")
        self.optional(data, "place", "KZDYK", "DEHAM")
        if self.chance(0.3):
            data["latitude"] = Number(self.pick("0", "-0", "-0.000", "90", "-90.000000", "45.1725"))
            data["longitude"] = Number(self.pick("0.0", "180", "-179.999999", "82.5"))
        return data

    def event(self):
        name, data = self.pick(
            *[("manifest.transmitted", self.transmitted)] * 4, ("manifest.deleted", self.deleted),
            ("train.composed", self.composed), ("train.arrived", self.arrived), ("control.reported", self.control),
            *[("declaration.lodged", self.lodged)] * 2, ("merge.applied", self.applied),
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
                                                 "APPLICATION/JSON")
        return self.json(event)


def mutate(seed):
    change = random.Random(seed)
    for line in sys.stdin.buffer:
        line = bytearray(line.rstrip(b"\r\n"))
        for _ in range(change.choice((0, 1, 1, 2)) if line else 0):
            at = change.randrange(len(line))
            byte = change.choice(b'0123456789ABCDWXSUz-. "}')
            line[at:at + change.choice((0, 1, 1, 1, 1, 2))] = bytes([byte] * change.choice((0, 1, 1, 1)))
        sys.stdout.buffer.write(bytes(line) + b"\n")


def main():
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
