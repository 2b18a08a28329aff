#!/usr/bin/env python3
"""A second opinion on the merge: spec sections 3, 4 and 5 written down once more, plainly and slowly.

    merge.py [--policy auto|applied|never] [--require none|summary|full] [--skip REJECTS]
             [--facts] [--all DIRECTORY] [FILE]

Reads events, one JSON text a line (standard input without FILE), and writes what `caravan merge` must write: one
record a line, sorted by the bytes of the train key. It believes that every event is valid; --skip names the rejects
file of a `caravan merge` over the same FILE, whose lines are left out. With --facts it writes the live events instead
(train, registers, time, source, id, hash, line), one JSON object a line, and last `live: N S` of section 7. With --all
it writes all of that into files POLICY-REQUIRE and facts of a directory.

Shares no code and no library with the program but libxxhash, called through ctypes.
"""

import argparse
import ctypes
import ctypes.util
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal, getcontext

getcontext().prec = 60

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY_MS = 24 * 60 * 60 * 1000
TEU = {"1": "0.5", "2": "1", "3": "1.5", "4": "2", "L": "2.25", "M": "2.4"}
POLICIES = ("auto", "applied", "never")
LEVELS = ("none", "summary", "full")
MISMATCH_FIELDS = ("seal", "size_type", "tare_kg", "wagon")


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


# Section 1: times and numbers


def milliseconds(text):
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, zone = match.group(7) or "", match.group(8)
    instant = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        instant += offset if zone[0] == "-" else -offset
    delta = instant - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1000 + int((fraction + "000")[:3])


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


# Sections 0, 2 and 3: facts and registers


class Fact:
    def __init__(self, raw, line):
        self.line = line
        event = json.loads(raw.decode("utf-8"), parse_float=Decimal)
        self.type = event["type"].split(".")[1] + "." + event["type"].split(".")[2]
        self.data = event["data"]
        self.time = milliseconds(event["time"])
        self.order = (self.time, by_bytes(event["source"]), by_bytes(event["id"]), xxh3(raw))
        train = self.data["train"]
        self.train = (train["number"], train["date"], train["port"])

    def registers(self):
        data = self.data
        if self.type in ("manifest.transmitted", "manifest.deleted"):
            return [("manifest", data["waybill"]["number"])]
        if self.type == "train.composed":
            return [("composition",)]
        if self.type == "train.arrived":
            return [("arrival",)]
        if self.type == "control.reported":
            return [("control", data["scope"], data.get("ref", "") if data["scope"] != "train" else "", data["kind"])]
        if self.type == "declaration.lodged":
            return [("declaration", waybill, data["step"]) for waybill in data["waybills"]]
        if self.type == "merge.applied":
            return [("application", data["application"])]
        assert self.type == "container.tracked", self.type
        written = [("tracked", data["container"])]
        if data["event"] in ("sealed", "resealed"):
            written.append(("seal", data["container"]))
        if data["event"] == "door-opened":
            written.append(("opened", data["container"]))
        return written


class Train:
    """A train's registers: name to newest fact."""

    def __init__(self):
        self.registers = {}

    def join(self, fact):
        for name in fact.registers():
            old = self.registers.get(name)
            if old is None or old.order < fact.order:
                self.registers[name] = fact

    def of(self, kind):
        return {name[1:]: fact for name, fact in self.registers.items() if name[0] == kind}

    def one(self, kind):
        return self.registers.get((kind,))


# Section 4: who is on the train


class Claim:
    def __init__(self, waybill, manifest, entry):
        self.waybill, self.order, self.entry = waybill, manifest.order, entry

    @property
    def load(self):
        return self.entry.get("load", "FCL")


