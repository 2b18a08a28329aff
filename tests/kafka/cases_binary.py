"""Events in binary mode (contract 2.20) beside structured ones. Files have no headers, so what must come out is what
tests/reference says, which reads the same messages."""

import collections
import json
import os
import pathlib
import random
import sys

from deployment import dump, expect, run, wait_until
from helpers import command, tail
from registry import SMALL, case, deployment

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "reference"))
from check import faults_of  # noqa: E402
from merge import facts_of, merge, records_of  # noqa: E402
from record import Rules  # noqa: E402
from train import Fact  # noqa: E402

PREFIX = "__caravan.errors."
NAMES = {"id": "ce_id", "source": "ce_source", "type": "ce_type", "time": "ce_time", "specversion": "ce_specversion",
         "datacontenttype": "content-type"}
HOLD = {"scope": "train", "kind": "document", "outcome": "ordered"}


def in_binary(value):
    """The same event in binary mode: value and headers. The data keeps its spelling."""
    event = json.loads(value)
    begin = value.index(b'"data":') + len(b'"data":')
    end = max(at for at in range(len(value), begin, -1) if value[at - 1:at] == b"}" and is_json(value[begin:at]))
    return value[begin:end], [(NAMES[name], event[name].encode()) for name in NAMES if name in event]


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def send(d, messages):
    """Messages are (key, value, headers)."""
    def coded(bytes_):
        return "-" if bytes_ is None else bytes_.hex()
    path = os.path.join(d.folder, "messages")
    with open(path, "w") as file:
        for key, value, headers in messages:
            pairs = "".join(f"{name}={coded(text)};" for name, text in headers)
            file.write(f"-1\t0\t{coded(key)}\t{coded(value)}\t{pairs}\n")
    run(os.environ["SENDER"], d.topics["input"], path)


def fault_of(message):
    """Every (reason, pointer) that a dead letter of the message may give; empty: it is valid."""
    faults = faults_of(message.value, message.headers)
    if not faults and message.key != "|".join(Fact(message.value, 0, message.headers).train).encode():
        faults = {("KEY_MISMATCH", "")}
    return faults


def check(d):
    """Records, dead letters, N and S against the reference over what the input holds."""
    messages = dump(d.topics["input"])
    faults = {(message.partition, message.offset): fault_of(message) for message in messages}
    trains = merge(Fact(message.value, 0, message.headers) for message in messages if not faults[message.partition, message.offset])
    records = {}
    for line in records_of(trains, Rules("auto", "summary", [])):
        record = json.loads(line)
        if record["status"] != "open":
            records["|".join(record["train"][name] for name in ("number", "date", "port")).encode()] = line.encode()
    last = {message.key: message.value for message in dump(d.topics["clearances"])}
    expect(records and last == records, f"records: {len(last)}, expected {len(records)}")
    check_letters(d, {place: found for place, found in faults.items() if found}, messages)
    _, count, total = facts_of(trains)[-1].split()
    d.check_live((int(count), total))
    return faults


def check_letters(d, faults, messages):
    inputs = {(message.partition, message.offset): message for message in messages}
    letters = {}
    for letter in dump(d.topics["dead-letters"]):
        begin = max(i for i, (name, _) in enumerate(letter.headers) if name == PREFIX + "reason")
        told = {name.removeprefix(PREFIX): value.decode() for name, value in letter.headers[begin:]}
        place = int(told["partition"]), int(told["offset"])
        source = inputs[place]
        expect(place not in letters, f"dead letter twice: {place}")
        expect((letter.key, letter.value, letter.headers[:begin]) == (source.key, source.value, source.headers), f"{place} was touched")
        expect((told["reason"], told["pointer"]) in faults.get(place, set()), f"{place}: {told}, the reference {faults.get(place)}")
        letters[place] = told
    expect(set(letters) == set(faults), f"{len(letters)} dead letters instead of {len(faults)}")


def damaged(rng, value, headers):
    """What somebody may do to a message's headers."""
    headers = list(headers)
    at = rng.randrange(len(headers))
    name, text = headers[at]
    change = rng.randrange(8)
    if change == 0:
        headers.append((name, text))
    elif change == 1:
        headers[at] = (name, None)
    elif change == 2:
        headers[at] = (name, text + b"\xff")
    elif change == 3:
        headers[at] = (name, b"")
    elif change == 4:
        del headers[at]
    elif change == 5:
        headers[at] = (name.upper(), text)
    elif change == 6:
        value = value[:-1]
    else:
        headers += [("ce_subject", b"\xff"), ("ce_partitionkey", b""), ("traceparent", None), ("ce_subject", b"twice")]
    rng.shuffle(headers)
    return value, headers


def made(rng, line):
    """A line of a file as a message: in either mode, sometimes damaged, sometimes under another key."""
    key, value = line.split(b"\t", 1)
    headers = [("content-type", b"application/cloudevents+json")] if rng.random() < 0.5 else []
    if is_json(value) and not faults_of(value) and rng.random() < 0.6:
        value, headers = in_binary(value)
        if rng.random() < 0.2:
            value, headers = damaged(rng, value, headers)
    return key if rng.random() < 0.98 else b"another", value, headers


def committed_n_and_s(d):
    return {partition: (text.n, text.s) for partition, (_, text) in d.offsets().items()}


