"""A result as a table in Markdown.

    table.py RESULT.json [PAGE]        to standard output, or into a page, between its lines <!-- result --> and <!-- end of result -->
"""

import re
import sys

import result as results


def cell(values):
    text = results.number(results.median(values))
    spread = results.spread(values)
    return text if len(values) < 2 or spread < 0.005 else f"{text} ±{spread * 100:.0f} %"


def aim(ratio):
    if "least" in ratio:
        return f"≥ {results.number(ratio['least'])}"
    return f"≤ {results.number(ratio['most'])}" if "most" in ratio else ""


def line(cells):
    return "| " + " | ".join(cells) + " |"


def figures_of(part):
    """In the order in which they come up."""
    return list(dict.fromkeys(figure for row in part["rows"] for figure in row["figures"]))


def groups_of(part):
    """Rows that have the same figures stand in one table."""
    groups = {}
    for row in part["rows"]:
        groups.setdefault(tuple(row["figures"]), []).append(row)
    return groups


def part_lines(name, part):
    yield f"### {name}. {part['title']}"
    yield ""
    for note in part["notes"]:
        yield note + "\n"
    for figures, rows in groups_of(part).items():
        yield line(["", *figures])
        yield line(["---"] * (len(figures) + 1))
        for row in rows:
            yield line([row["name"], *(cell(row["figures"][figure]) for figure in figures)])
        yield ""
    if part["ratios"]:
        yield line(["ratio", "", "aim", ""])
        yield line(["---"] * 4)
        for ratio in part["ratios"]:
            met = {None: "", True: "met", False: "missed"}[results.is_met(ratio)]
            yield line([ratio["name"], cell(ratio["values"]), aim(ratio), met])
        yield ""


def aims(result):
    """How many are met, and which are not."""
    ratios = [(name, ratio, results.is_met(ratio)) for name, part in result["parts"].items() for ratio in part["ratios"]]
    missed = [f"{name}. {ratio['name']}" for name, ratio, met in ratios if met is False]
    told = f"Aims: {sum(met is True for _, _, met in ratios)} met, {len(missed)} missed"
    return told + (": " + "; ".join(missed) if missed else "") + "."


def table(result):
    machine = result["machine"]
    lines = [
        f"{result['date']}, commit {result['commit']}{', --quick' if result['quick'] else ''}: {machine['model']}, "
        f"{machine['processors']} processors, {machine['memory_gib']} GiB, {machine['system']}; load before: {machine['load']}.",
        "",
        "Medians of the rounds, ± half of what lies between the least and the greatest of them.",
        "",
        aims(result),
        "",
    ]
    for name, part in result["parts"].items():
        lines += part_lines(name, part)
    return "\n".join(lines)


def put_into(page, text):
    with open(page, encoding="utf-8") as file:
        old = file.read()
    new, count = re.subn(r"(?<=<!-- result -->\n).*?(?=<!-- end of result -->)", lambda _: text, old, flags=re.S)
    if count != 1:
        sys.exit(f"{page} has no place for a result, or several")
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)


if __name__ == "__main__":
    made = table(results.load(sys.argv[1]))
    if len(sys.argv) > 2:
        put_into(sys.argv[2], made)
    else:
        print(made)
