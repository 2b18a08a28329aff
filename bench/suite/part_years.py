"""f. Whole years: every train of 2020 through Xinjiang and of all China, their totals held against the reference figures of contract 6.8."""

import json
import os
import re
import subprocess
import time

from context import CARAVAN, run
from result import Part

YEARS = {"xinjiang-2020": {"trains": 10051, "gross": "7262800"}, "china-2020": {"trains": 12400, "TEU": "1135000"}}


def summary(text, name):
    found = re.search(rf"^ *{name} +([0-9][0-9.]*)", text, re.M)
    return found.group(1) if found else None


def check(preset, told, truth):
    """What the merge found is what the generator says that it must find, and what the reference says."""
    expected = {"trains": truth["trains"], "waybills": truth["waybills"], "containers": truth["containers"], "events": truth["messages"],
                "rejected": truth["rejected"], **YEARS[preset]}
    for name, value in expected.items():
        if str(summary(told, name)) != str(value):
            raise RuntimeError(f"{preset}: the merge found {summary(told, name)} {name} instead of {value}")


def merge(path, jobs, records):
    began = time.monotonic()
    done = subprocess.run([CARAVAN, "merge", "--keyed", "--summary", "--jobs", str(jobs), path, "-o", records], capture_output=True, text=True, check=True)
    return time.monotonic() - began, done.stderr


def year(context, part, preset):
    truth_path, path = context.path(f"{preset}.truth"), context.path(f"{preset}.keyed")
    scale = context.choose(("--scale", "0.05", "--tracking", "0", "--recompositions", "0"), ())
    run(CARAVAN, "generate", "--keyed", "--preset", preset, "--seed", "2020", "--shuffle", "window:5000", *scale, "--truth", truth_path, "-o", path)
    with open(truth_path, encoding="utf-8") as file:
        truth = json.load(file)
    jobs = os.cpu_count()
    for _ in context.rounds(3, 0.5):
        seconds, told = merge(path, jobs, context.path("records"))
        check(preset, told, truth)
        part.add(f"{preset}, merge --jobs {jobs}", **{"wall s": seconds, "events/s": truth["messages"] / seconds, "MB/s": truth["bytes"] / 1e6 / seconds})
    os.remove(path)
    part.note(f"{preset}: {truth['messages']:,} events, {truth['trains']:,} trains, {truth['waybills']:,} waybills; the totals are the reference's.")


def measure(context):
    part = Part("Whole years, from a file to records in a file")
    for preset in YEARS:
        context.say(preset)
        year(context, part, preset)
    return part.content
