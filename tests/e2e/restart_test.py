#!/usr/bin/env python3
"""A server that starts again finds what it kept, and never trusts it.

    restart_test.py TRIG [unittest arguments]
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import worlds

TRIG = ""
NATIVE = True

SETTINGS = """\
name = "again"

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
PROJECT = """\
event seen { category: text  price: number }
person { email: email key }
topic news
template hello(name: text) from "templates/hello.html.liquid"
policy marketing { consent required for news }
"""
TEMPLATE = """\
---
subject: Hello {{ name }}
---
<p>{{ name }}</p> {{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a>
"""
CAMPAIGN = """
campaign c{0} {{
  policy marketing
  on seen where category == "c{1}" and price > {0} per category
  wait 1 day
  send hello(name: trigger.category)
}}
"""
EVENTS = 1200  # more than an event type is interpreted for


class Server:
    def __init__(self, program, folder, *arguments):
        self.process = subprocess.Popen([program, "serve", folder, "--log-json", *arguments],
                                        stderr=subprocess.PIPE, text=True)
        self.lines, self.url, self.started = [], None, None
        while self.url is None or self.started is None:
            line = self.process.stderr.readline()
            if not line:
                raise AssertionError("the server ended: " + "".join(self.lines))
            self.lines.append(line)
            said = json.loads(line)
            if said["message"] == "listening":
                self.url = said["url"]
            if said["message"] == "started":
                self.started = said

    def send(self, first, count):
        events = [{"type": "track", "userId": f"u{i}", "event": "seen",
                   "properties": {"category": f"c{i % 7}", "price": i % 50}}
                  for i in range(first, first + count)]
        for begin in range(0, count, 100):
            request = urllib.request.Request(
                self.url + "/v1/batch", json.dumps({"batch": events[begin:begin + 100]}).encode(),
                {"Content-Type": "application/json",
                 "Authorization": "Basic " + base64.b64encode(b"a-key:").decode()})
            with urllib.request.urlopen(request, timeout=30) as answer:
                if answer.status != 200:
                    raise AssertionError(answer.status)

    def count(self, name):
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return int(float(re.search(rf"^{re.escape(name)} (\S+)", text, re.M).group(1)))

    def journeys_of(self, first, count):
        """How many the events start; the figures come a moment after the answer."""
        applied = 'trig_events_total{result="applied"}'
        before, journeys = self.count(applied), self.count("trig_journeys_started_total")
        self.send(first, count)
        deadline = time.monotonic() + 10
        while self.count(applied) < before + count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.count(applied) - before} of {count} are applied")
            time.sleep(0.01)
        return self.count("trig_journeys_started_total") - journeys

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode


class Restart(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trig-restart-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("trig.toml", SETTINGS)
        self.write("templates/hello.html.liquid", TEMPLATE)
        self.write("project.trig",
                   PROJECT + "".join(CAMPAIGN.format(i, i % 7) for i in range(40)))
        self.sent = 0

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, *arguments, program=None):
        server = Server(program or TRIG, self.folder, *arguments)
        self.addCleanup(server.process.stderr.close)
        self.addCleanup(server.process.wait)
        self.addCleanup(server.process.kill)
        return server

    def kept(self, what):
        folder = os.path.join(self.folder, "data/cache", what)
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                      if name.endswith(".cached"))

    def journeys_of_the_next_people(self, server, count=100):
        """The same for every hundred people that are a multiple of 350 apart."""
        self.sent += 350
        return server.journeys_of(self.sent - 350, count)

    def warm_up(self):
        """Starts, sends until there is native code and it is kept, and stops. A trig without
        native code keeps its programs only."""
        server = self.serve()
        self.assertEqual(server.started["program"], "checked")
        journeys = self.journeys_of_the_next_people(server)
        self.assertGreater(journeys, 0)
        server.send(1_000_000, EVENTS)
        deadline = time.monotonic() + 60
        while NATIVE and not self.kept("objects"):
            self.assertLess(time.monotonic(), deadline, "no native code is kept")
            time.sleep(0.05)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(self.kept("programs")), 1)
        return journeys

    def check_start(self, journeys, program, native, *arguments, binary=None):
        server = self.serve(*arguments, program=binary)
        self.assertEqual((server.started["program"], server.started["event_types_native"]),
                         (program, native if NATIVE else "0"))
        self.assertEqual(self.journeys_of_the_next_people(server), journeys)
        self.assertEqual(server.stop(), 0)

    def test_the_second_start_checks_and_compiles_nothing(self):
        journeys = self.warm_up()
        for _ in range(2):
            self.check_start(journeys, "from the cache", "1")
        self.check_start(journeys, "from the cache", "0", "--no-jit")

    def test_a_changed_file_is_checked(self):
        journeys = self.warm_up()
        self.write("more.trig", CAMPAIGN.format(100, 8))
        self.check_start(journeys, "checked", "0")
        self.check_start(journeys, "from the cache", "0")
        os.remove(os.path.join(self.folder, "more.trig"))
        self.check_start(journeys, "from the cache", "1")

    def test_damaged_files_are_replaced(self):
        journeys = self.warm_up()
        for path in self.kept("programs") + self.kept("objects"):
            with open(path, "r+b") as file:
                middle = os.path.getsize(path) // 2
                file.seek(middle)
                byte = file.read(1)
                file.seek(middle)
                file.write(bytes([byte[0] ^ 1]))
        self.check_start(journeys, "checked", "0")
        self.check_start(journeys, "from the cache", "0")
        for path in self.kept("programs"):
            os.truncate(path, os.path.getsize(path) // 2)
        self.check_start(journeys, "checked", "0")

    def test_it_may_be_deleted_or_be_unusable(self):
        journeys = self.warm_up()
        cache = os.path.join(self.folder, "data/cache")
        shutil.rmtree(cache)
        self.check_start(journeys, "checked", "0")
        self.check_start(journeys, "from the cache", "0")
        shutil.rmtree(cache)
        with open(cache, "w", encoding="utf-8"):
            pass
        self.check_start(journeys, "checked", "0")

    def test_another_build_finds_nothing(self):
        journeys = self.warm_up()
        with open(TRIG, "rb") as file:
            program = file.read()
        note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"  # of NT_GNU_BUILD_ID, 20 bytes
        place = program.index(note) + len(note)
        other = os.path.join(self.folder, "other-trig")
        with open(other, "wb") as file:
            file.write(program[:place] + bytes(20) + program[place + 20:])
        os.chmod(other, 0o700)
        self.check_start(journeys, "checked", "0", binary=other)
        self.check_start(journeys, "from the cache", "0", binary=other)
        self.check_start(journeys, "from the cache", "1")

    def test_a_project_in_error_makes_no_data_directory(self):
        self.write("wrong.trig", "campaign x { policy nothing }\n")
        done = subprocess.run([TRIG, "serve", self.folder], capture_output=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "data")))

    # People inside a campaign finish on its old text: that program is found too.
    def test_older_programs_are_kept_as_well(self):
        server = self.serve()
        self.assertGreater(self.journeys_of_the_next_people(server), 0)
        self.assertEqual(server.stop(), 0)
        project = PROJECT + "".join(CAMPAIGN.format(i, i % 7) for i in range(40))
        self.write("project.trig", project.replace("wait 1 day", "wait 2 days"))
        server = self.serve()
        # Who waits inside is stepped by a program that is the deployed one no more.
        server.send(self.sent - 350, 100)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(self.kept("programs")), 2)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    NATIVE = worlds.makes_native_code(TRIG)
    unittest.main(verbosity=2)
