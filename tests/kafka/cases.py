"""The cases that tests/kafka/run.sh runs: each on topics and a group of its own, on one real broker."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import traceback

from deployment import CARAVAN, PROBE, Deployment, dump, expect, probe, run, wait_until

LONG = os.environ.get("CARAVAN_LONG") == "1"
MANAGED = os.environ.get("MANAGED") == "yes"
SMALL = ("--preset", "small", "--trains", "120", "--shuffle", "window:400")
MEDIUM = ("--preset", "small", "--trains", "60", "--shuffle", "window:400")
CASES = []


def case(name, needs_broker=False):
    def register(function):
        CASES.append((name, needs_broker, function))
        return function
    return register


def broker(verb):
    run("bash", os.environ["KAFKA_SCRIPT"], verb, os.environ["KAFKA_FOLDER"])


def both_protocols(name):
    """Registers the case under the classic protocol and under KIP-848's."""
    def register(function):
        for protocol in ("classic", "consumer"):
            CASES.append((f"{name} ({protocol})", False, lambda folder, protocol=protocol: function(folder, protocol)))
        return function
    return register


def deployment(name, folder, **settings):
    made = Deployment(name, folder, **settings)
    DEPLOYMENTS.append(made)
    return made.create()


DEPLOYMENTS = []


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


@case("a-idle: an idle worker commits nothing; markers and aborted messages are passed")
def idle(folder):
    d = deployment("idle", folder, partitions=2)
    events = d.generate("--preset", "small", "--trains", "10", "--seed", "3")
    noise = d.generate("--preset", "small", "--trains", "5", "--seed", "4", name="noise")
    probe("load-in-transaction", d.topics["input"], events, "txn-idle", "commit")
    d.loads.append(events)
    probe("load-in-transaction", d.topics["input"], noise, "txn-idle", "abort")
    d.start()
    d.wait_done()
    before = {partition: text.k for partition, (_, text) in d.offsets().items()}
    time.sleep(2)
    expect({partition: text.k for partition, (_, text) in d.offsets().items()} == before, "K moved while nothing came in")
    d.verify(records_only=True)


# ---- b: rebalances

@both_protocols("b-rebalance: a worker joins and one leaves under load")
def rebalance(folder, protocol):
    d = deployment(f"rebalance-{protocol}", folder, partitions=6, protocol=protocol)
    events = d.generate(*SMALL, "--seed", "5")
    load = d.load_beside(events, 900)
    first = d.start()
    time.sleep(2.5)
    second = d.start()
    time.sleep(3)
    expect(first.stop() == 0, "the first worker leaves with 0")
    third = d.start()
    load.join()
    d.wait_done(90)
    expect(second.alive() and third.alive(), "the workers that stayed are alive")
    d.verify()


# ---- c: kill -9

@both_protocols("c-kill: kill -9 at random moments, restarted each time")
def kill(folder, protocol):
    d = deployment(f"kill-{protocol}", folder, protocol=protocol, kafka__transaction__timeout__ms="3000", commit__interval="30ms",
                   checkpoint__bytes="16KiB")
    rng = random.Random(6)
    load = d.load_beside(d.generate(*(SMALL if LONG else MEDIUM), "--seed", "6"), 500)
    for _ in range(40 if LONG else 8):
        worker = d.start(name=f"killed-{protocol}")
        time.sleep(rng.uniform(0.3, 2.5))
        expect(worker.kill() == -9, f"the worker died by itself: {worker.text()[-500:]}")
    load.join()
    d.start(name=f"killed-{protocol}")
    d.wait_done(90)
    d.verify()
    d.checkpoints_exist()


# ---- d: the zombie

@both_protocols("d-zombie: stopped past its session, woken, fenced, silent")
def zombie(folder, protocol):
    d = deployment(f"zombie-{protocol}", folder, partitions=2, protocol=protocol)
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "7"), 600)
    sleeper = d.start()
    time.sleep(2.5)
    sleeper.send(signal.SIGSTOP)
    other = d.start()
    load.join()
    wait_until(lambda: d.at_end(), 60, "the other worker takes over")
    k = {partition: text.k for partition, (_, text) in d.offsets().items()}
    before = len(dump(d.topics["clearances"]))
    sleeper.send(signal.SIGCONT)
    time.sleep(5)
    expect(len(dump(d.topics["clearances"])) == before, "the zombie wrote records")
    expect(other.alive(), "the other worker was fenced by the zombie")
    moved = {partition: text.k for partition, (_, text) in d.offsets().items()}
    expect(all(moved[partition] >= k[partition] for partition in k), "K went back")
    d.verify()


