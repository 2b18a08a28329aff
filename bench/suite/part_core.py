"""a. What one core does from memory, beside bare parsing and hashing of the same bytes."""

from context import run_json, tool
from result import Part

NAMES = {"yyjson": "bare yyjson", "jansson": "bare jansson", "xxh3": "bare XXH3-128", "decode": "decode", "merge": "merge, fresh events",
         "repeat": "merge, repeated events"}


def speeds(told, key):
    seconds = told["seconds"][key]
    return {"events/s": [told["events"] / second for second in seconds], "MB/s": [told["bytes"] / 1e6 / second for second in seconds]}


def measure(context):
    part = Part("One core, from memory: CPU time of one thread")
    events = context.choose(60000, 300000)
    fresh = run_json(tool("core"), context.trains(events=events, duplicates=0, amendments=0, invalid=0), context.choose(3, 5))
    part.note(f"Fresh: {fresh['events']:,} events of {fresh['bytes'] / fresh['events']:.0f} bytes, {fresh['trains']:,} trains. "
              "Mixed: 15 % repeated, 2 % amendments, 1 % invalid.")
    for key, name in NAMES.items():
        part.add(name, **speeds(fresh, key))
    context.say("mixed")
    mixed = run_json(tool("core"), context.trains(events=events), context.choose(3, 3))
    part.add("merge, mixed events", **speeds(mixed, "merge"))
    part.add("state after the fresh ones", **{"state/input": fresh["state_bytes"] / fresh["bytes"],
                                               "faults/M": [faults * 1e6 / fresh["events"] for faults in fresh["merge_faults"]]})
    seconds = fresh["seconds"]
    part.add("records, derived anew", **{"records/s": [fresh["records"] / second for second in seconds["records"]],
                                          "µs/record": [second * 1e6 / fresh["records"] for second in seconds["records"]],
                                          "bytes/record": fresh["record_bytes"] / fresh["records"]})
    part.ratio("decode / bare yyjson", seconds["yyjson"], seconds["decode"], least=1)
    part.ratio("fresh events / bare yyjson", seconds["yyjson"], seconds["merge"], least=0.5)
    part.ratio("repeated events / bare XXH3-128", seconds["xxh3"], seconds["repeat"], least=0.5)
    return part.content
