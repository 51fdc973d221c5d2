#!/usr/bin/env python3
"""Attacks on a real server, while a client that behaves sends 1,000 events.

    hostile_test.py TRIG [unittest arguments]

The server runs hostile_project on a free port. Every attack is answered in its own words, every
event of the good client is taken, and the server's memory stays within its bound.
"""

import base64
import email
import email.policy
import glob
import http.client
import json
import os
import resource
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

TRIG = ""
HERE = os.path.dirname(os.path.abspath(__file__))
KEY = "gate-key"
GOOD_EVENTS = 1_000
GOOD_BATCHES, GOOD_PER_BATCH = 5, 100  # the others go one by one
SLOW_CONNECTIONS = 1_000
SLOW_SECONDS = 45       # by then each must have its answer: the server gives a request 15 seconds
MAX_ROUNDS = 500        # of one attack
MAX_GROWTH_KB = 256 * 1024
MIB = 1024 * 1024
# Of a mail that no topic owns; a name can add none.
EXPECTED_HEADERS = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "X-Trig-Send",
                    "Auto-Submitted", "Content-Type"]


def refusal(error):
    return {"success": False, "error": error}


def authorization(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


class Server:
    """`trig serve` of a copy of the project; knows its port and how much memory it has."""

    def __init__(self, folder):
        self.project = os.path.join(folder, "fort")
        shutil.copytree(os.path.join(HERE, "hostile_project"), self.project)
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [TRIG, "serve", self.project, "--listen", "127.0.0.1:0", "--log-json"],
            stderr=self.log)
        self.port = self.wait_for_port()
        self.sampling = True
        self.peak_kb = self.before_kb = self.memory_kb()
        self.sampler = threading.Thread(target=self.sample)
        self.sampler.start()

    def wait_for_port(self):
        for _ in range(600):
            if self.process.poll() is not None:
                break
            for line in self.log_text().splitlines(keepends=True):
                if line.endswith("\n") and "url" in json.loads(line):
                    return int(json.loads(line)["url"].rsplit(":", 1)[1])
            time.sleep(0.05)
        self.process.kill()
        raise AssertionError("the server did not start: " + self.log_text())

    def log_text(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

    def sample(self):
        while self.sampling:
            self.peak_kb = max(self.peak_kb, self.memory_kb())
            time.sleep(0.02)

    def stop(self):
        self.sampling = False
        self.sampler.join()
        self.process.terminate()
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.log.close()

    def events(self, *options):
        done = subprocess.run([TRIG, "events", self.project, "--json", *options],
                              capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def post(self, path, body, key=KEY, **headers):
        """Status and JSON body of one call over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            return call(connection, path, body, key, **headers)
        finally:
            connection.close()


def call(connection, path, body, key=KEY, **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    connection.request("POST", path, body, {"Authorization": authorization(key),
                                            "Content-Type": "application/json", **headers})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def order(number, total=5, **more):
    return {"type": "track", "event": "Order Completed", "userId": f"good-{number}",
            "messageId": f"good-{number}",
            "properties": {"order_id": f"o-{number}", "total": total, "currency": "EUR"}, **more}


def bomb(mebibytes):
    """A gzip member that unfolds to so much."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    block = b" " * MIB
    return b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()


def read_answer(link):
    answer = b""
    while chunk := link.recv(65536):
        answer += chunk
    return answer


def parsed(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def flood(port, chunked):
    """10 MiB to a server that need not read them: it may answer at once, and then sending ends."""
    how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {10 * MIB}"
    block = b"x" * 65536
    if chunked:
        block = b"%x\r\n%s\r\n" % (len(block), block)
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    with link:
        link.sendall(f"POST /v1/batch HTTP/1.1\r\nHost: fort\r\nConnection: close\r\n"
                     f"Authorization: {authorization(KEY)}\r\n{how}\r\n\r\n".encode())
        for _ in range(10 * MIB // 65536):
            if select.select([link], [], [], 0)[0]:
                break
            link.sendall(block)
        return parsed(read_answer(link))


class SlowConnections(threading.Thread):
    """Requests that come a byte every few seconds and never end."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.links = {}
        self.answers = []
        self.all_open = threading.Event()

    def run(self):
        try:
            for _ in range(SLOW_CONNECTIONS):
                link = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                link.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: fort\r\nX-Slow: ")
                self.links[link.fileno()] = link
            self.all_open.set()
            end = time.monotonic() + SLOW_SECONDS
            while self.links and time.monotonic() < end:
                self.collect(time.monotonic() + 3)
                self.drip()
        finally:
            self.all_open.set()
            for link in self.links.values():
                link.close()

    def collect(self, until):
        waiting = select.poll()
        for number in self.links:
            waiting.register(number, select.POLLIN)
        while self.links and (left := until - time.monotonic()) > 0:
            for number, _ in waiting.poll(left * 1000):
                waiting.unregister(number)
                with self.links.pop(number) as link:
                    self.answers.append(read_answer(link))

    def drip(self):
        for link in self.links.values():
            try:
                link.send(b"z")
            except OSError:
                pass  # its answer is there to be read all the same


class GoodClient(threading.Thread):
    """1,000 events over one connection, in batches and one by one, as far apart as `pause` says."""

    def __init__(self, port, pause):
        super().__init__()
        self.port = port
        self.pause = pause
        self.answers = []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        batched = GOOD_BATCHES * GOOD_PER_BATCH
        for first in range(0, batched, GOOD_PER_BATCH):
            batch = [order(n) for n in range(first, first + GOOD_PER_BATCH)]
            self.answers.append((GOOD_PER_BATCH, call(connection, "/v1/batch", {"batch": batch})))
            time.sleep(self.pause)
        for number in range(batched, GOOD_EVENTS):
            self.answers.append((1, call(connection, "/v1/track", order(number))))
            time.sleep(self.pause)
        connection.close()


class Attack(threading.Thread):
    """Calls `what` again and again until told to stop; keeps the distinct answers and errors."""

    def __init__(self, name, what, wanted):
        super().__init__(name=name)
        self.what, self.wanted = what, wanted
        self.ending = threading.Event()
        self.unexpected = []
        self.rounds = 0

    def run(self):
        while self.rounds < MAX_ROUNDS:
            try:
                answer = self.what()
            except (OSError, http.client.HTTPException, ValueError) as error:
                answer = repr(error)
            if answer != self.wanted:
                self.unexpected.append(answer)
            self.rounds += 1
            if self.ending.wait(0.05):
                return


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trig-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server(self.folder)

    def tearDown(self):
        if self.server.process.poll() is None:
            self.server.stop()

    def attacks(self):
        server = self.server
        one_bomb = bomb(100)
        bombs = one_bomb * (500_000 // len(one_bomb))  # members in a row unfold one after another
        too_large = (413, refusal("the body is larger than 512000 bytes"))
        not_json = (400, refusal("the body is not JSON"))
        packed = {"Content-Encoding": "gzip"}
        self.assertLess(len(bombs), 512_000)
        return [
            Attack("half an object", lambda: server.post("/v1/batch", b'{"batch":[{"type":'),
                   not_json),
            Attack("no JSON at all", lambda: server.post("/v1/track", b"\xff\x00<xml/>"), not_json),
            Attack("nested without end",
                   lambda: server.post("/v1/track", b"[" * 400_000), not_json),
            Attack("10 MiB", lambda: flood(server.port, False),
                   (413, refusal("the body is too large"))),
            Attack("10 MiB in chunks", lambda: flood(server.port, True),
                   (413, refusal("the body is too large"))),
            Attack("gzip bomb", lambda: server.post("/v1/batch", one_bomb, **packed), too_large),
            Attack("gzip bombs", lambda: server.post("/v1/batch", bombs, **packed), too_large),
            Attack("another key", lambda: server.post("/v1/track", order(0), key="shop-demo-key"),
                   (401, refusal("unknown write key"))),
            Attack("another key in the body",
                   lambda: server.post("/v1/track", order(0, writeKey="shop-demo-key"), key=""),
                   (401, refusal("unknown write key"))),
        ]

    def test_attacks_are_answered_and_good_events_taken(self):
        slow = SlowConnections(self.server.port)
        slow.start()
        slow.all_open.wait(30)
        attacks = self.attacks()
        good = GoodClient(self.server.port, 0.01)
        for thread in [*attacks, good]:
            thread.start()
        self.send_a_wrong_type_and_a_name_with_line_ends()
        good.join(60)
        for attack in attacks:
            attack.ending.set()
        for thread in [*attacks, slow]:
            thread.join(60)
        for thread in [*attacks, slow, good]:
            self.assertFalse(thread.is_alive(), thread.name)

        for attack in attacks:
            with self.subTest(attack=attack.name):
                self.assertGreater(attack.rounds, 0)
                self.assertEqual(attack.unexpected, [])
        self.check_slow_connections(slow)
        self.assertEqual(sum(count for count, _ in good.answers), GOOD_EVENTS)
        taken = (200, {"success": True})
        self.assertEqual([answer for _, answer in good.answers if answer != taken],
                         [])
        self.check_events()
        self.check_mail()
        growth = self.server.peak_kb - self.server.before_kb
        print(f"memory: {self.server.before_kb // 1024} MiB before, "
              f"{self.server.peak_kb // 1024} MiB at most, {self.server.memory_kb() // 1024} MiB "
              f"after; rounds: {[a.rounds for a in attacks]}", file=sys.stderr)
        self.assertLess(growth, MAX_GROWTH_KB)
        self.assertEqual(self.server.stop(), 0)

    def send_a_wrong_type_and_a_name_with_line_ends(self):
        taken = (200, {"success": True})
        wrong = order("wrong", total="a lot")
        self.assertEqual(self.server.post("/v1/track", wrong), taken)
        eve = {"type": "identify", "userId": "good-eve", "traits": {
            "email": "eve@example.com",
            "firstName": "Eve\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>"}}
        self.assertEqual(self.server.post("/v1/identify", eve), taken)
        self.assertEqual(self.server.post("/v1/track", order("eve", total=45)), taken)

    def check_slow_connections(self, slow):
        self.assertEqual(len(slow.answers), SLOW_CONNECTIONS)
        answers = {parsed(answer)[0]: parsed(answer)[1] for answer in slow.answers}
        self.assertEqual(answers, {408: refusal("the request took too long")})

    def check_events(self):
        fates = {e["message_id"]: e["fate"] for e in self.server.events() if e["kind"] == "track"}
        wanted = {f"good-{n}": "applied" for n in [*range(GOOD_EVENTS), "eve"]}
        self.assertEqual(fates, {**wanted, "good-wrong": "rejected"})
        rejected = self.server.events("--rejected")
        self.assertEqual([(e["message_id"], e["reason"]) for e in rejected],
                         [("good-wrong", '`total` should be money, got "a lot"')])

    def check_mail(self):
        """One mail, and nothing of the name became a header, a second subject or a recipient."""
        mails = []
        for _ in range(200):
            mails = glob.glob(os.path.join(self.server.project, "mails", "*.eml"))
            if mails:
                break
            time.sleep(0.05)
        self.assertEqual(len(mails), 1)
        with open(mails[0], "rb") as file:
            mail = email.message_from_bytes(file.read(), policy=email.policy.default)
        self.assertEqual(mail.defects, [])
        self.assertEqual(mail.keys(), EXPECTED_HEADERS)
        self.assertEqual(mail["To"], "eve@example.com")
        self.assertEqual(mail["Subject"],
                         "Thanks, Eve  Bcc: victim@example.com    <script>alert(1)</script>")
        html = mail.get_body(("html",)).get_content()
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn("<script>", html)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, most), most))
    unittest.main()
