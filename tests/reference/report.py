#!/usr/bin/env python3
"""What `caravan report --csv` must say, written down a second time: records on standard input, the last one of a train counts.

    report.py traffic LIST          LIST: of year,month,port,direction
    report.py journey CONTAINER
    report.py periodic PARTY,FROM,TO
"""

import csv
import decimal
import json
import sys
from decimal import Decimal

decimal.getcontext().prec = 100

PARTS = ("year", "month", "port", "direction")
DIRECTIONS = ("entry", "exit", "transit", "mixed", "none")
STATUSES = ("open", "cleared", "held", "incomplete")
REFERENCE = {"entry": "34.91", "exit": "1.78"}


def plain(value):
    """An exact decimal without exponent and without zeros at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def records():
    """By train, the last one."""
    found = {}
    for line in sys.stdin.buffer:
        record = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        train = record["train"]
        found[train["date"], train["number"], train["port"]] = record
    return found


def write(rows):
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


# ---- traffic

def direction_of(record):
    directions = {declaration["direction"] for declaration in record["declarations"]}
    return "none" if not directions else directions.pop() if len(directions) == 1 else "mixed"


def traffic(by):
    groups = {}
    for (date, _, port), record in records().items():
        parts = {"year": int(date[:4]), "month": int(date[5:7]), "port": port, "direction": direction_of(record)}
        key = tuple((DIRECTIONS.index(parts[part]) if part == "direction" else parts[part]) if part in by else "" for part in PARTS)
        groups.setdefault(key, []).append(record)
    yield [*PARTS, "trains", *STATUSES, "containers", "teu", "tonnes", "clearance_seconds", "clearance_hours", "reference_hours"]
    for key, group in sorted(groups.items()):
        cleared = [record for record in group if record["status"] == "cleared"]
        seconds = sum(record["clearance_seconds"] for record in cleared)
        direction = "" if key[3] == "" else DIRECTIONS[key[3]]
        hours = ""
        if cleared:
            hours = plain((seconds / (3600 * Decimal(len(cleared)))).quantize(Decimal("0.01"), decimal.ROUND_HALF_UP))
        yield [*key[:3], direction, len(group), *(sum(record["status"] == status for record in group) for status in STATUSES),
               *(plain(sum(record["totals"][name] for record in group)) for name in ("containers", "teu")),
               plain(sum(record["totals"]["gross_kg"] for record in group) / 1000), plain(Decimal(seconds)), hours,
               REFERENCE.get(direction, "")]


# ---- journey

def how(record, box):
    claimed = [entry for entry in record["containers"] if entry["number"] == box]
    if claimed:
        return "claimed", claimed[0]
    named = [word for word, name in (("missing", "missing"), ("domestic", "domestic"), ("off-train", "off_train")) if box in record[name]]
    return (named[0], {}) if named else (None, {})


def is_link(link, key):
    train = link["train"]
    return (train["date"], train["number"], train["port"]) == key


def findings_of(box, ride, before):
    key, record, word, entry = ride
    found = []
    for other_key, other, other_word, _ in before:
        linked = any(is_link(link, a) for r, a in ((record, other_key), (other, key)) for link in r["links"] if box in link["containers"])
        overlap = "arrived_at" not in other or other["arrived_at"][:10] > key[0]
        if overlap and not linked and "off-train" not in (word, other_word) and key[:2] != other_key[:2]:
            found.append("held-twice")
    seals = [r[3]["seal"] for r in before if "seal" in r[3]]
    if seals and entry.get("seal", seals[-1]) != seals[-1]:
        found.append("seal-differs")
    if "arrived_at" not in record and word != "off-train":
        found.append("never-arrived")
    return " ".join(sorted(set(found), key=found.index))


def journey(box):
    yield ("date number port status as arrived_at arrived_place wagon position load seal waybills dangerous tally_at tally_packages "
           "tally_gross_kg tally_seal tally_damaged alerts findings").split()
    rides = []
    for key, record in sorted(records().items()):
        word, entry = how(record, box)
        if word:
            rides.append((key, record, word, entry))
    for i, (key, record, word, entry) in enumerate(rides):
        tally = entry.get("tally", {})
        text = {name: plain(value) if isinstance(value, Decimal) else value for name, value in {**entry, **{f"tally_{n}": v for n, v in tally.items()}}.items()}
        alerts = {alert["kind"] for alert in record["alerts"] if alert["container"] == box}
        yield [*key, record["status"], word, record.get("arrived_at", ""), record.get("arrived_place", ""),
               *(text.get(name, "") for name in ("wagon", "position", "load", "seal")),
               " ".join(entry.get("waybills", [])), " ".join(entry.get("dangerous", [])),
               *(text.get(f"tally_{name}", "") for name in ("at", "packages", "gross_kg", "seal")),
               {True: "yes", False: "no"}.get(tally.get("damaged"), ""), " ".join(sorted(alerts)), findings_of(box, rides[i], rides[:i])]


# ---- periodic

def normalised(text):
    """ASCII letters in lower case; of blanks none at the ends, and one where several stand."""
    lower = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
    return " ".join(part for part in lower.split(" ") if part)


def periodic(party, first, last):
    merged = {}
    for (date, *_), record in records().items():
        for declaration in record["declarations"] if first <= date <= last and "arrived_at" in record else ():
            for line in declaration["lines"] if declaration["party"]["code"] == party else ():
                key = [declaration["direction"], line.get("hs", ""), normalised(line["description"]), line["package_type"],
                       line.get("currency", "")]
                merged.setdefault(tuple(part.encode() for part in key), []).append((record["digest"], line))
    yield "direction hs description package_type currency packages gross_kg net_kg value merged trains".split()
    for key, lines in sorted(merged.items()):
        direction, hs, _, package_type, currency = (part.decode() for part in key)
        sums = [plain(sum((line.get(name, Decimal(0)) for _, line in lines), Decimal(0)))
                for name in ("packages", "gross_kg", "net_kg", "value", "merged")]
        description = min((line["description"] for _, line in lines), key=str.encode)
        yield [direction, hs, description, package_type, currency, *sums[:3], sums[3] if currency else "", sums[4],
               len({digest for digest, _ in lines})]


if __name__ == "__main__":
    write({"traffic": lambda: traffic(sys.argv[2].split(",")), "journey": lambda: journey(sys.argv[2]),
           "periodic": lambda: periodic(*sys.argv[2].split(","))}[sys.argv[1]]())
