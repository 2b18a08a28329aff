"""The other commands: produce, tail, topics, reset."""

import json
import os
import re
import time

from deployment import CARAVAN, dump, expect, run
from helpers import command, tail
from registry import SMALL, case, deployment


# ---- o: the other commands

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
    expect(all(message.headers == [("content-type", b"application/cloudevents+json")] for message in sent), "each says what it is")
    d.start()
    d.wait_done()
    d.verify()


@case("o-produce-rate: no more messages a second than were asked for")
def produce_rate(folder):
    d = deployment("paced", folder)
    path = os.path.join(d.folder, "events")
    run(CARAVAN, "generate", "--preset", "small", "--trains", "2", "--seed", "32", "-o", path)
    with open(path, "rb") as lines:
        count = sum(1 for _ in lines)
    began = time.monotonic()
    command(d, "produce", "--rate", str(count // 2), path)
    took = time.monotonic() - began
    expect(took > 1.9, f"{count} messages in {took:.2f} s")
    expect(sum(high for _, high in d.ends().values()) == count, "all of them")
    for rate in ("0", "fast", "-1"):
        expect(command(d, "produce", "--rate", rate, path, check=False).returncode == 2, f"--rate {rate}")


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
        expect(all(str(letter[name]) == value for name, value in own.items()), f"{own} instead of {letter}")
        expect(isinstance(letter["offset"], int) and letter["headers"] == [
            {"name": name, "value": value.decode()} for name, value in message.headers if not name.startswith("__caravan.errors.")],
            f"numbers, and the message's own headers: {letter}")
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