class Picture:
    """What section 4 makes of a train: the used claims of each container on it, and the alerts on the way."""

    def __init__(self, train):
        self.train = train
        self.manifests = {name[0]: fact for name, fact in train.of("manifest").items()
                          if fact.type == "manifest.transmitted"}
        claims = {}
        for waybill, fact in self.manifests.items():
            for entry in fact.data["containers"]:
                claims.setdefault(entry["number"], []).append(Claim(waybill, fact, entry))
        self.claims = {number: sorted(own, key=lambda claim: claim.order) for number, own in claims.items()}
        composition = train.one("composition")
        self.composed = composition is not None
        self.wagons = composition.data["wagons"] if self.composed else []
        self.listed = {slot["number"]: (wagon, slot.get("empty", False))
                       for wagon in self.wagons for slot in wagon["containers"]}
        self.on_train = set(self.listed) if self.composed else set(self.claims)
        self.off_train = set(self.claims) - self.on_train
        self.missing = {n for n, (_, empty) in self.listed.items() if not empty and n not in self.claims}
        self.empties = {n for n, (_, empty) in self.listed.items() if empty and n not in self.claims}
        self.alerts = []
        self.used = {number: self.use(number) for number in self.on_train if number in self.claims}
        self.live = {claim.waybill for used in self.used.values() for claim in used}

    def use(self, number):
        claims = self.claims[number]
        if self.composed and self.listed[number][1]:
            self.alerts.append({"kind": "empty-with-goods", "container": number})
        if len(claims) > 1 and any(claim.load == "FCL" for claim in claims):
            self.alerts.append({"kind": "container-claimed-twice", "container": number,
                                "waybills": sorted((claim.waybill for claim in claims), key=by_bytes)})
            return claims[-1:]
        return claims

    def shown(self, number, field):
        """The newest used claim's value; None when no claim has one."""
        for claim in reversed(self.used[number]):
            if field in claim.entry:
                return claim.entry[field]
        return None

    def mismatches(self):
        for number, used in self.used.items():
            for field in MISMATCH_FIELDS:
                if field == "wagon" and self.composed:
                    continue
                having = sorted((c for c in used if field in c.entry), key=lambda claim: by_bytes(claim.waybill))
                if len({claim.entry[field] for claim in having}) > 1:
                    yield {"kind": "container-mismatch", "container": number, "field": field,
                           "values": [{"waybill": c.waybill, "value": c.entry[field]} for c in having]}


# Section 5: the record


def domestic(manifest):
    waybill = manifest.data["waybill"]
    return waybill["consignor"] if waybill["direction"] == "exit" else waybill["consignee"]


def application_of(train, waybill):
    """The application with the smallest id that lists the waybill, or None."""
    listing = [name[0] for name, fact in train.of("application").items() if waybill in fact.data["waybills"]]
    return min(listing, key=by_bytes) if listing else None


def declaration_key(key, picture, waybill, policy):
    """The fields that declaration ids are made of, and the application, if any."""
    number, date, port = key
    stated = picture.manifests[waybill].data["waybill"]
    first = (number, date, port, stated["direction"])
    application = application_of(picture.train, waybill) if policy == "applied" else None
    alone = policy == "never" or "contract" not in stated or (policy == "applied" and application is None)
    if alone:
        return first + ("w", waybill), None
    fields = first + ("m", domestic(picture.manifests[waybill])["code"], stated["contract"],
                      normalised(stated["product"]))
    return (fields + (application,) if policy == "applied" else fields), application


def lines_of(goods):
    groups = {}
    for item in goods:
        key = (item["hs"], normalised(item["description"]), item.get("package_type", "PK"), item["currency"])
        groups.setdefault(key, []).append(item)
    lines = []
    for key in sorted(groups, key=lambda fields: tuple(map(by_bytes, fields))):
        items = groups[key]
        lines.append({
            "hs": key[0], "description": min((item["description"] for item in items), key=by_bytes),
            "package_type": key[2], "currency": key[3], "merged": len(items),
            "packages": sum(item["packages"] for item in items),
            "gross_kg": sum((Decimal(item["gross_kg"]) for item in items), Decimal(0)),
            "net_kg": sum((Decimal(item.get("net_kg", 0)) for item in items), Decimal(0)),
            "value": sum((Decimal(item["value"]) for item in items), Decimal(0))})
    return lines


