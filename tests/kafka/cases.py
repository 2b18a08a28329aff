"""Runs the cases that tests/kafka/run.sh asks for: each on topics and a group of its own, on one real broker.

    cases.py FOLDER [PREFIX…]       every case of cases_*.py whose name begins with one of the prefixes

Some at a time, then those that want to be alone; at last, side by side because they mostly wait, those
that stop their broker and, on another Kafka and in another process, those of a cluster. A line a case, and below a failed one
what its workers last said."""

import concurrent.futures
import importlib
import multiprocessing
import os
import pathlib
import sys
import time
import traceback

import brokers
import registry
from deployment import Wrong

AT_ONCE = min(3, (os.cpu_count() or 1) + 1)  # they mostly wait

printing = multiprocessing.Lock()


def worker_logs(deployments):
    for d in deployments:
        for worker in d.workers[-2:]:
            yield f"  log of a worker of {d.name}:"
            for line in worker.text().splitlines()[-12:]:
                yield f"    {line[:240]}"


def run_case(case, folder):
    """True if it went well. What it prints stands together, whatever runs beside it."""
    began = time.monotonic()
    registry.running.deployments = []
    good = False
    try:
        case.function(folder)
        lines = [f"ok kafka: {case.name} ({time.monotonic() - began:.0f} s)"]
        good = True
    except Wrong as wrong:
        lines = [f"not ok kafka: {case.name}: {wrong}", *worker_logs(registry.running.deployments)]
    except Exception as error:  # whatever went wrong, the other cases still run
        lines = [f"not ok kafka: {case.name}: {error}", traceback.format_exc(), *worker_logs(registry.running.deployments)]
    finally:
        for d in registry.running.deployments:
            d.end()
        if case.cluster:
            brokers.make_whole()
    with printing:
        print(*lines, sep="\n", flush=True)
    return good


def wanted_cases(prefixes):
    for module in sorted(pathlib.Path(__file__).parent.glob("cases_*.py")):
        importlib.import_module(module.stem)
    for case in registry.CASES:
        if prefixes and not any(case.name.startswith(prefix) for prefix in prefixes):
            continue
        if case.needs_broker and brokers.FOREIGN:
            print(f"skip kafka: {case.name}: the running Kafka of CARAVAN_TEST_BROKERS is not ours to stop", flush=True)
            continue
        yield case


class Kafka:
    """A Kafka of `count` brokers, which is started for the cases that run within; not `started` where there is no case or no Kafka."""

    def __init__(self, folder, count, cases):
        self.folder, self.count, self.cases = os.path.join(folder, f"kafka-{count}"), count, cases
        self.started = False

    def __enter__(self):
        try:
            if self.cases:
                brokers.start(self.folder, self.count)
                self.started = True
        except Wrong as wrong:
            print(f"skip kafka: {len(self.cases)} cases: no Kafka could be started: {' '.join(str(wrong).split())}", flush=True)
        return self

    def __exit__(self, *_):
        if self.started:
            brokers.stop()


def run_in_turn(cases, folder):
    return all([run_case(case, folder) for case in cases])


def run_cluster(cases, folder):
    with Kafka(folder, 3, cases) as kafka:
        sys.exit(0 if not kafka.started or run_in_turn(cases, folder) else 1)


def run_one_broker(cases, folder, beside):
    """`beside` runs in a process of its own while this one's broker is stopped and started. True if all went well."""
    with Kafka(folder, 1, cases) as kafka:
        good = True
        if kafka.started:
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                good = all(list(pool.map(lambda case: run_case(case, folder), (case for case in cases if not case.alone))))
            good &= run_in_turn([case for case in cases if case.alone and not case.needs_broker], folder)
        beside.start()
        if kafka.started:
            good &= run_in_turn([case for case in cases if case.needs_broker], folder)
    return good


def main():
    folder, prefixes = sys.argv[1], sys.argv[2:]
    cases = list(wanted_cases(prefixes))
    beside = multiprocessing.get_context("fork").Process(target=run_cluster, args=([case for case in cases if case.cluster], folder))
    good = run_one_broker([case for case in cases if not case.cluster], folder, beside)
    beside.join()
    sys.exit(0 if good and beside.exitcode == 0 else 1)


main()
