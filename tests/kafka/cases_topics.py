"""The input topic and what stands behind its name."""

from deployment import dump, expect, probe, run, wait_until, PROBE
from helpers import command, refused
from registry import case, deployment


def make_anew(d):
    """Deletes the input and makes it again at once, as soon as Kafka lets."""
    probe("delete", d.topics["input"])

    def made():
        return run(PROBE, "create", d.topics["input"], d.partitions, check=False).returncode == 0
    wait_until(made, 30, "the input is made anew")


def trains_of(path):
    with open(path, "rb") as events:
        return {line.split(b"\t", 1)[0] for line in events}


@case("p-made-anew: the input deleted and made again under a worker, nothing of it is committed until a reset")
def made_anew(folder):
    d = deployment("anew", folder, partitions=2)
    d.load(d.generate("--preset", "small", "--trains", "10", "--seed", "40"))
    worker = d.start()
    d.wait_done()
    before, offsets = d.ends("clearances"), d.offsets()
    make_anew(d)
    new = d.generate("--preset", "small", "--trains", "60", "--seed", "41", name="new")
    probe("load", d.topics["input"], new, 0)
    expect(worker.wait(40) == 3, f"exit code {worker.process.returncode} instead of 3: {worker.text()[-600:]}")
    expect("was deleted and made anew" in worker.text(), f"no sentence: {worker.text()[-900:]}")
    expect(d.ends("clearances") == before, "something was written after the topic was another one")
    for partition, (_, text) in d.offsets().items():  # Kafka forgets offsets of a topic that is deleted, sooner or later
        expect(text.i == offsets[partition][1].i, "an offset stands under the new topic's id")
    refused(d, "its id is|no committed offset here")
    command(d, "reset", "--yes")
    d.start()
    wait_until(d.at_end, 60, "the new topic is read from its beginning")
    written = {message.key for message in dump(d.topics["clearances"])}
    expect(len(written & trains_of(new)) > 40, "the trains of the new topic have their records")


@case("p-deleted: the input deleted under a worker ends it, and a restart says what is missing")
def deleted(folder):
    d = deployment("deleted", folder, partitions=1)
    d.load(d.generate("--preset", "small", "--trains", "3", "--seed", "42"))
    worker = d.start()
    d.wait_done()
    probe("delete", d.topics["input"])
    expect(worker.wait(60) == 3, f"exit code {worker.process.returncode} instead of 3: {worker.text()[-600:]}")
    expect("does not exist any more" in worker.text(), f"no sentence: {worker.text()[-900:]}")
    worker = d.start()
    expect(worker.wait(40) == 3 and "is missing" in worker.text(), f"a restart says what is missing: {worker.text()[-600:]}")
