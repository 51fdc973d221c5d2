"""The figures that trig must reach, each with the program of tests/bench that measures it.

A program prints one JSON object a line: {"name","value","unit"} and, where there is one, "limit"
(measured in the same run) and "ratio" (value / limit). A figure takes the last line of its program
whose name its pattern finds and that names a target of its own, or of any that has none.
"""

import dataclasses
import re

VALUE, RATIO, BEYOND = "value", "ratio", "beyond"
COLUMNS = ("figure", "measured", "limit, same run", "ratio", "target", "reached")


@dataclasses.dataclass(frozen=True)
class Figure:
    name: str
    program: str
    pattern: str
    judged: str       # VALUE, RATIO (value / limit) or BEYOND (value - limit)
    target: float
    shown: str        # the target, in words
    at_most: bool = False


@dataclasses.dataclass(frozen=True)
class AgainstPeers:
    """Ours beside the fastest peer that gave the right answers."""
    name: str
    ours: str         # the name of a figure
    workload: str
    campaigns: int
    target: float
    shown: str


FILTER, FILTER_MANY = "filter, 1,000 campaigns", "filter, 10,000 campaigns"
CART = "cart, 10 campaigns"
FIGURES = [
    Figure(FILTER, "filter_bench", r"^filter 1000, native, optimised$", VALUE, 10e6,
           "≥ 10 M events/s"),
    AgainstPeers(FILTER + ", against the best peer", FILTER, "filter", 1000, 10, "≥ 10×"),
    Figure(FILTER_MANY, "filter_bench", r"^filter 10000, native, optimised$", VALUE, 5e6,
           "≥ 5 M events/s"),
    Figure(CART, "cart_bench", r"^cart 10, events$", VALUE, 2e6, "≥ 2 M events/s"),
    AgainstPeers(CART + ", against the best peer", CART, "cart", 10, 50, "≥ 50×"),
    Figure("cart, memory of a waiting journey", "cart_bench", r"bytes per", VALUE, 100,
           "≤ 100 bytes", at_most=True),
    Figure("mixed JSON, 100 campaigns, against parsing", "mixed_bench", r"^mixed 100, native$",
           RATIO, 0.5, "≥ 50 %"),
    Figure("mixed JSON, 10,000 campaigns, against 100", "mixed_bench", r"against 100$", RATIO, 0.6,
           "≥ 60 %"),
    Figure("residual conditions, against the interpreter", "residual_bench",
           r"against the interpreter$", RATIO, 2, "≥ 2×"),
    Figure("residual conditions, against C++ by hand", "residual_bench", r"against C\+\+ by hand$",
           RATIO, 0.7, "≥ 70 %"),
    Figure("restart, 10,000 campaigns: first match", "restart_bench", r"first match", VALUE, 0.5,
           "≤ 0.5 s", at_most=True),
    Figure("restart, 10,000 campaigns: all native", "restart_bench", r"all native", VALUE, 2,
           "≤ 2 s", at_most=True),
    Figure("cold start, 10,000 campaigns, beyond the check", "restart_bench", r"cold", BEYOND, 2,
           "≤ check + 2 s", at_most=True),
    Figure("one changed of 10,000: from its IR", "publish_bench", r"from its checked program",
           VALUE, 10, "≤ 10 ms", at_most=True),
    Figure("one changed of 10,000: from its source", "publish_bench", r"from its source", VALUE,
           50, "≤ 50 ms", at_most=True),
    Figure("durable, mixed workload, against bare RocksDB", "durable_bench", r"durable", RATIO, 0.5,
           "≥ 50 %"),
    Figure("10 M pending (quick: 1 M): on disk, each", "pending_bench", r"disk", VALUE, 200,
           "≤ 200 bytes", at_most=True),
    Figure("10 M pending (quick: 1 M): resident", "pending_bench", r"resident", VALUE, 2, "≤ 2 GiB",
           at_most=True),
    Figure("10 M pending (quick: 1 M): first event", "pending_bench", r"first event", VALUE, 10,
           "≤ 10 s", at_most=True),
    Figure("1 M timers in one second: all fired", "timers_bench", r"fired", VALUE, 30, "≤ 30 s",
           at_most=True),
    Figure("1 M timers in one second: ingest p99", "timers_bench", r"p99", VALUE, 100, "< 100 ms",
           at_most=True),
    Figure("request to MAIL FROM, 500 mails/s, p99", "mail_latency", r"p99", VALUE, 20, "≤ 20 ms",
           at_most=True),
    Figure("mails out, 5 KB, against smtp-source", "mail_rate", r"mails out", RATIO, 0.7, "≥ 70 %"),
    Figure("a year in `trig test`", "test_year", r"year", VALUE, 10, "≤ 10 ms", at_most=True),
    Figure("back-test of 5 M events (quick: 250,000)", "backtest_bench", r"one version", VALUE, 30,
           "≤ 30 s", at_most=True),
    Figure("the same with `--against`", "backtest_bench", r"two versions", VALUE, 60, "≤ 60 s",
           at_most=True),
]


