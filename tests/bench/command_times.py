#!/usr/bin/env python3
"""How long a user waits for `trig check` and `trig test`, the start of the process included.

    command_times.py --build build/release [--times N]

`trig check` reads a file with eight mistakes; `trig test` plays the tests of examples/shop. Beside
each stands `trig --version`, the least that a start of the program takes. One JSON object a line.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

EIGHT_MISTAKES = """\
use std.ecommerce

event asked from "Asked" {
  topic: text
  day:   daate
}

person {
  email: email key
}

policy service {
  consent not needed
}

template answer(name: text) from "answer.liquid"

campaign one "An unknown event" {
  policy service
  on order_complete
  send answer(name: "one")
}

campaign two "An unknown policy" {
  policy servise
  on asked
  send answer(name: "two")
}

campaign three "An unknown field" {
  policy service
  on asked as question where topik == "a"
  send answer(name: "three")
}

campaign four "A number is no text" {
  policy service
  on asked
  send answer(name: 4)
}

campaign five "A template nobody declared" {
  policy service
  on asked
  send anser(name: "five")
}

campaign six "An argument too few" {
  policy service
  on asked
  send answer()
}

campaign seven "Money is not compared with text" {
  policy service
  on order_completed where total > "seven"
  send answer(name: "seven")
}
"""
SETTINGS = """\
name = "wrong"

[[senders]]
name = "us"
display = "Us"
address = "us@example.com"
postal_address = "1 Example Street, 75001 Paris"
"""
TEMPLATE = """\
---
subject: Hello {{ name }}
class: transactional
---
<p>Hello {{ name }}</p>
"""


def processor_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def run(*command):
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return (time.perf_counter() - begin) * 1000, done


def measure(title, times, command, verify):
    spent, starts, busy = [], [], []
    for _ in range(times):
        before = processor_ms()
        milliseconds, done = run(*command)
        busy.append(processor_ms() - before)
        verify(done)
        spent.append(milliseconds)
        starts.append(run(command[0], "--version")[0])
    spent.sort()
    print(json.dumps({"command": title, "median_ms": round(spent[times // 2], 1),
                      "best_ms": round(spent[0], 1), "worst_ms": round(spent[-1], 1),
                      "processor_ms": round(sorted(busy)[times // 2], 1),
                      "start_alone_ms": round(sorted(starts)[times // 2], 1),
                      "load_average": round(os.getloadavg()[0], 1)}))


def has_eight_errors(done):
    found = len(re.findall(r"(?m)^error\[", done.stdout))
    if done.returncode != 1 or found != 8:
        raise SystemExit(f"command_times: `trig check` found {found} mistakes of 8\n{done.stdout}")


def all_passed(done):
    if done.returncode != 0:
        raise SystemExit(f"command_times: `trig test` failed\n{done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--times", type=int, default=21)
    options = parser.parse_args()
    trig = os.path.abspath(os.path.join(options.build, "trig"))
    with tempfile.TemporaryDirectory(prefix="trig-bench-") as folder:
        for name, text in [("trig.toml", SETTINGS), ("wrong.trig", EIGHT_MISTAKES),
                           ("answer.liquid", TEMPLATE)]:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        measure("check, eight mistakes", options.times, [trig, "check", folder], has_eight_errors)
    measure("test examples/shop", options.times,
            [trig, "test", os.path.join(ROOT, "examples", "shop")], all_passed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
