"""A real Kafka for the parts that need one, workers on it, and how they are measured."""

import json
import os
import re
import subprocess
import time
from datetime import datetime

import process
from context import CARAVAN, PROBE, run, run_json, tool

PARTITIONS = 4
TOPICS = ("input", "clearances", "traffic", "dead_letters", "checkpoints", "throughput")
SCRIPT = os.path.join("deploy", "kafka", "broker.sh")
RESTORING = re.compile(r"^(\S+)Z .* is restoring: ", re.M)
RESTORED = re.compile(r"^(\S+)Z .* (\d+) facts and (\d+) events in [\d.]+ s; goes on", re.M)
WAIT_SECONDS = 900


class Kafka:
    """One for the whole run of the suite: run.sh stops it."""

    started = None

    def __init__(self, context):
        self.folder = context.path("kafka")
        subprocess.run(["bash", "deploy/deps.sh", "kafka"], check=True)
        subprocess.run(["bash", SCRIPT, "start", self.folder], check=True)
        self.brokers = re.search(r"^BROKERS=(.*)$", process.read(os.path.join(self.folder, "env")), re.M).group(1)
        self.pid = int(process.read(os.path.join(self.folder, "broker.pid")))
        os.environ["BROKERS"] = self.brokers

    @classmethod
    def of(cls, context):
        if cls.started is None:
            cls.started = cls(context)
        return cls.started

    def drain(self, topic, *newest):
        """How many messages and bytes a topic holds, and what reading it costs; `newest`: see bench/drain.c."""
        return run_json(tool("drain"), self.brokers, topic, *newest)


class Deployment:
    """A group with topics of its own, but for those that `settings` names: dots are written as two underscores."""

    def __init__(self, context, name, **settings):
        self.context, self.name = context, name
        self.kafka = Kafka.of(context)
        self.config = context.path(f"{name}.properties")
        self.input = settings.get("topic__input", f"{name}.input")
        options = {"group": name, "kafka__bootstrap__servers": self.kafka.brokers, "retention__days": 36000, "http__listen": "",
                   "pipeline__lanes": 1, **{f"topic__{topic}": f"{name}.{topic}" for topic in TOPICS}, **settings}
        with open(self.config, "w", encoding="utf-8") as config:
            config.writelines(f"{key.replace('__', '.')} = {value}\n" for key, value in options.items())
        run(CARAVAN, "topics", "create", "--partitions", PARTITIONS, "--config", self.config)
        self.own = [options[f"topic__{topic}"] for topic in TOPICS if options[f"topic__{topic}"].startswith(f"{name}.")]

    def topic(self, kind):
        return f"{self.name}.{kind}"

    def load(self, path):
        run(CARAVAN, "produce", "--keyed", "--config", self.config, path)

    def start(self):
        return process.Child([CARAVAN, "run", "--config", self.config], self.context.path(f"{self.name}.log"))

    def delete(self):
        for topic in self.own:
            run(PROBE, "delete", topic)

    def outputs(self):
        return self.kafka.drain(self.topic("clearances"))


class Progress:
    """From the start of a program until its group is at the end of the topic: samples of it and of the broker."""

    def __init__(self, kafka, child, group, topic, jit=None):
        self.kafka, self.child, self.jit = kafka, child, jit
        self.half = None
        self.broker_began = process.sample(kafka.pid)
        self.wait(subprocess.Popen([tool("committed"), kafka.brokers, group, topic], stdout=subprocess.PIPE, text=True))
        self.end = process.sample(child.pid)
        self.broker = process.sample(kafka.pid) - self.broker_began
        self.jit_end = process.thread_cpu(child.pid, jit) if jit else 0
        self.wall = self.end.at - child.began
        self.peak_mib = process.memory_mib(child.pid, "VmHWM")

    def wait(self, watcher):
        try:
            for line in watcher.stdout:
                self.child.require_alive()
                done, self.events = (int(word) for word in line.split())
                if self.half is None and done * 2 >= self.events:
                    self.half, self.half_done = process.sample(self.child.pid), done
                    self.jit_half = process.thread_cpu(self.child.pid, self.jit) if self.jit else 0
                if time.monotonic() - self.child.began > WAIT_SECONDS:
                    raise RuntimeError(f"{self.child.command[0]} did not get to the end of its topic in {WAIT_SECONDS} s: {self.child.text()[-800:]}")
        finally:
            watcher.kill()
            watcher.wait()

    def figures(self):
        millions = self.events / 1e6
        return {"events/s": self.events / self.wall, "CPU s/M": self.end.cpu / millions, "broker CPU s/M": self.broker.cpu / millions,
                "faults/M": self.end.faults / millions, "switches/M": self.end.switches / millions, "peak MiB": self.peak_mib}

    def second_half(self):
        """Events a second and CPU seconds a million from the first commit at or beyond the half on."""
        events, spent = self.events - self.half_done, self.end - self.half
        return {"events/s": events / spent.at, "CPU s/M": spent.cpu * 1e6 / max(events, 1)}


class Paced:
    """A running program whose topic gets events at a rate: latency, and what it and the broker spend once it is warm. `load`: a file, the
    rate, seconds that do not count, how many events (bench/offer.c)."""

    def __init__(self, kafka, child, group, topic, load):
        offer = subprocess.Popen([tool("offer"), kafka.brokers, topic, group, *(str(part) for part in load)], stdout=subprocess.PIPE, text=True)
        try:
            offer.stdout.readline()
            began, broker_began = process.sample(child.pid), process.sample(kafka.pid)
            self.told = json.loads(offer.stdout.readline() or "{}")
        finally:
            offer.wait()
        child.require_alive()
        if self.told.get("through") != self.told.get("sent") or offer.returncode:
            raise RuntimeError(f"not everything that was offered came through: {self.told}; {child.text()[-800:]}")
        self.spent, self.broker = process.sample(child.pid) - began, process.sample(kafka.pid) - broker_began
        self.peak_mib = process.memory_mib(child.pid, "VmHWM")

    def latency(self):
        return {"p50 ms": self.told["p50_ms"], "p99 ms": self.told["p99_ms"], "p99.9 ms": self.told["p999_ms"], "max ms": self.told["max_ms"]}

    def figures(self):
        millions = self.told["counted"] / 1e6
        return {"CPU s/M": self.spent.cpu / millions, "broker CPU s/M": self.broker.cpu / millions, "faults/M": self.spent.faults / millions,
                "switches/M": self.spent.switches / millions, "peak MiB": self.peak_mib}


def wait_for_lines(child, pattern, count):
    """The first `count` and more matches of a pattern in what the program says."""
    while len(rows := pattern.findall(child.text())) < count:
        child.require_alive()
        if time.monotonic() - child.began > WAIT_SECONDS:
            raise RuntimeError(f"{child.command[0]} did not restore within {WAIT_SECONDS} s: {child.text()[-800:]}")
        time.sleep(0.05)
    return rows


def restored(child):
    """Waits for the restore of every partition: facts, events and the seconds from the first one's beginning to the last one's end. They go
    on side by side, so the times that they took do not add up."""
    rows = wait_for_lines(child, RESTORED, PARTITIONS)
    began = min(datetime.fromisoformat(when) for when in RESTORING.findall(child.text()))
    ended = max(datetime.fromisoformat(row[0]) for row in rows)
    return sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows), (ended - began).total_seconds()
