"""One worker and what it does when nothing goes wrong: records, bounds, counters, an orderly stop."""

import json
import os
import random
import re
import time

from deployment import CARAVAN, dump, expect, probe, run, wait_until
from helpers import tail
from registry import LONG, SMALL, case, deployment


# ---- a: one worker

@case("a-one-worker: shuffled, duplicated events on several partitions")
def one_worker(folder):
    d = deployment("one", folder)
    d.load(d.generate(*SMALL, "--seed", "1", "--duplicates", "0.2"))
    worker = d.start()
    d.wait_done()
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    d.verify()
    d.checkpoints_exist()
    for offset, text in d.offsets().values():
        expect(text.f == offset and text.w == "-", "an orderly stop brings F to C")


@case("a-emit-always-and-policies: other rules give file mode's records too")
def policies(folder):
    d = deployment("policies", folder, emit="always", merge__policy="applied", clearance__require="full", pipeline__lanes="3")
    d.load(d.generate(*SMALL, "--seed", "2"))
    d.start()
    d.wait_done()
    d.verify(emit="always")


def sleeps(worker):
    """How often its threads have gone to sleep by themselves."""
    tasks = f"/proc/{worker.process.pid}/task"
    states = [open(f"{tasks}/{task}/status").read() for task in os.listdir(tasks)]
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", state, re.M).group(1)) for state in states)


@case("a-idle: an idle worker commits nothing and hardly wakes; markers and aborted messages are passed")
def idle(folder):
    d = deployment("idle", folder, partitions=2)
    events = d.generate("--preset", "small", "--trains", "10", "--seed", "3")
    noise = d.generate("--preset", "small", "--trains", "5", "--seed", "4", name="noise")
    probe("load-in-transaction", d.topics["input"], events, "txn-idle", "commit")
    d.loads.append(events)
    probe("load-in-transaction", d.topics["input"], noise, "txn-idle", "abort")
    worker = d.start()
    d.wait_done()
    before = {partition: text.k for partition, (_, text) in d.offsets().items()}
    slept = sleeps(worker)
    time.sleep(2)
    slept = sleeps(worker) - slept
    expect(slept < 2 * 200, f"{slept} sleeps in two seconds in which nothing came")
    expect({partition: text.k for partition, (_, text) in d.offsets().items()} == before, "K moved while nothing came in")
    d.verify(records_only=True)


# ---- bounds and ends

def counters(d):
    """The newest throughput document."""
    return json.loads(tail(d, "throughput", "--json")[-1])


@case("l-bound-at-restart: a partition without room waits, the other works; with a second worker both do")
def bound_at_restart(folder):
    d = deployment("room", folder, partitions=2, counters__interval="500ms", pipeline__seen_entries="1024")
    d.load(d.generate(*SMALL, "--seed", "50", "--trains", "300"))
    worker = d.start()
    d.wait_done()
    time.sleep(1)
    bound = int(counters(d)["state_bytes"] * 0.8)
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    d.settings["state.bytes_max"], d.settings["limits.train_bytes"] = f"{bound}B", f"{bound // 2}B"
    d.write_config()
    worker = d.start("first")
    wait_until(lambda: "partition 0 waits" in worker.text() or "partition 1 waits" in worker.text(), 30, "one partition waits")
    d.load(d.generate("--preset", "small", "--trains", "4", "--seed", "51", name="more"))
    wait_until(lambda: any(d.offsets()[p][0] == high for p, (_, high) in d.ends().items()), 30, "the other one works")
    expect(worker.alive(), f"the worker ended: {worker.text()[-600:]}")
    wait_until(lambda: len(counters(d)["lag"]) == 2 and counters(d)["paused"], 20, "its lag is told, and that not all is read")
    d.start("second")
    d.wait_done()
    expect(worker.alive(), f"the worker ended: {worker.text()[-600:]}")
    d.verify()


@case("l-state-bound: beyond state.bytes_max reading pauses, nothing is lost")
def state_bound(folder):
    d = deployment("bound", folder, partitions=2, state__bytes_max="1MiB", limits__train_bytes="512KiB",
                   pipeline__seen_entries="1024", counters__interval="500ms")
    d.load(d.generate(*SMALL, "--seed", "21", "--trains", "400"))
    worker = d.start()
    wait_until(lambda: "is paused" in worker.text(), 40, "the operator is told")

    def waiting():
        """What stands between the committed offsets and the ends, by partition."""
        return {str(p): high - d.offsets()[p][0] for p, (_, high) in d.ends().items()}
    time.sleep(1)
    expect(worker.alive() and not d.at_end(), "the worker waits")
    wait_until(lambda: counters(d)["lag"] == waiting() and counters(d)["paused"], 20, "the lag is what waits")
    d.load(d.generate(*SMALL, "--seed", "22", "--trains", "20", name="more"))
    wait_until(lambda: counters(d)["lag"] == waiting(), 20, "what comes while it is paused is lag too")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    d.settings["state.bytes_max"] = "1GiB"
    d.write_config()
    d.start()
    d.wait_done()
    d.verify()


@case("m-throughput: the counters add up and are read by tail")
def throughput(folder):
    d = deployment("throughput", folder, counters__interval="500ms")
    d.load(d.generate(*SMALL, "--seed", "22"))
    worker = d.start()
    d.wait_done()
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    out = run(CARAVAN, "tail", "throughput", "--config", d.config_path, "--json", "--from", "beginning", "--until-end").stdout
    document = json.loads(out.splitlines()[-1])
    expect(document["events_in"] == sum(high for _, high in d.ends().values()), f"events {document['events_in']}")
    expect(document["events_in"] == document["accepted"] + document["duplicate"] + document["stale"] + sum(document["rejected"].values()),
           "every event is counted once")
    expect(document["records_out"] == len(dump(d.topics["clearances"])), "records out")
    docs = os.environ.get("CARAVAN_SCHEMA_DOCS")
    if docs:
        os.makedirs(docs, exist_ok=True)
        for name, topic in (("throughput", "throughput"), ("traffic", "traffic"), ("clearance", "clearances")):
            with open(os.path.join(docs, f"{name}-kafka.jsonl"), "wb") as file:
                file.writelines(message.value + b"\n" for message in dump(d.topics[topic]))


@case("n-stop-anytime: SIGTERM at any moment of a start ends with 0 within seconds")
def stop_anytime(folder):
    d = deployment("anytime", folder)
    d.load(d.generate(*SMALL, "--seed", "23"))
    rng = random.Random(23)
    for _ in range(60 if LONG else 12):
        worker = d.start(name="anytime")
        time.sleep(rng.uniform(0.2, 1.6))
        code = worker.stop(15)
        expect(code == 0, f"SIGTERM ends with 0, not {code}: {worker.text()[-500:]}")
    d.start(name="anytime")
    d.wait_done()
    d.verify()
