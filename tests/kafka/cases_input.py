"""What the input holds: messages deleted from it, messages that are rejected."""

import os

from deployment import dump, expect, probe
from helpers import refused
from registry import SMALL, case, deployment


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
    for topic in ("clearances", "traffic", "throughput"):
        found = {tuple(message.headers) for message in dump(d.topics[topic])}
        expect(found == {(("content-type", b"application/json"),)}, f"{topic} says what it holds: {found}")