def values_of(amounts):
    values = {}
    for currency, amount in amounts:
        values[currency] = values.get(currency, Decimal(0)) + amount
    return values


def declared_of(train, waybills):
    def has(waybill, step):
        return ("declaration", waybill, step) in train.registers
    if all(has(waybill, "full") for waybill in waybills):
        return "full"
    if all(has(waybill, "summary") or has(waybill, "full") for waybill in waybills):
        return "summary"
    return "none"


def in_advance(train, waybills, arrived_at):
    for waybill in waybills:
        lodged = [milliseconds(train.registers[("declaration", waybill, step)].data["lodged_at"])
                  for step in ("summary", "full") if ("declaration", waybill, step) in train.registers]
        if not lodged or min(lodged) >= arrived_at:
            return False
    return True


def declaration(fields, application, waybills, picture, arrived_at):
    waybills = sorted(waybills, key=by_bytes)
    newest = max((picture.manifests[waybill] for waybill in waybills), key=lambda fact: fact.order)
    stated = newest.data["waybill"]
    party = {name: domestic(newest)[name] for name in ("code", "name", "country", "aeo") if name in domestic(newest)}
    own = [(number, claim) for number, used in picture.used.items() for claim in used if claim.waybill in waybills]
    lines = lines_of([item for _, claim in own for item in claim.entry["goods"]])
    declared = declared_of(picture.train, waybills)
    result = {
        "id": "%032x" % xxh3(b"\x1f".join(by_bytes(field) for field in fields)),
        "direction": stated["direction"], "party": party, "product": stated["product"], "waybills": waybills,
        "containers": sorted({number for number, _ in own}, key=by_bytes), "lines": lines,
        "values": values_of((line["currency"], line["value"]) for line in lines),
        "aeo": all("aeo" in domestic(picture.manifests[waybill]) for waybill in waybills), "declared": declared,
        "advance": declared != "none" and arrived_at is not None and
                   in_advance(picture.train, waybills, arrived_at)}
    for name in ("packages", "gross_kg", "net_kg"):
        result[name] = sum(line[name] for line in lines)
    if "contract" in stated:
        result["contract"] = stated["contract"]
    if application is not None:
        result["application"] = application
    return result


def seal_of(picture, number):
    """The seal shown, and the alert when a seal was put on that is not the claimed one."""
    claimed = picture.shown(number, "seal")
    fact = picture.train.registers.get(("seal", number))
    if fact is None:
        return claimed, None
    found = fact.data["seal"]
    if fact.data["event"] == "sealed" and claimed is not None and claimed != found:
        return found, {"kind": "seal-changed", "container": number, "expected": claimed, "found": found}
    return found, None


def last_of(fact):
    last = {"event": fact.data["event"], "at": instant(fact.time)}
    for name in ("place", "latitude", "longitude"):
        if name in fact.data:
            last[name] = fact.data[name]
    return last


def container(picture, number, seal):
    used = picture.used[number]
    tare = picture.shown(number, "tare_kg")
    result = {"number": number, "size_type": picture.shown(number, "size_type"),
              "load": "FCL" if any(claim.load == "FCL" for claim in used) else "LCL",
              "tare_kg": Decimal(0) if tare is None else Decimal(tare),
              "waybills": sorted((claim.waybill for claim in used), key=by_bytes)}
    if seal is not None:
        result["seal"] = seal
    if picture.composed:
        wagon, _ = picture.listed[number]
        result["wagon"], result["position"] = wagon["wagon"], wagon["position"]
    elif picture.shown(number, "wagon") is not None:
        result["wagon"] = picture.shown(number, "wagon")
    tracked = picture.train.registers.get(("tracked", number))
    if tracked is not None:
        result["last"] = last_of(tracked)
    return result


