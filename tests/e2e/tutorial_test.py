#!/usr/bin/env python3
"""docs/tutorial.md, done as it says: every command is run, every file is written, and every line of
output the tutorial shows must come, in that order.

    tutorial_test.py TRIG [TUTORIAL]
    tutorial_test.py --canary TRIG    proves that a wrong line would be noticed

In a `console` block a line that begins with `$ ` is a command and what follows is its output; `^C`
stops the server. Other blocks name the file they belong into. Numbers and ids of mails may differ.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

FENCE = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TUTORIAL = pathlib.Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
SECONDS = 60


def masked(line):
    line = re.sub(r"\b[a-z0-9]{24}(?=_|$)", "ID", line)
    line = re.sub(r"\b\d\d:\d\d(:\d\d)?\b", "TIME", line)  # whole minutes are shown without seconds
    return re.sub(r" +", " ", re.sub(r"\d+", "0", line)).rstrip()


def steps(text):
    """('write', file, content) · ('run', command, expected lines) · ('stop',)"""
    for kind, where, content in FENCE.findall(text):
        if kind != "console":
            yield "write", where, content
            continue
        for part in re.split(r"^(?=\$ |\^C)", content, flags=re.MULTILINE):
            lines = part.splitlines()
            if not lines:
                continue
            if lines[0] == "^C":
                yield ("stop",)
            else:
                yield "run", lines[0][2:], [line for line in lines[1:] if line.strip()]


class Reader:
    def __init__(self, trig, folder):
        self.folder = pathlib.Path(folder)
        self.environment = {**os.environ, "NO_COLOR": "1",
                            "PATH": f"{pathlib.Path(trig).resolve().parent}:{os.environ['PATH']}"}
        with socket.socket() as events, socket.socket() as admin:
            for one in events, admin:
                one.bind(("127.0.0.1", 0))
            self.address, self.admin = (f"127.0.0.1:{one.getsockname()[1]}"
                                        for one in (events, admin))
        self.server = None

    def on_free_ports(self, text):
        return text.replace("127.0.0.1:8080", self.address).replace("127.0.0.1:8081", self.admin)

    def run(self, command, expected):
        command = self.on_free_ports(command)
        if command.startswith("cd "):
            self.folder /= command[3:]
            config = self.folder / "trig.toml"
            config.write_text(self.on_free_ports(config.read_text()))
            return
        if command.startswith("export "):
            name, value = command.removeprefix("export ").split("=", 1)
            done = subprocess.run(["bash", "-c", f"printf %s {value}"], cwd=self.folder,
                                  stdout=subprocess.PIPE, text=True, timeout=SECONDS, check=True)
            self.environment[name] = done.stdout
            return
        if command.startswith("trig serve"):
            self.serve(command)
            return
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=SECONDS, check=False)
        if not expected and (done.returncode != 0 or done.stdout):
            raise AssertionError(f"$ {command}\nthe tutorial shows nothing, but there came\n"
                                 f"{done.stdout}and {done.returncode}")
        came = iter(masked(line) for line in done.stdout.splitlines())
        for line in expected:
            if masked(line) not in came:  # goes on behind the line found before
                raise AssertionError(f"$ {command}\nthe tutorial shows\n  {line}\n"
                                     f"but there came\n{done.stdout}")

    def serve(self, command):
        self.server = subprocess.Popen(["bash", "-c", "exec " + command], cwd=self.folder,
                                       env=self.environment, stderr=subprocess.DEVNULL)
        for _ in range(SECONDS * 10):
            try:
                urllib.request.urlopen(f"http://{self.address}/healthz", timeout=SECONDS).close()
                return
            except urllib.error.URLError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def stop(self):
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            code = self.server.wait(timeout=SECONDS)
            self.server = None
            assert code == 0, f"the server ended with {code}"


# Questions to the data that the tutorial leaves: command, lines of the answer.
AFTERWARDS = [
    ("trig why ben first_step",
     ["trig: no campaign is called `first_step`; did you mean `first_steps`?"]),
    ("trig why nobody", ["trig: nobody is known as nobody"]),
    ("trig why ben first_steps", ["2026-01-01 12:00:00 first_steps: started, signed_up"]),
]


def follow(trig, text, afterwards=()):
    """How many commands were run."""
    commands = 0
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(trig, folder)
        try:
            for step in steps(text):
                if step[0] == "write":
                    (reader.folder / step[1]).write_text(step[2], encoding="utf-8")
                elif step[0] == "stop":
                    reader.stop()
                else:
                    commands += 1
                    reader.run(*step[1:])
            for command, expected in afterwards:
                reader.run(command, expected)
        finally:
            reader.stop()
    return commands


def canary(trig):
    fence = "```"
    good = f"{fence}console\n$ trig new hello\nmade hello: two campaigns\n{fence}\n"
    for text in (good, f"{fence}console\n$ trig --version\ntrig\n{fence}\n",
                 f"{fence}console\n$ trig --version\n{fence}\n",
                 f"{fence}console\n$ false\n{fence}\n"):
        try:
            follow(trig, text)
        except AssertionError:
            continue
        raise SystemExit("a line that never came was not noticed")


def main():
    if sys.argv[1] == "--canary":
        canary(sys.argv[2])
        return
    text = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else TUTORIAL).read_text(encoding="utf-8")
    print(f"{follow(sys.argv[1], text, AFTERWARDS)} commands of the tutorial do what it says")


if __name__ == "__main__":
    main()
