"""g. The peer: Caravan's job as a Kafka Streams application (bench/peers/kafka-streams), over the same topic in the same run."""

import os
import re
import signal
import subprocess

from context import PROBE, run
from kafka import PARTITIONS, Deployment, Kafka, Paced, Progress, restored, wait_for_lines
from part_kafka import Scene
from process import Child
from result import Part

PROJECT, HOME = os.path.join("bench", "peers", "kafka-streams"), os.path.abspath(os.path.join("build", "peer"))
JIT = "CompilerThre"
JAVA = ("-Xms6g", "-Xmx6g", "-XX:+UseParallelGC", "-XX:+UseTransparentHugePages", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
RESTORED = re.compile(r"^restored (\d+) entries in ([\d.]+) s", re.M)


def build():
    done = subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(PROJECT, "pom.xml"), "package"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the peer could not be built: {(done.stdout + done.stderr)[-800:]}")


class Peer:
    """An application with topics of its own for what it puts out."""

    def __init__(self, context, name, topic):
        self.context, self.name, self.input = context, name, topic
        self.kafka = Kafka.of(context)
        for kind in ("clearances", "dead-letters"):
            run(PROBE, "create", f"{name}.{kind}", PARTITIONS, "max.message.bytes=8388608")
        self.lives = 0

    def start(self):
        self.lives += 1
        return Child(["java", *JAVA, "-cp", f"{HOME}/peer.jar:{HOME}/lib/*", "peer.Peer", "stream", "--application", self.name, "--brokers",
                      self.kafka.brokers, "--topic", self.input, "--clearances", f"{self.name}.clearances", "--dead-letters",
                      f"{self.name}.dead-letters", "--state", self.context.path(f"{self.name}-state-{self.lives}")],
                     self.context.path(f"{self.name}-{self.lives}.log"))

    def outputs(self, *newest):
        return self.kafka.drain(f"{self.name}.clearances", *newest)

    def delete(self):
        for topic in (f"{self.name}.clearances", f"{self.name}.dead-letters", f"{self.name}-facts-changelog"):
            run(PROBE, "delete", topic)


def compare_records(context, worker, peer):
    """The newest record of each train, byte for byte, by their hashes."""
    files = [context.path(f"{of.name}.newest") for of in (worker, peer)]
    worker.kafka.drain(worker.topic("clearances"), files[0])
    peer.outputs(files[1])
    texts = [open(file, encoding="utf-8").read() for file in files]
    if texts[0] != texts[1]:
        lines = [set(text.splitlines()) for text in texts]
        other = sorted(lines[0] ^ lines[1])
        raise RuntimeError(f"the peer's records differ: {len(other)} lines of {files[0]} and {files[1]}, such as {other[:2]}")
    return len(texts[0].splitlines())


def add_rows(part, name, progress, outputs):
    part.add(f"cold, {name}", **progress.figures(), **{"wall s": progress.wall, "records": outputs["messages"], "record MB": outputs["bytes"] / 1e6})
    part.add(f"second half, {name}", **progress.second_half())


# ---- a backlog, cold; the peer's restart

def cold_round(context, part, source, number):
    worker = Deployment(context, f"cold{number}", topic__input=source.input)
    child = worker.start()
    ours = Progress(source.kafka, child, worker.name, source.input)
    child.stop()
    add_rows(part, "caravan run", ours, worker.outputs())
    context.say("the peer, cold")
    peer = Peer(context, f"peer{number}", source.input)
    child = peer.start()
    theirs = Progress(source.kafka, child, peer.name, source.input, JIT)
    child.stop()
    add_rows(part, "Kafka Streams", theirs, peer.outputs())
    half = theirs.end - theirs.half
    spent = half.cpu - (theirs.jit_end - theirs.jit_half)
    part.add("second half, Kafka Streams without its JIT compiler", **{"events/s": (theirs.events - theirs.half_done) / half.at,
                                                                        "CPU s/M": spent * 1e6 / max(theirs.events - theirs.half_done, 1)})
    return worker, peer


def restart_ours(worker):
    child = worker.start()
    facts, _, seconds = restored(child)
    child.stop()
    return facts, seconds


def restart_theirs(peer):
    """From the changelog, into memory: the store is not on disk."""
    child = peer.start()
    rows = wait_for_lines(child, RESTORED, PARTITIONS)
    child.stop(signal.SIGKILL)
    return int(rows[-1][0]), float(rows[-1][1])


def cold(context, part):
    events, flight = context.choose(60000, 2000000), context.choose(200, 1000)
    path = context.trains(events=events, flight=flight)
    source = Deployment(context, "contest")
    source.load(path)
    context.forget(path)
    part.note(f"Cold: {events:,} events of {flight:,} trains in flight; from the start of the program to the last committed offset. "
              "Second half: from the first commit beyond half of the events on.")
    for number in context.rounds(3, 0.6):
        worker, peer = cold_round(context, part, source, number)
        if number == 0:
            count = compare_records(context, worker, peer)
            part.note(f"The newest records of all {count:,} arrived trains are the same, byte for byte.")
            restarts(context, part, worker, peer)
        worker.delete()
        peer.delete()
    source.delete()
    contest(part)


def restarts(context, part, worker, peer):
    context.say("restarts")
    for _ in context.rounds(3, 0.2):
        for name, (facts, seconds) in (("caravan run", restart_ours(worker)), ("Kafka Streams", restart_theirs(peer))):
            part.add(f"restore after a stop, {name}", **{"facts/s": facts / seconds, "wall s": seconds})


def contest(part):
    def of(row, name, figure):
        return part.values(f"{row}, {name}", figure)
    part.ratio("events a CPU second, cold: run / peer", of("cold", "Kafka Streams", "CPU s/M"), of("cold", "caravan run", "CPU s/M"), least=12)
    part.ratio("events a CPU second, second half: run / peer", of("second half", "Kafka Streams", "CPU s/M"),
               of("second half", "caravan run", "CPU s/M"), least=8)
    part.ratio("wall time, run / peer", of("cold", "caravan run", "wall s"), of("cold", "Kafka Streams", "wall s"), most=1 / 6)
    part.ratio("peak memory, run / peer", of("cold", "caravan run", "peak MiB"), of("cold", "Kafka Streams", "peak MiB"), most=1 / 5)
    part.ratio("facts restored a second, run / peer", of("restore after a stop", "caravan run", "facts/s"),
               of("restore after a stop", "Kafka Streams", "facts/s"), least=3)


# ---- paced

def paced_row(part, name, paced, outputs):
    part.add(name, **paced.figures(), **paced.latency(), **{"records": outputs["messages"], "record MB": outputs["bytes"] / 1e6})


def paced_one(context, scene, program, source):
    """`program`: a Deployment or a Peer on the topic of `source`."""
    source.load(scene.before)
    child = program.start()
    Progress(source.kafka, child, program.name, source.input)
    before = program.outputs()
    paced = Paced(source.kafka, child, program.name, source.input, (scene.after, scene.rate, scene.skip))
    child.stop()
    after = program.outputs()
    program.delete()
    return paced, {what: after[what] - before[what] for what in ("messages", "bytes")}


def paced(context, part):
    scene = Scene(context, context.choose(1000, 10000), context.choose(100, 1000))
    name = f"{scene.rate:,}/s over {scene.flight:,} trains, commits of 100 ms"
    for number in context.rounds(3):
        context.say("paced")
        worker = Deployment(context, f"calm{number}")
        paced_row(part, f"caravan run, {name}", *paced_one(context, scene, worker, worker))
        source = Deployment(context, f"calm-peer{number}-source")
        peer = Peer(context, f"calm-peer{number}", source.input)
        paced_row(part, f"Kafka Streams, {name}", *paced_one(context, scene, peer, source))
        source.delete()
    part.ratio(f"events a CPU second, {name}: run / peer", part.values(f"Kafka Streams, {name}", "CPU s/M"),
               part.values(f"caravan run, {name}", "CPU s/M"), least=6)


def measure(context):
    part = Part("Beside Kafka Streams: the same events, the same broker, the same run")
    build()
    part.note(f"The peer: two stream threads, {' '.join(JAVA[:4])}; records every 100 ms and the commit right after them. It knows of the contract's "
              "second edition what this workload exercises (bench/peers/kafka-streams/README.md); it does no traffic rows, throughput counters, "
              "retention or status page.")
    cold(context, part)
    paced(context, part)
    return part.content
