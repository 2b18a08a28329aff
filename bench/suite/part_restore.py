"""e. The way back: restore from the input alone and from checkpoints; memory; the time to the first record."""

import signal
import time

from context import PROBE, run
from kafka import Deployment, Progress, restored
from process import memory_mib
from result import Part


def bytes_of(worker, topic):
    return worker.kafka.drain(worker.topic(topic))["bytes"]


def from_input(part, worker):
    """What follows kill -9: nearly all comes from the input. The state stays that of the first life."""
    child = worker.start()
    _, events, seconds = restored(child)
    child.stop(signal.SIGKILL)
    part.add("restore from the input (after kill -9)", **{"events/s": events / seconds, "wall s": seconds})
    return events / seconds


def from_checkpoints(part, worker, checkpoint_bytes):
    child = worker.start()
    facts, _, seconds = restored(child)
    child.stop()
    part.add("restore from checkpoints (after an orderly stop)", **{"facts/s": facts / seconds, "MB/s": checkpoint_bytes / 1e6 / seconds,
                                                                     "wall s": seconds})
    return facts / seconds


def restores(context, part):
    events = context.choose(60000, 1000000)
    path = context.trains(events=events, flight=context.choose(200, 1000))
    worker = Deployment(context, "restore", checkpoint__bytes="100GiB")
    worker.load(path)
    context.forget(path)
    child = worker.start()
    live = Progress(worker.kafka, child, worker.name, worker.input)
    child.stop(signal.SIGKILL)
    part.add("the first life: a backlog", **{"events/s": live.events / live.wall})
    context.say("restore from the input")
    rates = [from_input(part, worker) for _ in context.rounds(3, 0.3)]
    part.ratio("restore from the input / live work, events/s", rates, [live.events / live.wall] * len(rates), least=1)
    child = worker.start()
    restored(child)
    child.stop()
    checkpoint_bytes, input_bytes = bytes_of(worker, "checkpoints"), worker.kafka.drain(worker.input)["bytes"]
    part.add("checkpoints of everything", **{"checkpoint/input": checkpoint_bytes / input_bytes})
    context.say("restore from checkpoints")
    rates = [from_checkpoints(part, worker, checkpoint_bytes) for _ in context.rounds(3, 0.5)]
    part.ratio("millions of facts a second from checkpoints", rates, [1e6] * len(rates), least=1)
    worker.delete()


def memory(context, part):
    trains = context.choose(100, 2500)
    worker = Deployment(context, "memory")
    child = worker.start()
    time.sleep(3)
    part.add("memory, idle", **{"memory MiB": memory_mib(child.pid)})
    worker.load(context.generated("--oversized", "0", "--trains", str(trains), "--waybills", "40-40", "--unarrived", "1"))
    Progress(worker.kafka, child, worker.name, worker.input)
    part.add(f"memory, {trains * 40:,} open waybills", **{"memory MiB": memory_mib(child.pid)})
    child.stop()
    worker.delete()


def first_record(context, part):
    path = context.generated("--oversized", "0", "--trains", "20")
    for number in context.rounds(3):
        worker = Deployment(context, f"first{number}")
        worker.load(path)
        child = worker.start()
        while not any(int(row.split("\t")[2]) for row in run(PROBE, "ends", worker.topic("clearances")).splitlines()):
            child.require_alive()
            time.sleep(0.02)
        part.add("from start to the first record", **{"first record s": time.monotonic() - child.began})
        child.stop()
        worker.delete()


def measure(context):
    part = Part("The way back, memory, the first record")
    restores(context, part)
    memory(context, part)
    first_record(context, part)
    return part.content