@case("d-same-id: two lives under one worker.id: one is fenced and ends, the other goes on")
def same_id(folder):
    d = deployment("same-id", folder, partitions=2)
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "8"), 600)
    lives = [d.start(name="twin")]
    time.sleep(2.5)
    lives.append(d.start(name="twin"))
    wait_until(lambda: not all(life.alive() for life in lives), 40, "one of two lives under one worker.id ends")
    ended = next(life for life in lives if not life.alive())
    expect(ended.process.returncode == 4, f"it ends fenced: {ended.process.returncode} {ended.text()[-400:]}")
    load.join()
    lives.remove(ended)
    d.workers.remove(ended)
    ended.log.close()
    d.wait_done(60)
    expect(lives[0].alive(), "the other goes on")
    d.verify()


# ---- e: broker restarts

@case("e-broker-restart: the broker stopped and started under load", needs_broker=True)
def broker_restart(folder):
    bounce(folder, "restart", "stop-broker", 9)


@case("e-broker-kill: the broker killed with -9 under load", needs_broker=True)
def broker_kill(folder):
    bounce(folder, "broken", "kill-broker", 10)


def bounce(folder, name, verb, seed):
    d = deployment(name, folder)
    load = d.load_beside(d.generate(*SMALL, "--seed", str(seed), "--trains", "70"), 800)
    d.start(commit__interval="20ms")
    time.sleep(4)
    broker(verb)
    expect(load.is_alive(), "the load was over before the broker went")
    broker("restart-broker")
    load.join()
    restart_until_done(d)
    d.verify()


# ---- f: the input deleted up to F

@case("f-truncated: the input deleted up to F on every partition, restart, more events")
def truncated(folder):
    d = deployment("truncated", folder, checkpoint__bytes="256KiB")
    d.load(d.generate(*SMALL, "--seed", "11"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    behind = 0
    for partition, (offset, text) in d.offsets().items():
        behind += text.f < offset
        probe("delete-records", d.topics["input"], partition, text.f)
    expect(behind > 0, "every F was at C: nothing had to be read again")
    expect(any(low > 0 for low, _ in d.ends().values()), "the input still begins at 0")
    more = d.generate(*SMALL, "--seed", "12", "--trains", "60", name="more")
    d.loads.append(more)
    probe("load", d.topics["input"], more)
    restarted = d.start()
    d.wait_done()
    expect(restarted.stop() == 0, "SIGTERM ends with 0")
    records, _, live = d.expected()
    last = {message.key: message.value for message in dump(d.topics["clearances"])}
    for key, (line, record) in records.items():
        expect(record["status"] == "open" or last.get(key) == line, f"the record of {key!r} differs from file mode")
    d.check_live(live)


@case("f-unreachable: F deleted from the input is a clear stop")
def unreachable(folder):
    d = deployment("unreachable", folder, partitions=1, checkpoint__bytes="64MiB")
    d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "13"))
    d.start()
    d.wait_done()
    d.workers[0].kill()
    (offset, text), = d.offsets().values()
    expect(text.f < offset, "F is behind C")
    probe("delete-records", d.topics["input"], 0, offset - 1)
    refused(d, "begins at offset")


# ---- g: poison