def door_alerts(picture):
    for (number,), opened in picture.train.of("opened").items():
        if number not in picture.on_train:
            continue
        inspection = picture.train.registers.get(("control", "container", number, "physical-inspection"))
        if inspection is None or inspection.time < opened.time - DAY_MS:
            yield {"kind": "door-opened", "container": number}


def open_controls(picture):
    controls = []
    for (scope, ref, kind), fact in picture.train.of("control").items():
        matters = scope == "train" or (ref in picture.live if scope == "waybill" else ref in picture.on_train)
        if matters and fact.data["outcome"] in ("ordered", "failed"):
            control = {"scope": scope, "kind": kind, "outcome": fact.data["outcome"], "at": instant(fact.time)}
            if scope != "train":
                control["ref"] = ref
            controls.append(control)
    return sorted(controls, key=lambda c: (by_bytes(c["scope"]), by_bytes(c.get("ref", "")), by_bytes(c["kind"])))


def reasons_of(picture, record, require):
    below = {"none": (), "summary": ("none",), "full": ("none", "summary")}[require]
    holds = {"composition-missing": not picture.composed, "conflict": bool(record["alerts"]),
             "containers-missing": bool(picture.missing), "control-open": bool(record["controls"]),
             "declaration-missing": any(d["declared"] in below for d in record["declarations"])}
    return sorted(name for name, holding in holds.items() if holding)


def status_of(arrived, reasons):
    if not arrived:
        return "open"
    if not reasons:
        return "cleared"
    return "held" if "conflict" in reasons or "control-open" in reasons else "incomplete"


def totals_of(picture, record):
    containers, declarations = record["containers"], record["declarations"]
    shown_wagons = {c["wagon"] for c in containers if "wagon" in c}
    totals = {
        "waybills": len(picture.live), "declarations": len(declarations), "containers": len(containers),
        "empty_containers": len(picture.empties),
        "wagons": len(picture.wagons) if picture.composed else len(shown_wagons),
        "teu": sum((Decimal(TEU[c["size_type"][0]]) for c in containers), Decimal(0)),
        "tare_kg": sum((c["tare_kg"] for c in containers), Decimal(0)),
        "values": values_of((cur, amount) for d in declarations for cur, amount in d["values"].items())}
    for name in ("packages", "gross_kg", "net_kg"):
        totals[name] = sum(d[name] for d in declarations)
    return totals


def group(key, picture, policy):
    groups = {}
    for waybill in picture.live:
        fields, application = declaration_key(key, picture, waybill, policy)
        groups.setdefault(fields, (application, []))[1].append(waybill)
    return groups


def record_of(key, train, policy, require, expired=False):
    """The record of a train, with its digest, as canonical text."""
    picture = Picture(train)
    arrival = train.one("arrival")
    arrived_at = milliseconds(arrival.data["arrived_at"]) if arrival else None
    live = set(train.registers.values())
    seals = {number: seal_of(picture, number) for number in picture.used}
    alerts = (picture.alerts + list(picture.mismatches()) + list(door_alerts(picture)) +
              [alert for _, alert in seals.values() if alert is not None])
    record = {
        "schema": "rail.clearance.v1", "train": dict(zip(("number", "date", "port"), key)),
        "rules": {"merge": policy, "require": require},
        "facts": {"count": len(live), "first_at": instant(min(fact.time for fact in live)),
                  "last_at": instant(max(fact.time for fact in live))},
        "declarations": sorted((declaration(fields, application, waybills, picture, arrived_at) for
                                fields, (application, waybills) in group(key, picture, policy).items()),
                               key=lambda d: d["id"]),
        "containers": [container(picture, number, seals[number][0]) for number in sorted(picture.used, key=by_bytes)],
        "missing": sorted(picture.missing, key=by_bytes), "off_train": sorted(picture.off_train, key=by_bytes),
        "controls": open_controls(picture),
        "alerts": sorted(alerts, key=lambda a: (a["kind"], by_bytes(a["container"]), a.get("field", "")))}
    record["totals"] = totals_of(picture, record)
    record["reasons"] = reasons_of(picture, record, require)
    record["status"] = status_of(arrival is not None, record["reasons"])
    if arrival is not None:
        record["arrived_at"], record["arrived_place"] = instant(arrived_at), arrival.data["place"]
    if record["status"] == "cleared":
        rests_on = max(fact.time for name, fact in train.registers.items()
                       if name[0] not in ("tracked", "seal", "opened"))
        record["cleared_at"] = instant(rests_on)
        record["clearance_seconds"] = max(0, rests_on - arrived_at) // 1000
    if expired:
        record["expired"] = True
    record["digest"] = "%032x" % xxh3(by_bytes(canonical(record)))
    return canonical(record)


