"""What the system says of a process: CPU time, page faults, context switches, memory."""

import os
import re
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
SWITCHES = re.compile(r"^(?:non)?voluntary_ctxt_switches:\s+(\d+)", re.M)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Sample:
    """Of one moment; the difference of two is what lies between."""

    def __init__(self, cpu, faults, switches, at):
        self.cpu, self.faults, self.switches, self.at = cpu, faults, switches, at

    def __sub__(self, other):
        return Sample(self.cpu - other.cpu, self.faults - other.faults, self.switches - other.switches, self.at - other.at)


def switches_of(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            total += sum(int(found) for found in SWITCHES.findall(read(f"/proc/{pid}/task/{task}/status")))
        except OSError:
            pass  # it has just ended
    return total


def sample(pid):
    fields = read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()
    return Sample((int(fields[11]) + int(fields[12])) / TICKS, int(fields[7]) + int(fields[9]), switches_of(pid), time.monotonic())


def thread_cpu(pid, name):
    """CPU seconds of the threads whose name holds `name`."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            head, tail = read(f"/proc/{pid}/task/{task}/stat").rsplit(")", 1)
        except OSError:
            continue
        if name in head:
            fields = tail.split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def memory_mib(pid, field="VmRSS"):
    return int(re.search(rf"^{field}:\s+(\d+)", read(f"/proc/{pid}/status"), re.M).group(1)) / 1024


class Child:
    """A program that is measured while it runs; its output is in a log."""

    running = []

    def __init__(self, command, log):
        self.log = log
        self.command = [str(part) for part in command]
        self.file = open(log, "w", encoding="utf-8")
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.command, stdout=self.file, stderr=self.file)
        self.pid = self.process.pid
        Child.running.append(self)

    def alive(self):
        return self.process.poll() is None

    def text(self):
        return read(self.log)

    def require_alive(self):
        if not self.alive():
            raise RuntimeError(f"{' '.join(self.command)} ended with code {self.process.returncode}: {self.text()[-800:]}")

    def stop(self, number=signal.SIGTERM):
        if self.alive():
            self.process.send_signal(number)
            try:
                self.process.wait(120)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.file.close()
        Child.running.remove(self)

    @classmethod
    def stop_all(cls):
        """What a part left behind that did not come to its end."""
        for child in list(cls.running):
            child.stop(signal.SIGKILL)