@case("g-poison: rejected messages keep bytes and headers, also one too large for its topic")
def poison(folder):
    d = deployment("poison", folder, partitions=1)
    probe("configure", d.topics["dead-letters"], "max.message.bytes=200000")
    d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "14", "--invalid", "0.2"))
    big = os.path.join(d.folder, "big")
    with open(big, "wb") as file:
        file.write(os.urandom(500000))
    probe("put", d.topics["input"], 0, "key", "hex:ff00fe", "trace=abc", "empty=")
    probe("put", d.topics["input"], 0, "-", "-")
    probe("put", d.topics["input"], 0, "big", f"@{big}")
    d.start()
    d.wait_done()
    letters = dump(d.topics["dead-letters"])
    mine = {letter.key: letter for letter in letters if letter.key in (b"key", b"big") or letter.value is None and letter.key is None}
    expect(set(mine) == {b"key", b"big", None}, f"three of the dead letters are ours: {set(mine)}")
    expect(mine[b"key"].value == b"\xff\x00\xfe", "bytes are untouched")
    expect(mine[b"key"].headers[:2] == [("trace", b"abc"), ("empty", b"")], "the message's own headers stand first")
    names = [name for name, _ in mine[b"key"].headers[2:]]
    expect(names == [f"__caravan.errors.{name}" for name in
                     ("reason", "pointer", "message", "topic", "partition", "offset", "timestamp")], f"headers {names}")
    expect(dict(mine[None].headers)["__caravan.errors.reason"] == b"NOT_JSON", "a null value is NOT_JSON")
    expect(mine[b"big"].value is None, "too large for its topic: a null value")
    expect(dict(mine[b"big"].headers)["__caravan.errors.bytes"] == b"500000", "and its length")
    expect(len(letters) == len(d.expected()[1]) + 3, "every reject is a dead letter, once")
    records, _, live = d.expected()
    d.check_records(records, {message.key: 0 for message in dump(d.topics["input"])}, "ready", False)
    d.check_live(live)


# ---- h: transaction time-out

@case("h-transaction-timeout: a worker frozen inside its transaction is aborted and goes on")
def transaction_timeout(folder):
    d = deployment("timeout", folder, partitions=2, kafka__transaction__timeout__ms="1000", kafka__session__timeout__ms="20000",
                   commit__interval="10ms")
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "15"), 450)
    worker = d.start()
    rng = random.Random(15)
    for _ in range(4):
        time.sleep(rng.uniform(0.8, 1.2))
        worker.send(signal.SIGSTOP)
        time.sleep(2.5)
        worker.send(signal.SIGCONT)
        if worker.process.poll() is not None:
            worker = d.start()
    load.join()
    restart_until_done(d)
    d.verify()


def restart_until_done(d, seconds=90):
    """As a supervisor would: a worker that ended fenced is started again. (A coordinator that gives a transaction up for its
    age fences the producer, just as another life would.)"""
    def done():
        worker = d.workers[-1]
        if not worker.alive():
            expect(worker.process.returncode == 4, f"only fenced workers may end: {worker.process.returncode} {worker.text()[-500:]}")
            d.start()
        return d.at_end()
    wait_until(done, seconds, "every event committed")


# ---- i: refusals

def refused(d, sentence, **settings):
    """The worker stops with exit code 3 and a sentence, and writes nothing."""
    def written():
        return {topic: d.ends(topic) for topic in ("clearances", "traffic", "checkpoints", "dead-letters")}
    before, offsets = written(), probe("offsets", d.group, d.topics["input"])
    worker = d.start(**settings)
    code = worker.wait(40)
    expect(code == 3, f"exit code {code} instead of 3: {worker.text()[-600:]}")
    expect(re.search(sentence, worker.text()), f"no sentence with {sentence!r}: {worker.text()[-900:]}")
    expect(written() == before and probe("offsets", d.group, d.topics["input"]) == offsets, "something was written before the refusal")
    d.workers.remove(worker)
    worker.log.close()


def move_offset(d, offset, metadata):
    """Commits by hand, as soon as the killed worker's membership has run out."""
    def committed():
        return run(PROBE, "commit", d.group, d.topics["input"], 0, offset, metadata, check=False).returncode == 0
    wait_until(committed, 30, "the group lets offsets be moved")


def settled(name, folder, **settings):
    """A deployment with a committed life behind it, its F behind C."""
    d = deployment(name, folder, partitions=1, checkpoint__bytes=settings.pop("checkpoint__bytes", "8KiB"), **settings)
    d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "16"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    return d


@case("i-refuse-foreign-metadata: offsets that somebody moved")
def foreign_metadata(folder):
    d = settled("foreign", folder)
    (offset, _), = d.offsets().values()
    move_offset(d, offset, "moved by hand")
    refused(d, "metadata")


@case("i-refuse-no-offset: checkpoints without a committed offset")
def no_offset(folder):
    d = settled("orphan", folder)
    d.group = d.settings["group"] = "group-orphan-2"
    d.write_config()
    refused(d, "no committed offset")


