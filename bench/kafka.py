"""The measuring part of bench/kafka.sh: loads topics, runs workers, samples them through /proc, prints a line a figure."""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time

BROKERS = os.environ["BROKERS"]
CARAVAN, PROBE, DRAIN = "build/caravan", "build/tests/kafka_probe", "build/bench/drain"
TICKS = os.sysconf("SC_CLK_TCK")
PARTITIONS = 4
EVENTS_A_TRAIN = 126


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


class Bench:
    def __init__(self, folder, name):
        self.name = name
        self.config = os.path.join(folder, f"{name}.properties")
        self.log = os.path.join(folder, f"{name}.log")
        topics = ("input", "clearances", "traffic", "dead_letters", "checkpoints", "throughput")
        with open(self.config, "w") as config:
            config.write(f"group = {name}\nkafka.bootstrap.servers = {BROKERS}\nretention.days = 36000\n")
            config.writelines(f"topic.{topic} = {name}.{topic}\n" for topic in topics)
        run(CARAVAN, "topics", "create", "--partitions", PARTITIONS, "--config", self.config)

    def ends(self, topic="input"):
        return {int(row.split("\t")[0]): int(row.split("\t")[2]) for row in run(PROBE, "ends", f"{self.name}.{topic}").splitlines()}

    def committed(self):
        rows = [row.split("\t") for row in run(PROBE, "offsets", self.name, f"{self.name}.input").splitlines()]
        return {int(row[0]): int(row[1]) for row in rows}

    def start(self):
        self.log_file = open(self.log, "w")
        self.began = time.monotonic()
        self.worker = subprocess.Popen([CARAVAN, "run", "--config", self.config], stdout=self.log_file, stderr=self.log_file)

    def cpu_seconds(self):
        fields = open(f"/proc/{self.worker.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self, field="VmRSS"):
        status = open(f"/proc/{self.worker.pid}/status").read()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024

    def wait_end(self):
        ends = self.ends()
        while self.committed() != ends:
            if self.worker.poll() is not None:
                sys.exit(f"the worker ended: {open(self.log).read()[-800:]}")
            time.sleep(0.1)
        return time.monotonic() - self.began, self.cpu_seconds()

    def stop(self, number=signal.SIGTERM):
        self.worker.send_signal(number)
        self.worker.wait()
        self.log_file.close()

    def restored(self):
        """facts, events and the seconds between the first and the last log line of the restore."""
        rows = re.findall(r"partition \d+: (\d+) facts and (\d+) events in ([\d.]+) s", open(self.log).read())
        return sum(int(row[0]) for row in rows), sum(int(row[1]) for row in rows), sum(float(row[2]) for row in rows)

    def wait_restored(self):
        while len(re.findall(r"facts and \d+ events in", open(self.log).read())) < PARTITIONS:
            time.sleep(0.05)


def wait_for_record(bench):
    while not any(bench.ends("clearances").values()):
        time.sleep(0.02)
    return time.monotonic() - bench.began


def topic_bytes(topic):
    rows = run(PROBE, "dump", topic).splitlines()
    return sum(len(row.split("\t")[3]) // 2 for row in rows)


def throughput(folder, events):
    bench = Bench(folder, "speed")
    path = os.path.join(folder, "events.keyed")
    run(CARAVAN, "generate", "--keyed", "--oversized", "0", "--preset", "xinjiang-2020", "--trains", max(1, events // EVENTS_A_TRAIN),
        "--shuffle", "window:5000", "-o", path)
    run(CARAVAN, "produce", "--keyed", "--config", bench.config, path)
    drains = [json.loads(run(DRAIN, BROKERS, "speed.input")) for _ in range(3)]
    count, size = drains[0]["events"], drains[0]["bytes"]
    cpu = statistics.median(drain["cpu_s"] for drain in drains)
    wall = statistics.median(drain["wall_s"] for drain in drains)
    print(f"bare consumer: {count} events, {size / 1e6:.0f} MB: {count / wall:.0f} events/s, {cpu * 1e6 / count:.2f} CPU s per million (median of 3)")
    bench.start()
    wall, worker_cpu = bench.wait_end()
    print(f"caravan run: {count / wall:.0f} events/s, {worker_cpu * 1e6 / count:.2f} CPU s per million, "
          f"{worker_cpu / cpu:.1f} x the bare consumer; peak {bench.memory_mib('VmHWM'):.0f} MiB")
    bench.stop(signal.SIGKILL)
    bench.start()
    bench.wait_restored()
    facts, redone, seconds = bench.restored()
    print(f"restore after kill -9: {facts} facts and {redone} events in {seconds:.2f} s: {redone / seconds:.0f} events/s")
    bench.stop()
    size_checkpoints = topic_bytes("speed.checkpoints")
    bench.start()
    bench.wait_restored()
    facts, redone, seconds = bench.restored()
    print(f"restore after an orderly stop: {facts} facts and {redone} events in {seconds:.2f} s: {facts / seconds:.0f} facts/s, "
          f"{size_checkpoints / 1e6 / seconds:.0f} MB/s of checkpoints ({size_checkpoints / 1e6:.0f} MB, {size_checkpoints / size:.3f} bytes per input byte)")
    bench.stop()


def memory(folder):
    bench = Bench(folder, "memory")
    bench.start()
    time.sleep(3)
    print(f"memory idle: {bench.memory_mib():.1f} MiB")
    path = os.path.join(folder, "open.keyed")
    run(CARAVAN, "generate", "--keyed", "--oversized", "0", "--trains", 2500, "--waybills", "40-40", "--unarrived", "1", "-o", path)
    run(CARAVAN, "produce", "--keyed", "--config", bench.config, path)
    bench.wait_end()
    print(f"memory with 2,500 open trains of 40 waybills (100,000): {bench.memory_mib():.1f} MiB")
    bench.stop()


def first_record(folder):
    seconds = []
    for i in range(3):
        bench = Bench(folder, f"first{i}")
        path = os.path.join(folder, "first.keyed")
        run(CARAVAN, "generate", "--keyed", "--oversized", "0", "--trains", 20, "-o", path)
        run(CARAVAN, "produce", "--keyed", "--config", bench.config, path)
        bench.start()
        seconds.append(wait_for_record(bench))
        bench.stop()
    print(f"from start to the first record: {statistics.median(seconds):.2f} s (median of 3)")


def main():
    folder, events = sys.argv[1], int(sys.argv[2])
    throughput(folder, events)
    memory(folder)
    first_record(folder)


main()
