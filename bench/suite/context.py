"""What the parts share: the scratch folder, how thorough to be, how much time is left, the programs and the workloads."""

import json
import os
import subprocess
import sys
import time

BUILD = os.environ.get("BUILD", "build")
CARAVAN = os.path.join(BUILD, "caravan")
PROBE = os.path.join(BUILD, "tests", "kafka_probe")


def tool(name):
    return os.path.join(BUILD, "bench", name)


def run(*command):
    """Standard output; a program that fails ends the part with what it said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}: code {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def run_json(*command):
    return json.loads(run(*command))


class Context:
    def __init__(self, folder, quick, seconds):
        """`seconds`: of the whole run, or None."""
        self.folder, self.quick = folder, quick
        self.end = None if seconds is None else time.monotonic() + seconds
        self.part_end = None
        self.made = {}

    def choose(self, quick, full):
        return quick if self.quick else full

    def begin_part(self, share):
        """The part may take `share` of the time that is left."""
        if self.end is not None:
            self.part_end = time.monotonic() + max(self.end - time.monotonic(), 0) * share

    def rounds(self, full, share=1.0):
        """Numbers of rounds, at least one: as many as asked for (one with --quick), or as the time allows; `share` of what the part
        has left."""
        end = None if self.part_end is None else time.monotonic() + (self.part_end - time.monotonic()) * share
        for number in range(self.choose(1, full)):
            if number and end is not None and time.monotonic() > end:
                return
            yield number

    def say(self, sentence):
        print(f"  {sentence}", file=sys.stderr, flush=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def trains(self, **options):
        """The path of a workload of bench/trains.c, made once."""
        name = "trains-" + "-".join(f"{key}{value}" for key, value in sorted(options.items()))
        return self.make(name, lambda path: self.write(path, tool("trains"), *(part for key, value in options.items() for part in (f"--{key}", str(value)))))

    def generated(self, *options):
        """The path of a workload of `caravan generate`, made once."""
        name = "generated-" + "".join(options).replace("/", "_")
        return self.make(name, lambda path: run(CARAVAN, "generate", "--keyed", *options, "-o", path))

    def make(self, name, how):
        if name not in self.made:
            path = self.path(name + ".keyed")
            how(path)
            self.made[name] = path
        return self.made[name]

    def split(self, path, count):
        """The paths of the first `count` lines and of the others; what was there is gone."""
        first, others = path.removesuffix(".keyed") + "-first.keyed", path.removesuffix(".keyed") + "-others.keyed"
        with open(path, "rb") as file, open(first, "wb") as head, open(others, "wb") as tail:
            for number, line in enumerate(file):
                (head if number < count else tail).write(line)
        self.forget(path)
        return first, others

    def forget(self, path):
        """A workload that no further part reads: they are large."""
        self.made = {name: there for name, there in self.made.items() if there != path}
        os.remove(path)

    @staticmethod
    def write(path, *command):
        with open(path, "wb") as file:
            subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
