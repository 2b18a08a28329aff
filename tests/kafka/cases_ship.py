"""What surrounds a worker in production: its service manager, and a broker that lets it do no more than it must."""

import concurrent.futures
import itertools
import os
import shlex
import socket
from unittest import mock

from brokers import SCRIPT, broker
from deployment import Deployment, expect, run, wait_until
from helpers import command, tail
from registry import case, deployment, running


# ---- sd_notify

class Manager:
    """The socket that a service manager listens on."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "manager")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = []

    def has_heard(self, state):
        try:
            while True:
                self.heard.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return state in self.heard


@case("v-notify: the service manager hears when a worker is ready and when it stops")
def notify(folder):
    d = deployment("notify", folder)
    d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "61"))
    d.start()
    d.wait_done()
    d.workers[-1].kill()  # what it left is to be restored

    manager = Manager(folder)
    worker = d.start(environment={"NOTIFY_SOCKET": manager.path})
    wait_until(lambda: manager.has_heard("READY=1"), 30, "READY=1")
    live = [line for line in worker.text().splitlines() if " is live: " in line]
    expect(len(live) == d.partitions, f"only when every partition is restored: {worker.text()[-600:]}")
    expect(not manager.has_heard("STOPPING=1"), "not stopping yet")
    expect(worker.stop() == 0, "stops in order")
    expect(manager.has_heard("STOPPING=1") and manager.heard.count("READY=1") == 1, f"told once each: {manager.heard}")


# ---- rights, TLS and passwords: deploy/security.md, taken at its word

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
PASSWORD = "open, sesame"
TOPICS = {name: f"rail.{name}" for name in ("clearances", "traffic", "dead-letters", "checkpoints", "throughput")}


def block(mark, path="deploy/security.md"):
    """The indented lines below <!-- MARK --> on the page, long ones joined."""
    with open(os.path.join(ROOT, path)) as page:
        text = page.read().split(f"<!-- {mark} -->\n", 1)[1]
    lines = list(itertools.takewhile(lambda line: line.startswith("    "), text.splitlines()))
    expect(lines, f"the page has a block {mark}")
    return "\n".join(line[4:] for line in lines).replace("\\\n", " ").splitlines()


class Guarded:
    """A Kafka of its own with a guarded listener. Meanwhile `broker` and probes go to its other one, as administrators."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "guarded")

    def __enter__(self):
        run("bash", SCRIPT, "start", self.folder, "--secure", timeout=120)
        with open(os.path.join(self.folder, "env")) as env:
            settings = dict(line.strip().split("=", 1) for line in env)
        self.secure, self.authority = settings["SECURE"], settings["CA"]
        self.before = {name: os.environ[name] for name in ("BROKERS", "KAFKA_FOLDER")}
        os.environ.update(BROKERS=settings["BROKERS"], KAFKA_FOLDER=self.folder)
        return self

    def __exit__(self, *_):
        os.environ.update(self.before)
        run("bash", SCRIPT, "stop", self.folder)

    def add_user(self, name):
        line, = block("users")
        words = shlex.split(line.replace("PASSWORD", PASSWORD).replace("entity-name caravan", f"entity-name {name}"))
        expect(words[0] == "kafka-configs", line)
        broker("configs", *words[1:])

    def allow(self, whom):
        for line in block(f"acls {whom}"):
            words = shlex.split(line)
            expect(words[0] == "kafka-acls", line)
            broker("acls", *words[1:])

    def properties(self, user):
        """The page's settings, for another user too."""
        text = "\n".join(block("properties")).replace("= BROKERS", f"= {self.secure}").replace("= CA", f"= {self.authority}")
        return dict(line.split(" = ", 1) for line in text.replace("= caravan", f"= {user}").splitlines())


def as_user(guarded, folder, user):
    """A deployment under the names of the page, whose commands and workers come as this user."""
    d = Deployment(user, folder, partitions=2, **{"http.listen": ""})
    running.deployments.append(d)
    d.group, d.topics = "caravan", {"input": "rail.manifest-events", **TOPICS}
    d.settings = {name: value for name, value in d.settings.items() if not name.startswith(("topic.", "group"))}
    d.settings.update(guarded.properties(user))
    d.write_config()
    return d


@case("v-rights: each command with just the rights of deploy/security.md, over TLS and SCRAM", alone=True)
def rights(folder):
    with Guarded(folder) as guarded, mock.patch.dict(os.environ, CARAVAN_KAFKA_SASL_PASSWORD=PASSWORD):
        worker_d, sender, reader, operator = (as_user(guarded, folder, name) for name in ("caravan", "sender", "reader", "operator"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(guarded.add_user, ("caravan", "sender", "reader", "operator")))
            list(pool.map(guarded.allow, ("others", "operator")))
        command(operator, "topics", "create", "--partitions", "2")
        expect(command(operator, "topics", "check").stdout == "", "topics check as operator")

        stranger = worker_d.start()
        code = stranger.wait(30)
        expect(code == 5, f"without any right a worker ends with 5: {code} {stranger.text()[-600:]}")
        worker_d.workers.clear()
        guarded.allow("worker")

        events = worker_d.generate("--preset", "small", "--trains", "30", "--seed", "62")
        command(sender, "produce", "--keyed", events)
        worker_d.loads.append(events)
        worker = worker_d.start()
        worker_d.wait_done()
        expect(worker.stop() == 0, "stops in order")
        second = worker_d.start()  # the way back reads checkpoints
        wait_until(lambda: second.text().count(" is live: ") == 2, 30, "the next life restores")
        expect(second.stop() == 0, "and stops in order")
        worker_d.verify()

        expect(tail(reader, "clearances"), "tail as reader")
        expect(command(sender, "tail", "clearances", "--until-end", check=False).returncode == 1, "tail as sender is refused")
        expect(command(reader, "produce", "--keyed", events, check=False).returncode == 1, "produce as reader is refused")
        reset = command(operator, "reset", "--yes", check=False)
        expect(reset.returncode == 0, f"reset as operator: {reset.stderr[-600:]}")


# ---- README.md

@case("v-readme: the worker's section of README.md, copied literally")
def readme(folder):
    lines = [line for line in block("worker", "README.md") if not line.startswith("bash deploy/build.sh")]
    kafka = [line for line in lines if line.startswith("bash deploy/kafka/broker.sh")]
    expect(len(kafka) == 2, f"it starts a Kafka and stops it: {kafka}")
    # The Kafka that the cases share stands in for its own, and what it writes goes elsewhere.
    script = "\n".join(line.replace("$PWD/worker.properties", f"{folder}/worker.properties").replace(">worker.", f">{folder}/worker.")
                       for line in lines if line not in kafka)
    done = run("bash", "-e", "-m", "-c", script, check=False, cwd=ROOT, timeout=60)
    expect(done.returncode == 0, f"ends with {done.returncode}: {done.stdout[-400:]} {done.stderr[-800:]}")
    for line in lines:
        expect(not line.startswith("# ") or line[2:] in done.stdout, f"{line!r} is not what is printed: {done.stdout}")
