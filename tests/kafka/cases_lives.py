"""Lives of workers: rebalances, kill -9, zombies, second lives, transactions that are too old or never end."""

import os
import random
import signal
import time

from deployment import dump, expect, look, probe, run, wait_until
from helpers import restart_until_done
from registry import LONG, MEDIUM, SMALL, both_protocols, case, deployment


# ---- b: rebalances

@both_protocols("b-rebalance: a worker joins and one leaves under load")
def rebalance(folder, protocol):
    d = deployment(f"rebalance-{protocol}", folder, partitions=6, protocol=protocol)
    events = d.generate(*SMALL, "--seed", "5")
    load = d.load_beside(events, 900)
    first = d.start()
    time.sleep(2.5)
    second = d.start()
    time.sleep(3)
    expect(first.stop() == 0, "the first worker leaves with 0")
    third = d.start()
    load.join()
    d.wait_done(90)
    expect(second.alive() and third.alive(), "the workers that stayed are alive")
    d.verify()


# ---- c: kill -9

@both_protocols("c-kill: kill -9 at random moments, restarted each time")
def kill(folder, protocol):
    d = deployment(f"kill-{protocol}", folder, protocol=protocol, kafka__transaction__timeout__ms="3000", commit__interval="30ms",
                   checkpoint__bytes="16KiB")
    rng = random.Random(6)
    load = d.load_beside(d.generate(*(SMALL if LONG else MEDIUM), "--seed", "6"), 500)
    for _ in range(40 if LONG else 8):
        worker = d.start(name=f"killed-{protocol}")
        time.sleep(rng.uniform(0.3, 2.5))
        expect(worker.kill() == -9, f"the worker died by itself: {worker.text()[-500:]}")
    load.join()
    d.start(name=f"killed-{protocol}")
    d.wait_done(90)
    d.verify()
    d.checkpoints_exist()


# ---- d: the zombie

@both_protocols("d-zombie: stopped past its session, woken, fenced, silent")
def zombie(folder, protocol):
    d = deployment(f"zombie-{protocol}", folder, partitions=2, protocol=protocol)
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "7"), 600)
    sleeper = d.start()
    time.sleep(2.5)
    sleeper.send(signal.SIGSTOP)
    other = d.start()
    load.join()
    wait_until(lambda: d.at_end(), 60, "the other worker takes over")
    k = {partition: text.k for partition, (_, text) in d.offsets().items()}
    before = len(dump(d.topics["clearances"]))
    sleeper.send(signal.SIGCONT)
    time.sleep(5)
    expect(len(dump(d.topics["clearances"])) == before, "the zombie wrote records")
    expect(other.alive(), "the other worker was fenced by the zombie")
    moved = {partition: text.k for partition, (_, text) in d.offsets().items()}
    expect(all(moved[partition] >= k[partition] for partition in k), "K went back")
    d.verify()


@case("d-same-id: two lives under one worker.id: one is fenced and ends, the other goes on")
def same_id(folder):
    d = deployment("same-id", folder, partitions=2)
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "8"), 600)
    lives = [d.start(name="twin")]
    time.sleep(2.5)
    lives.append(d.start(name="twin"))
    wait_until(lambda: not all(life.alive() for life in lives), 40, "one of two lives under one worker.id ends")
    ended = next(life for life in lives if not life.alive())
    expect(ended.process.returncode == 4, f"it ends fenced: {ended.process.returncode} {ended.text()[-400:]}")
    load.join()
    lives.remove(ended)
    d.workers.remove(ended)
    ended.log.close()
    d.wait_done(60)
    expect(lives[0].alive(), "the other goes on")
    d.verify()


# ---- h: transaction time-out

@case("h-transaction-timeout: a worker frozen inside its transaction is aborted and goes on")
def transaction_timeout(folder):
    d = deployment("timeout", folder, partitions=2, kafka__transaction__timeout__ms="1000", kafka__session__timeout__ms="20000",
                   commit__interval="10ms")
    load = d.load_beside(d.generate(*MEDIUM, "--seed", "15"), 450)
    worker = d.start()
    rng = random.Random(15)
    for _ in range(4):
        time.sleep(rng.uniform(0.8, 1.2))
        worker.send(signal.SIGSTOP)
        time.sleep(2.5)
        worker.send(signal.SIGCONT)
        if worker.process.poll() is not None:
            worker = d.start()
    load.join()
    restart_until_done(d)
    d.verify()


# ---- transactions without an end

def hold(d, partition, messages):
    """Puts (key, value) into the checkpoints in a transaction that stays open."""
    path = os.path.join(d.folder, "held")
    with open(path, "w") as file:
        for key, value in messages:
            file.write(f"{partition}\t0\t{key.hex()}\t{value.hex()}\t\n")
    run(os.environ["SENDER"], d.topics["checkpoints"], path, "hanging")


@case("h-hanging: a transaction without an end holds checkpoints: a restore goes on, and stays right when it is undone")
def hanging(folder):
    d = deployment("hanging", folder, partitions=2, checkpoint__bytes="16KiB")
    d.load(d.generate(*SMALL, "--seed", "70", "--trains", "60"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    held = [message for message in dump(d.topics["checkpoints"]) if message.partition == 1 and message.value]
    expect(held, "there are checkpoints to be held")
    hold(d, 1, [(message.key, message.value) for message in held[-3:]] + [(b"what is this", b"junk")])
    for seed in ("71", "72"):
        worker = d.start()
        wait_until(lambda: worker.text().count("goes on at offset") == d.partitions, 60, "both partitions are restored")
        expect("a transaction has held" in worker.text(), f"it goes on without the end: {worker.text()[-600:]}")
        d.load(d.generate(*SMALL, "--seed", seed, "--trains", "20", name=f"events-{seed}"))
        d.wait_done()
        worker.kill()
    expect(look("ends", d.topics["checkpoints"]) != look("ends", d.topics["checkpoints"], "committed"), "it hangs still")
    probe("load-in-transaction", d.topics["input"], d.generate("--preset", "small", "--trains", "1", name="noise"), "hanging", "abort")
    worker = d.start()
    d.wait_done()
    expect("a transaction has held" not in worker.text(), "it was undone")
    d.verify()
    d.checkpoints_exist()
