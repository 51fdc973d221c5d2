#!/usr/bin/env python3
"""SIGHUP: a running server reads its project again.

    reload_test.py TRIG [unittest arguments]

A changed campaign is deployed without a restart, and who is inside finishes on the old text; a
project that does not check, or another trig.toml, changes nothing and is told in the log.
"""

import email
import email.policy
import glob
import json
import os
import signal
import time
import urllib.request

import gate


def campaign(text, wait=""):
    return (f"campaign hello {{\n  policy service\n  on arrived\n  again always\n{wait}"
            f"  send hello(text: \"{text}\")\n}}\n")


class Reload(gate.GateTest):
    def arrive(self, name):
        body = {"userId": name, "event": "arrived", "properties": {"name": name},
                "context": {"traits": {"email": f"{name}@example.com"}}}
        request = urllib.request.Request(
            f"{self.ingest}/v1/track", json.dumps(body).encode(),
            {"Authorization": gate.BASIC})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 200)

    def identify(self, name):
        body = {"userId": name, "traits": {"email": f"{name}@example.com"}}
        request = urllib.request.Request(
            f"{self.ingest}/v1/identify", json.dumps(body).encode(),
            {"Authorization": gate.BASIC})
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
        self.write("trig.toml", gate.SETTINGS + "# another\n")
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
    gate.main()
