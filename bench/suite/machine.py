"""The machine that a result was measured on, so that nobody compares what cannot be compared."""

import os
import platform
import re


def first(path, pattern, otherwise):
    try:
        with open(path, encoding="utf-8") as file:
            found = re.search(pattern, file.read(), re.M)
    except OSError:
        found = None
    return found.group(1).strip() if found else otherwise


def describe():
    memory_kib = int(first("/proc/meminfo", r"^MemTotal:\s+(\d+)", "0"))
    return {
        "model": re.sub(r"\s+", " ", first("/proc/cpuinfo", r"^model name\s*:\s*(.*)$", platform.processor() or platform.machine())),
        "processors": os.cpu_count(),
        "memory_gib": round(memory_kib / 2**20),
        "system": first("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)', platform.system()),
        "kernel": platform.release(),
        "load": f"{os.getloadavg()[0]:.2f}",
    }


def short_name(machine):
    """For names of files: the processor's last words and how many of them."""
    words = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", " ", machine["model"])
    words = re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-").lower()
    return f"{words[:40].strip('-') or 'machine'}-{machine['processors']}"
