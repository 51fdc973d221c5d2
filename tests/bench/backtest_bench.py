#!/usr/bin/env python3
"""How long `trig backtest` takes for a made-up month of the example shop: one version, and two.

    backtest_bench.py --build build/release [--events N] [--people N]

One JSON object a line. Seconds are those of all processors together, divided by the cores there
are: what it takes where nothing else runs; `wall` is what it took here.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHOP = os.path.join(ROOT, "examples", "shop")


def measured(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), used / os.cpu_count(), wall


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--people", type=int, default=200_000)
    options = parser.parse_args()
    trig = os.path.join(options.build, "trig")
    reached_all = True
    with tempfile.TemporaryDirectory() as folder:
        events = os.path.join(folder, "month.ndjson")
        with open(events, "wb") as file:
            subprocess.run([os.path.join(options.build, "tests", "month_file"), "--people",
                            str(options.people), "--events", str(options.events)], stdout=file,
                           check=True)
        command = [trig, "backtest", SHOP, "--events", events, "--json"]
        for name, more, target in (("one version", [], 30),
                                   ("two versions", ["--against", SHOP], 60)):
            found, seconds, wall = measured(command + more)
            assert found["after"]["events"] == options.events
            reached = seconds <= target
            reached_all = reached_all and (reached or options.events < 5_000_000)
            print(json.dumps({
                "name": f"backtest {options.events / 1e6:g} M events, {name}",
                "value": round(seconds, 2), "unit": "s", "target": target, "reached": reached,
                "wall": round(wall, 2), "mails": found["after"]["total"]["sends"]}), flush=True)
    return 0 if reached_all else 1


if __name__ == "__main__":
    sys.exit(main())
