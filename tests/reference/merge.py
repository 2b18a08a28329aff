#!/usr/bin/env python3
"""A second opinion on the merge: contract 1 to 5 and 8 written down once more, plainly and slowly.

    merge.py [--policy auto|applied|never] [--require none|summary|full|release] [--recognised ITEM,ITEM…]
             [--skip REJECTS] [--facts] [--all DIRECTORY] [FILE]

Reads events, one JSON text a line (standard input without FILE), and writes what `caravan merge` must write: one
record a line, sorted by the bytes of the train key. It believes that every event is valid (check.py is who judges
that); --skip names the rejects file of a `caravan merge` over the same FILE, whose lines are left out. With --facts
it writes the live events instead (train, registers, time, source, id, hash, line), one JSON object a line, and last
`live: N S` of contract 7.N. With --all it writes all of that into files POLICY-REQUIRE and facts of a directory.
"""

import argparse
import json
import sys

from record import LEVELS, POLICIES, Rules, record_of
from train import Fact, Train
from values import by_bytes, instant


def lines_of(data):
    """The lines of a file that are messages, each with its number from 1 (contract 2.3)."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\r") and number < len(lines):
            line = line[:-1]
        if line.strip(b" "):
            yield number, line


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


def records_of(trains, rules, expired=False):
    return [record_of(key, trains[key], rules, expired) for key in in_order(trains)]


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
    parser.add_argument("--recognised", default="", help="items of contract 5.19, joined by commas")
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
        trains = merge(Fact(line, number) for number, line in lines_of(file.read()) if number not in skipped)
    recognised = [item for item in options.recognised.split(",") if item]
    if options.all:
        for policy in POLICIES:
            for require in LEVELS:
                rules = Rules(policy, require, recognised)
                write_lines("%s/%s-%s" % (options.all, policy, require), records_of(trains, rules))
        write_lines(options.all + "/facts", facts_of(trains))
    elif options.facts:
        write_lines(None, facts_of(trains))
    else:
        rules = Rules(options.policy, options.require, recognised)
        write_lines(None, records_of(trains, rules, options.expired))


if __name__ == "__main__":
    main()
