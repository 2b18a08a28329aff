"""What cases of several topics do with a deployment."""

import random
import re
import time

from deployment import CARAVAN, PROBE, dump, expect, probe, run, wait_until
from registry import deployment


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


def refused(d, sentence, **settings):
    """The worker stops with exit code 3 and a sentence, and writes nothing."""
    topics = ("clearances", "traffic", "checkpoints", "dead-letters")

    def written():
        return {topic: d.ends(topic) for topic in topics}
    for topic in topics:  # waits for the end of a killed life's transaction: its marker takes an offset
        dump(d.topics[topic])
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


def crash_while_changing(d):
    """Three lives that die at any moment of their restore."""
    rng = random.Random(19)
    for _ in range(3):
        worker = d.start()
        wait_until(lambda: "is changing" in worker.text(), 30, "the worker restores")
        time.sleep(rng.uniform(0, 0.4))
        worker.kill()


def live_checkpoints(d):
    """The newest checkpoint of every key that has one."""
    newest = {}
    for message in dump(d.topics["checkpoints"]):
        newest[message.key] = message
    return [message for message in newest.values() if message.value is not None]


def command(d, name, *arguments, **options):
    return run(CARAVAN, name, "--config", d.config_path, *arguments, **options)


def tail(d, topic, *options):
    return command(d, "tail", topic, "--from", "beginning", "--until-end", *options).stdout.splitlines()
