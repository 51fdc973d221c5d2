#!/usr/bin/env python3
"""Draws the plots of docs/benchmarks.md as SVG, readable on light and on dark pages.

    plots.py SERIES.json FOLDER

SERIES.json is what `run.py --docs` measured (series.py); FOLDER gets NAME.svg for each plot. Both
axes are logarithmic. A line without points is named under the plot, with the reason.
"""

import json
import math
import os
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 74, 190, 48, 56
LABEL_APART = 16
# Distinguishable without colour too: each line has its own marker and its name at its end.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7a00", "#999999")
OUR_COLOURS = ("#c8102e", "#e8604c")
STYLE = """\
  <style>
    text { font: 13px system-ui, sans-serif; fill: #222 }
    .title { font-size: 15px; font-weight: 600 }
    .faint { fill: #666 }
    .ours { font-weight: 600 }
    .grid { stroke: #ddd }
    .paper { fill: #fff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6e6e6 }
      .faint { fill: #aaa }
      .grid { stroke: #444 }
      .paper { fill: #16181c }
    }
  </style>"""


def power_of_ten(exponent):
    if 0 <= exponent < 6:
        return f"{10 ** exponent:,}"
    if exponent >= 6:
        return f"{10 ** (exponent - 6):,} M"
    return f"{10 ** exponent:.{-exponent}f}"


class Axis:
    """A logarithmic scale from pixel to pixel over whole decades."""

    def __init__(self, values, begin, end):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self.begin, self.end = begin, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def decades(self):
        return range(self.low, self.high + 1)


def marker(number, x, y, colour):
    shape = number % 4
    if shape == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == 1:
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    tip = -5 if shape == 2 else 5
    return (f'<path d="M{x:.1f} {y + tip:.1f} L{x + 5:.1f} {y - tip:.1f} '
            f'L{x - 5:.1f} {y - tip:.1f} Z" fill="{colour}"/>')


def spread(wanted):
    """Heights for labels, in the order of `wanted`, none nearer to another than LABEL_APART."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    for before, after in zip(order, order[1:]):
        placed[after] = max(placed[after], placed[before] + LABEL_APART)
    lowest = HEIGHT - BOTTOM
    for i in reversed(order):
        placed[i] = min(placed[i], lowest)
        lowest = placed[i] - LABEL_APART
    return placed


def axes(plot, across, up):
    parts = []
    for exponent in across.decades():
        x = across.at(10 ** exponent)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" '
                     f'y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="faint" x="{x:.1f}" y="{HEIGHT - BOTTOM + 19}" '
                     f'text-anchor="middle">{power_of_ten(exponent)}</text>')
    for exponent in up.decades():
        y = up.at(10 ** exponent)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" '
                     f'y2="{y:.1f}"/>')
        parts.append(f'<text class="faint" x="{LEFT - 8}" y="{y + 4:.1f}" '
                     f'text-anchor="end">{power_of_ten(exponent)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="title" x="{LEFT}" y="26">{escape(plot["title"])}</text>')
    parts.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">'
                 f'{escape(plot["x"])}</text>')
    parts.append(f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
                 f'text-anchor="middle">{escape(plot["y"])}</text>')
    return parts


def lines_of(drawn, across, up):
    parts, ends = [], []
    ours = others = 0
    for number, line in enumerate(drawn):
        if line["ours"]:
            colour, ours = OUR_COLOURS[ours % len(OUR_COLOURS)], ours + 1
        else:
            colour, others = COLOURS[others % len(COLOURS)], others + 1
        places = [(across.at(x), up.at(y)) for x, y in line["points"]]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        width = 3 if line["ours"] else 1.8
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                     f'stroke-width="{width}"/>')
        parts += [marker(number, x, y, colour) for x, y in places]
        ends.append((places[-1], line, number, colour))
    heights = spread([place[1] for place, _, _, _ in ends])
    for ((x, y), line, number, colour), height in zip(ends, heights):
        at = WIDTH - RIGHT + 18
        parts.append(f'<line x1="{x + 6:.1f}" y1="{y:.1f}" x2="{at - 8:.1f}" y2="{height:.1f}" '
                     f'stroke="{colour}" stroke-width="0.8" stroke-dasharray="2 3"/>')
        parts.append(marker(number, at, height, colour))
        kind = ' class="ours"' if line["ours"] else ""
        parts.append(f'<text{kind} x="{at + 10:.1f}" y="{height + 4:.1f}">'
                     f'{escape(line["title"])}</text>')
    return parts


def draw(plot):
    drawn = [line for line in plot["lines"] if line["points"]]
    missing = [line for line in plot["lines"] if not line["points"]]
    height = HEIGHT + 18 * len(missing)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(plot["title"])}">',
             STYLE, f'<rect class="paper" width="{WIDTH}" height="{height}"/>']
    if drawn:
        points = [point for line in drawn for point in line["points"]]
        across = Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
        up = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
        parts += axes(plot, across, up) + lines_of(drawn, across, up)
    else:
        parts.append(f'<text class="title" x="{LEFT}" y="26">{escape(plot["title"])}</text>')
    for number, line in enumerate(missing):
        parts.append(f'<text class="faint" x="{LEFT}" y="{HEIGHT + 4 + 18 * number}">not measured: '
                     f'{escape(line["title"])} ({escape(str(line["why"])[:80])})</text>')
    return "\n".join([*parts, "</svg>", ""])


def draw_all(series_file, folder):
    with open(series_file, encoding="utf-8") as file:
        plots = json.load(file)["plots"]
    for plot in plots:
        with open(os.path.join(folder, plot["name"] + ".svg"), "w", encoding="utf-8") as file:
            file.write(draw(plot))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    draw_all(sys.argv[1], sys.argv[2])