# Files


def events_of(data, skipped):
    """The facts of a file's lines; `skipped` holds numbers of lines to leave out, from 1."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\r") and number < len(lines):
            line = line[:-1]
        if number not in skipped and line.strip(b" "):
            yield Fact(line, number)


def register_text(name):
    return name[0] + ("[" + ",".join(name[1:]) + "]" if len(name) > 1 else "")


def live_facts(key, train):
    """The lines of --facts for one train, in the order of the hashes."""
    held = {}
    for name, fact in train.registers.items():
        held.setdefault(fact, []).append(register_text(name))
    for fact in sorted(held, key=lambda fact: fact.order[3]):
        yield json.dumps({"train": "|".join(key), "registers": sorted(held[fact], key=by_bytes),
                          "time": instant(fact.time),
                          "source": fact.order[1].decode(), "id": fact.order[2].decode(),
                          "hash": "%032x" % fact.order[3], "line": fact.line}, ensure_ascii=False, sort_keys=True)


def merge(facts):
    trains = {}
    for fact in facts:
        trains.setdefault(fact.train, Train()).join(fact)
    return trains


def in_order(trains):
    return sorted(trains, key=lambda key: by_bytes("|".join(key)))


def records_of(trains, policy, require, expired=False):
    return [record_of(key, trains[key], policy, require, expired) for key in in_order(trains)]


def facts_of(trains):
    lines = [line for key in in_order(trains) for line in live_facts(key, trains[key])]
    total = sum(int(json.loads(line)["hash"], 16) for line in lines) % 2**128
    return lines + ["live: %d %032x" % (len(lines), total)]


def write_lines(name, lines):
    data = by_bytes("".join(line + "\n" for line in lines))
    if name is None:
        sys.stdout.buffer.write(data)
    else:
        with open(name, "wb") as file:
            file.write(data)


def main():
    parser = argparse.ArgumentParser(description="The reference merge.")
    parser.add_argument("--policy", choices=POLICIES, default="auto")
    parser.add_argument("--require", choices=LEVELS, default="summary")
    parser.add_argument("--expired", action="store_true", help="as if every train were dropped by retention")
    parser.add_argument("--skip", metavar="REJECTS")
    parser.add_argument("--facts", action="store_true", help="write the live events, not the records")
    parser.add_argument("--all", metavar="DIRECTORY", help="write records under all rules, and facts, as files")
    parser.add_argument("file", nargs="?")
    options = parser.parse_args()
    skipped = set()
    if options.skip:
        with open(options.skip, "rb") as rejects:
            skipped = {json.loads(line)["line"] for line in rejects}
    with open(options.file, "rb") if options.file else sys.stdin.buffer as file:
        trains = merge(events_of(file.read(), skipped))
    if options.all:
        for policy in POLICIES:
            for require in LEVELS:
                write_lines("%s/%s-%s" % (options.all, policy, require), records_of(trains, policy, require))
        write_lines(options.all + "/facts", facts_of(trains))
    elif options.facts:
        write_lines(None, facts_of(trains))
    else:
        write_lines(None, records_of(trains, options.policy, options.require, options.expired))


if __name__ == "__main__":
    main()
