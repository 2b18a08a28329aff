"""What a worker refuses at its start, with a sentence and exit code 3."""

import re

from deployment import dump, expect, probe
from helpers import move_offset, refused, settled
from registry import case, deployment


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


@case("i-refuse-other-version: a text of a later version, one of the first")
def other_version(folder):
    d = settled("version", folder, checkpoint__bytes="64MiB")
    (offset, text), = d.offsets().values()
    metadata = probe("offsets", d.group, d.topics["input"]).splitlines()[0].split("\t")[2]
    move_offset(d, offset, "3" + metadata[1:])
    refused(d, "another version than 2")
    move_offset(d, offset, re.sub("^2 (.*) [0-9a-f]{16} [^ ]+$", r"1 \1", metadata))
    refused(d, "is of version 1")


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
