#!/usr/bin/env python3
"""`trig repl` at a terminal: the shop's cart story by hand in tmux, saved as a test that passes.

    repl_tmux_test.py TRIG [unittest arguments]
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TRIG = ""
ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 60


def bound(name):
    text = (ROOT / "runtime/ports/limits.h").read_text()
    return int(re.search(rf"{name} = ([\d']+)", text)[1].replace("'", ""))


class Terminal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.project = self.folder / "shop"
        shutil.copytree(ROOT / "examples/shop", self.project)
        self.history = self.folder / "state/trig/repl_history"
        self.socket = str(self.folder / "tmux")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *arguments],
                              check=True, capture_output=True, text=True, timeout=SECONDS).stdout

    def start(self, *arguments):
        environment = [f"XDG_STATE_HOME={self.folder / 'state'}", f"HOME={self.folder}",
                       "LC_ALL=C.UTF-8", "TERM=screen-256color"]
        # The shell tells how it ended: tmux at times does not learn of it.
        command = shlex.join(["env", *environment, TRIG, "repl", *arguments])
        self.tmux("new-session", "-d", "-x", "110", "-y", "200",
                  f"{command}; echo ended with $?; exec sleep {2 * SECONDS}")
        self.addCleanup(subprocess.run, ["tmux", "-S", str(self.socket), "kill-server"],
                        capture_output=True, check=False)
        self.wait_for("`:help` says what can be typed")
        self.wait_for_prompt("")

    def screen(self):
        return self.tmux("capture-pane", "-p", "-J")

    def wait(self, is_there, what):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            screen = self.screen()
            if is_there(screen):
                return screen
            time.sleep(0.05)
        self.fail(f"{what} is not there:\n{screen}")

    def wait_for(self, words):
        return self.wait(lambda screen: words in screen, words)

    def wait_for_prompt(self, who):
        """The last line is a prompt and nothing else."""
        def is_there(screen):
            lines = screen.rstrip("\n").splitlines()
            return bool(lines) and lines[-1].rstrip() == f"{who}>"
        self.wait(is_there, f"prompt of `{who}`")

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def say(self, text, who="ana"):
        """Types a line, and waits until it stands there and has been answered."""
        before = self.screen().count(text[-20:])
        self.type(text)
        self.wait(lambda screen: screen.count(text[-20:]) > before, text)
        self.keys("Enter")
        self.wait_for_prompt(who)

    def open_line(self, text):
        """Types a line that leaves something open."""
        self.type(text)
        self.wait(lambda screen: screen.rstrip().endswith(text.strip()), text)
        self.keys("Enter")
        self.wait(lambda screen: screen.rstrip().endswith("..."), "the prompt of an open input")

    def ended_with(self):
        screen = self.wait(lambda screen: re.search(r"ended with \d", screen), "its end")
        return int(re.search(r"ended with (\d+)", screen)[1])

    def test_the_cart_story(self):
        self.start(str(self.project))
        self.say('person ana { email: "ana@example.com", subscribed: [offers] }')
        self.say("at 2026-03-02 12:00")
        # Completion: an event after somebody's name, then a field of it; the brace stays open.
        self.type("ana cart_u")
        self.keys("Tab")
        self.wait_for("ana> ana cart_updated")
        self.open_line("{")
        self.type("  cart_i")
        self.keys("Tab")
        self.wait_for("cart_id:")
        self.open_line('"c1", total: 64 EUR')
        self.say("}")
        self.wait_for("abandoned_cart: waiting, until 2026-03-02 12:30")
        # Several candidates are listed.
        self.type(":p")
        self.keys("Tab")
        self.wait_for(":people  :plan  :preview")
        self.keys("C-u")
        self.wait_for_prompt("ana")
        self.say("sum(cart_updated.total in 1 day)")
        self.wait_for("64.00 EUR : money")
        self.say(":advance 29 minutes")
        self.wait_for("it is 2026-03-02 12:29")
        # History: the line again, with another number.
        self.keys("Up")
        self.wait_for("ana> :advance 29 minutes")
        for _ in "29 minutes":
            self.keys("BSpace")
        self.wait(lambda screen: screen.rstrip().endswith("ana> :advance"), "what is left of it")
        self.say("1 minute")
        self.wait_for("mail 1: cart_reminder to ana@example.com")
        self.say(":preview 1")
        self.wait_for("Subject: You left something in your cart")
        # ^C gives up a line, however open it is.
        self.open_line("campaign x {")
        self.keys("C-c")
        self.wait_for_prompt("ana")
        self.say('ana order_completed { order_id: "o1", cart_id: "c1", total: 64 EUR }')
        self.say(":advance 3 days")
        self.say(':save-test "typed: bought after the reminder" tests/typed.trig')
        self.wait_for("written to tests/typed.trig")
        self.keys("C-d")
        self.assertEqual(self.ended_with(), 0)
        saved = (self.project / "tests/typed.trig").read_text()
        self.assertIn("expect at 2026-03-02 12:30 1 send cart_reminder to ana", saved)
        tested = subprocess.run([TRIG, "test", str(self.project), "--filter", "typed:"], text=True,
                                capture_output=True, timeout=SECONDS, check=False)
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
        self.assertIn("1 passed, 0 failed", tested.stdout)
        self.assertEqual(subprocess.run([TRIG, "fmt", "--check", str(self.project)], check=False,
                                        capture_output=True, timeout=SECONDS).returncode, 0)

    def test_the_history_is_bounded_and_private(self):
        limit = bound("kMaxReplHistory")
        self.history.parent.mkdir(parents=True)
        self.history.write_text("_HiStOrY_V2_\n" + "".join(f"{i}\\040+\\040{i}\n"
                                                          for i in range(limit + 50)))
        self.start(str(self.project))
        self.say("4711 + 1", "")
        self.wait_for("4712 : integer")
        self.type(":quit")
        self.keys("Enter")
        self.assertEqual(self.ended_with(), 0)
        lines = self.history.read_text().splitlines()
        self.assertLessEqual(len(lines), limit + 1)
        self.assertIn("4711\\040+\\0401", lines)
        self.assertEqual(self.history.stat().st_mode & 0o777, 0o600)
        self.socket += "2"
        self.start(str(self.project))
        self.keys("Up", "Up")
        self.wait_for("> 4711 + 1")

    def test_hostile_keys(self):
        self.start()
        self.type("{" * 300)
        self.keys("Enter")
        self.wait(lambda screen: screen.rstrip().endswith("..."), "an open input")
        for count in range(5):
            self.open_line("(" * (count + 1))
        self.keys("C-c")
        self.wait_for_prompt("")
        self.keys("C-v", "C-a", "Escape", "[", "Z", "F5", "Tab", "Tab")
        time.sleep(0.5)
        self.keys("C-c")
        self.wait_for_prompt("")
        # Whatever of them the terminal shows, the session goes on.
        self.say("\u00e9\u4e16 \U0001f600", "")
        self.say("1 + 1", "")
        self.wait_for("2 : integer")
        self.keys("C-d")
        self.assertEqual(self.ended_with(), 0)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
