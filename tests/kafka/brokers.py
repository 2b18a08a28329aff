"""The Kafka that the cases run on (deploy/kafka/broker.sh): one broker, or a cluster of three. One at a time: its address is in
the environment, where probe and workers find it."""

import collections
import json
import os
import re

from deployment import Wrong, again, run, wait_until

SCRIPT = os.environ["KAFKA_SCRIPT"]
LEADERS = os.environ["LEADERS"]
FOREIGN = os.environ.get("CARAVAN_TEST_BROKERS")  # a Kafka that runs already, and is not ours to stop


def start(folder, count):
    run("bash", SCRIPT, "start", folder, "--brokers", count, timeout=900)  # the first one gets Kafka itself
    with open(os.path.join(folder, "env")) as env:
        settings = dict(line.strip().split("=", 1) for line in env)
    os.environ["BROKERS"] = settings["BROKERS"]
    os.environ["KAFKA_FOLDER"] = folder
    os.environ["PROBE_IDEMPOTENCE"] = "true" if count == 1 else "false"  # what a cluster got is read back from it


def stop():
    broker("stop")


def broker(verb, *arguments):
    """`broker.sh VERB`, such as stop-broker, on the Kafka that the cases run on; what it prints."""
    return run("bash", SCRIPT, verb, os.environ["KAFKA_FOLDER"], *arguments).stdout


# ---- of a cluster

NUMBERS = (1, 2, 3)


def make_whole():
    """Starts what a case left stopped, and waits until every partition has all its copies."""
    for number in NUMBERS:
        run("bash", SCRIPT, "restart-broker", os.environ["KAFKA_FOLDER"], number, check=False)  # refused where it runs
    wait_in_sync()


Partition = collections.namedtuple("Partition", "leader replicas in_sync")


def partitions():
    """(topic, number) -> Partition, of all topics; leader None: there is none."""
    rows = (line.split("\t") for line in again(run, LEADERS).stdout.splitlines())
    return {(topic, int(number)): Partition(int(leader) if int(leader) >= 0 else None, numbers(replicas), numbers(in_sync))
            for topic, number, leader, replicas, in_sync in rows}


def numbers(text):
    return [int(number) for number in text.split(",") if number]


def troubles():
    """What of the cluster is not as it should be, for people: partitions without a leader, copies that are behind."""
    return "; ".join(f"{topic}[{number}]: {'no leader' if at.leader is None else f'led by {at.leader}'}, in sync {at.in_sync}"
                     for (topic, number), at in sorted(partitions().items()) if at.leader is None or len(at.in_sync) < 2)


def wait_in_sync(seconds=60):
    wait_until(lambda: all(len(at.replicas) == len(at.in_sync) for at in partitions().values()), seconds, "all copies in sync")


def group_coordinators():
    """group -> broker"""
    row = r"(?m)^(\S+) +\S+:\d+ +\((\d+)\)"
    return {group: int(number) for group, number in re.findall(row, broker("groups", "--describe", "--state", "--all-groups"))}


def transaction_coordinators():
    """transactional id -> broker"""
    return {row[0]: int(row[1]) for row in map(str.split, broker("transactions", "list").splitlines()[1:]) if row}


def move_leaders(folder, leader_of):
    """Makes leader_of(number of the partition) lead: gives every partition its replicas in another order, then has the
    preferred leaders elected (kafka-leader-election)."""
    path = os.path.join(folder, "reassignment.json")
    wanted = {where: leader_of(where[1]) for where in partitions()}
    with open(path, "w") as file:
        json.dump({"version": 1, "partitions": [
            {"topic": topic, "partition": number, "replicas": [leader, *(other for other in NUMBERS if other != leader)]}
            for (topic, number), leader in wanted.items()]}, file)
    servers = ("--bootstrap-server", os.environ["BROKERS"])
    broker("tool", "org.apache.kafka.tools.reassign.ReassignPartitionsCommand", *servers, "--reassignment-json-file", path, "--execute")

    def elected():
        run("bash", SCRIPT, "tool", os.environ["KAFKA_FOLDER"], "org.apache.kafka.tools.LeaderElectionCommand", *servers,
            "--election-type", "preferred", "--all-topic-partitions", check=False)  # not while a copy is behind
        return all(at.leader == wanted[where] for where, at in partitions().items())
    wait_until(elected, 60, "every partition has the leader that it was given")