def json_figure(name, value=None, unit="", limit=None, ratio=None, target=None, reached=None):
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": ratio,
            "target": target, "reached": reached}


def line_of(figure, results):
    """The program's line that this figure is."""
    found = [line for line in results if line.get("program") == figure.program
             and re.search(figure.pattern, line.get("name", ""))]
    return ([line for line in found if "target" in line] or found or [None])[-1]


def judge(figure, results, failures):
    """(what goes into the JSON, why it was not measured)."""
    why = failures.get(figure.program)
    line = None if why else line_of(figure, results)
    if line is None or line.get("value") is None:
        why = why or f"{figure.program} printed no such figure"
        return json_figure(figure.name, target=figure.target, reached=False), why
    limit = line.get("limit")
    ratio = line.get("ratio")
    if ratio is None and limit:
        ratio = line["value"] / limit
    judged = {VALUE: line["value"], RATIO: ratio,
              BEYOND: None if limit is None else line["value"] - limit}[figure.judged]
    if judged is None:
        return json_figure(figure.name, target=figure.target, reached=False), "no limit measured"
    reached = judged <= figure.target if figure.at_most else judged >= figure.target
    return json_figure(figure.name, line["value"], line.get("unit", ""), limit, ratio,
                       figure.target, reached), None


def judge_against_peers(figure, judged, results, failures):
    ours = next(row for row in judged if row["name"] == figure.ours)
    missed = json_figure(figure.name, ours["value"], ours["unit"], target=figure.target,
                         reached=False)
    rows = [line for line in results if line.get("program") == "peers"
            and (line["workload"], line["campaigns"]) == (figure.workload, figure.campaigns)]
    rates = [line["value"] for line in rows if line["value"]]
    if ours["value"] is None:
        return missed, "ours was not measured"
    if not rates:
        return missed, failures.get("peers") or "no peer ran"
    ratio = ours["value"] / max(rates)
    return json_figure(figure.name, ours["value"], ours["unit"], max(rates), ratio, figure.target,
                       ratio >= figure.target), None


def judge_all(results, failures):
    """The rows of the table and, by name, why some were not measured. `failures` are by program."""
    judged, reasons = [], {}
    for figure in FIGURES:
        if isinstance(figure, AgainstPeers):
            row, why = judge_against_peers(figure, judged, results, failures)
        else:
            row, why = judge(figure, results, failures)
        judged.append(row)
        if why:
            reasons[figure.name] = why
    return judged, reasons


def shown(value):
    """Figures with three digits at least, and no more decimals than that takes."""
    if value is None or isinstance(value, (bool, str)):
        return "" if value is None else str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(judged, reasons):
    """The lines of the table."""
    rows = [COLUMNS]
    for figure, row in zip(FIGURES, judged):
        why = reasons.get(figure.name)
        rows.append((figure.name,
                     f"not measured: {why}" if why else f"{shown(row['value'])} {row['unit']}",
                     shown(row["limit"]), shown(row["ratio"]), figure.shown,
                     "yes" if row["reached"] else "NO"))
    widths = [max(len(row[i]) for row in rows if i != 1 or not row[1].startswith("not measured"))
              for i in range(len(COLUMNS))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        if row[1].startswith("not measured"):
            cells[1:4] = [" | ".join((row[1].ljust(sum(widths[1:4]) + 6),))]
        lines.append(" | ".join(cells).rstrip())
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return lines


def peer_lines(results):
    """Each peer beside ours: what it did, how it was set up, what its makers say."""
    lines = []
    for line in results:
        if line.get("program") != "peers":
            continue
        said = line["published"] + (f" ({line['source']})" if line["source"] else "")
        measured = f"{shown(line['value'])} events/s" if line["value"] else (
            f"not measured: {line['why']}")
        lines += [f"{line['name']}: {measured}", f"    set up as: {line['configuration']}",
                  f"    published: {said}"]
    return lines


def peer_figures(results):
    return [json_figure(line["name"], line["value"], line["unit"]) for line in results
            if line.get("program") == "peers"]
