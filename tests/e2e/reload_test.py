#!/usr/bin/env python3
"""SIGHUP: a running server reads its project again.

    reload_test.py TRIG [unittest arguments]

A changed campaign is deployed without a restart, and who is inside finishes on the old text; a
project that does not check, or another trig.toml, changes nothing and is told in the log.
"""

import base64
import email
import email.policy
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

TRIG = ""
KEY = "gate-key"
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


def campaign(text, wait=""):
    return (f"campaign hello {{\n  policy service\n  on arrived\n  again always\n{wait}"
            f"  send hello(text: \"{text}\")\n}}\n")


class Reload(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = os.path.join(folder.name, "gate")
        os.mkdir(self.project)
        self.write("trig.toml", SETTINGS)
        self.write("vocabulary.trig", VOCABULARY)
        self.write("hello.liquid", HELLO)

    def write(self, path, text):
        with open(os.path.join(self.project, path), "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, *arguments):
        self.log = os.path.join(self.project, "log")
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [TRIG, "serve", self.project, "--log-json", *arguments], stderr=log)
        self.addCleanup(self.process.kill)
        self.url = self.wait_for("listening")["url"]

    def lines(self):
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def wait_for(self, what, count=1):
        """The `count`-th line of the log that says so."""
        for _ in range(600):
            found = [line for line in self.lines() if what in json.dumps(line)]
            if len(found) >= count:
                return found[count - 1]
            self.assertIsNone(self.process.poll(), self.lines())
            time.sleep(0.05)
        self.fail(f"no line `{what}` in {self.lines()}")

    def arrive(self, name):
        body = {"userId": name, "event": "arrived", "properties": {"name": name},
                "context": {"traits": {"email": f"{name}@example.com"}}}
        request = urllib.request.Request(
            f"{self.url}/v1/track", json.dumps(body).encode(),
            {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 200)

    def identify(self, name):
        body = {"userId": name, "traits": {"email": f"{name}@example.com"}}
        request = urllib.request.Request(
            f"{self.url}/v1/identify", json.dumps(body).encode(),
            {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 200)

    def mails(self):
        found = {}
        for path in glob.glob(os.path.join(self.project, "mails", "**", "*.eml"), recursive=True):
            with open(path, "rb") as file:
                mail = email.message_from_binary_file(file, policy=email.policy.default)
            found[mail["To"].split("@")[0]] = mail["Subject"]
        return found

    def wait_for_mails(self, expected):
        for _ in range(600):
            if self.mails() == expected:
                return
            time.sleep(0.05)
        self.assertEqual(self.mails(), expected)

    def greet(self, name):
        self.identify(name)
        self.arrive(name)

    def test_a_changed_campaign_is_deployed_and_a_broken_one_is_not(self):
        self.write("hello.trig", campaign("first"))
        self.serve()
        self.greet("ana")
        self.wait_for_mails({"ana": "first"})

        self.write("hello.trig", campaign("second"))
        self.process.send_signal(signal.SIGHUP)
        deployed = self.wait_for('"deployed"')
        self.assertEqual(deployed["campaigns_changed"], "1", deployed)
        self.greet("bob")
        self.wait_for_mails({"ana": "first", "bob": "second"})

        self.write("hello.trig", campaign("third").replace("send hello", "send helo"))
        self.process.send_signal(signal.SIGHUP)
        self.wait_for("not deployed")
        self.assertIn("hello.trig:5:8: error[E0101]", self.wait_for("E0101")["what"])
        self.greet("eve")
        self.wait_for_mails({"ana": "first", "bob": "second", "eve": "second"})

        self.write("hello.trig", campaign("third"))
        self.write("trig.toml", SETTINGS + "# another\n")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for("trig.toml has changed")
        self.process.terminate()
        self.assertEqual(self.process.wait(timeout=30), 0)

    def test_who_is_inside_finishes_on_the_old_text(self):
        self.write("hello.trig", campaign("old", "  wait 10 minutes\n"))
        self.serve("--speed", "120")
        self.greet("ana")
        self.write("hello.trig", campaign("new", "  wait 11 minutes\n"))
        self.process.send_signal(signal.SIGHUP)
        self.wait_for('"deployed"')
        self.greet("bob")
        self.wait_for_mails({"ana": "old", "bob": "new"})
        self.process.terminate()
        self.assertEqual(self.process.wait(timeout=30), 0)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
