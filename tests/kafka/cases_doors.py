"""A broker as others run it: it makes topics by itself, and asks who one is."""

import json
import os
import re
import signal
import subprocess
import threading
import time

from brokers import broker
from deployment import CARAVAN, PROBE, Deployment, expect, run, wait_until
from helpers import command
from registry import case, running

PASSWORD = "open sesame "  # ends in a blank: part of it


def free_port():
    return run("python3", "-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])").stdout.strip()


def certificate(folder):
    """A key and a certificate of its own that vouches for itself."""
    key, chain = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", chain)
    with open(key) as first, open(chain) as second, open(os.path.join(folder, "both.pem"), "w") as both:
        both.write(first.read() + second.read())
    return os.path.join(folder, "both.pem"), chain


class Doors:
    """The case's broker with two more listeners, one that asks for a password and one with TLS; it makes topics that are asked
    for, as brokers do by default. Back to what it was at the end."""

    def __init__(self, folder):
        self.path = os.path.join(os.environ["KAFKA_FOLDER"], "broker.properties")
        with open(self.path) as settings:
            self.before = settings.read()
        self.plain = re.search(r"^listeners=PLAINTEXT://(\S+)$", self.before, re.M).group(1)
        self.sasl, self.ssl = (f"127.0.0.1:{free_port()}" for _ in range(2))
        both, self.chain = certificate(folder)
        listeners = f"PLAINTEXT://{self.plain},SASL_PLAINTEXT://{self.sasl},SSL://{self.ssl}"
        kept = re.sub(r"(?m)^(advertised\.)?listeners=.*\n|^auto\.create\.topics\.enable=.*\n", "", self.before)
        self.settings = kept + "".join(f"{line}\n" for line in (
            f"listeners={listeners}", f"advertised.listeners={listeners}", "auto.create.topics.enable=true",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL",
            "sasl.enabled.mechanisms=PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_ada="{PASSWORD}";',
            "ssl.keystore.type=PEM", f"ssl.keystore.location={both}"))

    def __enter__(self):
        self.restart(self.settings)
        return self

    def __exit__(self, *_):
        self.restart(self.before)

    def restart(self, settings):
        broker("stop-broker")
        with open(self.path, "w") as file:
            file.write(settings)
        broker("restart-broker")


@case("q-doors: a broker that makes topics, asks for a password, speaks TLS", needs_broker=True)
def doors(folder):
    with Doors(folder) as opened:
        wrong = wrong_keys(folder, opened)
        nothing_is_made(folder)
        made_is_told(folder)
        right_keys(folder, opened)
        for key in wrong:
            key.expect_refused()


# ---- topics

def topics_of(d):
    return {name for name in broker("topics", "--list").split() if name.startswith(f"{d.name}.")}


def unmade(name, folder):
    """A deployment without its topics."""
    d = Deployment(name, folder)
    running.deployments.append(d)
    return d


def nothing_is_made(folder):
    d = unmade("unmade", folder)
    events = d.generate("--preset", "small", "--trains", "2")
    expect(command(d, "topics", "check", check=False).returncode == 3, "topics that are missing: 3")
    sent = command(d, "produce", "--keyed", events, check=False)
    expect(sent.returncode == 1 and "is missing" in sent.stderr, f"produce: {sent.returncode} {sent.stderr}")
    tailed = command(d, "tail", "clearances", "--until-end", check=False)
    expect(tailed.returncode == 1 and "is missing" in tailed.stderr, f"tail: {tailed.returncode} {tailed.stderr}")
    worker = d.start()
    expect(worker.wait(40) == 3, f"run: {worker.process.returncode} {worker.text()[-400:]}")
    d.workers.remove(worker)
    worker.log.close()
    expect(not topics_of(d), f"looking made {topics_of(d)}")


def made_is_told(folder):
    d = unmade("made", folder)
    broker("topics", "--create", "--topic", d.topics["traffic"], "--partitions", "4", "--replication-factor", "1")
    told = command(d, "topics", "create", "--partitions", "4").stdout.splitlines()
    expect(sum(": created, " in line for line in told) == 5, f"five are made: {told}")
    expect(f"{d.topics['traffic']}: there already, with 4 partitions; left as it is" in told, f"the sixth is left: {told}")
    checked = command(d, "topics", "check", check=False)
    wrong = [line for line in checked.stdout.splitlines() if line.startswith("wrong:")]
    expect(len(wrong) == 1 and d.topics["traffic"] in wrong[0], f"what create made is right: {checked.stdout}")


# ---- who may come in

