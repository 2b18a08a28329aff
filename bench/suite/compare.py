"""What got slower between two results, beyond the noise.

    compare.py OLD.json NEW.json        code 0: nothing; 1: something; 2: they cannot be compared

A figure got worse when its median did, by more than NOISE_LEAST and more than the rounds of either result lie apart: the
ranges of their values must not touch. One round alone says little: there it takes NOISE_ALONE. Results of two machines
are compared in their ratios only.
"""

import sys

import result as results

NOISE_LEAST, NOISE_ALONE = 0.03, 0.10


def compared(old, new, better):
    """-1: worse, 1: better, 0: not beyond the noise."""
    if better is None:
        return 0
    before, after = results.median(old), results.median(new)
    alone = min(len(old), len(new)) < 2
    if not before or abs(after / before - 1) <= (NOISE_ALONE if alone else NOISE_LEAST):
        return 0
    if not alone and min(old) <= max(new) and min(new) <= max(old):
        return 0
    return 1 if (after > before) == (better == "more") else -1


def direction(ratio):
    return "more" if "least" in ratio else "less" if "most" in ratio else None


def rows_of(result):
    """By (part, row, figure): the values and which way is better."""
    rows = {}
    for name, part in result["parts"].items():
        for row in part["rows"]:
            for figure, values in row["figures"].items():
                rows[name, row["name"], figure] = values, results.FIGURES.get(figure, ("", None))[1]
        for ratio in part["ratios"]:
            rows[name, ratio["name"], "ratio"] = ratio["values"], direction(ratio)
    return rows


def same_machine(old, new):
    return all(old["machine"][what] == new["machine"][what] for what in ("model", "processors"))


def compare(old, new):
    """Lines of what got worse, and of what got better."""
    before, after = rows_of(old), rows_of(new)
    worse, better = [], []
    for key in before:
        part, row, figure = key
        if key not in after or not same_machine(old, new) and figure != "ratio":
            continue
        (was, way), (now, _) = before[key], after[key]
        verdict = compared(was, now, way)
        if verdict:
            change = results.median(now) / results.median(was) - 1
            text = f"{part}. {row}, {figure}: {results.number(results.median(was))} -> {results.number(results.median(now))} ({change * 100:+.0f} %)"
            (better if verdict > 0 else worse).append(text)
    return worse, better


def main():
    if len(sys.argv) != 3:
        print("usage: bench/compare.sh OLD.json NEW.json", file=sys.stderr)
        return 2
    try:
        old, new = (results.load(path) for path in sys.argv[1:])
    except (OSError, ValueError) as error:
        print(f"bench/compare.sh: {error}", file=sys.stderr)
        return 2
    if old["quick"] != new["quick"]:
        print("bench/compare.sh: one of them is of --quick and one is not: their workloads differ", file=sys.stderr)
        return 2
    if not same_machine(old, new):
        print(f"two machines ({old['machine']['model']}, {new['machine']['model']}): ratios only")
    worse, better = compare(old, new)
    for title, lines in (("worse", worse), ("better", better)):
        print(f"{title}: {len(lines)}")
        for text in lines:
            print(f"  {text}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
