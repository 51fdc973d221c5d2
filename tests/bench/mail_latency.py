#!/usr/bin/env python3
"""From a request's last byte to `MAIL FROM` on the wire, at 500 mails a second.

    mail_latency.py --build build/release [--seconds S]

A real `trig serve` with a campaign that sends at once, an SMTP server that remembers when each mail
began (RecordingSink), and a client that posts an event every 2 ms, each for another person, each in
a call of its own. Time begins when the client's last byte is written, which is a little before it
is read. Every event must have its mail. One JSON object.
"""

import argparse
import base64
import json
import multiprocessing
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time

from processes import listening
from smtp_sink import RecordingSink

PER_SECOND = 500
LANES = 32
TARGET_MS = 20
WRITE_KEY = "latency-bench-key"
WARM_UP_SECONDS = 1
PATIENCE_SECONDS = 30
PEOPLE_A_BATCH = 100

SETTINGS = """\
name = "latency"

[[senders]]
name = "orders"
display = "Orders"
address = "orders@shop.example.com"
postal_address = "12 rue des Tanneurs, 67000 Strasbourg, France"

[ingest]
listen = "127.0.0.1:0"

[ingest.write_keys]
load = "WRITE_KEY"

[links]
public_url = "http://127.0.0.1"

[delivery]
kind = "smtp"

[smtp]
host = "127.0.0.1"
port = PORT
tls = "never"
connections = 10
"""
PROJECT = """\
event order_placed {
  order_id: text
}

person {
  email: email key
}

policy service {
  consent not needed
}

template confirmation(order_id: text) from "confirmation.liquid"

campaign orders "At once" {
  policy service
  on order_placed as placed
  send confirmation(order_id: placed.order_id)
}
"""
TEMPLATE = """\
---
subject: Order {{ order_id }}
class: transactional
---
<p>Order {{ order_id }}</p>
"""
AUTHORIZATION = base64.b64encode(f"{WRITE_KEY}:".encode()).decode()


def request(path, body):
    text = json.dumps(body)
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {AUTHORIZATION}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}").encode()


def read_answer(connection):
    """Reads one response; gives its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(head.split()[1])


def address(number):
    return f"p{number}@example.net"


def make_people(port, count):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for first in range(0, count, PEOPLE_A_BATCH):
            batch = [{"type": "identify", "messageId": f"i{n}", "userId": f"p{n}",
                      "traits": {"email": address(n)}}
                     for n in range(first, min(first + PEOPLE_A_BATCH, count))]
            connection.sendall(request("/v1/batch", {"batch": batch}))
            status = read_answer(connection)
            if status != 200:
                raise RuntimeError(f"identify was answered {status}")


class Client:
    """Posts event after event at its pace; `sent` is when each one's last byte was written."""

    def __init__(self, port):
        self.idle = queue.SimpleQueue()
        self.sent = {}
        self.late = 0       # not posted in time: no lane was idle, or the machine was busy
        self.refused = 0
        for _ in range(LANES):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            todo = queue.SimpleQueue()
            threading.Thread(target=self.listen, args=(connection, todo), daemon=True).start()
            self.idle.put((connection, todo))

    def listen(self, connection, todo):
        while True:
            todo.get()
            if read_answer(connection) != 200:
                self.refused += 1
            self.idle.put((connection, todo))

    def post(self, number):
        body = {"type": "track", "event": "order_placed", "messageId": f"e{number}",
                "userId": f"p{number}", "properties": {"order_id": f"o{number}"}}
        text = request("/v1/track", body)
        connection, todo = self.idle.get()
        connection.sendall(text)
        self.sent[address(number)] = time.monotonic()
        todo.put(None)

    def run(self, count):
        begin = time.monotonic()
        for number in range(count):
            wait = begin + number / PER_SECOND - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            elif wait < -0.01:
                self.late += 1
            self.post(number)


def run_client(port, count, results):
    try:
        make_people(port, count)
        client = Client(port)
        client.run(count)
        results.put((client.sent, client.late, client.refused))
    except (OSError, RuntimeError) as error:
        results.put(str(error))


def write_project(folder, smtp_port):
    os.mkdir(folder)
    settings = SETTINGS.replace("WRITE_KEY", WRITE_KEY).replace("PORT", str(smtp_port))
    for name, text in [("trig.toml", settings), ("orders.trig", PROJECT),
                       ("confirmation.liquid", TEMPLATE)]:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def measure(build, folder, seconds, sink):
    count = (WARM_UP_SECONDS + seconds) * PER_SECOND
    server = subprocess.Popen(
        [f"{build}/trig", "serve", write_project(os.path.join(folder, "project"), sink.port),
         "--log-json", "--data", os.path.join(folder, "data")], stderr=subprocess.PIPE, text=True)
    try:
        port = int(listening(server).rpartition(":")[2].strip("/"))
        results = multiprocessing.Queue()
        client = multiprocessing.Process(target=run_client, args=(port, count, results))
        client.start()
        found = results.get(timeout=seconds * 4 + PATIENCE_SECONDS)
        client.join()
        if isinstance(found, str):
            raise SystemExit(f"mail_latency: {found}")
        end = time.monotonic() + PATIENCE_SECONDS
        while len(sink.began) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found
    finally:
        server.kill()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trig-bench-") as folder, RecordingSink() as sink:
        sent, late, refused = measure(options.build, folder, options.seconds, sink)
        began = dict(sink.began)
    missing = len(sent.keys() - began.keys())
    if missing or refused:
        print(f"mail_latency: {missing} of {len(sent)} mails are missing, {refused} events were "
              "refused", file=sys.stderr)
        return 1
    warm = [address(n) for n in range(WARM_UP_SECONDS * PER_SECOND, len(sent))]
    milliseconds = sorted((began[person] - sent[person]) * 1e3 for person in warm)

    def at(share):
        return round(milliseconds[min(int(len(milliseconds) * share), len(milliseconds) - 1)], 2)

    print(json.dumps({"name": "request to MAIL FROM, p99", "value": at(0.99), "unit": "ms",
                      "target": TARGET_MS, "reached": at(0.99) <= TARGET_MS, "p50_ms": at(0.5),
                      "p90_ms": at(0.9), "highest_ms": at(1.0), "mails": len(milliseconds),
                      "posted_late": late}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
