"""Fills docs/benchmarks.md with what was measured: the blocks between its markers, and no more."""

import os
import platform
import re

import figures


def machine():
    """What it was measured on, in a line."""
    model = "an unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = re.sub(r"\s+", " ", line.partition(":")[2]).strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"Measured on {os.cpu_count()} cores of {model}, {memory:.0f} GiB of memory, Linux "
            f"{platform.release().split('-')[0]}.")


def row_of(cells):
    return "| " + " | ".join(cells) + " |"


def figures_block(judged, reasons, quick):
    lines = [machine() + (" A quick run: sizes and times are smaller." if quick else ""), "",
             row_of(("figure", "measured", "limit, same run", "ratio", "target", "reached")),
             "|---|---|---|---|---|---|"]
    for figure, row in zip(figures.FIGURES, judged):
        why = reasons.get(figure.name)
        lines.append(row_of((
            figure.name, "not measured" if why else f"{figures.shown(row['value'])} {row['unit']}",
            figures.shown(row["limit"]), figures.shown(row["ratio"]), figure.shown,
            "yes" if row["reached"] else "**no**")))
    return lines


def peers_block(results):
    lines = [row_of(("workload", "engine", "events/s", "set up as", "its makers say")),
             "|---|---|---|---|---|"]
    for line in results:
        if line.get("program") != "peers":
            continue
        said = f"[{line['published']}]({line['source']})" if line["source"] else line["published"]
        measured = figures.shown(line["value"]) if line["value"] else f"none: {line['why']}"
        lines.append(row_of((f"{line['workload']}, {line['campaigns']:,}",
                             line["name"].partition(", ")[2], measured, line["configuration"],
                             said)))
    return lines


def fill(page, blocks):
    """`blocks`: marker → lines."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for marker, lines in blocks.items():
        begin, end = f"<!-- {marker}: begin -->\n", f"<!-- {marker}: end -->"
        before, found, rest = text.partition(begin)
        if not found or end not in rest:
            raise SystemExit(f"{page} has no block `{marker}`")
        text = before + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)
