"""Signed records: what a worker signs, OpenSSL and caravan tail verify."""

import base64
import hashlib
import os

from deployment import CARAVAN, dump, expect, probe, run
from helpers import command
from registry import SMALL, case, deployment

SIGNATURE = "caravan-signature"


@case("o-sign: records are signed, and what is not is refused")
def signs(folder):
    d = deployment("sign", folder, partitions=2)
    d.load(d.generate(*SMALL, "--seed", "36", "--trains", "20"))
    key, public = (os.path.join(d.folder, name) for name in ("key", "public"))
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
    run("openssl", "pkey", "-in", key, "-pubout", "-out", public)
    d.start(sign__key=key)
    d.wait_done()
    records = dump(d.topics["clearances"])
    expect(records and all([name for name, _ in record.headers] == ["content-type", SIGNATURE] for record in records), "each is signed once")
    with open(public) as pem:
        name = hashlib.sha256(base64.b64decode(pem.read().splitlines()[1])).hexdigest()[:16]
    openssl_agrees(d, records[0], public, name)
    expect(all([name for name, _ in row.headers] == ["content-type"] for row in dump(d.topics["traffic"])), "rows are not signed")
    verified = command(d, "tail", "clearances", "--json", "--from", "beginning", "--until-end", "--verify-key", public)
    expect(len(verified.stdout.splitlines()) == len(records), "tail takes them all")
    reported(d, records, public)
    d.workers[-1].stop()
    refuses_others(d, records, key, public)


def openssl_agrees(d, record, public, name):
    kind, by, text = dict(record.headers)[SIGNATURE].decode().split(";")
    expect((kind, by) == ("ed25519", name), f"the key's name is {name}: {by}")
    paths = [os.path.join(d.folder, part) for part in ("record", "signature")]
    for path, data in zip(paths, (record.value, base64.b64decode(text, validate=True))):
        with open(path, "wb") as file:
            file.write(data)
    run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", paths[0], "-sigfile", paths[1])


def reported(d, records, public):
    """Over the topic as over a file with the same records: of each train the last one."""
    path = os.path.join(d.folder, "records")
    with open(path, "wb") as file:
        file.writelines(record.value + b"\n" for record in records)
    over_file = run(CARAVAN, "report", "traffic", "--json", path).stdout
    expect(command(d, "report", "traffic", "--json", "--topic", "--verify-key", public).stdout == over_file, "the report over the topic")
    empty = command(d, "report", "traffic", "--topic", "--set", f"topic.clearances={d.topics['traffic']}",
                    "--set", f"topic.traffic={d.topics['clearances']}", check=False)
    expect(empty.returncode == 1, f"what is no record: {empty.returncode} {empty.stderr}")


def refused(d, public, *options):
    done = command(d, "tail", "clearances", "--json", "--from", "beginning", "--until-end", "--verify-key", public, *options, check=False)
    expect(done.returncode == 3, f"exit code {done.returncode} instead of 3: {done.stderr}")
    return done


def refuses_others(d, records, key, public):
    """Another key; a record that nobody signed, behind the good ones."""
    other = os.path.join(d.folder, "other")
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", other)
    run("openssl", "pkey", "-in", other, "-pubout", "-out", other + ".public")
    told = refused(d, other + ".public")
    expect("is signed by a key that is not among those" in told.stderr and told.stdout == "", f"another key: {told.stderr}")
    counted = command(d, "report", "traffic", "--topic", "--verify-key", other + ".public", check=False)
    expect(counted.returncode == 3 and counted.stdout == "" and "is signed by a key" in counted.stderr, f"a report: {counted.stderr}")
    partition = records[-1].partition
    train = records[-1].key.decode()
    probe("put", d.topics["clearances"], partition, train, records[-1].value.decode())
    told = refused(d, public)
    forged = max(message.offset for message in dump(d.topics["clearances"]) if message.partition == partition)
    expect(f"partition {partition}, offset {forged}: the record of train {train} is not signed" in told.stderr, f"a forged one: {told.stderr}")
