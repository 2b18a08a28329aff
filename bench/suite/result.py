"""A result: what a run of the suite measured, as it stands in bench/results/*.json. Table, drawings and comparison are functions of it.

    {"schema": "caravan.bench.v1", "date": …, "commit": …, "quick": …, "machine": {…},
     "parts": {"a": {"title": …, "seconds": …, "notes": [sentence…],
                     "rows": [{"name": …, "figures": {FIGURE: [a value a round…]}}],
                     "ratios": [{"name": …, "values": […], "least": aim} or {…, "most": aim}]}}}
"""

import json
import os
import statistics

SCHEMA = "caravan.bench.v1"

# figure: (unit, better: more or less; None: neither, it only says how much there was)
FIGURES = {
    "events/s": ("events/s", "more"),
    "MB/s": ("MB/s", "more"),
    "records/s": ("records/s", "more"),
    "facts/s": ("facts/s", "more"),
    "events/CPU s": ("events/CPU s", "more"),
    "CPU s/M": ("CPU s per million events", "less"),
    "broker CPU s/M": ("CPU s per million events", "less"),
    "µs/record": ("µs a record", "less"),
    "µs/change": ("µs a change", "less"),
    "wall s": ("s", "less"),
    "first record s": ("s", "less"),
    "faults/M": ("page faults per million events", "less"),
    "switches/M": ("context switches per million events", "less"),
    "peak MiB": ("MiB", "less"),
    "memory MiB": ("MiB", "less"),
    "bytes/waybill": ("bytes", "less"),
    "state/input": ("bytes in memory per byte of input", "less"),
    "checkpoint/input": ("checkpoint bytes per byte of input", "less"),
    "p50 ms": ("ms", "less"),
    "p99 ms": ("ms", "less"),
    "p99.9 ms": ("ms", "less"),
    "max ms": ("ms", "less"),
    "records": ("records", None),
    "record MB": ("MB", None),
    "bytes/record": ("bytes", None),
    "waybills": ("waybills", None),
    "requests/s": ("requests/s", None),
}


class Part:
    """What one part measured, while it is being measured."""

    def __init__(self, title):
        self.content = {"title": title, "seconds": 0, "notes": [], "rows": [], "ratios": []}

    def note(self, sentence):
        self.content["notes"].append(sentence)

    def add(self, name, **figures):
        """`figures`: by name, a value or a list of them, a round each; further calls with the same name add rounds."""
        row = next((row for row in self.content["rows"] if row["name"] == name), None)
        if row is None:
            row = {"name": name, "figures": {}}
            self.content["rows"].append(row)
        for figure, values in figures.items():
            if figure not in FIGURES:
                raise KeyError(figure)
            row["figures"].setdefault(figure, []).extend(values if isinstance(values, list) else [values])

    def values(self, name, figure):
        return next(row for row in self.content["rows"] if row["name"] == name)["figures"][figure]

    def ratio(self, name, above, below, **aim):
        """`above` and `below`: lists of the same rounds; `aim`: least=… or most=…, or nothing."""
        self.content["ratios"].append({"name": name, "values": [a / b for a, b in zip(above, below)], **aim})


def median(values):
    return statistics.median(values)


def spread(values):
    """Half of what lies between the least and the greatest, in parts of the median."""
    middle = median(values)
    return (max(values) - min(values)) / 2 / abs(middle) if middle else 0.0


def is_met(ratio):
    """None where there is no aim."""
    middle = median(ratio["values"])
    if "least" in ratio:
        return middle >= ratio["least"]
    return middle <= ratio["most"] if "most" in ratio else None


def number(value):
    """Three digits that count, large ones whole."""
    if value and abs(value) < 0.001:
        return f"{value:.1e}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def load(path):
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    if result.get("schema") != SCHEMA:
        raise ValueError(f"{path} is not a result of this bench: its schema is {result.get('schema')!r}")
    return result


def save(result, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".partial", "w", encoding="utf-8") as file:
        json.dump(rounded(result), file, ensure_ascii=False, indent=1)
        file.write("\n")
    os.replace(path + ".partial", path)


def rounded(value):
    """Six digits of every measured number: more is noise."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value
