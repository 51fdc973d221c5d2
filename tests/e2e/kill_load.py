"""The client of the kill test: threads that post batches as an SDK does, and their ledger.

A batch that got no answer is posted again, the same batch with the same messageIds, until it is
answered 200. The ledger is what the client knows of every event: when it was first posted, when 200
came.
"""

import base64
import dataclasses
import http.client
import json
import random
import threading
import time

THREADS = 4
ORDERS_PER_BATCH = 4
PEOPLE_PER_THREAD = 200
RETRY_AFTER = 0.02   # seconds
POST_TIMEOUT = 10


@dataclasses.dataclass
class Entry:
    kind: str          # "track" or "identify"
    person: str
    delay: int         # seconds; of a track
    posted_at: float   # the first time; wall clock
    acked_at: float = 0.0
    posts: int = 0


class Load:
    """`orders_per_second` is what it asks for while the server answers."""

    def __init__(self, seed, port, write_key, orders_per_second):
        self.port = port
        self.authorization = "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()
        self.pause = THREADS * ORDERS_PER_BATCH / orders_per_second
        self.ledger = {}
        self.refusals = {}     # status → how often
        self.fault = None
        self.stopping = False
        self.armed_at = 0.0
        self.first_ack = threading.Event()  # of a batch posted after `arm`
        self.first_ack_at = 0.0
        self.threads = [threading.Thread(target=self.run, args=(n, random.Random(f"{seed}/{n}")),
                                         daemon=True) for n in range(THREADS)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def arm(self):
        """From now on `first_ack` waits for the answer to a batch posted from now on."""
        self.armed_at = time.time()
        self.first_ack.clear()

    def finish(self, timeout):
        """Posts nothing new; what is under way is answered first. False if that took too long."""
        self.stopping = True
        until = time.monotonic() + timeout
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)

    def run(self, number, rng):
        try:
            self.post_all(number, rng)
        except Exception as error:  # pylint: disable=broad-except
            self.fault = error

    def post_all(self, number, rng):
        connection = None
        count = 0
        while not self.stopping:
            count += 1
            began = time.monotonic()
            body, ids = self.make_batch(number, count, rng)
            while True:
                posted_at = time.time()
                for name in ids:
                    self.ledger[name].posts += 1
                try:
                    if connection is None:
                        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                                timeout=POST_TIMEOUT)
                    status = self.post(connection, body)
                except (OSError, http.client.HTTPException):
                    if connection is not None:
                        connection.close()
                    connection = None
                    time.sleep(RETRY_AFTER)
                    continue
                if status == 200:
                    break
                self.refusals[status] = self.refusals.get(status, 0) + 1
                time.sleep(RETRY_AFTER)
            self.note_ack(ids, posted_at, time.time())
            time.sleep(max(0.0, self.pause - (time.monotonic() - began)))

    def make_batch(self, number, count, rng):
        person = f"p{number}-{rng.randrange(PEOPLE_PER_THREAD)}"
        now = time.time()
        name = f"i{number}-{count}"
        items = [{"type": "identify", "messageId": name, "userId": person,
                  "traits": {"email": f"{person}@example.net"}}]
        self.ledger[name] = Entry("identify", person, 0, now)
        for i in range(ORDERS_PER_BATCH):
            name, delay = f"e{number}-{count}-{i}", rng.randint(1, 3)
            self.ledger[name] = Entry("track", person, delay, now)
            items.append({"type": "track", "event": "order_placed", "messageId": name,
                          "userId": person, "properties": {"event_id": name, "delay": delay}})
        return json.dumps({"batch": items}), [item["messageId"] for item in items]

    def post(self, connection, body):
        connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json",
                                                       "Authorization": self.authorization})
        response = connection.getresponse()
        response.read()
        return response.status

    def note_ack(self, ids, posted_at, now):
        for name in ids:
            self.ledger[name].acked_at = now
        if posted_at >= self.armed_at and not self.first_ack.is_set():
            self.first_ack_at = now
            self.first_ack.set()
