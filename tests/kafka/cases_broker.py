"""The broker stopped, killed and brought back under load."""

import random
import threading
import time

from brokers import broker
from deployment import expect, wait_until
from registry import LONG, SMALL, case, deployment


# ---- e: broker restarts

@case("e-broker-restart: the broker stopped and started under load", needs_broker=True)
def broker_restart(folder):
    bounce(folder, "restart", "stop-broker", 9)


@case("e-broker-kill: the broker killed with -9 under load", needs_broker=True)
def broker_kill(folder):
    bounce(folder, "broken", "kill-broker", 10)


def bounce(folder, name, verb, seed):
    d = deployment(name, folder)
    load = d.load_beside(d.generate(*SMALL, "--seed", str(seed), "--trains", "70"), 800)
    worker = d.start(commit__interval="20ms")
    time.sleep(4)
    broker(verb)
    expect(load.is_alive(), "the load was over before the broker went")
    broker("restart-broker")
    load.join()
    d.wait_done(90)
    expect(worker.alive(), f"it went on in the same process: {worker.text()[-600:]}")
    d.verify()


@case("e-broker-kill-restoring: the broker killed with -9 while partitions restore, no refusal that is not true", needs_broker=True)
def broker_kill_restoring(folder):
    rng = random.Random(60)
    d = deployment("bounced", folder, checkpoint__bytes="64MiB")
    d.load(d.generate(*SMALL, "--seed", "60", "--trains", "250"))
    worker = d.start("first")
    d.wait_done()
    worker.kill()
    for life in range(14 if LONG else 1):
        worker = d.start(f"life-{life}", kafka__fetch__message__max__bytes="20000")  # so that it takes a while
        wait_until(lambda: "restoring" in worker.text(), 60, "the worker restores")
        time.sleep(rng.uniform(0, 1))
        broker("kill-broker")
        broker("restart-broker")
        wait_until(lambda: worker.text().count("goes on at offset") >= d.partitions or not worker.alive(), 90, "all is restored")
        expect(worker.alive(), f"the worker ended: {worker.text()[-600:]}")
        worker.kill()
    d.start("last")
    d.load(d.generate(*SMALL, "--seed", "61", "--trains", "20", name="more"))
    d.wait_done()
    d.verify()


SHUTDOWN_S = 3


def stops_in_time(worker):
    """SIGTERM, and gone within shutdown.timeout and two seconds, whatever the client waits for."""
    began = time.monotonic()
    code = worker.stop(60)
    took = time.monotonic() - began
    expect(code == 0, f"SIGTERM ends with 0, not {code}: {worker.text()[-500:]}")
    expect(took < SHUTDOWN_S + 2, f"it took {took:.1f} s: {worker.text()[-500:]}")


@case("n-stop-without-broker: SIGTERM while no broker answers, working and restoring, gone in time", needs_broker=True)
def stop_without_broker(folder):
    d = deployment("unanswered", folder, shutdown__timeout=f"{SHUTDOWN_S}s")
    d.load(d.generate(*SMALL, "--seed", "24"))
    for verb, before in (("stop-broker", 2.5), ("kill-broker", 0.9), *((("kill-broker", 1.5),) * 8 if LONG else ())):
        worker = d.start(name="unanswered")
        time.sleep(before)
        broker(verb)
        time.sleep(1)
        try:
            stops_in_time(worker)
        finally:
            broker("restart-broker")
    d.start(name="unanswered")
    d.wait_done(90)
    d.verify()


@case("n-stop-while-it-comes-back: SIGTERM while the broker restarts under load, gone in time", needs_broker=True)
def stop_while_it_comes_back(folder):
    rng = random.Random(25)
    d = deployment("returning", folder, shutdown__timeout=f"{SHUTDOWN_S}s")
    load = d.load_beside(d.generate(*SMALL, "--seed", "25"), 600)
    for _ in range(10 if LONG else 1):
        worker = d.start(name="returning")
        wait_until(lambda: "goes on at" in worker.text(), 60, "the worker is at work")
        broker("kill-broker")
        back = threading.Thread(target=broker, args=("restart-broker",))
        back.start()
        time.sleep(rng.uniform(0.5, 5))  # the broker is there again after some four
        try:
            stops_in_time(worker)
        finally:
            back.join()
    load.join()
    d.start(name="returning")
    d.wait_done(90)
    d.verify()
