#!/usr/bin/env python3
"""`trig backtest` as a command: a made-up month through the example shop in every format, against a
git revision and a folder, its exit codes, and input that is not what it should be.

    backtest_test.py TRIG MONTH_FILE PROJECT [unittest arguments]
"""

import csv
import gzip
import html.parser
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest

TRIG = ""
MONTH_FILE = ""
PROJECT = ""


class Page(html.parser.HTMLParser):
    """Which tags a page has, and what it would fetch."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.fetched = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href")]


class BacktestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="trig-backtest-")
        cls.events = os.path.join(cls.folder, "month.ndjson")
        with open(cls.events, "wb") as file:
            subprocess.run([MONTH_FILE, "--people", "300", "--events", "6000"], stdout=file,
                           check=True)
        cls.project = os.path.join(cls.folder, "shop")
        shutil.copytree(PROJECT, cls.project)
        for command in (["init", "-q"], ["add", "."],
                        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm",
                         "shop"]):
            subprocess.run(["git", "-C", cls.project, *command], check=True)
        path = os.path.join(cls.project, "campaigns", "cart.trig")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("wait 30 minutes", "wait 3 hours"))

    def test_a_picture_shows_what_each_step_would_have_sent(self):
        found = os.path.join(self.folder, "found.json")
        with open(found, "w", encoding="utf-8") as file:
            subprocess.run([TRIG, "backtest", self.project, "--events", self.events, "--json"],
                           stdout=file, check=True)
        with open(found, encoding="utf-8") as file:
            cart = json.load(file)["after"]["campaigns"]["abandoned_cart"]
        draw = [TRIG, "diagram", self.project, "abandoned_cart", "--backtest"]
        picture = subprocess.run([*draw, found], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout
        self.assertEqual(len(cart["sends_by_step"]), 2)
        for sends in cart["sends_by_step"].values():
            self.assertGreater(sends, 0)
            self.assertIn(f">{sends:,} sent<", picture)
        self.assertNotIn("waiting now", picture)
        self.assertIn(f"{cart['journeys']:,} journeys", picture)
        self.assertIn(f"{cart['sends']:,} mails to {cart['people']:,} people", picture)
        with open(found, encoding="utf-8") as file:
            cut_off = file.read()[:-9]
        for text in ("{}", "[]", '{"version": 2}', cut_off):
            broken = os.path.join(self.folder, "broken.json")
            with open(broken, "w", encoding="utf-8") as file:
                file.write(text)
            refused = subprocess.run([*draw, broken], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual((refused.returncode, refused.stdout), (2, ""))
            self.assertIn("broken.json: it ", refused.stderr)
        self.assertEqual(subprocess.run([*draw, found, "--data", "x"], capture_output=True,
                                        check=False).returncode, 2)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def trig(self, *arguments, project=None, code=0, **options):
        done = subprocess.run([TRIG, "backtest", project or PROJECT, *arguments], text=True,
                              capture_output=True, timeout=100, check=False, **options)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done

    def found(self, *arguments, **options):
        return json.loads(self.trig("--json", *arguments, **options).stdout)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_counts_in_every_format(self):
        found = self.found("--events", self.events)
        self.assertEqual(found["version"], 1)
        self.assertEqual(found["after"]["events"], 6000)
        cart = found["after"]["campaigns"]["abandoned_cart"]
        self.assertGreater(cart["sends"], 50)
        self.assertEqual(cart["sends"], sum(cart["sends_by_day"].values()))
        self.assertEqual(cart["sends"], sum(cart["sends_by_step"].values()))
        self.assertEqual(cart["suppressed"], sum(cart["suppressed_by"].values()))
        self.assertIn("quiet hours, 21:00 to 08:00", cart["held_by"])
        self.assertIn("order_completed", cart["ended_by"])
        text = self.trig("--events", self.events)
        self.assertEqual(text.stderr, "")  # no bar in a pipe
        self.assertIn("none was rendered or sent", text.stdout)
        self.assertIn(f"sends       {cart['sends']:,} to {cart['people']:,} people", text.stdout)
        markdown = self.trig("--events", self.events, "--format", "markdown").stdout
        self.assertIn(f"| `abandoned_cart` | {cart['sends']:,} |", markdown)

    def test_against_a_revision_and_a_folder(self):
        one = self.found("--events", self.events, "--against", "HEAD", project=self.project)
        other = self.found("--events", self.events, "--against", PROJECT, project=self.project)
        self.assertEqual(one["difference"], other["difference"])
        before = self.found("--events", self.events)
        after = self.found("--events", self.events, project=self.project)
        self.assertEqual(one["before"], before["after"])
        self.assertEqual(one["after"], after["after"])
        total = one["difference"]["total"]
        self.assertGreater(total["moved"], 0)
        self.assertEqual(total["same"] + total["moved"] + total["removed"],
                         before["after"]["total"]["sends"])
        self.assertEqual(total["same"] + total["moved"] + total["added"],
                         after["after"]["total"]["sends"])

    def test_page(self):
        path = os.path.join(self.folder, "report.html")
        self.trig("--events", self.events, "--against", "HEAD", "--samples", "2", "--html", path,
                  project=self.project)
        page = Page()
        with open(path, encoding="utf-8") as file:
            page.feed(file.read())
        self.assertIn("svg", page.tags)
        self.assertNotIn("script", page.tags)
        self.assertEqual(page.fetched, [])

    def test_findings(self):
        bad = self.trig("--events", self.events, "--fail-if", "abandoned_cart.sends > 10", code=1)
        self.assertIn("finding: abandoned_cart.sends > 10: abandoned_cart.sends is", bad.stdout)
        self.trig("--events", self.events, "--fail-if", "abandoned_cart.sends < 10")
        crowded = self.found("--events", self.events, "--max-sends-per-person-day", "2", code=1)
        worst = crowded["findings"][0]["worst"]
        self.assertGreater(worst[0]["sends"], 2)
        self.assertTrue(worst[0]["person"].startswith(("user-", "browser-")))

    def test_the_same_events_in_other_forms(self):
        expected = self.found("--events", self.events)["after"]["campaigns"]
        zipped = os.path.join(self.folder, "month.ndjson.gz")
        with open(self.events, "rb") as plain, gzip.open(zipped, "wb") as file:
            shutil.copyfileobj(plain, file)
        self.assertEqual(self.found("--events", zipped)["after"]["campaigns"], expected)
        with open(self.events, encoding="utf-8") as file:
            piped = self.found("--events", "-", stdin=file)
        self.assertEqual(piped["after"]["campaigns"], expected)
        halves = os.path.join(self.folder, "halves")
        os.makedirs(halves)
        with open(self.events, encoding="utf-8") as file:
            lines = file.readlines()
        for name, part in (("b.jsonl", lines[:3000]), ("a.ndjson", lines[3000:])):
            with open(os.path.join(halves, name), "w", encoding="utf-8") as file:
                file.writelines(part)
        self.assertEqual(self.found("--events", halves)["after"]["campaigns"], expected)
        table = os.path.join(self.folder, "tables.csv")
        with open(table, "w", newline="", encoding="utf-8") as file:
            self.write_table(file, [json.loads(line) for line in lines])
        self.assertEqual(self.found("--events", table)["after"]["campaigns"], expected)

    @staticmethod
    def write_table(file, events):
        rows = []
        for event in events:
            row = {"id": event["messageId"], "type": event["type"],
                   "anonymous_id": event["anonymousId"], "user_id": event.get("userId", ""),
                   "original_timestamp": event["originalTimestamp"],
                   "received_at": event["receivedAt"].replace("T", " ").replace("Z", " UTC"),
                   "event_text": event.get("event", ""), "name": event.get("name", "")}
            for name, value in {**event.get("properties", {}), **event.get("traits", {})}.items():
                row[name] = json.dumps(value) if isinstance(value, (list, dict)) else value
            rows.append(row)
        names = sorted({name for row in rows for name in row})
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)

    def test_shows_a_bar_on_a_terminal(self):
        ours, theirs = pty.openpty()
        subprocess.run([TRIG, "backtest", PROJECT, "--events", self.events], stderr=theirs,
                       stdout=subprocess.DEVNULL, timeout=100, check=True)
        os.close(theirs)
        shown = os.read(ours, 1 << 16).decode()
        os.close(ours)
        self.assertRegex(shown, r"reading +\[[# ]{30}\] +\d+%")
        self.assertRegex(shown, r"playing +\[[# ]{30}\] +\d+%")

    def test_says_what_it_cannot_read(self):
        path = self.write("bad.ndjson", '{"type":"track"\n\nnonsense\n'
                          '{"type":"track","userId":"u","event":"Nobody Knows",'
                          '"receivedAt":"2026-03-01T12:00:00Z"}\n')
        found = self.found("--events", path)
        self.assertEqual(found["unreadable"]["count"], 2)
        self.assertEqual(found["unreadable"]["first"][1]["place"], path + ":3")
        self.assertEqual(found["after"]["rejected_by"],
                         {"no event is declared as `Nobody Knows`": 1})
        text = self.trig("--events", path).stdout
        self.assertIn("2 records could not be read", text)
        self.assertIn("bad.ndjson:3: not well-formed JSON", text)

    def test_hostile_input_ends_well(self):
        for name, content in (("nothing.ndjson", b""), ("zeros.ndjson", b"\0" * 70_000),
                              ("deep.ndjson", b'{"a":' * 5_000), ("long.json", b"[" * 900_000),
                              ("latin.csv", b"user_id,event\n\xff\xfe,\xff\n"),
                              ("quote.csv", b'user_id,event\n"' + b"x\n" * 400_000)):
            path = os.path.join(self.folder, name)
            with open(path, "wb") as file:
                file.write(content)
            self.assertEqual(self.found("--events", path)["after"]["events"], 0)
        wide = self.write("wide.ndjson", "".join(
            f'{{"type":"page","userId":"u","receivedAt":"{year}-01-01T00:00:00Z"}}\n'
            for year in (1990, 2290)))
        self.assertIn("--from and --to", self.trig("--events", wide, code=2).stderr)

    def test_refuses_what_makes_no_sense(self):
        for arguments, complaint in (
                ([], "--events says which events"),
                (["--events", "/nowhere"], "/nowhere"),
                (["--events", self.events, "--samples", "101"], "--samples"),
                (["--events", self.events, "--from", "soon"], "--from `soon`"),
                (["--events", self.events, "--from", "2026-03-02", "--to", "2026-03-01"],
                 "--from is not before --to"),
                (["--events", self.events, "--subscribed", "ofers"], "did you mean offers?"),
                (["--events", self.events, "--fail-if", "abandoned_crt.sends > 1"],
                 "did you mean `abandoned_cart`?"),
                (["--events", self.events, "--fail-if", "total.sends > before"], "--against"),
                (["--events", self.events, "--against", "no-such-revision"], "no-such-revision"),
                (["--data", self.folder], self.folder)):
            self.assertIn(complaint, self.trig(*arguments, code=2).stderr)


if __name__ == "__main__":
    TRIG, MONTH_FILE, PROJECT = (os.path.abspath(path) for path in sys.argv[1:4])
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
