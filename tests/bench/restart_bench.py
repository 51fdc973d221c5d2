#!/usr/bin/env python3
"""How long a server of many campaigns takes from the start of its process to the first event it has
matched: cold, with an empty data directory, and again, with what it has kept there.

    restart_bench.py --build build/release [--campaigns N] [--times N]

Campaigns ask for values, ranges, lists, prefixes, patterns and counts. "First match" ends when the
answer to an event has come that starts a journey; "all native" when the log says that the code of
that event type is in place, and nothing was compiled for it. The best of several starts counts:
others use this machine too. `trig check` of the same project is the limit of a cold start. One JSON
object a figure; `processor_seconds` are those of the server until then.
"""

import argparse
import base64
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from processes import processor_seconds

A_FILE = 50
FIRST_MATCH_SECONDS = 0.5
ALL_NATIVE_SECONDS = 2.0
COLD_BEYOND_CHECK_SECONDS = 2.0
EVENTS_UNTIL_BUSY = 2000  # more than an event type is interpreted for
LONGEST_COMPILING_SECONDS = 300

SETTINGS = """\
name = "restart"

[[senders]]
name = "us"
address = "us@example.com"
postal_address = "1 Example Street, 75001 Paris"

[ingest]
listen = "127.0.0.1:0"

[ingest.write_keys]
web = "a-key"

[delivery]
kind = "files"
"""
VOCABULARY = """\
event seen {
  category: text
  country: text?
  name: text?
  price: number
}

event ordered {
  total: money
}

person {
  email: email key
  first_name: text?
  country: country?
}

topic offers

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
WRITE_KEY = "Basic " + base64.b64encode(b"a-key:").decode()


def condition(number, dice):
    country = dice.choice(["FR", "DE", "IT", "ES", "NL"])
    return f'category == "category_{number}"' + dice.choice([
        "",
        f" and price > {dice.randrange(5, 90)}",
        f' and country in ["{country}", "GB", "US"] and price between 5 and 80',
        f' and (name starts with "A{number % 10}" or price < {dice.randrange(20, 90)})',
        f' and not (name matches "^(old|used) .*{number % 10}$")',
        f" and count(seen in {dice.randrange(2, 9)} days) >= 1",
    ])


def campaign(number, dice):
    # The first one is what a bench waits for: any event of its category starts it.
    where = 'category == "category_0"' if number == 0 else condition(number, dice)
    return f"""
