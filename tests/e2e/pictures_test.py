#!/usr/bin/env python3
"""`trig diagram` and `trig preview`: what they write, and what a browser makes of it.

    pictures_test.py TRIG [unittest arguments]
"""
import base64
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples/shop"
TRIG = ""
# Texts that a browser draws wider than their box, in every picture of the page.
LOOK = """<script>
let wrong = [], texts = 0;
for (const group of document.querySelectorAll('svg g')) {
  const box = group.querySelector('rect').getBBox();
  for (const text of group.querySelectorAll('text')) {
    const drawn = text.getBBox();
    ++texts;
    if (drawn.x < box.x + 4 || drawn.x + drawn.width > box.x + box.width - 4 ||
        drawn.y < box.y || drawn.y + drawn.height > box.y + box.height + 1)
      wrong.push(text.textContent);
  }
}
document.body.dataset.said = JSON.stringify({ texts, wrong });
</script>"""


class Pictures(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trig-pictures-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def trig(self, *arguments, code=0, **variables):
        done = subprocess.run([TRIG, *map(str, arguments)], text=True, capture_output=True,
                              timeout=100, check=False, env={**os.environ, **variables})
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr


class Diagram(Pictures):
    def test_readme_shows_what_it_draws(self):
        self.assertEqual((ROOT / "docs/cart.svg").read_text(),
                         self.trig("diagram", SHOP, "abandoned_cart"),
                         "it is stale: trig diagram examples/shop abandoned_cart -o docs/cart.svg")

    def test_texts_fit_in_a_browser(self):
        """In the fonts that are here, no text of any example is wider than its box."""
        page, pictures = "<body>", 0
        for example in ("shop", "saas", "bank", "travel"):
            folder = self.folder / example
            self.trig("diagram", ROOT / "examples" / example, "-o", folder)
            for file in sorted(folder.iterdir()):
                page += file.read_text()
                pictures += 1
        self.assertGreater(pictures, 35)
        (self.folder / "all.html").write_text(page + LOOK)
        dom = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
             f"--user-data-dir={self.folder}/profile", f"file://{self.folder}/all.html"],
            check=True, capture_output=True, text=True, timeout=100).stdout
        said = json.loads(re.search(r'data-said="([^"]*)"', dom)[1].replace("&quot;", '"'))
        self.assertEqual(said["wrong"], [])
        self.assertGreater(said["texts"], 400)

    def test_texts_for_others(self):
        mermaid = self.trig("diagram", ROOT / "examples/travel", "survey", "--format", "mermaid")
        self.assertIn('  s4{"Wait for survey answered with same booking id<br/>at most 7 days"}\n'
                      "  s3 --> s4\n", mermaid)
        self.assertIn('  s4 -->|"not in time"| s8\n', mermaid)
        dot = self.trig("diagram", ROOT / "examples/travel", "survey", "--format", "dot")
        self.assertIn('  s5 -> s6 [label="answer score ≤ 5"];\n', dot)
        self.assertEqual(dot.count("-> finish"), 4)

    def test_mistakes(self):
        said = self.trig("diagram", SHOP, "abandoned_cat", code=2)
        self.assertIn("did you mean `abandoned_cart`?", said)
        self.assertIn("name one", self.trig("diagram", SHOP, code=2))

    def test_counts(self):
        """Three people left a cart: the picture has them at the first wait."""
        project = self.folder / "shop"
        shutil.copytree(SHOP, project, ignore=shutil.ignore_patterns("data", "mails", "keys"))
        settings = (project / "trig.toml").read_text()
        settings = re.sub(r'listen *= *".*"', 'listen = "127.0.0.1:0"', settings)
        (project / "trig.toml").write_text(settings)
        server = subprocess.Popen([TRIG, "serve", str(project), "--log-json"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            url = None
            for line in server.stderr:
                said = json.loads(line)
                url = said["url"] if said["message"] == "listening" else url
                if url:
                    break
            self.assertIsNotNone(url)
            keys = re.search(r"\[ingest\.write_keys\]\n\w+ *= *\"([^\"]*)\"", settings)
            login = base64.b64encode(f"{keys[1]}:".encode()).decode()
            events = [{"type": "track", "userId": f"u{i}", "event": "Cart Updated",
                       "messageId": f"m{i}",
                       "properties": {"cart_id": f"c{i}", "total": 64, "currency": "EUR"}}
                      for i in range(3)]
            request = urllib.request.Request(
                url + "/v1/batch", json.dumps({"batch": events}).encode(),
                {"Authorization": f"Basic {login}", "Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=30).close()
            end = time.monotonic() + 60
            while True:
                picture = self.trig("diagram", project, "abandoned_cart", "--data",
                                    project / "data")
                if "3 waiting now" in picture or time.monotonic() > end:
                    break
                time.sleep(0.2)
        finally:
            server.terminate()
            server.wait(30)
            server.stderr.close()
        self.assertIn(">3 waiting now<", picture)
        self.assertEqual(picture.count(">0 sent<"), 2)
        self.assertEqual(picture.count("0 waiting now<"), 1)


class Preview(Pictures):
    def test_text(self):
        text = self.trig("preview", "cart_reminder", "--project", SHOP, "--test", "T03")
        self.assertIn("Subject: You left something in your cart\n", text)
        self.assertIn("Pan\n", text)
        text = self.trig("preview", "cart_reminder", "--project", SHOP, "--set",
                         "person.first_name=Zoé", "--set", "total=99.50 USD", "--set",
                         'items=[{"name": "Spoon", "price": 3}]')
        self.assertIn("Subject: Zoé, you left something in your cart\n", text)
        self.assertIn("Spoon", text)
        self.assertIn("99.50", text)

    def test_every_mail_of_the_examples(self):
        """Samples are good enough for every template there is."""
        mails = 0
        for example in ("shop", "saas", "bank", "travel"):
            program = self.trig("dump", "--stage", "ir", ROOT / "examples" / example)
            for name in sorted(set(re.findall(r"^template (\w+)", program, re.M))):
                text = self.trig("preview", name, "--project", ROOT / "examples" / example)
                self.assertRegex(text, r"^From: .+\nTo: ana@example.com\nSubject: .+\n\n.+")
                mails += 1
        self.assertGreater(mails, 35)

    def test_message(self):
        message = email.message_from_string(
            self.trig("preview", "welcome", "--project", SHOP, "--format", "eml"),
            policy=email.policy.default)
        self.assertEqual(message["Subject"], "Welcome, Ana")
        self.assertIn("List-Unsubscribe", message)
        html = message.get_body(("html",)).get_content().replace("\r\n", "\n")
        self.assertEqual(html.strip(),
                         self.trig("preview", "welcome", "--project", SHOP, "--format",
                                   "html").strip())
        self.assertIn("Ana", message.get_body(("plain",)).get_content())

    def test_pictures_of_a_campaign(self):
        folder = self.folder / "mails"
        self.trig("preview", "abandoned_cart", "--project", SHOP, "--format", "png", "-o", folder)
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ["cart_discount.png", "cart_reminder.png"])
        for file in folder.iterdir():
            png = file.read_bytes()
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            width, height = struct.unpack(">II", png[16:24])
            self.assertEqual(width, 680)
            self.assertGreater(height, 500)

    def project(self, text, mail):
        self.trig("new", self.folder / "small")
        (self.folder / "small/deep.trig").write_text(text)
        (self.folder / "small/templates/deep.html.liquid").write_text(
            f"---\nsubject: Deep\nclass: transactional\n---\n{mail}\n")
        return self.folder / "small"

    def test_samples_end_somewhere(self):
        project = self.project(
            "record r5 { v: text }\nrecord r4 { r: r5   v: text }\n"
            "record r3 { r: r4   v: text }\nrecord r2 { r: r3   v: text }\n"
            "record r1 { r: r2   v: text }\n"
            "template deep(top: r1) from \"templates/deep.html.liquid\"\n",
            "<p>[{{ top.r.r.r.v }}] [{{ top.r.r.r.r.v }}]</p>")
        self.assertIn("[v] []", self.trig("preview", "deep", "--project", project))

    def test_a_picture_is_bounded(self):
        project = self.project('template deep() from "templates/deep.html.liquid"\n',
                               '<p style="height: 20000px">Deep</p>')
        self.trig("preview", "deep", "--project", project, "--format", "png", "-o",
                  self.folder / "deep.png")
        png = (self.folder / "deep.png").read_bytes()
        self.assertEqual(struct.unpack(">II", png[16:24]), (680, 8000))

    def test_mistakes(self):
        def said(*arguments, **variables):
            return self.trig("preview", *arguments, "--project", SHOP, code=2, **variables)
        self.assertIn("did you mean `cart_reminder`?", said("cart_remindr"))
        self.assertIn("did you mean `total`?", said("cart_reminder", "--set", "totl=1 EUR"))
        self.assertIn("should be money", said("cart_reminder", "--set", "total=abc"))
        self.assertIn("NAME=VALUE", said("cart_reminder", "--set", "total"))
        self.assertIn("there is no test", said("cart_reminder", "--test", "no such test"))
        self.assertIn("sends `welcome`", said("welcome", "--test", "T03"))
        self.assertIn("a picture needs Chromium",
                      said("welcome", "--format", "png", "-o", "x.png", PATH="/nowhere"))
        self.assertIn("-o must say", said("welcome", "--format", "png"))


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
