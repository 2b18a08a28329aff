"""A cluster of three, with three copies of everything of which two must be there, that loses brokers and moves leaders under load:
workers go on in the same process.

CARAVAN_LONG=1: every broker is killed, not one of them, leaders are moved more often, and brokers are restarted and workers come
and go under both protocols."""

import brokers
from brokers import broker
from deployment import Wrong, expect, wait_until
from registry import LONG, case, deployment

PROTOCOLS = ("classic", "consumer")
TRAINS = ("--preset", "small", "--trains", "600", "--shuffle", "window:400")  # more than any case has the time to send
RATE = 150  # events a second, of each deployment


class Loaded:
    """A deployment on the cluster with its workers at work, events coming in beside."""

    def __init__(self, folder, name, protocol, seed, workers=2):
        self.d = deployment(f"{name}-{protocol}", folder, protocol=protocol, replication=3,
                            kafka__transaction__timeout__ms="15000")
        self.events = self.d.generate(*TRAINS, "--seed", str(seed))
        for _ in range(workers):
            self.d.start()

    def begin(self):
        wait_until(lambda: sum(worker.text().count("goes on at") for worker in self.d.workers) >= self.d.partitions, 60,
                   f"{self.d.name}: every partition is assigned")
        self.load = self.d.load_beside(self.events, RATE)
        wait_until(lambda: len(self.d.offsets()) == self.d.partitions, 60, f"{self.d.name}: commits on every partition")
        return self

    def transactional_id(self, worker):
        return f"{self.d.group}~{worker.name}"

    def commits(self):
        return [text.k for _, (_, text) in sorted(self.d.offsets().items())]

    def verify(self):
        """All that was sent is in, and who worked at the end is who worked all along."""
        expect(self.load.is_alive(), f"{self.d.name}: the load was over too early")
        self.load.end()
        self.d.wait_done(90)
        self.d.take_input_for_events()
        for worker in self.d.workers:
            expect(worker.alive() or worker.process.returncode == 0, f"a worker ended: {worker.text()[-900:]}")
        self.d.verify()
        for worker in self.d.workers:
            expect(not worker.alive() or worker.stop() == 0, f"SIGTERM ends with 0: {worker.text()[-900:]}")


def wait_commits(loaded):
    """Until each partition has another commit."""
    before = [at.commits() for at in loaded]
    try:
        wait_until(lambda: all(now > then for at, earlier in zip(loaded, before) for now, then in zip(at.commits(), earlier)), 90,
                   "commits go on, on every partition")
    except Wrong as wrong:
        raise Wrong(f"{wrong} ({before} before, {[at.commits() for at in loaded]} now; {brokers.troubles() or 'the cluster is well'})")


def both(folder, name, seed, protocols=PROTOCOLS):
    made = [Loaded(folder, name, protocol, seed + index) for index, protocol in enumerate(protocols)]
    return [at.begin() for at in made]


# ---- x: a cluster

@case("x-cluster-rolling: each of three brokers restarted in its turn", cluster=True)
def rolling(folder):
    loaded = both(folder, "rolling", 40, PROTOCOLS if LONG else PROTOCOLS[:1])  # the other one meets the same in the cases below
    for number in brokers.NUMBERS:
        broker("stop-broker", number)
        wait_commits(loaded)
        broker("restart-broker", number)
        brokers.wait_in_sync()
    for at in loaded:
        at.verify()


@case("x-cluster-killed: kill -9 of a leader of inputs and outputs", cluster=True)
def killed(folder):
    loaded = both(folder, "killed", 42)
    wanted = {topic for at in loaded for topic in at.d.topics.values()}
    if LONG:
        wanted |= {at.d.group for at in loaded} | {at.transactional_id(worker) for at in loaded for worker in at.d.workers}
        victims = brokers.NUMBERS
    else:
        wanted -= {topic for at in loaded for topic in (at.d.topics["dead-letters"], at.d.topics["throughput"])}  # one partition
        victims = [max(brokers.NUMBERS, key=lambda number: len(roles_of(number) & wanted))]
    hit = set()
    for number in victims:
        hit |= roles_of(number)
        broker("kill-broker", number)
        wait_commits(loaded)
        broker("restart-broker", number)
        brokers.wait_in_sync()
    expect(wanted <= hit, f"no broker that was killed had to do with {wanted - hit}")
    for at in loaded:
        at.verify()


def roles_of(number):
    """The topics that a broker leads a partition of, the groups and the transactional ids that it coordinates."""
    coordinated = {**brokers.group_coordinators(), **brokers.transaction_coordinators()}
    return {topic for (topic, _), at in brokers.partitions().items() if at.leader == number} | {
        name for name, where in coordinated.items() if where == number}


def coordinators(folder, protocol):
    at = Loaded(folder, "coming", protocol, 44, workers=1).begin()
    lost = brokers.group_coordinators()[at.d.group]
    at.d.start()
    broker("kill-broker", lost)
    wait_until(lambda: "assigned" in at.d.workers[1].text(), 60, "the second worker joins through another coordinator")
    broker("restart-broker", lost)
    brokers.wait_in_sync()
    lost = brokers.transaction_coordinators()[at.transactional_id(at.d.workers[0])]
    broker("kill-broker", lost)
    expect(at.d.workers[0].stop(60) == 0, f"it leaves with 0: {at.d.workers[0].text()[-900:]}")
    at.d.start()
    broker("restart-broker", lost)
    at.verify()


for spoken in PROTOCOLS if LONG else PROTOCOLS[:1]:
    case(f"x-cluster-rebalance: coordinators of group and transactions killed while workers come and go ({spoken})", cluster=True)(
        lambda folder, spoken=spoken: coordinators(folder, spoken))


@case("x-cluster-gone: a broker gone for good", cluster=True)
def gone(folder):
    loaded = both(folder, "gone", 46)
    broker("kill-broker", brokers.group_coordinators()[loaded[0].d.group])
    for at in loaded:
        at.verify()
        at.d.load(at.d.generate(*TRAINS, "--trains", "10", "--seed", "48", name="more"))
        at.d.start()
        at.d.wait_done()
        at.d.verify()


@case("x-cluster-moved: all leaders and coordinators moved on, several times", cluster=True)
def moved(folder):
    loaded = both(folder, "moved", 50)
    for turn in range(12 if LONG else 2):
        brokers.move_leaders(folder, lambda number, turn=turn: (number + turn) % 3 + 1)
        wait_commits(loaded)
    for at in loaded:
        at.verify()
