"""b. One lane, two, and so on up to one a processor."""

import os
import time

from context import CARAVAN, run, run_json, tool
from result import Part


def lane_counts():
    processors = os.cpu_count()
    return [count for count in (1, 2, 4, 8, 16, 32, 64) if count < processors] + [processors] if processors > 1 else [1]


def lanes_row(part, count, path):
    told = run_json(tool("lanes"), path, count, 1)
    part.add(f"{count} from memory", **{"events/s": told["events"] / told["wall"][0], "CPU s/M": told["cpu"][0] * 1e6 / told["events"]})
    return told["events"]


def merge_row(part, count, path, events, records):
    began, before = time.monotonic(), os.times()
    run(CARAVAN, "merge", "--keyed", "--jobs", count, path, "-o", records)
    seconds, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    part.add(f"merge --jobs {count}", **{"events/s": events / seconds, "CPU s/M": cpu * 1e6 / events})


def measure(context):
    part = Part("Lanes: wall time")
    events = context.choose(60000, 500000)
    path = context.trains(events=events, duplicates=0, amendments=0, invalid=0)
    part.note("From memory: hash, decode, join; one more thread hands out the batches. merge: the whole program, from a file to records in a file.")
    for _ in context.rounds(5):
        for count in lane_counts():
            lanes_row(part, count, path)
        for count in lane_counts():
            merge_row(part, count, path, events, context.path("records"))
    if len(lane_counts()) > 1:
        for kind in ("{} from memory", "merge --jobs {}"):
            part.ratio(f"two lanes / one, {kind.format('N')}", part.values(kind.format(2), "events/s"), part.values(kind.format(1), "events/s"),
                       **({"least": 1.8} if "memory" in kind else {}))
    return part.content
