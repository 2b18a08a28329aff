#!/usr/bin/env python3
"""That `caravan generate` makes what its rates say, about as often, and that all of it is valid.

    rates.py PROGRAM        prints `ok NAME` or `not ok NAME` a case; code 1 if one failed

What happened is counted in the events and in the records that the program merges of them. A count may lie four standard
deviations from what the rate asks for: seeds are fixed, so the verdict is always the same.
"""

import json
import math
import re
import subprocess
import sys

import check
from merge import lines_of
from values import milliseconds

QUIET = ("duplicates retransmissions amendments deletes clashes mismatches missing recompositions uncomposed unarrived "
         "controls open-controls elsewhere passed-elsewhere dangerous unchecked undeclared tallies miscounts strays "
         "refusals unrepaired releases late-full inland transit linked left-behind bare irregular nulls spellings "
         "tracking invalid applications").split()
NEIGHBOURS = ("KZ", "MN", "RU")


class Workload:
    """Events and records of one run, with every rate 0 but those that are told."""

    def __init__(self, program, rates, trains=120):
        options = {**dict.fromkeys(QUIET, 0), "declarations": 1, **rates}
        command = [program, "generate", "--seed", "11", "--trains", str(trains)]
        command += [part for name, rate in options.items() for part in ("--" + name, str(rate))]
        self.text = subprocess.run(command, check=True, capture_output=True).stdout
        events = [json.loads(line) for _, line in lines_of(self.text)]
        self.data = {}
        for event in events:
            name = event["type"].split(".", 1)[1].rsplit(".", 1)[0]
            self.data.setdefault(name, []).append((event["time"], event["data"]))
        merged = subprocess.run([program, "merge"], input=self.text, check=True, capture_output=True).stdout
        self.records = [json.loads(line) for line in merged.splitlines()]

    def of(self, name):
        return [data for _, data in self.data.get(name, [])]

    def goods(self):
        return [item for data in self.of("manifest.transmitted") for box in data["containers"] for item in box["goods"]]

    def boxes(self):
        return [box for record in self.records for box in record["containers"]]

    def alerts(self, kind):
        return [alert for record in self.records for alert in record["alerts"] if alert["kind"] == kind]

    def faults(self):
        return sum(bool(check.faults_of(line)) for _, line in lines_of(self.text))


# Each returns (what happened, of how many). A control or a declaration is counted once, by its first event.


def elsewhere(work):
    ordered = [data for data in work.of("control.reported") if data["outcome"] == "ordered"]
    return sum(data.get("authority") in NEIGHBOURS for data in ordered), len(ordered)


def passed_elsewhere(work):
    passed = [data for data in work.of("control.reported") if data.get("authority") in NEIGHBOURS]
    return len(passed), sum(data["outcome"] == "ordered" for data in work.of("control.reported"))


def dangerous(work):
    return sum(bool(box["dangerous"]) for box in work.boxes()), len(work.boxes())


def unchecked(work):
    return len(work.alerts("dangerous-unchecked")), sum(bool(box["dangerous"]) for box in work.boxes())


def undeclared(work):
    return len(work.alerts("dangerous-undeclared")), len(work.boxes())


def tallies(work):
    return sum("tally" in box for box in work.boxes()), len(work.boxes())


def miscounts(work):
    return len(work.alerts("tally-mismatch")), sum("tally" in box for box in work.boxes())


def strays(work):
    return len(work.alerts("tally-unexpected")), len(work.records)


def refusals(work):
    refused = sum(data["outcome"] in ("refused", "withdrawn") for data in work.of("declaration.decided"))
    return refused, len(work.of("declaration.lodged"))


def unrepaired(work):
    refused = sum(data["outcome"] in ("refused", "withdrawn") for data in work.of("declaration.decided"))
    return 2 * refused - len(work.of("declaration.lodged")), refused


def releases(work):
    released = sum(data["outcome"] == "released" for data in work.of("declaration.decided"))
    return released, len(work.of("declaration.lodged"))


