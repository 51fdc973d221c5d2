#!/usr/bin/env python3
"""`trig repl` in a pipe: its answers, its exit code, hostile input, and a server's data directory.

    repl_test.py TRIG [unittest arguments]
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import worlds

TRIG = ""
ROOT = pathlib.Path(__file__).resolve().parents[2]
STORY = """person ana { email: "ana@example.com", subscribed: [offers] }
at 2026-03-02 12:00
ana cart_updated {
  cart_id: "c1",
  total: 64 EUR
}
:advance 30 minutes
:outbox
:preview 1
"""


class Repl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def repl(self, text, *arguments, code=0):
        environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}
        run = subprocess.run([TRIG, "repl", *arguments], cwd=self.folder, env=environment,
                             input=text if isinstance(text, bytes) else text.encode(),
                             capture_output=True, timeout=100, check=False)
        out = run.stdout.decode("utf-8", "replace")
        self.assertEqual(run.returncode, code, out[-2000:] + run.stderr.decode()[-2000:])
        return out

    def test_answers_and_nothing_else(self):
        self.assertEqual(self.repl("1 + 1\n\n# a comment\n[1,\n2]\n"),
                         "2 : integer\n[1, 2] : list of integer\n")
        self.assertEqual(self.repl(""), "")
        self.assertEqual(self.repl("1 + 1"), "2 : integer\n", "without a line end")
        self.assertEqual(self.repl("1 + 1\n:quit\n2 + 2\n"), "2 : integer\n")
        self.assertFalse((self.folder / "state").exists(), "a pipe has no history")

    def test_a_story_of_the_shop(self):
        out = self.repl(STORY, str(ROOT / "examples/shop"))
        self.assertIn("mail 1: cart_reminder to ana@example.com\n", out)
        self.assertIn("Subject: You left something in your cart\n", out)
        self.assertIn("Total €64.00\n", out)
        self.assertNotIn("\033", out)
        self.assertIn("campaign abandoned_cart",
                      self.repl(":dump ir\n", str(ROOT / "examples/shop")))
        native = worlds.makes_native_code(TRIG)
        self.assertIn("define " if native else "this trig is built without native code",
                      self.repl(":dump llvm\n", str(ROOT / "examples/shop"),
                                code=0 if native else 1))

    def test_the_exit_code_tells_of_a_failure(self):
        self.assertIn("E0101", self.repl("nobody signed_up {}\n1 + 1\n", code=1))
        self.repl("", str(self.folder / "none"), code=2)
        self.repl("", "--data", str(self.folder / "none"), code=2)
        broken = self.folder / "broken"
        broken.mkdir()
        (broken / "trig.toml").write_text("name = 3\n")
        self.repl("", str(broken), code=1)

    def test_hostile_input(self):
        self.repl(os.urandom(200_000), code=1)
        self.repl(b"\0" * 10_000 + b"\n", code=1)
        self.repl("{" * 1_000_000 + "\n", code=1)
        self.repl("(" * 3_000 + "1" + ")" * 3_000 + "\n", code=1)
        self.repl("a" * 3_000_000 + "\n", code=1)
        self.repl("campaign x {\n" * 1000, code=1)
        self.repl("\n".join(["}", ")", '"', "'", ":", "::", ":file", ":load", "\\", "#{"]), code=1)
        self.assertIn("2 : integer", self.repl('} test "x" {\n1 + 1\n', code=1))

    def test_load(self):
        (self.folder / "story.txt").write_text("1 + 1\n[2,\n3]\n")
        (self.folder / "more.trig").write_text("event seen { a: integer }\n")
        out = self.repl(":load story.txt\n:load more.trig\nperson ana {}\nana seen { a: 1 }\n")
        self.assertIn("2 : integer\n[2, 3] : list of integer\ndeclared event seen\n", out)
        (self.folder / "loop.txt").write_text(":load loop.txt\n")
        self.assertIn("loads no other", self.repl(":load loop.txt\n", code=1))
        (self.folder / "stops.txt").write_text("1 +\n3 + 4\n")
        self.assertNotIn("7", self.repl(":load stops.txt\n", code=1))

    def test_save_test(self):
        project = self.folder / "shop"
        shutil.copytree(ROOT / "examples/shop", project)
        out = self.repl(STORY + ":save-test \"typed: once\"\n:save-test \"typed: twice\" "
                        "tests/typed_once.trig\n", str(project))
        self.assertEqual(out.count("written to tests/typed_once.trig"), 2)
        tested = subprocess.run([TRIG, "test", str(project), "--filter", "typed:"], text=True,
                                capture_output=True, timeout=100, check=False)
        self.assertIn("2 passed, 0 failed", tested.stdout)
        outside = self.folder / "out.trig"
        self.repl(STORY + f":save-test x ../{outside.name}\n", str(project), code=1)
        self.assertFalse(outside.exists())

    # ------------------------------------------------------------------------- a server's data

    def serve(self, project):
        log = self.folder / "log"
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen([TRIG, "serve", str(project), "--log-json"], stderr=file)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.kill)
        for _ in range(600):
            for line in log.read_text().splitlines():
                if "listening" in line:
                    return process, json.loads(line)["url"]
            self.assertIsNone(process.poll(), log.read_text())
            time.sleep(0.05)
        self.fail(log.read_text())

    def send(self, url, path, **fields):
        request = urllib.request.Request(
            f"{url}/v1/{path}", json.dumps(fields).encode(),
            {"Content-Type": "application/json",
             "Authorization": "Basic c2hvcC1kZW1vLWtleTo="})  # shop-demo-key:
        with urllib.request.urlopen(request, timeout=20) as answer:
            self.assertEqual(answer.status, 200)

    def digest(self, folder):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in folder.rglob("*") if path.is_file()}

    def test_a_data_directory_is_read_beside_its_server(self):
        project = self.folder / "shop"
        shutil.copytree(ROOT / "examples/shop", project)
        settings = project / "trig.toml"
        settings.write_text(settings.read_text().replace('"127.0.0.1:8080"', '"127.0.0.1:0"', 1))
        process, url = self.serve(project)
        self.send(url, "identify", userId="u1", traits={"email": "ana@example.com"})
        self.send(url, "track", userId="u1", event="Cart Updated",
                  properties={"cart_id": "c1", "total": "64", "currency": "EUR"})
        data = project / "data"
        questions = (":why ana@example.com abandoned_cart\n:journeys ana@example.com\n"
                     ":as ana@example.com\nperson.email\nsum(cart_updated.total ever)\n"
                     ":take ana@example.com\ncount(cart_updated ever)\n:advance 1 hour\n")
        out = self.repl(questions, str(project), "--data", str(data))
        self.assertIn("abandoned_cart: started, cart_updated", out)
        self.assertIn("at `wait 30 minutes` until", out)
        self.assertIn('"ana@example.com" : email\n', out)
        self.assertIn("64.00 EUR : money\n", out)
        self.assertIn('ana cart_updated { cart_id: "c1", total: 64.00 EUR, items: [] }', out)
        self.assertIn("1 : integer\n", out)
        process.terminate()
        process.wait(20)
        before = self.digest(data)
        self.repl(questions, str(project), "--data", str(data))
        self.assertEqual(self.digest(data), before, "a data directory is only read")

    def test_recorded_events_in_place_of_a_data_directory(self):
        events = self.folder / "recorded.ndjson"
        events.write_text("".join(json.dumps(one) + "\n" for one in (
            {"type": "identify", "userId": "u1", "timestamp": "2026-03-01T10:00:00Z",
             "traits": {"email": "ana@example.com"}},
            {"type": "track", "userId": "u1", "timestamp": "2026-03-01T10:05:00Z",
             "event": "Cart Updated",
             "properties": {"cart_id": "c1", "total": "64", "currency": "EUR"}})))
        shop = str(ROOT / "examples/shop")
        out = self.repl(":why ana@example.com abandoned_cart\n:take ana@example.com as ana\n", shop,
                        "--events", str(events))
        self.assertIn("2026-03-01 11:05     abandoned_cart: started, cart_updated", out)
        self.assertIn('ana cart_updated { cart_id: "c1", total: 64.00 EUR, items: [] }', out)
        (self.folder / "empty.ndjson").write_text("")
        self.repl("", shop, "--events", str(self.folder / "empty.ndjson"), code=2)
        self.repl("", shop, "--events", str(self.folder / "none"), code=2)
        self.repl("", shop, "--events", str(events), "--data", "x", code=2)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
