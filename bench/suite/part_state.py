"""c. What an event and a record cost while many waybills are open, and what an open waybill takes; what a record costs in motion."""

import json

from context import run, run_json, tool
from result import Part

EVENTS_A_TRAIN = 75  # all manifests are in, and nearly no train has arrived
WAYBILLS_A_TRAIN = 40
GROUPS = {"tracked": "a container is tracked", "declared": "a declaration is lodged or decided", "controls": "a control or a tally",
          "cargo": "the cargo changes"}


def open_row(context, part, waybills, tail):
    flight = waybills // WAYBILLS_A_TRAIN
    path = context.trains(events=flight * EVENTS_A_TRAIN + tail, flight=flight, duplicates=0, amendments=0, invalid=0)
    told = run_json(tool("state"), path, tail, 5)
    context.forget(path)
    part.add(f"{waybills:,} open waybills", **{
        "events/s": [1 / seconds for seconds in told["event_seconds"]], "µs/record": [seconds * 1e6 for seconds in told["record_seconds"]],
        "bytes/waybill": told["state_bytes"] / told["waybills"], "waybills": told["waybills"],
        "bytes/record": told["record_bytes"] / told["records"]})
    return told


def motion_rows(context, part):
    path = context.generated("--preset", "china-2020", "--seed", "1", "--trains", str(context.choose(50, 200)), "--waybills", "50-60", "--tracking",
                             "1", "--duplicates", "0", "--invalid", "0", "--shuffle", "none")
    for _ in context.rounds(3):
        for line in run(tool("records"), path).splitlines():
            told = json.loads(line)
            part.add(GROUPS[told["group"]], **{"µs/change": told["seconds"] * 1e6 / max(told["changes"], 1),
                                               "bytes/record": told["record_bytes"] / max(told["records"], 1)})


def measure(context):
    part = Part("Open waybills, and records in motion: CPU time of one thread")
    sizes = context.choose((1000, 10000), (10000, 100000, 1000000))
    part.note("Open waybills: events of any of the trains in flight; records derived anew, of trains all over the state. "
              "In motion: one changed event a record, as a worker writes it.")
    told = []
    for size in sizes:
        context.say(f"{size:,} open waybills")
        told.append(open_row(context, part, size, context.choose(10000, 100000)))
    part.ratio(f"cost of an event, {sizes[-1]:,} / {sizes[0]:,} open waybills", told[-1]["event_seconds"], told[0]["event_seconds"], most=1.5)
    motion_rows(context, part)
    return part.content
