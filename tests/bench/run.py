#!/usr/bin/env python3
"""Runs the programs of tests/bench and prints their figures.

    run.py --build build/release [--quick] [--json FILE] [NAME...]

A program, compiled or a script of this folder, prints one JSON object a line. MEASUREMENTS says how
each is called; `--quick` uses the second list of arguments.
"""

import argparse
import json
import os
import subprocess
import sys

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
    # From JSON to the campaigns that match, on one core.
    "mixed_bench": [
        ("100 and 10,000 campaigns", [], ["--many", "2000", "--seconds", "0.2"]),
    ],
    # Conditions that no index helps with, on one core.
    "residual_bench": [("100 conditions", [], ["--seconds", "0.2"])],
    # A project of many campaigns, on one core.
    "check_scale": [
        ("1,000 campaigns", ["--campaigns", "1000"], ["--campaigns", "1000", "--times", "1"]),
        ("10,000 campaigns", ["--campaigns", "10000", "--times", "3"],
         ["--campaigns", "2000", "--times", "1"]),
    ],
    # Whether somebody with many rows in a window costs more than somebody with few.
    "window_cost": [
        (f"{rows} rows", ["--rows", rows], ["--rows", rows, "--seconds", "0.1"])
        for rows in ("10", "1000", "10000")
    ],
    "command_times": [("from start to end", ["--times", "21"], ["--times", "5"])],
}


def measure(build, program, arguments):
    command = [f"{build}/tests/{program}", *arguments]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), program + ".py")
    if os.path.exists(script):
        command = [sys.executable, script, "--build", build, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def shown(value):
    """Figures with three digits at least, and no more decimals than that takes."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main():
    parser = argparse.ArgumentParser(description="runs the programs of tests/bench")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    results = []
    for program in options.names or MEASUREMENTS:
        for title, thorough, quick in MEASUREMENTS[program]:
            for figures in measure(options.build, program, quick if options.quick else thorough):
                results.append({"program": program, "measurement": title, **figures})
                numbers = "  ".join(
                    f"{name} {shown(value)}"
                    for name, value in figures.items())
                print(f"{program}: {title}: {numbers}", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
