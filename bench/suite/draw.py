"""A part as an SVG: a panel a figure, a bar a row from zero to the median, and a line over the range of the rounds; then the ratios,
each against its aim.

    draw.py RESULT.json FOLDER        FOLDER/NAME-PART.svg for each part
"""

import html
import os
import sys

import result as results

ROOM, BAR, GAP, HEAD, PANEL_GAP, RIGHT, LETTER = 480, 16, 6, 26, 22, 130, 6.1
INK, MUTED, FILL, RANGE = "#1f2933", "#616e7c", "#2b6cb0", "#c05621"
# What the drawings leave to the table.
NOT_DRAWN = {"MB/s", "records/s", "p99.9 ms", "broker CPU s/M", "switches/M", "wall s"}
AIM_AT, RATIO_MOST = 0.4, 2.5  # where in the panel an aim stands; beyond so many aims a bar is cut


def text(x, y, content, size=12, colour=INK, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{html.escape(content)}</text>')


def panels_of(part):
    """(title, [(row, values)]) for each figure of several rows that says which way is better."""
    for figure, (_, better) in results.FIGURES.items():
        rows = [(row["name"], row["figures"][figure]) for row in part["rows"] if figure in row["figures"]]
        if len(rows) > 1 and better and figure not in NOT_DRAWN:
            yield f"{figure} ({better} is better)", rows


def bar(left, top, length, colour):
    return f'<rect x="{left:.1f}" y="{top}" width="{max(length, 0.5):.1f}" height="{BAR}" fill="{colour}"/>'


def row_lines(left, top, name, scaled, label):
    """`scaled`: least, median and greatest, in parts of the panel."""
    low, middle, high = (left + ROOM * min(max(value, 0), 1) for value in scaled)
    yield text(left - 8, top + 12, name, 11, anchor="end")
    yield bar(left, top, middle - left, FILL)
    if high - low >= 1:
        yield f'<path d="M{low:.1f} {top + BAR / 2}H{high:.1f}" stroke="{RANGE}" stroke-width="2"/>'
    yield text(max(middle, high) + 6, top + 12, label, 11, MUTED)


def panel(left, y, title, rows):
    most = max(max(values) for _, values in rows) or 1
    parts = [text(12, y + 16, title, 13, weight="bold")]
    for at, (name, values) in enumerate(rows):
        scaled = [value / most for value in (min(values), results.median(values), max(values))]
        parts += row_lines(left, y + HEAD + at * (BAR + GAP), name, scaled, results.number(results.median(values)))
    return y + HEAD + len(rows) * (BAR + GAP) + PANEL_GAP, parts


def ratio_panel(left, y, ratios):
    """Each in parts of its aim, or of one; the line is the aim."""
    parts = [text(12, y + 16, "ratios, each against its aim (the line)", 13, weight="bold")]
    for at, ratio in enumerate(ratios):
        aim = ratio.get("least", ratio.get("most", 1))
        scaled = [min(value / aim, RATIO_MOST) * AIM_AT for value in (min(ratio["values"]), results.median(ratio["values"]), max(ratio["values"]))]
        sign = "at least" if "least" in ratio else "at most" if "most" in ratio else ""
        label = results.number(results.median(ratio["values"])) + (f" ({sign} {results.number(aim)})" if sign else "")
        parts += row_lines(left, y + HEAD + at * (BAR + GAP), ratio["name"], scaled, label)
    end = y + HEAD + len(ratios) * (BAR + GAP)
    x = left + ROOM * AIM_AT
    parts.append(f'<path d="M{x:.1f} {y + HEAD - 4}V{end}" stroke="{INK}" stroke-dasharray="3 3"/>')
    return end + PANEL_GAP, parts


def draw(result, name):
    part, machine = result["parts"][name], result["machine"]
    names = [row["name"] for row in part["rows"]] + [ratio["name"] for ratio in part["ratios"]]
    left, y = 24 + LETTER * max(len(row) for row in names), 62
    parts = [
        text(12, 24, f"{name}. {part['title']}", 16, weight="bold"),
        text(12, 44, f"{result['date']}, {result['commit']}, {machine['model']}, {machine['processors']} processors", 11, MUTED),
    ]
    for title, rows in panels_of(part):
        y, more = panel(left, y, title, rows)
        parts += more
    if part["ratios"]:
        y, more = ratio_panel(left, y, part["ratios"])
        parts += more
    width = round(left + ROOM + RIGHT)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" viewBox="0 0 {width} {y}" font-family="sans-serif">',
        f'<rect width="{width}" height="{y}" fill="#ffffff"/>', *parts, "</svg>", ""])


def draw_all(result, folder, stem):
    os.makedirs(folder, exist_ok=True)
    for name in result["parts"]:
        with open(os.path.join(folder, f"{stem}-{name}.svg"), "w", encoding="utf-8") as file:
            file.write(draw(result, name))


if __name__ == "__main__":
    draw_all(results.load(sys.argv[1]), sys.argv[2], os.path.basename(sys.argv[1]).removesuffix(".json"))
