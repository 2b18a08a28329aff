"""What an operator looks with: lag, tail's filters, reset --dry-run."""

import json
import os
import re
import subprocess
import time

from deployment import CARAVAN, PROBE, dump, expect, probe, run, wait_until
from helpers import command, tail
from registry import SMALL, case, deployment


@case("o-tools: lag, tail by time, by last, by filters and of the input, reset --dry-run")
def tools(folder):
    d = deployment("tools", folder)
    d.load(d.generate(*SMALL, "--seed", "71", "--trains", "30", "--invalid", "0.1"))
    check_lag_before(d)
    worker = d.start()
    d.wait_done()
    check_lag_after(d)
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    check_input(d)
    check_filters(d)
    check_last(d)
    check_from(d)
    check_dry_run(d)


def lag(d):
    return [json.loads(line) for line in command(d, "lag", "--json").stdout.splitlines()]


def check_lag_before(d):
    rows = lag(d)
    ends = d.ends()
    expect([row["partition"] for row in rows] == sorted(ends), f"a row a partition: {rows}")
    expect(all(row["committed"] is None and row["client_id"] is None for row in rows), f"nobody has committed: {rows}")
    expect(all(row["lag"] == ends[row["partition"]][1] for row in rows), f"all of it is to be read: {rows}")


def check_lag_after(d):
    rows, offsets = lag(d), d.offsets()
    for row in rows:
        committed, text = offsets[row["partition"]]
        expect(row["committed"] == committed == row["log_end"] and row["lag"] == 0, f"{row} instead of {committed}")
        expect(row["live_events"] == text.n and row["redo"] == committed - text.f, f"{row} instead of {text}")
        expect(row["client_id"] == f"caravan-run-{d.workers[0].name}", f"who has it: {row}")
    shown = command(d, "lag").stdout.splitlines()
    expect(len(shown) == 2 + len(rows) and shown[-1] == "lag in all: 0", f"for people: {shown}")


def check_input(d):
    sent = {(message.partition, message.offset): message for message in dump(d.topics["input"])}
    told = [json.loads(line) for line in tail(d, "input", "--json")]
    expect(len(told) == len(sent), "every message of the input")
    for row in told:
        message = sent[row["partition"], row["offset"]]
        key = row["key"].encode() if row.get("key") is not None else message.key
        value = row["value"].encode() if "value" in row else bytes.fromhex(row["value_hex"])
        expect(key == message.key and value == message.value, f"{row}")
        expect(row["timestamp"] > 10**12 and isinstance(row["headers"], list), f"{row}")
    one = [json.loads(line) for line in tail(d, "input", "--json", "--partition", "1")]
    expect(one == [row for row in told if row["partition"] == 1], "--partition")
    none = command(d, "tail", "input", "--partition", "4", check=False)
    expect(none.returncode == 2 and "0 to 3" in none.stderr, f"{none.stderr}")
    shown = tail(d, "input", "--limit", "1")
    expect(shown[0].startswith("["), f"for people: {shown}")


def check_filters(d):
    messages = dump(d.topics["clearances"])
    records = [json.loads(message.value) for message in messages]

    def told(*options):
        return sorted(tail(d, "clearances", "--json", *options))

    def wanted(is_wanted):
        found = sorted(message.value.decode() for message, record in zip(messages, records) if is_wanted(record))
        expect(found, "there is one to find")
        return found
    train = records[0]["train"]
    expect(told("--train", train["number"]) == wanted(lambda record: record["train"]["number"] == train["number"]), "--train NUMBER")
    expect(told("--port", train["port"]) == wanted(lambda record: record["train"]["port"] == train["port"]), "--port")
    expect(told("--status", "held") == wanted(lambda record: record["status"] == "held"), "--status")
    reason = next(reason for record in records for reason in record["reasons"])
    alert = next(alert["kind"] for record in records for alert in record["alerts"])
    for word in (reason, alert):
        expect(told("--reason", word) == wanted(lambda record, word=word: word in record["reasons"]
                                                or word in [alert["kind"] for alert in record["alerts"]]), f"--reason {word}")
    letters = [json.loads(line) for line in tail(d, "dead-letters", "--json")]
    some = letters[0]["reason"]
    told_letters = [json.loads(line) for line in tail(d, "dead-letters", "--json", "--reason", some)]
    expect(len(told_letters) == sum(letter["reason"] == some for letter in letters), "dead letters by reason")


