"""A project called gate, and `trig serve` on it: what tests of a running server share.

A test program calls `main()`; its first argument is the program trig. A test may set `settings` and
`environment` and writes its campaigns with `write`.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

KEY = "gate-key"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
SETTINGS = f"""
name = "gate"
[[senders]]
name = "gate"
address = "gate@example.com"
[ingest]
listen = "127.0.0.1:0"
[ingest.write_keys]
gate = "{KEY}"
[links]
public_url = "http://127.0.0.1:8080"
[delivery]
kind = "files"
"""
VOCABULARY = """
event arrived { name: text }
person { email: email key }
template hello(text: text) from "hello.liquid"
policy service { consent not needed }
"""
HELLO = "---\nsubject: \"{{ text }}\"\nclass: transactional\n---\n<p>Hello</p>\n"

trig = ""  # the program


def main():
    global trig
    trig = os.path.abspath(sys.argv.pop(1))
    unittest.main()


class GateTest(unittest.TestCase):
    settings = SETTINGS
    environment = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = os.path.join(folder.name, "gate")
        self.process = None
        os.mkdir(self.project)
        self.write("trig.toml", self.settings)
        self.write("vocabulary.trig", VOCABULARY)
        self.write("hello.liquid", HELLO)

    def write(self, path, text):
        with open(os.path.join(self.project, path), "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, *arguments):
        self.log = os.path.join(self.project, "log")
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [trig, "serve", self.project, "--log-json", *arguments], stderr=log,
                env={**os.environ, **self.environment})
        self.addCleanup(self.end)
        self.ingest = self.wait_for('"listening"')["url"]

    def end(self, how=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=60)

    def lines(self):
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file
                    if line.startswith("{") and line.endswith("\n")]

    def wait_for(self, what, count=1):
        """The `count`-th line of the log that says so."""
        for _ in range(1200):
            found = [line for line in self.lines() if what in json.dumps(line)]
            if len(found) >= count:
                return found[count - 1]
            if self.process.poll() is not None:
                with open(self.log, encoding="utf-8") as file:
                    self.fail(file.read())
            time.sleep(0.05)
        self.fail(f"no line `{what}` in {self.lines()}")
