"""Runs the cases that tests/kafka/run.sh asks for: each on topics and a group of its own, on one real broker.

    cases.py FOLDER [PREFIX…]       every case of cases_*.py whose name begins with one of the prefixes

Two at a time where there are two cores, then those that want to be alone; at last, on another Kafka, those of a cluster. A line
a case, and below a failed one what its workers last said."""

import concurrent.futures
import importlib
import os
import pathlib
import sys
import threading
import time
import traceback

import brokers
import registry
from deployment import Wrong

printing = threading.Lock()


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


def run_on(count, cases, folder):
    """Runs the cases on a Kafka of `count` brokers, which is started for them. True if all went well."""
    if not cases:
        return True
    try:
        brokers.start(os.path.join(folder, f"kafka-{count}"), count)
    except Wrong as wrong:
        print(f"skip kafka: {len(cases)} cases: no Kafka could be started: {' '.join(str(wrong).split())}", flush=True)
        return True
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        good = list(pool.map(lambda case: run_case(case, folder), (case for case in cases if not case.alone)))
    good += [run_case(case, folder) for case in cases if case.alone]
    brokers.stop()
    return all(good)


def main():
    folder, prefixes = sys.argv[1], sys.argv[2:]
    cases = list(wanted_cases(prefixes))
    good = [run_on(count, [case for case in cases if case.cluster == (count > 1)], folder) for count in (1, 3)]
    sys.exit(0 if all(good) else 1)


main()