def check_last(d):
    """The last by time over all partitions, oldest first; also behind filters."""
    rows = [json.loads(line) for line in tail(d, "input", "--json")]
    stamps = sorted(row["timestamp"] for row in rows)
    for options in ((), ("--partition", "2")):
        mine = [row for row in rows if not options or row["partition"] == 2]
        last = [json.loads(line) for line in command(d, "tail", "input", "--json", "--last", "7", "--until-end", *options).stdout.splitlines()]
        expect([row["timestamp"] for row in last] == sorted(row["timestamp"] for row in mine)[-7:], f"--last 7 {options}: {last}")
    expect(stamps, "there are messages")
    key = min((row["key"] for row in rows if row.get("key") and row["key"].count("|") == 2), key=lambda key: sum(row.get("key") == key for row in rows))
    mine = [row for row in rows if row.get("key") == key]
    last = [json.loads(line) for line in
            command(d, "tail", "input", "--json", "--last", "1000", "--until-end", "--train", key).stdout.splitlines()]
    expect(sorted(row["offset"] for row in last) == sorted(row["offset"] for row in mine), f"all of a train, read backwards: {key}")


def check_from(d):
    rows = [json.loads(line) for line in tail(d, "input", "--json")]
    middle = sorted(row["timestamp"] for row in rows)[len(rows) // 2]
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(middle // 1000)) + f".{middle % 1000:03}Z"
    told = command(d, "tail", "input", "--json", "--from", at, "--until-end").stdout.splitlines()
    expect(len(told) == sum(row["timestamp"] >= middle for row in rows), f"from {at}: {len(told)}")
    expect(len(command(d, "tail", "input", "--json", "--from", "-1h", "--until-end").stdout.splitlines()) == len(rows), "--from -1h")
    expect(command(d, "tail", "input", "--from", "2099-01-01T00:00Z", "--until-end").stdout == "", "nothing of later")


def check_dry_run(d):
    before = d.offsets()
    told = command(d, "reset", "--dry-run").stdout
    expect(f"{len(before)} committed offsets of {d.topics['input']} would be deleted" in told and "would be emptied" in told, told)
    expect(d.offsets() == before, "nothing is changed")


@case("o-redrive: dead letters go back under their right key, and count")
def redrive(folder):
    d = deployment("redrive", folder, partitions=2)
    path = d.generate(*SMALL, "--trains", "6", "--seed", "73", "--invalid", "0", "--oversized", "0")
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    wrong = os.path.join(d.folder, "wrong.keyed")
    with open(wrong, "wb") as file:  # every third under a key that is not its train's
        file.writelines((b"X1|2020-01-01|CNAKL\t" + line.split(b"\t", 1)[1] if i % 3 == 0 else line) + b"\n"
                        for i, line in enumerate(lines))
    probe("load", d.topics["input"], wrong, 0)
    d.start()
    d.wait_done()
    letters = dump(d.topics["dead-letters"])
    expect(len(letters) == (len(lines) + 2) // 3, f"those under a wrong key: {len(letters)}")
    told = command(d, "redrive", "--reason", "KEY_MISMATCH", "--dry-run").stdout
    expect(told.startswith(f"{len(letters)} dead letters would be sent") and f"; {len(letters)} of them under another key" in told, told)
    expect(command(d, "redrive", "--reason", "TOO_LATE").stdout.startswith("0 dead letters were sent"), "of another reason there are none")
    told = command(d, "redrive", "--reason", "KEY_MISMATCH").stdout
    expect(told.startswith(f"{len(letters)} dead letters were sent"), told)
    d.wait_done()
    d.loads = [path]
    d.verify(records_only=True, repeats=True)
    expect(len(dump(d.topics["dead-letters"])) == len(letters), "nothing is turned away again")
    sent = {(message.key, message.value): message.headers for message in dump(d.topics["input"])}
    for letter in letters:
        key = next(line.split(b"\t", 1)[0] for line in lines if line.split(b"\t", 1)[1] == letter.value)
        own = [header for header in letter.headers if not header[0].startswith("__caravan.")]
        expect(sent[key, letter.value] == own, f"with its own headers: {sent[key, letter.value]}")


@case("o-tail-grows: tail reads partitions that are added while it runs")
def tail_grows(folder):
    d = deployment("grows", folder, partitions=1)
    seen = open(f"{d.folder}/seen", "w+")
    reader = subprocess.Popen([CARAVAN, "tail", "input", "--json", "--from", "beginning", "-c", d.config_path], stdout=seen)
    try:
        path = d.generate(*SMALL, "--trains", "8", "--seed", "72", "--oversized", "0")
        with open(path, "rb") as lines:
            count = sum(1 for _ in lines)
        d.load(path)
        run(PROBE, "add-partitions", d.topics["input"], 3)
        d.load(path)

        def partitions():
            with open(seen.name) as lines:
                rows = [json.loads(line) for line in lines if line.endswith("\n")]
            return len(rows) == 2 * count and len({row["partition"] for row in rows}) > 1
        wait_until(partitions, 20, "every message once, of new partitions too")
    finally:
        reader.kill()
        reader.wait()
        seen.close()


# An hour behind, for whoever loads it.
LATE_CLOCK = r"""
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *at) {
    long code = syscall(SYS_clock_gettime, id, at);
    at->tv_sec -= id == CLOCK_REALTIME ? 3600 : 0;
    return (int)code;
}
"""


@case("o-doctor: says what is right, and what is wrong with topics, offsets and clocks")
def doctor(folder):
    d = deployment("doctor", folder, partitions=2)

    def diagnose(code, *sentences, **options):
        done = command(d, "doctor", *options.pop("arguments", ()), check=False, **options)
        lines = done.stdout.splitlines()
        expect(done.returncode == code and all(line.split(":")[0] in ("ok", "warning", "wrong") for line in lines),
               f"{done.returncode} instead of {code}: {done.stdout} {done.stderr}")
        for sentence in sentences:
            expect(any(sentence in line for line in lines), f"no {sentence!r} in {done.stdout}")
        return lines
    diagnose(0, "brokers: 1 at ", "ok: topics: all are there", f"ok: group {d.group}: nobody has joined it yet",
             f"ok: topic {d.topics['input']}: this user has the rights", "0 of 2 partitions are committed")
    d.load(d.generate(*SMALL, "--trains", "10", "--seed", "74"))
    worker = d.start()
    d.wait_done()
    lines = diagnose(0, f"ok: group {d.group}: 1 members", "ok: offsets: 2 of 2 partitions are committed, lag 0", "ok: clock")
    expect(not any(line.startswith("wrong") for line in lines), f"{lines}")
    for _ in range(3):  # whoever looks makes nothing
        diagnose(3, "wrong: topic doctor.absent: is missing", arguments=("--set", "topic.traffic=doctor.absent"))
    source, shim = (os.path.join(d.folder, name) for name in ("late.c", "late.so"))
    with open(source, "w") as file:
        file.write(LATE_CLOCK)
    run(os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", shim, source)
    diagnose(3, "wrong: clock: the newest message of the input is stamped", env={**os.environ, "LD_PRELOAD": shim})
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    wait_until(lambda: run(PROBE, "commit", d.group, d.topics["input"], 0, 1, "moved", check=False).returncode == 0, 20, "moved")
    diagnose(3, f"wrong: {d.topics['input']}[0]: committed offset 1: its metadata is not caravan's")
    run(CARAVAN, "reset", "--yes", "-c", d.config_path)


@case("o-verify: records on the topics against the input, read again")
def verify(folder):
    d = deployment("verify", folder, partitions=2, checkpoint__bytes="8KiB")
    d.load(d.generate(*SMALL, "--trains", "20", "--seed", "75", "--invalid", "0.1"))
    empty = command(d, "verify").stdout
    expect(empty.count("nothing is committed") == 2, f"{empty}")
    worker = d.start()
    d.wait_done()
    told = command(d, "verify").stdout
    live = sum(text.n for _, text in d.offsets().values())
    found = re.findall(r"ok: partition \d: (\d+) live events of \d+ trains as committed; (\d+) records", told)
    records = {message.key for message in dump(d.topics["clearances"])}
    expect(len(found) == 2 and sum(int(events) for events, _ in found) == live, f"N over both: {told}")
    expect(sum(int(count) for _, count in found) == len(records), f"every record: {told}")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    last = next(message for message in dump(d.topics["clearances"]))
    probe("put", d.topics["clearances"], last.partition, last.key.decode(), "{}")
    wrong = command(d, "verify", check=False)
    expect(wrong.returncode == 3 and f"train {last.key.decode()}: its last record on the topic is another one" in wrong.stdout,
           f"{wrong.returncode} {wrong.stdout} {wrong.stderr}")
    other = command(d, "verify", "--set", "merge.policy=never", check=False)
    expect(other.returncode == 3 and other.stdout.count("wrong: ") >= 2, f"other rules: {other.stdout}")
