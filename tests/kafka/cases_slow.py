"""A broker that takes half a megabyte a second from the worker: whatever there is to say, it always moves forward. (A quota on
the worker's client id; the broker of the tests measures it over two seconds.)"""

import json
import os
import time

from brokers import broker
from deployment import dump, expect, wait_until
from registry import LONG, case, deployment

RATE = 500000  # bytes a second


def slow(d, rate=RATE):
    """All workers of the deployment to come share this rate to the broker."""
    d.settings["kafka.client.id"] = f"slow-{d.name}"
    d.write_config()
    broker("configs", "--alter", "--add-config", f"producer_byte_rate={rate}", "--entity-type", "clients",
           "--entity-name", f"slow-{d.name}")


def behind(d):
    """Bytes of offsets from F to C, over all partitions."""
    return sum(offset - text.f for offset, text in d.offsets().values())


def peak_mib(worker):
    with open(f"/proc/{worker.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


@case("q-slow-catch-up: a backlog whose records take many times the transaction's time")
def catch_up(folder):
    d = deployment("catch-up", folder, partitions=2, emit="always")
    d.load(d.generate("--preset", "small", "--trains", "600" if LONG else "200", "--seed", "41", "--oversized", "0"))
    slow(d)
    worker = d.start()
    seen = set()

    def done():
        expect(worker.alive(), f"the worker ended: {worker.text()[-600:]}")
        seen.add(sum(offset for offset, _ in d.offsets().values()))
        return d.at_end()
    wait_until(done, 600 if LONG else 120, "every event committed")
    expect(len(seen) > 5, f"it went forward in {len(seen)} steps only")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    d.verify(emit="always")
    expect(behind(d) == 0, "an orderly stop brings F to C")


@case("q-slow-standstill: everything is overdue for its checkpoint when the worker comes back")
def standstill(folder):
    d = deployment("standstill", folder, partitions=2, checkpoint__bytes="64MiB")
    d.load(d.generate("--preset", "small", "--trains", "240", "--seed", "42", "--oversized", "0"))
    first = d.start()
    d.wait_done()
    first.kill()
    expect(behind(d) > 1000, "nothing was left to checkpoint")
    slow(d)
    d.settings["checkpoint.age"] = "1s"
    d.write_config()
    worker = d.start()
    steps = set()

    def followed():
        expect(worker.alive(), f"the worker ended: {worker.text()[-600:]}")
        steps.add(behind(d))
        return behind(d) == 0
    wait_until(followed, 120, "F has come to C")
    expect(len(steps) > 4, f"F went forward in {len(steps)} steps only")
    expect(worker.stop() == 0, "SIGTERM ends with 0")
    d.verify()


@case("q-slow-stop: an orderly stop saves what its time lets it, and ends with 0")
def stop(folder):
    d = deployment("slow-stop", folder, partitions=2, checkpoint__bytes="64MiB")
    d.load(d.generate("--preset", "small", "--trains", "240", "--seed", "43", "--oversized", "0"))
    first = d.start()
    d.wait_done()
    first.kill()
    slow(d)
    left = behind(d)
    for timeout, complete in ((4, False), (60, True)):
        d.settings["shutdown.timeout"] = f"{timeout}s"
        d.write_config()
        worker = d.start()
        wait_until(lambda: worker.text().count("goes on at offset") == 2, 60, "both partitions are restored")
        began = time.monotonic()
        code = worker.stop(90)
        took = time.monotonic() - began
        expect(code == 0, f"SIGTERM ends with {code}: {worker.text()[-600:]}")
        expect(took < timeout + 2, f"it took {took:.1f} s")
        now = behind(d)
        expect(now < left, f"nothing was saved: {now} of {left}")
        expect((now == 0) == complete, f"F is {now} behind")
        left = now
    d.verify()


@case("q-arrivals: many large trains arrive at once: memory stays within its bound")
def arrivals(folder):
    trains, bound, growth = (600, 512, 120) if LONG else (120, 96, 55)
    d = deployment("arrivals", folder, partitions=2, state__bytes_max=f"{bound}MiB", kafka__transaction__timeout__ms="15000")
    d.load(events_file(d, "large", large_train, trains))
    worker = d.start()
    d.wait_done(120)
    before = peak_mib(worker)
    d.load(events_file(d, "arrivals", arrival, trains))
    d.wait_done(240)
    expect(peak_mib(worker) - before < growth, f"{peak_mib(worker):.0f} MiB, and {before:.0f} before the arrivals")
    records, _, live = d.expected()
    last = {message.key: message.value for message in dump(d.topics["clearances"])}
    expect(last == {key: line for key, (line, _) in records.items()}, "the last records are file mode's")
    expect(sum(map(len, last.values())) > growth * 2**20, "more was put out than memory grew")
    d.check_live(live)


def events_file(d, name, write_train, trains):
    path = os.path.join(d.folder, f"{name}.keyed")
    with open(path, "w") as lines:
        for train in range(trains):
            write_train(lines, train)
    return path


def write(lines, train, kind, data):
    key = {"number": f"X{train}", "date": "2020-12-18", "port": "CNAKL"}
    event = {"specversion": "1.0", "id": f"{train}-{len(data)}-{data.get('waybill', {}).get('number')}", "source": "/test", "type": kind,
             "time": "2020-12-18T09:00:00Z", "data": {"train": key, **data}}
    lines.write(f"X{train}|2020-12-18|CNAKL\t{json.dumps(event)}\n")


def arrival(lines, train):
    write(lines, train, "rail.train.arrived.v1", {"place": "CNAKL", "arrived_at": "2020-12-18T09:00:00Z"})


def container_number(serial):
    """One with the right check digit (ISO 6346)."""
    values = [10 + i + (10 + i > 10) + (i > 10) + (i > 20) for i in range(26)]
    body = f"CBHU{serial:06}"
    total = sum((values[ord(c) - ord("A")] if c.isalpha() else int(c)) << place for place, c in enumerate(body))
    return f"{body}{total % 11 % 10}"


def large_train(lines, train):
    """Ten manifests of 200 containers each: half a megabyte, and a record that is larger."""
    party = {"code": "C1", "name": "A consignor", "country": "CN"}
    for waybill in range(10):
        containers = [{"number": container_number(waybill * 200 + box), "size_type": "22G1", "seal": f"S{box}", "tare_kg": 2200,
                       "goods": [{"hs": "940360", "description": f"Goods number {waybill} {box} of this train, described at length",
                                  "packages": box, "gross_kg": 1000.5, "value": 12.34, "currency": "USD"}]} for box in range(200)]
        write(lines, train, "rail.manifest.transmitted.v1",
              {"waybill": {"number": f"W{train}-{waybill}", "direction": "exit", "contract": "K", "product": f"P{waybill}",
                           "consignor": party, "consignee": {**party, "country": "DE"}, "origin": "CNAKL", "destination": "DEDUI"},
               "containers": containers})
