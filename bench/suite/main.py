"""The suite: runs the parts one after the other, writes bench/results/DATE-MACHINE.json and a drawing a part, prints the table.

    main.py WORK [--quick] [--only a,b] [--budget MINUTES]      WORK: a scratch folder; see bench/run.sh
"""

import argparse
import datetime
import os
import signal
import subprocess
import sys
import time
import traceback

import draw
import machine
import part_core
import part_http
import part_kafka
import part_lanes
import part_peer
import part_restore
import part_state
import part_years
import result as results
import table
from context import Context
from process import Child

# name: (what measures it, minutes that it takes where nothing cuts it short)
PARTS = {"a": (part_core, 2), "b": (part_lanes, 2), "c": (part_state, 3), "d": (part_kafka, 30), "e": (part_restore, 4), "f": (part_years, 3),
         "g": (part_peer, 15), "h": (part_http, 3)}
FOLDER = os.path.join("bench", "results")


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run.sh", usage="bench/run.sh [--quick] [--only PART,…] [--budget MINUTES]")
    parser.add_argument("work", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="everything small, one round: that it works, not how fast it is")
    parser.add_argument("--only", default=",".join(PARTS), help=f"these parts, of {', '.join(PARTS)}")
    parser.add_argument("--budget", type=float, help="so many minutes for the parts together: fewer rounds, at least one of each")
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = [name for name in options.only if name not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}: the parts are {', '.join(PARTS)}")
    return options


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()


def commit():
    """With `-dirty` where something else than results is not committed."""
    changed = git("status", "--porcelain", "--", ".", f":!{FOLDER}")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("-dirty" if changed else "")


def earlier(path, fresh):
    """The parts of a result of the same day, machine and commit stand until they are measured again."""
    try:
        old = results.load(path)
    except (OSError, ValueError):
        return {}
    return old["parts"] if old["commit"] == fresh["commit"] and old["quick"] == fresh["quick"] else {}


def share_of(name, names):
    """Of the time that is left, by what the parts take without a budget."""
    later = names[names.index(name):]
    return PARTS[name][1] / sum(PARTS[other][1] for other in later)


def measure(context, name, names):
    context.begin_part(share_of(name, names))
    print(f"part {name}", file=sys.stderr, flush=True)
    began = time.monotonic()
    content = PARTS[name][0].measure(context)
    content["seconds"] = time.monotonic() - began
    return content


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    described = machine.describe()
    result = {"schema": results.SCHEMA, "date": datetime.date.today().isoformat(), "commit": commit(), "quick": options.quick, "machine": described,
              "parts": {}}
    stem = f"{result['date']}-{machine.short_name(described)}{'-quick' if options.quick else ''}"
    path = os.path.join(FOLDER, stem + ".json")
    context = Context(options.work, options.quick, options.budget and options.budget * 60)
    parts, failed = earlier(path, result), []
    for name in options.only:
        try:
            parts[name] = measure(context, name, options.only)
        except Exception:  # the others are still worth having
            traceback.print_exc()
            failed.append(name)
        finally:
            Child.stop_all()
        result["parts"] = dict(sorted(parts.items()))
        results.save(result, path)
    draw.draw_all(result, FOLDER, stem)
    print(table.table(result))
    print(f"written: {path} and {stem}-PART.svg beside it")
    if failed:
        print(f"failed: {', '.join(failed)} (why is above)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
