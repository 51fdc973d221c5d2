#!/usr/bin/env python3
"""Runs the programs of tests/bench and prints their figures, and at the end the table of those that
trig must reach (figures.py).

    run.py --build build/release [--quick] [--json FILE] [--docs FOLDER] [NAME...]

A program, compiled or a script of this folder, prints one JSON object a line. MEASUREMENTS says how
each is called; `--quick` uses the second list of arguments and ends within ten minutes. A program
that fails or is missing leaves its figures unmeasured, and the run goes on. `--docs` also measures
the series of the plots (series.py), which takes its time, writes figures, series and plots into a
folder, and fills in the page of the folder's name (page.py); `--plots` names those to measure.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import figures
import page
import plots
import series

HERE = os.path.dirname(os.path.abspath(__file__))
# A script that is not NAME.py here.
SCRIPTS = {"peers": os.path.join(HERE, "peers", "peers.py")}
QUICK_SECONDS = 585
PROGRAM_SECONDS = 3600

MEASUREMENTS = {
    # The limit for everything that must be durable before it is answered.
    "rocksdb_limit": [
        ("one row a batch", ["--rows", "1", "--seconds", "10"], ["--rows", "1", "--seconds", "1"]),
        ("500 rows a batch", ["--rows", "500", "--seconds", "10"],
         ["--rows", "500", "--seconds", "1"]),
    ],
    # Events that are durable and matched, of one client, counted after a SIGKILL.
    "ingest_durable": [
        ("one call at a time", ["--lanes", "1"], ["--events", "10000", "--bare-seconds", "1"]),
        ("four calls at a time", ["--lanes", "4"],
         ["--lanes", "4", "--events", "10000", "--bare-seconds", "1"]),
    ],
    # Conditions of many campaigns on one event type: matching only, on one core.
    "filter_bench": [
        ("1,000 campaigns", ["--campaigns", "1000"], ["--campaigns", "1000", "--seconds", "0.3"]),
        ("10,000 campaigns", ["--campaigns", "10000"],
         ["--campaigns", "10000", "--seconds", "0.3"]),
    ],
    # The whole engine on one core: journeys, timers, cancels, mails.
    "cart_bench": [
        ("memory of waiting journeys", ["--bytes"], ["--bytes"]),
        ("with why", ["--why", "--events", "500000"], ["--why", "--events", "100000"]),
        ("10 campaigns", [], ["--events", "500000"]),
    ],
    # The server's way from HTTP bodies to the disk, two cores.
    "durable_bench": [("100 campaigns", [], ["--events", "50000"])],
    # Many who wait, on disk.
    "pending_bench": [("one a person", [], ["--journeys", "1000000"])],
    "timers_bench": [("all in one second", [], ["--timers", "100000"])],
    # From JSON to the campaigns that match, on one core.
    "mixed_bench": [
        ("100 and 10,000 campaigns", [], ["--many", "2000", "--seconds", "0.2"]),
    ],
    # One changed campaign while many are loaded.
    "publish_bench": [("10,000 campaigns", [], ["--times", "5"])],
    # Conditions that no index helps with, on one core.
    "residual_bench": [("100 conditions", [], ["--seconds", "0.2"])],
    # A project of many campaigns, on one core.
    "check_scale": [
        ("1,000 campaigns", ["--campaigns", "1000"], ["--campaigns", "1000", "--times", "1"]),
        ("10,000 campaigns", ["--campaigns", "10000", "--times", "3"],
         ["--campaigns", "2000", "--times", "1"]),
    ],
    # From the start of a server's process to its first match.
    "restart_bench": [
        ("10,000 campaigns", ["--campaigns", "10000"],
         ["--campaigns", "2000", "--times", "2"]),
    ],
    # Whether somebody with many rows in a window costs more than somebody with few.
    "window_cost": [
        (f"{rows} rows", ["--rows", rows], ["--rows", rows, "--seconds", "0.1"])
        for rows in ("10", "1000", "10000")
    ],
    "command_times": [("from start to end", ["--times", "21"], ["--times", "5"])],
    # Mails: how soon the first byte is on the wire, and how many a second.
    "mail_latency": [("500 mails a second", ["--seconds", "30"], ["--seconds", "5"])],
    "mail_rate": [("10 connections", ["--mails", "30000"], ["--mails", "5000"])],
    "test_year": [("one person, two campaigns", ["--times", "21"], ["--times", "7"])],
    # A month of recorded events, on all cores.
    "backtest_bench": [
        ("a month of 5 M events", [], ["--events", "250000", "--people", "10000"]),
    ],
    # Other engines, the same workloads: what the plain workloads are measured against. None, in a
    # quick run: left out of it.
    "peers": [
        ("filter, 1,000 campaigns", ["--seconds", "40", "--warm-up", "20"],
         ["--seconds", "15", "--warm-up", "5"]),
        ("filter, 10,000 campaigns",
         ["--campaigns", "10000", "--seconds", "40", "--warm-up", "20"], None),
        ("cart, 10 campaigns",
         ["--workload", "cart", "--campaigns", "10", "--seconds", "40", "--warm-up", "20"],
         ["--workload", "cart", "--campaigns", "10", "--seconds", "15", "--warm-up", "5"]),
    ],
}


class Missing(Exception):
    """A program cannot be called, and why."""


def command_of(build, program, arguments):
    script = SCRIPTS.get(program, os.path.join(HERE, program + ".py"))
    if os.path.exists(script):
        return [sys.executable, script, "--build", build, *arguments]
    path = f"{build}/tests/{program}"
    if not os.path.exists(path):
        raise Missing(f"{program} is not built")
    return [path, *arguments]


def measure(build, program, arguments, seconds, take):
    """Calls take(object) for each that the program prints, as soon as it does; gives why it failed,
    or nothing. What was printed before a failure counts."""
    if seconds <= 0:
        return "no time was left"
    try:
        command = command_of(build, program, arguments)
    except Missing as missing:
        return str(missing)

    def read(lines):
        for line in lines:
            if line.startswith("{"):
                take(json.loads(line))

    with tempfile.TemporaryFile("w+") as errors, \
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True,
                             start_new_session=True) as process:
        reader = threading.Thread(target=read, args=(process.stdout,))
        reader.start()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return f"not done after {seconds:.0f} s"
        finally:
            reader.join()
        errors.seek(0)
        last = (errors.read().strip().splitlines() or [""])[-1]
    return f"exit code {process.returncode} {last}".strip() if process.returncode else None


class Runs:
    """What was measured, and what could not be."""

    def __init__(self, options):
        self.build = options.build
        self.quick = options.quick
        self.end = time.monotonic() + (QUICK_SECONDS if options.quick else 1e9)
        self.results = []
        self.failures = {}  # program → why

    def run(self, program, title, arguments):
        def take(line):
            self.results.append({"program": program, "measurement": title, **line})
            numbers = "  ".join(f"{name} {figures.shown(value)}" for name, value in line.items())
            print(f"{program}: {title}: {numbers}", flush=True)

        seconds = min(PROGRAM_SECONDS, self.end - time.monotonic())
        why = measure(self.build, program, arguments, seconds, take)
        if why:
            self.fail(program, title, why)

    def fail(self, program, title, why):
        self.failures.setdefault(program, f"{title}: {why}")
        print(f"{program}: {title}: FAILED: {why}", flush=True)

    def run_all(self, names):
        for program in names:
            for title, thorough, quick in MEASUREMENTS[program]:
                arguments = quick if self.quick else thorough
                if arguments is not None:
                    self.run(program, title, arguments)
        for figure in figures.FIGURES:
            program = getattr(figure, "program", "peers")
            if program not in names:
                self.failures.setdefault(
                    program, "was not asked for" if program in MEASUREMENTS
                    else f"there is no {program}")


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description="runs the programs of tests/bench")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--quick", action="store_true", help="within ten minutes")
    parser.add_argument("--json", metavar="FILE", help="the figures of the table, and the peers'")
    parser.add_argument("--docs", metavar="FOLDER", help="figures, series and plots for the docs")
    parser.add_argument("--plots", metavar="NAME,…", help="with --docs: only these anew")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    runs = Runs(options)
    runs.run_all(options.names or list(MEASUREMENTS))
    judged, reasons = figures.judge_all(runs.results, runs.failures)
    print("\n".join(["", *figures.peer_lines(runs.results), "",
                     *(["a quick run: smaller sizes, shorter times"] if options.quick else []),
                     *figures.table(judged, reasons)]), flush=True)
    written = {"figures": judged + figures.peer_figures(runs.results)}
    if options.json:
        write_json(options.json, written)
    if options.docs:
        os.makedirs(options.docs, exist_ok=True)
        write_json(os.path.join(options.docs, "figures.json"), written)
        series_file = os.path.join(options.docs, "series.json")
        before = None
        if os.path.exists(series_file):
            with open(series_file, encoding="utf-8") as file:
                before = json.load(file)
        write_json(series_file, series.measure_all(
            options.quick, runs.results,
            lambda program, arguments, take: measure(options.build, program, arguments,
                                                     PROGRAM_SECONDS, take),
            options.plots.split(",") if options.plots is not None else None, before))
        plots.draw_all(series_file, options.docs)
        page.fill(options.docs.rstrip("/") + ".md",
                  {"figures": page.figures_block(judged, reasons, options.quick),
                   "peers": page.peers_block(runs.results)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