@case("i-refuse-other-version: a text of another version")
def other_version(folder):
    d = settled("version", folder, checkpoint__bytes="64MiB")
    (offset, text), = d.offsets().values()
    metadata = probe("offsets", d.group, d.topics["input"]).splitlines()[0].split("\t")[2]
    move_offset(d, offset, "2" + metadata[1:])
    refused(d, "version")


@case("i-refuse-end-below: an input that ends below C")
def end_below(folder):
    d = settled("short", folder, checkpoint__bytes="64MiB")
    metadata = probe("offsets", d.group, d.topics["input"]).splitlines()[0].split("\t")[2]
    (offset, text), = d.offsets().values()
    move_offset(d, offset + 1000, metadata)
    refused(d, "ends at offset")


@case("i-refuse-sums: N and S that do not come out")
def sums_differ(folder):
    d = settled("sums", folder)
    (offset, text), = d.offsets().values()
    metadata = probe("offsets", d.group, d.topics["input"]).splitlines()[0].split("\t")[2]
    move_offset(d, offset, metadata.replace(f" {text.n} {text.s} ", f" {text.n + 1} {text.s} "))
    refused(d, r"\bN\b|live events")


@case("i-refuse-damaged: a damaged checkpoint, one that is gone")
def damaged(folder):
    d = settled("damaged", folder)
    checkpoint = next(message for message in reversed(dump(d.topics["checkpoints"])) if message.value)
    flipped = checkpoint.value[:-1] + bytes([checkpoint.value[-1] ^ 1])
    probe("put", d.topics["checkpoints"], 0, f"hex:{checkpoint.key.hex()}", f"hex:{flipped.hex()}")
    refused(d, "damaged|checksum")
    probe("put", d.topics["checkpoints"], 0, f"hex:{checkpoint.key.hex()}", "-")
    refused(d, r"\bN\b|live events|missing|part")


@case("i-refuse-newer: a checkpoint made above C")
def newer_checkpoint(folder):
    d = deployment("newer", folder, partitions=1)
    d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "16"))
    worker = d.start()
    d.wait_done()
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    (offset, text), = d.offsets().values()
    metadata = probe("offsets", d.group, d.topics["input"]).splitlines()[0].split("\t")[2]
    expect(text.f == offset, "an orderly stop brings F to C")
    move_offset(d, offset - 1, metadata.replace(f" {offset} - ", f" {offset - 1} - "))
    refused(d, "above")


@case("i-refuse-topics: a compacted input, checkpoints and traffic not compact alone, gained partitions")
def wrong_topics(folder):
    d = settled("topics", folder)
    for topic, setting, right in (("input", "cleanup.policy=compact", "cleanup.policy=delete"),
                                  ("checkpoints", "cleanup.policy=compact,delete", "cleanup.policy=compact"),
                                  ("traffic", "cleanup.policy=delete", "cleanup.policy=compact")):
        probe("configure", d.topics[topic], setting)
        refused(d, re.escape(d.topics[topic]))
        probe("configure", d.topics[topic], right)
    probe("add-partitions", d.topics["input"], 2)
    refused(d, "partitions")


# ---- j: changed rules and limits

