"""h. What a thousand requests a second over HTTP take from a worker at full speed, and how one at rest answers."""

import subprocess
import time
import urllib.parse

from context import run_json, tool
from kafka import Deployment, Progress
from result import Part

RATE, ADDRESS, SECONDS_AT_MOST = 1000, "127.0.0.1:18480", 600
OTHERS = ("/v1/trains?status=held&limit=50", "/metrics", "/v1/status", "/readyz")


def paths_of(events):
    """Nine records of trains, then one of each other kind."""
    keys = {}
    with open(events, "rb") as lines:
        for line in lines:
            key = line.split(b"\t")[0].decode(errors="replace")
            if key.count("|") == 2:
                keys[key] = None
            if len(keys) == 360:
                break
    paths = []
    for at, key in enumerate(keys):
        paths.append(f"/v1/trains/{urllib.parse.quote(key)}")
        if at % 9 == 8:
            paths.append(OTHERS[at // 9 % len(OTHERS)])
    return paths


def one_round(context, part, speed, paths, name):
    worker = Deployment(context, name, topic__input=speed.input, http__listen=ADDRESS)
    asker = subprocess.Popen([tool("asker"), ADDRESS, str(RATE), str(SECONDS_AT_MOST), *paths], stdout=subprocess.DEVNULL) if paths else None
    child = worker.start()
    progress = Progress(speed.kafka, child, name, speed.input)
    if asker:
        asker.kill()
        asker.wait()
    child.stop()
    worker.delete()
    part.add(f"backlog, {RATE:,} requests a second" if paths else "backlog, nobody asks",
             **{figure: progress.figures()[figure] for figure in ("events/s", "CPU s/M")})


def answers(context, part, speed, paths):
    """How a worker at rest that holds the trains answers."""
    worker = Deployment(context, "rest", topic__input=speed.input, http__listen=ADDRESS)
    child = worker.start()
    Progress(speed.kafka, child, worker.name, speed.input)
    time.sleep(1)
    told = run_json(tool("asker"), ADDRESS, RATE, context.choose(3, 10), *paths)
    child.stop()
    worker.delete()
    part.add("answers of a worker at rest", **{"p50 ms": told["p50_ms"], "p99 ms": told["p99_ms"], "max ms": told["max_ms"],
                                               "requests/s": told["requests"] / told["seconds"]})


def measure(context):
    part = Part("Questions over HTTP while a backlog is worked off")
    speed = Deployment(context, "asked")
    path = context.trains(events=context.choose(60000, 1000000), flight=context.choose(200, 1000))
    paths = paths_of(path)
    speed.load(path)
    context.forget(path)
    for number in context.rounds(3, 0.8):
        one_round(context, part, speed, None, f"alone{number}")
        one_round(context, part, speed, paths, f"asked{number}")
    answers(context, part, speed, paths)
    speed.delete()
    alone, asked = (part.values(name, "events/s") for name in ("backlog, nobody asks", f"backlog, {RATE:,} requests a second"))
    part.ratio("events/s while asked / while nobody asks", asked, alone, least=0.95)
    return part.content
