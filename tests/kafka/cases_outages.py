"""Brokers that are away for long, and sessions that end meanwhile: the worker goes on by itself, and what another worker had in
the meantime is never taken for its own."""

import contextlib
import random
import signal
import time

from brokers import broker
from deployment import expect, wait_until
from registry import LONG, SMALL, case, deployment


def interrupted(worker):
    """How often the worker found that its membership had broken off without a word."""
    return worker.text().count("membership was interrupted")


def commits(d, partitions):
    offsets = d.offsets()
    return {partition: offsets[partition][1].k if partition in offsets else 0 for partition in partitions}


@contextlib.contextmanager
def broker_away():
    """The broker dies, and comes back at the end whatever happens: other cases need it."""
    broker("kill-broker")
    try:
        yield
    finally:
        broker("restart-broker")


# ---- o: an outage longer than the transaction's time

def outage(folder, name, seconds, **settings):
    d = deployment(name, folder, **settings)
    worker = d.start()
    wait_until(lambda: "goes on at" in worker.text(), 60, "the worker is at work")
    load = d.load_beside(d.generate(*SMALL, "--seed", "61"), 600)
    wait_until(lambda: any(offset > 0 for offset, _ in d.offsets().values()), 60, "something is committed")
    expect(load.is_alive(), "the load was over before the broker went")
    with broker_away():
        time.sleep(seconds)
    load.join()
    d.wait_done(120)
    expect(worker.alive(), "it went on in the same process")
    d.verify()


@case("o-outage: a broker away for longer than the transaction's time and the session", needs_broker=True)
def longer_than_a_transaction(folder):
    outage(folder, "outage", 12)


if LONG:
    for away in (20, 40, 180):
        case(f"o-outage-{away}: the broker away for {away} s, time-outs as by default", needs_broker=True)(
            lambda folder, away=away: outage(folder, f"outage-{away}", away, kafka__transaction__timeout__ms="15000",
                                             kafka__session__timeout__ms="10000"))


# ---- p: lost without a word

def silent_round(d, rng, workers, number):
    """The session of `loser` ends while it is joining and cannot hear: another one has its partitions and gives them back."""
    loser, keeper = workers
    missing = d.start(name=f"missing-{number}", kafka__group__instance__id=f"missing-{number}")
    wait_until(lambda: "assigned" in missing.text(), 30, "the third worker is in the group")
    missing.kill()                       # the next rebalance waits for it until its session ends
    newcomer = d.start(name=f"newcomer-{number}", kafka__group__instance__id=f"newcomer-{number}")
    time.sleep(rng.uniform(1.0, 2.5))    # the loser hears of the rebalance and joins
    before = commits(d, range(d.partitions))
    with broker_away():
        newcomer.kill()
        time.sleep(0.5)
        loser.send(signal.SIGSTOP)
    wait_until(lambda: all(k > before[partition] for partition, k in commits(d, range(d.partitions)).items()), 60,
               "the other worker commits every partition")
    loser.send(signal.SIGCONT)
    time.sleep(rng.uniform(3, 6))


def lost_without_a_word(folder, rounds):
    d = deployment("silent", folder)
    rng = random.Random(62)
    load = d.load_beside(d.generate(*SMALL, "--seed", "62"), 60)
    # The loser commits seldom, so that no transaction of it is open when it is stopped: that would end as a fence.
    workers = [d.start(name="loser", kafka__group__instance__id="loser", commit__interval="8s"),
               d.start(name="keeper", kafka__group__instance__id="keeper")]
    wait_until(lambda: len(d.offsets()) == d.partitions, 40, "every partition is committed")
    for number in range(rounds):
        silent_round(d, rng, workers, number)
        for worker in workers:
            expect(worker.alive(), f"a worker ended with {worker.process.returncode}: {worker.text()[-900:]}")
        d.workers = list(workers)
    load.join()
    d.wait_done(120)
    d.verify()
    return sum(interrupted(worker) for worker in workers)


def silent(folder):
    expect(lost_without_a_word(folder, 6) > 0, "no membership was interrupted: this shows nothing")


if LONG:  # five minutes of waiting for sessions; d-zombie shows a takeover in each run
    case("p-silent: a session ends unheard, another worker takes over and gives back", needs_broker=True)(silent)