@case("j-limits: changed limits are brought in, with a crash in the middle")
def limits(folder):
    d = deployment("limits", folder, checkpoint__bytes="64MiB")
    d.load(d.generate(*SMALL, "--seed", "17"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    d.settings["limits.message_bytes"] = "512KiB"
    d.settings["limits.train_bytes"] = "4MiB"
    d.write_config()
    crash_while_changing(d)
    d.start()
    wait_until(lambda: all(text.message_bytes == 524288 and text.train_bytes == 4194304 for _, text in d.offsets().values()), 40,
               "the new limits are in every text")
    d.load(d.generate(*SMALL, "--seed", "17", "--trains", "20", name="more"))
    d.wait_done()
    d.verify()


@case("j-rules: changed rules need accept, survive a crash in the middle, give every record anew")
def rules(folder):
    d = deployment("rules", folder, checkpoint__bytes="64MiB")
    d.load(d.generate(*SMALL, "--seed", "18"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    d.settings["merge.policy"] = "never"
    d.write_config()
    refused(d, "rules.change")
    d.settings["rules.change"] = "accept"
    d.write_config()
    crash_while_changing(d)
    d.start()
    wait_until(lambda: all(text.merge == "never" for _, text in d.offsets().values()), 40, "the new rules are in every text")
    d.load(d.generate(*SMALL, "--seed", "18", "--trains", "20", name="more"))
    d.wait_done()
    d.verify(repeats=True)


def crash_while_changing(d):
    rng = random.Random(19)
    for _ in range(3):
        worker = d.start()
        wait_until(lambda: "restore" in worker.text(), 30, "the worker restores")
        time.sleep(rng.uniform(0, 0.4))
        worker.kill()


# ---- k: retention

@case("k-retention: expiry across restarts, raised and lowered")
def retention(folder):
    d = deployment("retention", folder, partitions=2, retention__days="20", checkpoint__bytes="16KiB", emit="always")
    events = d.generate("--preset", "xinjiang-2020", "--scale", "0.02", "--trains", "300", "--seed", "20")
    with open(events, "rb") as lines:
        all_lines = lines.readlines()
    third = len(all_lines) // 3
    horizons = []
    for index, days in enumerate(("20", "45", "10")):
        path = os.path.join(d.folder, f"part{index}.keyed")
        with open(path, "wb") as part:
            part.writelines(all_lines[index * third:(index + 1) * third if index < 2 else len(all_lines)])
        d.settings["retention.days"] = days
        d.write_config()
        worker = d.start()
        d.load(path)
        d.wait_done()
        worker.kill() if index == 0 else expect(worker.stop() == 0, "SIGTERM ends with 0")
        offsets = d.offsets()
        expect(all(text.retention_days == int(days) for _, text in offsets.values()), "the text has the retention in force")
        horizons.append({partition: text.h for partition, (_, text) in offsets.items()})
    for before, after in zip(horizons, horizons[1:]):
        expect(all(before[partition] <= after[partition] for partition in before), f"a horizon went back: {horizons}")
    check_expiry(d, horizons[-1])


def check_expiry(d, horizons):
    records, _, _ = d.expected()
    last, expired = {}, set()
    for message in dump(d.topics["clearances"]):
        expect(message.key not in expired, f"{message.key} was emitted after its expiry")
        expect(message.key not in last or last[message.key].value != message.value, f"{message.key} was emitted twice in a row")
        last[message.key] = message
        if b'"expired":true' in message.value:
            expired.add(message.key)
    dropped = 0
    late = {tuple(dict(letter.headers)[f"__caravan.errors.{name}"] for name in ("partition", "offset"))
            for letter in dump(d.topics["dead-letters"]) if dict(letter.headers)["__caravan.errors.reason"] == b"TOO_LATE"}
    late_keys = {message.key for message in dump(d.topics["input"])
                 if (str(message.partition).encode(), str(message.offset).encode()) in late}
    for key, message in last.items():
        date = key.split(b"|")[1].decode()
        if date < horizons[message.partition]:
            dropped += 1
            expect(key in expired or b'"status":"cleared"' in message.value, f"{key} was dropped uncleared without a last record")
        elif key not in late_keys:
            expect(message.value == records[key][0], f"{key} is within the horizon and differs from file mode")
    expect(dropped > 20 and expired, f"too little expired to tell: {dropped}")
    keys = set(message.key.split(b"\x1f")[0] for message in live_checkpoints(d))
    expect(all(key.split(b"|")[1].decode() >= min(horizons.values()) for key in keys), "a dropped train still has a checkpoint")


def live_checkpoints(d):
    newest = {}
    for message in dump(d.topics["checkpoints"]):
        newest[message.key] = message
    return [message for message in newest.values() if message.value is not None]


# ---- bounds and ends

@case("l-state-bound: beyond state.bytes_max reading pauses, nothing is lost")
def state_bound(folder):
    d = deployment("bound", folder, partitions=2, state__bytes_max="1MiB", limits__train_bytes="512KiB")
    d.load(d.generate(*SMALL, "--seed", "21", "--trains", "400"))
    worker = d.start()
    wait_until(lambda: "state.bytes_max" in worker.text(), 40, "the operator is told")
    time.sleep(1)
    expect(worker.alive() and not d.at_end(), "the worker waits")
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


@case("n-stop-without-broker: SIGTERM while no broker answers, working and restoring", needs_broker=True)
def stop_without_broker(folder):
    d = deployment("unanswered", folder, shutdown__timeout="3s")
    d.load(d.generate(*SMALL, "--seed", "24"))
    for before in (2.5, 0.9):
        worker = d.start(name="unanswered")
        time.sleep(before)
        broker("stop-broker")
        time.sleep(1)
        began = time.monotonic()
        code = worker.stop(60)
        took = time.monotonic() - began
        broker("restart-broker")
        expect(code == 0, f"SIGTERM ends with 0, not {code}: {worker.text()[-500:]}")
        expect(took < 15, f"it took {took:.0f} s")
    d.start(name="unanswered")
    d.wait_done(90)
    d.verify()


# ---- o: the other commands

def command(d, name, *arguments, **options):
    return run(CARAVAN, name, "--config", d.config_path, *arguments, **options)


def tail(d, topic, *options):
    return command(d, "tail", topic, "--from", "beginning", "--until-end", *options).stdout.splitlines()


@case("o-produce: a file without keys, sent by caravan produce, comes out as over files")
def produce(folder):
    d = deployment("produce", folder)
    d.form = []
    path = os.path.join(d.folder, "events")
    run(CARAVAN, "generate", *SMALL, "--seed", "31", "-o", path)
    d.loads.append(path)
    told = command(d, "produce", path).stderr
    with open(path, "rb") as lines:
        count = sum(1 for _ in lines)
    expect(f"caravan produce: {count} messages," in told and "; 0 not delivered" in told, f"what it says: {told}")
    sent = dump(d.topics["input"])
    expect(len(sent) == count and len({message.partition for message in sent if message.key}) == 4, "all is there, in every partition")
    d.start()
    d.wait_done()
    d.verify()


@case("o-produce-nowhere: no topic, no file: told at once")
def produce_nowhere(folder):
    d = deployment("nowhere", folder, partitions=1)
    none = command(d, "produce", os.path.join(d.folder, "none"), check=False)
    expect(none.returncode == 1 and "none" in none.stderr, f"a file that is not there: {none.returncode} {none.stderr}")
    began = time.monotonic()
    lost = command(d, "produce", "--set", "topic.input=nowhere.else", d.config_path, check=False)
    expect(lost.returncode == 1 and "nowhere.else" in lost.stderr, f"a topic that is not there: {lost.returncode} {lost.stderr}")
    expect(time.monotonic() - began < 20, "it waited for a topic that is not there")
    checked = command(d, "topics", "check", "--set", "topic.traffic=nowhere.none", check=False)
    expect(checked.returncode == 3 and "nowhere.none: is missing" in checked.stdout, f"a missing topic: {checked.returncode} {checked.stdout}")
    expect(command(d, "topics", "check").stdout == "", "of topics that are right nothing is said")


@case("o-tail: every topic as people and as machines read it")
def tails(folder):
    d = deployment("tail", folder)
    d.load(d.generate(*SMALL, "--seed", "32", "--trains", "40", "--invalid", "0.1"))
    d.start()
    d.wait_done()
    tail_clearances(d)
    tail_traffic(d)
    tail_dead_letters(d)


def tail_clearances(d):
    records, _, _ = d.expected()
    messages = dump(d.topics["clearances"])
    key = next(key for key, (_, record) in records.items() if record["status"] == "held")
    mine = [message.value.decode() for message in messages if message.key == key]
    expect(tail(d, "clearances", "--json", "--train", key.decode()) == mine, "the records of one train, as they are")
    expect(mine[-1].encode() == records[key][0], "the last is file mode's")
    expect(sorted(tail(d, "clearances", "--json")) == sorted(message.value.decode() for message in messages), "all records")
    expect(len(tail(d, "clearances", "--json", "--limit", "3")) == 3, "--limit")
    shown = tail(d, "clearances", "--train", key.decode())
    number, date, port = key.decode().split("|")
    heads = [line for line in shown if re.match(rf"\w+ +train {number} of {date} at {port}", line)]
    expect(len(heads) == len(mine) and heads[-1].startswith("held"), f"a head a record: {heads}")


def tail_traffic(d):
    rows = [message.value.decode() for message in dump(d.topics["traffic"])]
    expect(sorted(tail(d, "traffic", "--json")) == sorted(rows), "traffic rows as they are")
    shown = tail(d, "traffic")
    form = r"\d{4}-\d\d-\d\d [A-Z]{5}\[\d\]  trains \d+: \d+ open, \d+ cleared, .*; waybills \d+ -> declarations \d+; .* kg"
    expect(len(shown) == len(rows) and all(re.fullmatch(form, line) for line in shown), f"a line a row: {shown[:2]}")


def tail_dead_letters(d):
    letters = dump(d.topics["dead-letters"])
    expect(len(letters) > 20, "there are dead letters")
    told = {(int(letter["partition"]), int(letter["offset"])): letter for letter in map(json.loads, tail(d, "dead-letters", "--json"))}
    expect(len(told) == len(letters), "an object a letter")
    for message in letters:
        own = {name.rsplit(".", 1)[1]: value.decode() for name, value in message.headers if name.startswith("__caravan.errors.")}
        letter = told[int(own["partition"]), int(own["offset"])]
        expect(all(letter[name] == value for name, value in own.items()), f"{own} instead of {letter}")
        value = letter["value"].encode() if "value" in letter else bytes.fromhex(letter["value_hex"])
        expect(value == message.value, f"the bytes of {letter}")
    shown = "\n".join(tail(d, "dead-letters"))
    expect(len(re.findall(rf"(?m)^[A-Z_]+ at {d.topics['input']}\[\d\]@\d+", shown)) == len(letters), "a head a letter for people")


@case("o-reset: refused while a worker is active, then the group starts over")
def reset(folder):
    d = deployment("reset", folder)
    d.load(d.generate(*SMALL, "--seed", "33", "--trains", "40"))
    worker = d.start()
    d.wait_done()
    before = d.offsets()
    active = command(d, "reset", "--yes", check=False)
    expect(active.returncode == 1 and "active member" in active.stderr, f"an active member: {active.returncode} {active.stderr}")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    unsure = command(d, "reset", check=False, input="no\n")
    expect(unsure.returncode == 1 and "nothing was changed" in unsure.stderr, f"not confirmed: {unsure.returncode} {unsure.stderr}")
    expect(set(d.offsets()) == set(before), "the offsets are still there")
    told = command(d, "reset", "--yes").stdout
    expect("offsets deleted" in told, f"what it says: {told}")
    expect(not d.offsets(), "the offsets are gone")
    for topic in ("checkpoints", "traffic"):
        expect(all(low == high for low, high in d.ends(topic).values()), f"{topic} is empty")
    d.start()
    d.wait_done()
    d.verify(repeats=True, records_only=True)
    records, _, live = d.expected()
    d.check_traffic(records, {message.key: message.partition for message in dump(d.topics["input"]) if message.key is not None})
    d.check_live(live)
    expect(command(d, "topics", "check").stdout == "", "the topics are as they were")


# ---- running

def show(d):
    for worker in d.workers[-2:]:
        print(f"  log of a worker of {d.name}:")
        for line in worker.text().splitlines()[-12:]:
            print(f"    {line[:240]}")


def run_case(name, needs_broker, function, folder):
    if needs_broker and not MANAGED:
        print(f"skip kafka: {name}: the running Kafka of CARAVAN_TEST_BROKERS is not ours to stop", flush=True)
        return True
    began, first = time.monotonic(), len(DEPLOYMENTS)
    try:
        function(folder)
        print(f"ok kafka: {name} ({time.monotonic() - began:.0f} s)", flush=True)
        return True
    except Exception as error:  # whatever went wrong, the other cases still run
        print(f"not ok kafka: {name}: {error}", flush=True)
        if not type(error).__name__ == "Wrong":
            traceback.print_exc(file=sys.stdout)
        for d in DEPLOYMENTS[first:]:
            show(d)
        return False
    finally:
        for d in DEPLOYMENTS[first:]:
            d.end()


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    good = True
    for name, needs_broker, function in CASES:
        if not wanted or any(name.startswith(prefix) for prefix in wanted):
            good = run_case(name, needs_broker, function, folder) and good
    sys.exit(0 if good else 1)


main()
