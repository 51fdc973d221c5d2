"""What the plots of docs/benchmarks.md show: the cost of an event, or the size of a journey, as
something grows. Each line of a plot is one program called again and again with a larger number."""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Line:
    title: str
    program: str
    arguments: tuple        # of each call; {x} is the number
    numbers: tuple
    quick: tuple            # the numbers of a quick run
    pattern: str            # finds the line of the output by its name
    ours: bool = False
    microseconds: bool = True  # the value is events per second, shown as microseconds an event


@dataclasses.dataclass(frozen=True)
class Plot:
    name: str
    title: str
    x: str
    y: str
    lines: tuple


CAMPAIGNS = (10, 100, 1_000, 10_000)
FEW_CAMPAIGNS = (10, 100, 1_000)
PEOPLE = (1_000, 10_000, 100_000, 1_000_000)
FEW_PEOPLE = (1_000, 100_000)


def cart_peer(title, name):
    return Line(title, "peers", ("--workload", "cart", "--campaigns", "10", "--people", "{x}",
                                 "--seconds", "8", "--warm-up", "8", name), PEOPLE, FEW_PEOPLE, ".")


def peer(title, name, numbers=CAMPAIGNS, quick=(10, 100, 1_000)):
    return Line(title, "peers", ("--campaigns", "{x}", "--seconds", "8", "--warm-up", "8", name),
                numbers, quick, ".")


PLOTS = (
    Plot("campaigns", "filter: cost of an event against the number of campaigns", "campaigns",
         "µs an event, one core", (
             Line("trig, native", "filter_bench", ("--campaigns", "{x}", "--seconds", "1"),
                  CAMPAIGNS, CAMPAIGNS, r"native, optimised$", ours=True),
             Line("trig, interpreter", "filter_bench", ("--campaigns", "{x}", "--seconds", "1"),
                  CAMPAIGNS, CAMPAIGNS, r"\d, interpreter$", ours=True),
             peer("Drools", "drools"), peer("CLIPS", "clips"), peer("Esper", "esper"),
             peer("Flink", "flink", FEW_CAMPAIGNS), peer("Siddhi", "siddhi"),
             peer("zen-engine", "zen-engine"),
             peer("json-rules-engine", "json-rules-engine"))),
    Plot("people", "cart: cost of an event against the number of people", "people",
         "µs an event, one core", (
             Line("trig", "cart_bench", ("--people", "{x}"), PEOPLE, FEW_PEOPLE,
                  r"^cart 10, events$", ours=True),
             cart_peer("Drools", "drools"), cart_peer("Esper", "esper"),
             cart_peer("Flink CEP", "flink"), cart_peer("Siddhi", "siddhi"))),
    Plot("pending", "waiting journeys: bytes on disk against their number", "pending journeys",
         "bytes a journey", (
             Line("trig", "pending_bench", ("--journeys", "{x}"),
                  (100_000, 1_000_000, 10_000_000), (100_000, 1_000_000), r"disk", ours=True,
                  microseconds=False),)),
)


def already(line, number, results):
    """What the table's run has measured of a peer, and of so many who wait."""
    rows = [row for row in results if row["program"] == line.program]
    if line.program == "pending_bench":
        return [row for row in rows if row["name"].startswith(f"pending {number},")]
    if line.program != "peers":
        return []
    workload, of = ("cart", "people") if "cart" in line.arguments else ("filter", "campaigns")
    return [row for row in rows if row["peer"] == line.arguments[-1]
            and row["workload"] == workload and row[of] == number]


def points(line, quick, results, measure):
    """[[x, y]…] and the first reason why one is missing."""
    found, why = [], None
    for number in line.quick if quick else line.numbers:
        lines = already(line, number, results)
        failure = None
        if not lines:
            failure = measure(line.program, [a.format(x=number) for a in line.arguments],
                              lines.append)
        values = [row["value"] for row in lines
                  if re.search(line.pattern, row.get("name", "")) and row.get("value")]
        if failure or not values:
            why = why or failure or next((row["why"] for row in lines if "why" in row), "no figure")
            continue
        value = 1e6 / values[-1] if line.microseconds else values[-1]
        found.append([number, float(f"{value:.4g}")])
    return found, why


def measure_all(quick, results, measure, names=None, before=None):
    """`results` are the table's; `measure(program, arguments, take)` is run.py's. Where `names` are
    given, the other plots stay as they were `before`."""
    plots = []
    for plot in PLOTS:
        if names is not None and plot.name not in names:
            plots += [known for known in (before or {"plots": []})["plots"]
                      if known["name"] == plot.name]
            continue
        lines = []
        for line in plot.lines:
            found, why = points(line, quick, results, measure)
            print(f"{plot.name}: {line.title}: {found} {why or ''}", flush=True)
            lines.append({"title": line.title, "ours": line.ours, "points": found, "why": why})
        plots.append({"name": plot.name, "title": plot.title, "x": plot.x, "y": plot.y,
                      "lines": lines})
    return {"plots": plots}