@case("y-modes: both modes, killed and restarted: records, dead letters, N and S are those of the reference")
def modes(folder):
    d = deployment("modes", folder, partitions=2, checkpoint__bytes="1MiB")
    rng = random.Random(20)
    with open(d.generate(*SMALL, "--trains", "30", "--seed", "81", "--invalid", "0.05", "--oversized", "0"), "rb") as file:
        messages = [made(rng, line) for line in file.read().splitlines()]
    half = len(messages) // 2
    send(d, messages[:half] + rng.sample(messages[:half], 20))
    worker = d.start()
    d.wait_done()
    worker.kill()
    expect(any(text.f < offset for offset, text in d.offsets().values()), "something must be read again")
    send(d, rng.sample(messages[:half], 20) + messages[half:])
    worker = d.start()
    d.wait_done()
    faults = check(d)
    reasons = collections.Counter(reason for found in faults.values() for reason, _ in found)
    expect({"BAD_ENVELOPE", "DUPLICATE_MEMBER", "NOT_JSON", "KEY_MISMATCH"} <= set(reasons), f"the load is rich: {reasons}")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    before, records = committed_n_and_s(d), len(dump(d.topics["clearances"]))
    send(d, messages)  # all of it once more, for a life that remembers nothing
    d.start()
    d.wait_done()
    check(d)
    expect(committed_n_and_s(d) == before, "nothing new became live")
    expect(len(dump(d.topics["clearances"])) == records, "and no record went out")
    told = command(d, "verify").stdout
    expect(told.count("ok: partition") == 2, f"verify reads headers too: {told}")


def event_of(type_, number, **data):
    train = {"number": "X1", "date": "2020-06-01", "port": "CNAKL"}
    return json.dumps({"specversion": "1.0", "id": f"e{number}", "source": "urn:test", "type": f"rail.{type_}.v1",
                       "time": f"2020-06-01T10:00:{number:02}Z", "data": {"train": train, **data}}).encode()


@case("y-repeats: a message in binary mode is known again, before and after a restart; in the other mode it is another one")
def repeats(folder):
    d = deployment("repeats", folder, partitions=1)
    key = b"X1|2020-06-01|CNAKL"
    arrived = event_of("train.arrived", 1, place="CNALA", arrived_at="2020-06-01T09:00:00Z")
    held = event_of("control.reported", 2, **HOLD)
    value, headers = in_binary(held)
    binary = (key, value, headers)

    def life(*messages, stop=True):
        """What a life counts over these messages, beside what it restored."""
        send(d, messages)
        worker = d.start()
        d.wait_done()
        expect((worker.stop() if stop else worker.kill()) in (0, -9), "it ends")
        counters = json.loads(dump(d.topics["throughput"])[-1].value) if stop else {}
        return {name: counters.get(name, 0) for name in ("accepted", "duplicate", "stale")}

    first = life((key, arrived, []), binary, binary, (key, value, headers + [("traceparent", b"00-1")]))
    expect(first == {"accepted": 2, "duplicate": 2, "stale": 0}, f"the first life: {first}")
    n_and_s = committed_n_and_s(d)
    life(binary, stop=False)
    second = life(binary)
    expect(second == {"accepted": 0, "duplicate": 1, "stale": 0}, f"a later life: {second}")
    expect(committed_n_and_s(d) == n_and_s, "one live event, as before")
    third = life((key, held, []), binary, (key, held, []))
    expect(third["accepted"] + third["stale"] == 1 and third["duplicate"] == 2, f"structured, it is another message: {third}")
    check(d)


@case("y-redrive: letters in binary mode go back with their headers; tail shows what came")
def redrive(folder):
    d = deployment("redrive-binary", folder, partitions=1)
    key = b"X1|2020-06-01|CNAKL"
    value, headers = in_binary(event_of("train.arrived", 1, place="CNALA", arrived_at="2020-06-01T09:00:00Z"))
    # a member that only looks like an envelope's, and headers that look like ours
    value = value[:-1] + b',"data":{"train":{"number":"X9","date":"2020-06-01","port":"CNAKL"}}}'
    theirs = [(PREFIX + "reason", b"nonsense"), ("empty", b""), ("null", None)]
    send(d, [(b"wrong", value, headers + theirs), (key, None, headers), (key, b"", headers)])
    worker = d.start()
    d.wait_done()
    letters = dump(d.topics["dead-letters"])
    expect([letter.headers[-7][1] for letter in letters] == [b"KEY_MISMATCH", b"NOT_JSON", b"NOT_JSON"], f"reasons: {letters}")
    told = command(d, "redrive", "--reason", "KEY_MISMATCH").stdout
    expect(told.startswith("1 dead letters were sent") and "1 of them under another key" in told, told)
    d.wait_done()
    back = dump(d.topics["input"])[-1]
    expect((back.key, back.value, back.headers) == (key, value, headers + theirs), f"as it was, under its key: {back}")
    check(d)
    lines = [json.loads(line) for line in tail(d, "dead-letters", "--json")]
    shown = [(header["name"], header["value"]) for header in lines[0]["headers"]]
    expect(shown == [(name, text and text.decode()) if text else (name, None if text is None else "") for name, text in headers + theirs],
           f"tail gives the message's own headers: {shown}")
    wait_until(lambda: worker.stop() == 0, 1, "SIGTERM ends with 0")
