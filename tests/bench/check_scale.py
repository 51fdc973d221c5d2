#!/usr/bin/env python3
"""How `trig check` grows with the project: generated campaigns of about 600 bytes each.

    check_scale.py --build build/release [--campaigns N] [--times N] [--keep FOLDER]

The campaigns are spread over files of 50. The same seed makes the same project. One JSON object;
exits with 1 if a limit is missed on one core: 0.5 s for 1,000 campaigns, 4 s for 10,000, and 1 GiB.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

A_FILE = 50
LIMIT_SECONDS = {1000: 0.5, 10000: 4.0}
LIMIT_MIB = 1024

VOCABULARY = """\
use std.ecommerce

person {
  email: email key
  first_name: text?
  country: country?
}

topic offers "Offers"

policy marketing {
  consent required for offers
  quiet 21:00 to 08:00 local
}
"""
TEMPLATE = """\
---
subject: About {{ subject }}
---
<p>Hello {{ person.first_name | default: "you" }}, {{ subject }}</p>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
"""
SETTINGS = """\
name = "scale"

[[senders]]
name = "us"
display = "Us"
address = "us@example.com"
postal_address = "1 Example Street, 75001 Paris"
"""


def campaign(number, dice):
    category = f"category_{number}"
    country = dice.choice(["FR", "DE", "IT", "ES", "NL"])
    amount = dice.randrange(10, 200)
    return f"""
# Somebody looked at {category} and may like to hear more about it.
campaign campaign_{number} "Campaign {number}: {category}" {{
  policy marketing
  on product_viewed as seen
    where category == "{category}" and count(product_viewed in {dice.randrange(2, 9)} days) >= 2
    per category
  again after {dice.randrange(5, 30)} days

  wait {dice.randrange(1, 9)} hours unless order_completed where total > {amount} EUR
  when person.country == "{country}" {{
    send mail_{number % 20}(subject: seen.category)
  }} else {{
    send mail_{number % 20}(subject: "{category}")
  }}

  goal order_completed within 14 days value total
}}
"""


def generate(folder, count, seed=1):
    dice = random.Random(seed)
    os.makedirs(os.path.join(folder, "templates"))
    os.makedirs(os.path.join(folder, "campaigns"))

    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    write("trig.toml", SETTINGS)
    templates = "".join(f'template mail_{i}(subject: text) from "templates/mail_{i}.html.liquid"\n'
                        for i in range(20))
    write("vocabulary.trig", VOCABULARY + "\n" + templates)
    for i in range(20):
        write(f"templates/mail_{i}.html.liquid", TEMPLATE)
    size = 0
    for first in range(0, count, A_FILE):
        text = "".join(campaign(i, dice) for i in range(first, min(first + A_FILE, count)))
        size += len(text)
        write(f"campaigns/file_{first // A_FILE}.trig", text)
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--keep", metavar="FOLDER", help="leave the project there")
    options = parser.parse_args()
    command = [os.path.abspath(os.path.join(options.build, "trig")), "check"]
    core = {next(iter(os.sched_getaffinity(0)))}
    with tempfile.TemporaryDirectory(prefix="trig-scale-") as temporary:
        folder = options.keep or os.path.join(temporary, "project")
        size = generate(folder, options.campaigns)
        spent, busy = [], []
        for _ in range(options.times):
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            begin = time.perf_counter()
            done = subprocess.run([*command, folder], capture_output=True, text=True, timeout=600,
                                  check=False, preexec_fn=lambda: os.sched_setaffinity(0, core))
            spent.append(time.perf_counter() - begin)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            busy.append(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)
            if done.returncode != 0:
                raise SystemExit(f"check_scale: `trig check` is not content\n{done.stdout[:2000]}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    best = min(busy)
    limit = LIMIT_SECONDS.get(options.campaigns)
    print(json.dumps({"campaigns": options.campaigns, "bytes_each": size // options.campaigns,
                      "seconds": round(min(spent), 3), "processor_seconds": round(best, 3),
                      "memory_mib": round(memory), "limit_seconds": limit or 0.0,
                      "load_average": round(os.getloadavg()[0], 1)}))
    missed = (limit is not None and best > limit) or memory > LIMIT_MIB
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