class WrongKey:
    """A command that is not let in: it says why, and not that nobody answered. They wait side by side."""

    def __init__(self, d, words, sentences, seconds=14):
        self.words, self.sentences, self.seconds = words, sentences, seconds
        self.began = time.monotonic()
        self.process = subprocess.Popen([CARAVAN, words[0], "--config", d.config_path, *words[1:]], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.wait, daemon=True).start()

    def wait(self):
        self.told = self.process.communicate()[1].splitlines()[-1]
        self.took = time.monotonic() - self.began

    def expect_refused(self):
        wait_until(lambda: hasattr(self, "took"), 60, f"{self.words[0]} ends")
        code = self.process.returncode
        expect(code == 1, f"{self.words[0]}: {code} instead of 1: {self.told}")
        expect(all(sentence in self.told for sentence in self.sentences), f"{self.words[0]}: no {self.sentences} in {self.told!r}")
        expect("answered within" not in self.told, f"somebody answered: {self.told}")
        expect(self.took < self.seconds, f"{self.words[0]} waited for {self.took:.0f} s for what does not change")


def behind_door(name, folder, **settings):
    """A deployment whose clients come in by another listener. `__` in a name is a dot."""
    d = unmade(name, folder)
    d.settings.update({f"kafka.{key.replace('__', '.')}": value for key, value in settings.items()})
    d.write_config()
    return d


def asks_password(name, folder, opened, password):
    return behind_door(name, folder, bootstrap__servers=opened.sasl, security__protocol="sasl_plaintext", sasl__mechanism="PLAIN",
                       sasl__username="ada", sasl__password=password)


def wrong_keys(folder, opened):
    password = asks_password("wrong-password", folder, opened, PASSWORD.strip())
    certificate = behind_door("no-certificate", folder, bootstrap__servers=opened.ssl, security__protocol="ssl")
    silent = behind_door("no-password", folder, bootstrap__servers=opened.sasl)
    events = password.generate("--preset", "small", "--trains", "2")
    return [*(WrongKey(password, words, ("do not let this client in", "kafka.sasl.*", "Authentication failed"))
              for words in (("topics", "check"), ("produce", "--keyed", events), ("tail", "traffic"), ("reset", "--yes"), ("run",))),
            WrongKey(certificate, ("topics", "check"), ("do not let this client in", "kafka.ssl.*", "certificate verify failed")),
            WrongKey(silent, ("topics", "check"), ("take connections and end them", "kafka.security.protocol"), 60)]


def right_keys(folder, opened):
    certificate = behind_door("certificate", folder, bootstrap__servers=opened.ssl, security__protocol="ssl",
                              ssl__ca__location=opened.chain)
    for d in (asks_password("password", folder, opened, PASSWORD), certificate):
        command(d, "topics", "create", "--partitions", "1")
        expect(command(d, "topics", "check").stdout == "", f"{d.name}: with the right key all is well")


# ---- tail

@case("q-tail-offsets: an offset outside one of several partitions; a reader that goes away")
def tail_offsets(folder):
    d = unmade("offsets", folder).create()
    for partition, count in enumerate((1, 5, 0, 3)):
        for number in range(count):
            run(PROBE, "put", d.topics["dead-letters"], partition, f"k{number}", f"p{partition}n{number}")

    def read(*options):
        lines = command(d, "tail", "dead-letters", "--json", "--until-end", *options).stdout.splitlines()
        return sorted(json.loads(line)["value"] for line in lines)
    expect(read("--from", "2") == ["p1n2", "p1n3", "p1n4", "p3n2"], f"from 2: {read('--from', '2')}")
    expect(read("--from", "100") == [], "from behind all ends")
    run(PROBE, "delete-records", d.topics["dead-letters"], 1, 4)
    expect(read("--from", "0") == ["p0n0", "p1n4", "p3n0", "p3n1", "p3n2"], f"from below a beginning: {read('--from', '0')}")
    tail = subprocess.Popen([CARAVAN, "tail", "clearances", "--config", d.config_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    tail.stdout.close()
    expect(tail.wait(20) == -signal.SIGPIPE, f"quietly, without another message: {tail.returncode}")
    expect(tail.stderr.read() == b"", "and says nothing")


@case("q-log-reader: whoever reads a worker's log goes away, the worker goes on")
def log_reader(folder):
    d = unmade("unheard", folder).create()
    worker = subprocess.Popen([CARAVAN, "run", "--config", d.config_path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        worker.stderr.readline()
        worker.stderr.close()
        worker.send_signal(signal.SIGHUP)
        d.load(d.generate("--preset", "small", "--trains", "20", "--seed", "51"))
        d.wait_done()
        expect(worker.poll() is None, f"the worker ended: {worker.returncode}")
        worker.send_signal(signal.SIGTERM)
        expect(worker.wait(30) == 0, f"and stops in order: {worker.returncode}")
        d.verify()
    finally:
        worker.kill()