def late_full(work):
    ended = {tuple(record["train"].values()): milliseconds(record["cleared_at"]) for record in work.records}
    lodged = work.of("declaration.lodged")
    late = 0
    for data in lodged:
        key = tuple(data["train"][name] for name in ("date", "number", "port"))
        late += milliseconds(data["lodged_at"]) > ended[key]
    return late, sum(data["step"] == "summary" for data in lodged)


def inland(work):
    return sum(bool(record["domestic"]) for record in work.records), len(work.records)


def transit(work):
    through = sum(any(d["direction"] == "transit" for d in record["declarations"]) for record in work.records)
    return through, len(work.records)


def linked(work):
    """A pair takes two trains, and brings six more."""
    extra = sum("-A" in record["train"]["number"] or "-C" in record["train"]["number"] for record in work.records)
    pairs = extra // 6
    return pairs, len(work.records) - extra - pairs


def left_behind(work):
    return len(work.alerts("link-missing")), sum(data["role"] == "from" for data in work.of("train.linked"))


def bare(work):
    return sum("hs" not in item or "value" not in item for item in work.goods()), len(work.goods())


def irregular(work):
    return len(work.alerts("container-number")), len(work.boxes())


def nulls(work):
    """Nothing is dangerous there, so every `dangerous` is null or absent."""
    return sum("dangerous" in item for item in work.goods()), len(work.goods())


def spellings(work):
    masses = re.findall(rb'"gross_kg":([-+.0-9eE]+)', work.text)
    return sum(b"e" in mass.lower() for mass in masses), len(masses)


CASES = {
    "elsewhere": (elsewhere, 0.4, {"controls": 0.4}),
    "passed-elsewhere": (passed_elsewhere, 0.6, {"controls": 0.4, "open-controls": 1}),
    "dangerous": (dangerous, 0.05, {}),
    "unchecked": (unchecked, 0.3, {"dangerous": 0.3, "controls": 0.3}),
    "undeclared": (undeclared, 0.02, {"controls": 0.3, "dangerous": 0.1}),
    "tallies": (tallies, 0.2, {"controls": 0.1}),
    "miscounts": (miscounts, 0.3, {"tallies": 0.3}),
    "strays": (strays, 0.3, {}),
    "refusals": (refusals, 0.2, {"unrepaired": 1}),
    "unrepaired": (unrepaired, 0.3, {"refusals": 1}),
    "releases": (releases, 0.6, {}),
    "late-full": (late_full, 0.4, {}),
    "inland": (inland, 0.3, {}),
    "transit": (transit, 0.2, {}),
    "linked": (linked, 0.3, {}),
    "left-behind": (left_behind, 0.3, {"linked": 1}),
    "bare": (bare, 0.2, {"transit": 0.2}),
    "irregular": (irregular, 0.05, {"inland": 0.2}),
    "nulls": (nulls, 0.2, {"bare": 0.1}),
    "spellings": (spellings, 0.2, {"tallies": 0.1}),
}


def is_about(happened, of, rate):
    return of > 0 and abs(happened - of * rate) <= 4 * math.sqrt(of * rate * (1 - rate))


def published_case(work):
    """2.4 t of fragrance spray, declared as nothing dangerous, and the container in which a scan finds aerosols."""
    spray = {box["number"] for data in work.of("manifest.transmitted") for box in data["containers"]
             for item in box["goods"] if item["description"] in ("Fragrance spray", "香薰喷雾") and
             item["gross_kg"] == 2400 and "dangerous" not in item}
    found = {alert["container"] for alert in work.alerts("dangerous-undeclared") if alert["un"] == ["1950"]}
    return bool(spray) and spray <= found


def main():
    program, failed = sys.argv[1], not published_case(Workload(sys.argv[1], {"undeclared": 0.02}))
    print("%s rates/published-case" % ("not ok" if failed else "ok"))
    for name, (count, rate, others) in CASES.items():
        work = Workload(program, {name: rate, **others})
        happened, of = count(work)
        never = count(Workload(program, {name: 0, **others}, 20))[0]
        good = is_about(happened, of, rate) and never == 0 and work.faults() == 0
        failed = failed or not good
        print("%s rates/%s" % ("ok" if good else "not ok", name))
        if not good:
            print("  %d of %d at a rate of %g, %d at 0, %d invalid" % (happened, of, rate, never, work.faults()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
