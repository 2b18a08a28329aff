"""Dead letters that their topic does not take, messages that unpack to much, headers of strangers."""

import json
import os
import re

from deployment import PROBE, dump, expect, probe, run, wait_until
from helpers import tail
from registry import case, deployment

PREFIX = "__caravan.errors."
ALWAYS = ["reason", "pointer", "message", "topic", "partition", "offset", "timestamp"]


def written(d, name, content):
    path = os.path.join(d.folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return f"@{path}"


def put_packed(d, *arguments):
    run(PROBE, "put", d.topics["input"], 0, *arguments, env={**os.environ, "PROBE_COMPRESSION": "zstd"})


def letters_of(d, count, seconds=60):
    """The dead letters, as soon as there are so many and all is committed."""
    d.wait_done(seconds)
    letters = dump(d.topics["dead-letters"])
    expect(len(letters) == count, f"{len(letters)} dead letters instead of {count}")
    return letters


def ours(letter):
    """The headers of ours, which stand last, by their short names."""
    names = [name for name, _ in letter.headers]
    begin = max(i for i, name in enumerate(names) if name == PREFIX + "reason")
    return {name.removeprefix(PREFIX): value.decode() for name, value in letter.headers[begin:]}


def counters(d):
    return json.loads(dump(d.topics["throughput"])[-1].value)


def aborts_of(d):
    """Of the last life: the worker is stopped first, so that it has told all."""
    expect(d.workers[-1].stop() == 0, "SIGTERM ends with 0")
    return counters(d)["aborts"]


@case("g-large: values, headers and keys that the topic does not take are left out, none is tried")
def large(folder):
    d = deployment("large", folder, partitions=1)
    probe("configure", d.topics["dead-letters"], "max.message.bytes=1100000")
    much = written(d, "much", b"v" * 2000000)
    put_packed(d, "k1", "{}", f"trace={much}")
    put_packed(d, much, "{}")
    put_packed(d, much, much, f"trace={much}", "more=12345")
    put_packed(d, "k4", "{}", "trace=t4")
    d.start()
    header, key, all_of_it, small = letters_of(d, 4)
    expect(header.key == b"k1" and header.value is None and len(header.headers) == 9, "the value goes, then the headers, the key stays")
    expect(ours(header)["bytes"] == "2" and ours(header)["header_bytes"] == "2000005", f"lengths: {ours(header)}")
    expect(key.key is None and ours(key)["key_bytes"] == "2000000" and "header_bytes" not in ours(key), f"a key: {ours(key)}")
    expect(all_of_it.key is None and all_of_it.value is None, "nothing is left")
    told = {name: ours(all_of_it)[name] for name in ("bytes", "header_bytes", "key_bytes")}
    expect(told == {"bytes": "2000000", "header_bytes": "2000014", "key_bytes": "2000000"}, f"lengths: {told}")
    expect([name for name, _ in all_of_it.headers] == [PREFIX + name for name in [*ALWAYS, *told]], "ours in their order")
    expect(small.key == b"k4" and small.value == b"{}" and small.headers[0] == ("trace", b"t4"), "what fits is whole")
    shown = "\n".join(tail(d, "dead-letters"))
    expect("key   (2000000 bytes, too large" in shown and "own headers (2000014 bytes, too large" in shown, f"tail: {shown}")
    expect(aborts_of(d) == 0, "the topic's size is known before anything is sent")
    expect("goes out without its value" in d.workers[-1].text(), "the log says why, and what to do")


def number_bytes(number):
    return 1 if number < 64 else 2 if number < 8192 else 3


def batch_bytes(letter):
    """Of this message alone, by Kafka's own description of a record batch."""
    part = lambda bytes: 1 if bytes is None else number_bytes(len(bytes)) + len(bytes)
    record = 3 + part(letter.key) + part(letter.value) + number_bytes(len(letter.headers))
    record += sum(part(name.encode()) + part(value) for name, value in letter.headers)
    return 61 + number_bytes(record) + record


@case("g-exact: a letter that just fits goes out whole, one byte less room and it does not")
def exact(folder):
    d = deployment("exact", folder, partitions=1)
    value = written(d, "value", b"v" * 5000)
    probe("put", d.topics["input"], 0, "key", value, "trace=abc")
    d.start()
    letter, = letters_of(d, 1)
    expect(aborts_of(d) == 0, "nothing was refused")
    for room, whole in ((0, True), (-1, False)):
        probe("configure", d.topics["dead-letters"], f"max.message.bytes={batch_bytes(letter) + room}")
        probe("put", d.topics["input"], 0, "key", value, "trace=abc")
        d.start()
        last = letters_of(d, 2 if whole else 3)[-1]
        expect((last.value == letter.value) == whole, f"max.message.bytes of {room}: {last.value is not None}")
        expect(aborts_of(d) == 0, "nothing was refused")


@case("g-packed: what a compressing worker packs small enough goes out whole")
def packed(folder):
    d = deployment("packed", folder, partitions=1)
    probe("configure", d.topics["dead-letters"], "max.message.bytes=1100000")
    put_packed(d, "soft", written(d, "soft", b"v" * 2000000))
    put_packed(d, "hard", written(d, "hard", os.urandom(2000000)))
    put_packed(d, "soft", written(d, "soft", b"v" * 2000000))
    d.start(kafka__compression__type="zstd")
    _, hard, again = letters_of(d, 3)  # the first one is whole when it was committed before the second came
    expect(hard.value is None and ours(hard)["bytes"] == "2000000", "what stays too large goes out short")
    expect(again.value is None, "then nobody knows any more what is taken")
    expect(aborts_of(d) == 1, "learned with one refusal")


@case("g-learned: a topic that takes less than it said is learned once in a life")
def learned(folder):
    d = deployment("learned", folder, partitions=1)
    value = written(d, "value", os.urandom(300000))
    worker = d.start()
    probe("put", d.topics["input"], 0, "first", "{}")
    letters_of(d, 1)
    probe("configure", d.topics["dead-letters"], "max.message.bytes=100000")
    for wave in range(3):
        for _ in range(5):
            probe("put", d.topics["input"], 0, "key", value)
        letters = letters_of(d, 1 + 5 * (wave + 1))
    expect(all(letter.value is None and ours(letter)["bytes"] == "300000" for letter in letters[1:]), "all went out short")
    expect(worker.alive(), "the worker goes on")
    aborts = aborts_of(d)
    expect(1 <= aborts <= 12, f"{aborts} aborts: more than learning once")


@case("g-unpacked: 110 MB in some KB of zstd is TOO_LARGE; where too little is set, the setting is named")
def unpacked(folder):
    d = deployment("unpacked", folder, partitions=1)
    put_packed(d, "key", written(d, "value", b"v" * 110000000))
    os.remove(os.path.join(d.folder, "value"))
    probe("put", d.topics["input"], 0, "next", "{}")
    worker = d.start(kafka__receive__message__max__bytes=60000000)
    expect(worker.wait(60) != 0, "it cannot go on")
    expect(re.search(r"unpacked\.input\[0\]@\d: .*kafka\.receive\.message\.max\.bytes = 60000000", worker.text()), worker.text()[-900:])
    d.workers.remove(worker)
    d.start()
    large, small = letters_of(d, 2, 90)
    expect(large.value is None and ours(large)["bytes"] == "110000000" and ours(large)["reason"] == "TOO_LARGE", f"{ours(large)}")
    expect(small.value == b"{}", "and the next one")


@case("g-strangers: headers like ours are a message's own, and what they hold steers no terminal")
def strangers(folder):
    d = deployment("strangers", folder, partitions=1)
    escapes = "\x1b]0;x\x07\x1b[2J\u009b1m\u202e"
    coded = "hex:" + escapes.encode().hex()  # so that a failure of this case steers no terminal either
    probe("put", d.topics["input"], 0, coded, "-", *(f"{PREFIX}{name}={coded}" for name in [*ALWAYS, "bytes", "key_bytes"]))
    probe("put", d.topics["input"], 0, "-", "hex:9b" + escapes.encode().hex(), f"{PREFIX}bytes={coded}")
    d.start()
    letters = letters_of(d, 2)
    expect(all(ours(letter)["reason"] == "NOT_JSON" and "bytes" not in ours(letter) for letter in letters), "ours come last")
    expect(letters[0].headers[0] == (PREFIX + "reason", escapes.encode()), "theirs are kept")
    for options in ((), ("--json",)):
        lines = tail(d, "dead-letters", *options)
        steering = re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\u200e\u200f\u061c]", "".join(lines))
        expect(not steering, f"{options}: {steering!r}")
    told = [json.loads(line) for line in lines]
    expect(told[0]["key"] == escapes and told[0]["value"] is None and "bytes" not in told[0], f"the same in JSON: {lines[0]}")
    expect(told[1]["value_hex"] == "9b" + escapes.encode().hex(), "bytes that are not UTF-8")


@case("g-two-groups: groups whose names and workers join to one word do not fence each other")
def two_groups(folder):
    one = deployment("joined", folder, partitions=1, group="joined")
    two = deployment("joined-eu", folder, partitions=1, group="joined-eu")
    for d in (one, two):
        d.group = d.settings["group"]
        probe("put", d.topics["input"], 0, "key", "{}")
    first = one.start(name="eu-1")
    letters_of(one, 1)
    second = two.start(name="1")
    letters_of(two, 1)
    probe("put", one.topics["input"], 0, "key", "{}")
    letters_of(one, 2)
    expect(first.alive() and second.alive(), "both work")
    wait_until(lambda: first.stop() == 0 and second.stop() == 0, 1, "both stop in order")
