"""One deployment of Caravan on the test's Kafka: topics and group under a name of its own, workers as processes, and the proofs
that every test ends with: what a read_committed reader sees equals the file-mode records of the same events, byte for byte."""

import collections
import decimal
import json
import os
import re
import signal
import subprocess
import time

CARAVAN = os.environ["CARAVAN"]
PROBE = os.environ["PROBE"]

TEXT = re.compile(r"2 (\d+) (-|\d+) (-|\d{4}-\d\d-\d\d) (\d+) (-|\d+) (\d+) ([0-9a-f]{32}) (\d+) (\d+) (\d+) "
                  r"(auto|applied|never|\*) (none|summary|full|release|\*) ([0-9a-f]{16}|\*) (-|[A-Za-z0-9_-]{22})")
FAR_RETENTION = "36000"  # days: nothing expires

Text = collections.namedtuple("Text", "k t h f w n s message_bytes train_bytes retention_days merge require recognised i")
Message = collections.namedtuple("Message", "partition offset key value headers")


class Wrong(Exception):
    """A test's expectation that did not hold."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Wrong(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def run(*command, check=True, timeout=240, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace", timeout=timeout,
                          **options)
    if check and done.returncode != 0:
        raise Wrong(f"{' '.join(map(str, command))} exited {done.returncode}: {done.stderr.strip()[-600:]}")
    return done


def probe(*arguments):
    return run(PROBE, *arguments).stdout


def again(ask, *arguments):
    """ask(*arguments), which only reads: asked again where leaders and coordinators are just moving."""
    for _ in range(3):
        try:
            return ask(*arguments)
        except Wrong:
            time.sleep(0.5)
    return ask(*arguments)


def look(*arguments):
    return again(probe, *arguments)


def unhex(text):
    return None if text == "-" else bytes.fromhex(text)


def settle(topic):
    """Waits a moment for what is open: a commit is told before its markers are in every partition."""
    end = time.monotonic() + 1
    while time.monotonic() < end and look("ends", topic) != look("ends", topic, "committed"):
        time.sleep(0.05)


def dump(topic, *isolation):
    messages = []
    if not isolation:
        settle(topic)
    for line in look("dump", topic, *isolation).splitlines():
        partition, offset, key, value, headers = line.split("\t")
        pairs = [pair.split("=") for pair in headers.split(";") if pair]
        messages.append(Message(int(partition), int(offset), unhex(key), unhex(value), [(name, unhex(text)) for name, text in pairs]))
    return messages


class Worker:
    """A `caravan run` process; its log goes to a file that a failing test shows."""

    def __init__(self, deployment, name, settings, environment=None):
        self.name = name
        self.log_path = os.path.join(deployment.folder, f"{name}.log")
        self.log = open(self.log_path, "ab")
        command = [CARAVAN, "run", "--config", deployment.config_path, "--set", f"worker.id={name}"]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})

    def alive(self):
        return self.process.poll() is None

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=30):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Wrong(f"the worker did not end within {seconds} s") from None

    def stop(self, seconds=30):
        self.send(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        self.send(signal.SIGKILL)
        return self.wait(10)

    def text(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()


class Load:
    """A probe that sends a file at a rate while the test goes on."""

    def __init__(self, topic, path, rate):
        self.process = subprocess.Popen([PROBE, "load", topic, path, str(rate)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)

    def is_alive(self):
        return self.process.poll() is None

    def join(self):
        told = self.process.communicate()[1]
        expect(self.process.returncode == 0, f"the load failed: {told.strip()[-600:]}")

    def end(self):
        """Stops in the middle; Deployment.take_input_for_events says what was sent."""
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


class Deployment:
    def __init__(self, name, folder, partitions=4, protocol="classic", replication=1, **settings):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.group = f"group-{name}"
        self.topics = {topic: f"{name}.{topic}" for topic in
                       ("input", "clearances", "traffic", "dead-letters", "checkpoints", "throughput")}
        self.settings = {
            "group": self.group,
            "kafka.bootstrap.servers": os.environ["BROKERS"],
            "kafka.transaction.timeout.ms": "6000",
            "retention.days": FAR_RETENTION,
            "checkpoint.bytes": "64KiB",
            "counters.interval": "2s",
            "commit.interval": "50ms",
            "http.listen": "",  # cases run side by side
            **{f"topic.{topic.replace('-', '_')}": full for topic, full in self.topics.items()},
        }
        if protocol == "classic":
            self.settings["kafka.session.timeout.ms"] = "6000"
            self.settings["kafka.heartbeat.interval.ms"] = "500"
        else:
            self.settings["kafka.group.protocol"] = "consumer"
        self.settings.update({key.replace("__", "."): value for key, value in settings.items()})
        self.config_path = os.path.join(self.folder, "worker.properties")
        self.write_config()
        self.workers = []
        self.loads = []  # files
        self.beside = []
        self.form = ["--keyed"]  # of the files of events
        self.names = 0

    def write_config(self):
        with open(self.config_path, "w") as config:
            for key, value in self.settings.items():
                config.write(f"{key} = {value}\n")

    def create(self):
        run(CARAVAN, "topics", "create", "--partitions", self.partitions, "--replication", self.replication,
            "--config", self.config_path)
        return self

    # ---- events

    def generate(self, *options, name="events"):
        path = os.path.join(self.folder, f"{name}.keyed")
        run(CARAVAN, "generate", "--keyed", "-o", path, *options)
        return path

    def load(self, path, rate=0):
        self.loads.append(path)
        probe("load", self.topics["input"], path, rate)

    def load_beside(self, path, rate):
        """Loads at a rate while the test goes on; join() what is returned."""
        self.loads.append(path)
        self.beside.append(Load(self.topics["input"], path, rate))
        return self.beside[-1]

    def take_input_for_events(self):
        """What the input holds is what was sent: after a load that was stopped in the middle."""
        path = os.path.join(self.folder, "sent.keyed")
        with open(path, "wb") as file:
            file.writelines(message.key + b"\t" + message.value + b"\n" for message in dump(self.topics["input"]))
        self.loads = [path]

    # ---- workers

    def start(self, name=None, environment=None, **settings):
        self.names += 1
        worker = Worker(self, name or f"{self.name}-{self.names}",
                        {key.replace("__", "."): value for key, value in settings.items()}, environment)
        self.workers.append(worker)
        return worker

    def end(self):
        for load in self.beside:
            load.end()
        for worker in self.workers:
            if worker.alive():
                worker.send(signal.SIGCONT)
                worker.send(signal.SIGKILL)
                worker.process.wait()
            worker.log.close()

    # ---- what the topics hold

    def ends(self, topic="input"):
        rows = [line.split("\t") for line in look("ends", self.topics[topic]).splitlines()]
        return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}

    def offsets(self):
        """partition -> (C, text), of partitions with a committed offset."""
        found = {}
        for line in look("offsets", self.group, self.topics["input"]).splitlines():
            partition, offset, metadata = line.split("\t")
            if int(offset) >= 0:
                match = TEXT.fullmatch(metadata)
                expect(match, f"the metadata is not to the letter: {metadata!r}")
                k, t, h, f, w, n, s, message, train, days, merge, require, recognised, i = match.groups()
                found[int(partition)] = (int(offset), Text(int(k), t, h, int(f), w, int(n), s, int(message), int(train), int(days), merge, require, recognised, i))
                expect(int(f) <= int(offset), "F is above C")
        return found

    def at_end(self):
        offsets = self.offsets()
        return all(high == 0 or offsets.get(partition, (-1,))[0] == high for partition, (_, high) in self.ends().items())

    def wait_done(self, seconds=60):
        def done():
            for worker in self.workers:
                if not worker.alive() and worker.process.returncode not in (0, -9):
                    raise Wrong(f"a worker ended with {worker.process.returncode}: {worker.text()[-900:]}")
            return self.at_end()
        wait_until(done, seconds, f"{self.name}: every event committed")

    # ---- the proofs

    def expected(self, *options):
        """File mode over the same events: records by train key, rejects, N and S."""
        rejects = os.path.join(self.folder, "expected.rejects")
        policy = [] if "merge.policy" not in self.settings else ["--policy", self.settings["merge.policy"]]
        require = [] if "clearance.require" not in self.settings else ["--require", self.settings["clearance.require"]]
        done = subprocess.run([CARAVAN, "merge", *self.form, "--summary", "--rejects", rejects, *policy, *require, *options, *self.loads],
                              capture_output=True, check=True)
        records = {}
        for line in done.stdout.splitlines():
            record = json.loads(line, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
            records[train_key(record)] = (line, record)
        live = done.stderr.decode().splitlines()[-1].split()
        expect(live[0] == "live:", "the summary ends with live: N S")
        with open(rejects) as lines:
            return records, [json.loads(line) for line in lines], (int(live[1]), live[2])

    def verify(self, emit="ready", traffic=True, repeats=False, records_only=False):
        """Everything that contract 6 and 7 promise once all is committed."""
        records, rejects, live = self.expected()
        where = {message.key: message.partition for message in dump(self.topics["input"]) if message.key is not None}
        self.check_records(records, where, emit, repeats)
        if records_only:
            return
        if traffic:
            self.check_traffic(records, where)
        self.check_dead_letters(rejects)
        self.check_live(live)

    def check_records(self, records, where, emit, repeats):
        last = {}
        for message in dump(self.topics["clearances"]):
            before = last.get(message.key)
            expect(repeats or before is None or before.value != message.value, f"the record of {message.key} was emitted twice in a row")
            expect(message.partition == where[message.key], f"{message.key} stands in another partition than its events")
            last[message.key] = message
        wanted = {key: line for key, (line, record) in records.items() if emit == "always" or record["status"] != "open"}
        expect(wanted, "the workload has no record to compare")
        expect(set(last) == set(wanted), f"trains with a record: {len(last)}, expected {len(wanted)}")
        for key, line in wanted.items():
            expect(last[key].value == line, f"the last record of {key} differs from file mode:\n{last[key].value[:300]}\n{line[:300]}")

    def check_traffic(self, records, where):
        last = {message.key: message.value for message in dump(self.topics["traffic"])}
        wanted = {}
        for key, (_, record) in records.items():
            add_share(wanted, key, record, where[key])
        expect(set(last) == set(wanted), f"traffic rows {len(last)}, expected {len(wanted)}")
        for key, row in wanted.items():
            told = json.loads(last[key], parse_float=decimal.Decimal, parse_int=decimal.Decimal)
            expect(told == row, f"traffic row {key}: {told} instead of {row}")

    def check_dead_letters(self, rejects):
        letters = dump(self.topics["dead-letters"])
        inputs = {(message.partition, message.offset): message for message in dump(self.topics["input"])}
        wanted = collections.Counter((reject["reason"], reject["pointer"]) for reject in rejects)
        found = collections.Counter()
        places = set()
        for letter in letters:
            own = {name: value for name, value in letter.headers if name.startswith("__caravan.errors.")}
            place = (int(own["__caravan.errors.partition"]), int(own["__caravan.errors.offset"]))
            expect(place not in places, f"dead letter twice: {place}")
            places.add(place)
            source = inputs[place]
            expect(letter.value == source.value and letter.key == source.key, f"the bytes of {place} were touched")
            expect(own["__caravan.errors.topic"].decode() == self.topics["input"], "the topic header")
            found[(own["__caravan.errors.reason"].decode(), own["__caravan.errors.pointer"].decode())] += 1
        expect(found == wanted, f"dead letters by reason: {found - wanted} too many, {wanted - found} missing")

    def check_live(self, live):
        offsets = self.offsets()
        count = sum(text.n for _, text in offsets.values())
        total = sum(int(text.s, 16) for _, text in offsets.values()) % 2**128
        expect((count, f"{total:032x}") == live, f"N and S are {count} {total:032x}, file mode has {live}")

    def checkpoints_exist(self):
        expect(any(message.value for message in dump(self.topics["checkpoints"])), "no checkpoint was ever made")


def train_key(record):
    train = record["train"]
    return f"{train['number']}|{train['date']}|{train['port']}".encode()


TRAFFIC_SUMS = ("waybills", "declarations", "containers", "teu", "gross_kg")


def add_share(rows, key, record, partition):
    """Adds a train's record to the traffic row of its port and date, as contract 6.5 words it."""
    port, date = record["train"]["port"], record["train"]["date"]
    row = rows.setdefault(f"{port}|{date}|{partition}".encode(), {
        "schema": "rail.traffic.v1", "port": port, "date": date, "partition": partition, "trains": 0, "open": 0, "cleared": 0, "held": 0,
        "incomplete": 0, "clearance_seconds": 0, **{name: 0 for name in TRAFFIC_SUMS},
        **{direction: {"cleared": 0, "clearance_seconds": 0} for direction in ("entry", "exit", "transit")}})
    row["trains"] += 1
    row[record["status"]] += 1
    if record["status"] == "open":
        return
    for name in TRAFFIC_SUMS:
        row[name] += record["totals"][name]
    if record["status"] == "cleared":
        row["clearance_seconds"] += record["clearance_seconds"]
        for direction in {declaration["direction"] for declaration in record["declarations"]}:
            row[direction]["cleared"] += 1
            row[direction]["clearance_seconds"] += record["clearance_seconds"]