# Somebody looked at this and may like to hear more about it.
campaign campaign_{number} "Campaign {number}: about category_{number}" {{
  policy marketing
  on seen as it where {where}
    per category
  again after {dice.randrange(5, 30)} days

  wait {dice.randrange(1, 9)} hours unless ordered where total > {dice.randrange(10, 200)} EUR
  when person.country == "{dice.choice(["FR", "DE"])}" {{
    send mail_{number % 20}(subject: it.category)
  }} else {{
    send mail_{number % 20}(subject: "category_{number}")
  }}

  goal ordered within 14 days value total
}}
"""


def generate(folder, count):
    dice = random.Random(1)

    def write(name, text):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    write("trig.toml", SETTINGS)
    write("vocabulary.trig", VOCABULARY + "\n" + "".join(
        f'template mail_{i}(subject: text) from "templates/mail_{i}.html.liquid"\n'
        for i in range(20)))
    for i in range(20):
        write(f"templates/mail_{i}.html.liquid", TEMPLATE)
    for first in range(0, count, A_FILE):
        write(f"campaigns/file_{first // A_FILE}.trig", "".join(
            campaign(i, dice) for i in range(first, min(first + A_FILE, count))))


class Server:
    """A server whose first event has started a journey, beyond those that there were. Times count
    from the start of its process."""

    def __init__(self, trig, project, data, person, journeys):
        self.begin = time.perf_counter()
        self.process = subprocess.Popen([trig, "serve", project, "--data", data, "--log-json"],
                                        stderr=subprocess.PIPE, text=True)
        self.url = self.wait_for("listening")["url"]
        self.post([self.event(person, 0)])
        self.first_match = time.perf_counter() - self.begin
        self.processor = self.processor_seconds()
        while self.journeys() <= journeys:  # the figures come a moment after the answer
            if time.perf_counter() - self.begin > 60:
                raise SystemExit("restart_bench: the first event has started no journey")
            time.sleep(0.01)

    def wait_for(self, message):
        """The line of that message; of the lines before it, `started` is remembered."""
        for line in self.process.stderr:
            said = json.loads(line)
            if said["message"] == "started":
                self.started = said
                self.all_native = time.perf_counter() - self.begin
            if said["message"] == message:
                return said
        raise SystemExit("restart_bench: the server has ended")

    started = None
    all_native = None

    @staticmethod
    def event(person, category):
        return {"type": "track", "userId": f"person {person}", "event": "seen",
                "properties": {"category": f"category_{category}", "country": "FR",
                               "name": "Ash 1", "price": 50}}

    def post(self, events):
        request = urllib.request.Request(
            self.url + "/v1/batch", json.dumps({"batch": events}).encode(),
            {"Content-Type": "application/json", "Authorization": WRITE_KEY})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if answer.status != 200:
                raise SystemExit(f"restart_bench: answered {answer.status}")

    def journeys(self):
        with urllib.request.urlopen(self.url + "/metrics", timeout=60) as answer:
            text = answer.read().decode()
        return float(re.search(r"^trig_journeys_started_total (\S+)", text, re.M).group(1))

    def processor_seconds(self):
        return processor_seconds(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        rest = self.process.communicate(timeout=120)[0]
        if self.process.returncode != 0:
            raise SystemExit(f"restart_bench: the server ended with {self.process.returncode}")
        return rest


def kept_modules(data):
    folder = os.path.join(data, "cache", "objects")
    return sum(name.endswith(".cached") for name in os.listdir(folder))


def warm_up(server, data, modules):
    """Sends until the event type is busy, and waits until its code is compiled and kept."""
    for first in range(0, EVENTS_UNTIL_BUSY, 100):
        server.post([server.event(i % 50, i) for i in range(first, first + 100)])
    end = time.monotonic() + LONGEST_COMPILING_SECONDS
    while kept_modules(data) < modules:
        if time.monotonic() > end:
            raise SystemExit(f"restart_bench: {kept_modules(data)} of {modules} modules compiled")
        time.sleep(0.2)


def check_seconds(trig, project, times):
    spent, used = [], []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        done = subprocess.run([trig, "check", project], capture_output=True, text=True,
                              timeout=600, check=False)
        spent.append(time.perf_counter() - begin)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode != 0:
            raise SystemExit(f"restart_bench: `trig check` is not content\n{done.stdout[:2000]}")
    return min(spent), min(used)


def figure(name, value, target, **more):
    print(json.dumps({"name": name, "value": round(value, 3), "unit": "s", **more,
                      "target": round(target, 3), "reached": value <= target}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--campaigns", type=int, default=10000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    trig = os.path.abspath(os.path.join(options.build, "trig"))
    with tempfile.TemporaryDirectory(prefix="trig-restart-") as folder:
        project, data = os.path.join(folder, "project"), os.path.join(folder, "data")
        generate(project, options.campaigns)
        checked, checking = check_seconds(trig, project, options.times)
        cold = Server(trig, project, data, 0, 0)
        # One event type; a module has 500 rules at most (kMaxRulesPerModule).
        warm_up(cold, data, -(-options.campaigns // 500))
        journeys = cold.journeys()
        cold.stop()
        starts = []
        for person in range(1, options.times + 1):
            server = Server(trig, project, data, person + 1_000_000, journeys)
            journeys = server.journeys()
            if server.started is None:
                server.wait_for("started")
            found = server.started
            if (found["program"], found["event_types_native"], found["modules_compiled"]) != (
                    "from the cache", "1", "0"):
                raise SystemExit(f"restart_bench: not everything was found: {found}")
            starts.append(server)
            server.stop()
    first = min(starts, key=lambda server: server.first_match)
    figure(f"restart {options.campaigns}, first match", first.first_match, FIRST_MATCH_SECONDS,
           processor_seconds=min(server.processor for server in starts))
    figure(f"restart {options.campaigns}, all native", min(s.all_native for s in starts),
           ALL_NATIVE_SECONDS)
    figure(f"cold start {options.campaigns}", cold.first_match,
           checked + COLD_BEYOND_CHECK_SECONDS, limit=round(checked, 3),
           ratio=round(cold.first_match / checked, 3), processor_seconds=cold.processor,
           limit_processor_seconds=round(checking, 3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
