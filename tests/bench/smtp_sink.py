"""SMTP servers for measurements: Postfix's smtp-sink, and one that remembers when mails began."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import threading
import time

TO = re.compile(rb"RCPT TO:<([^>]*)>", re.I)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        raise SystemExit(f"{name} is missing: ./dev setup")
    return found


class SmtpSink:
    """Postfix's; it throws every mail away."""

    def __init__(self):
        self.port = free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [program("smtp-sink"), *user, f"127.0.0.1:{self.port}", "1000"])

    def __enter__(self):
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise SystemExit("smtp-sink does not listen")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class RecordingSink:
    """Takes mails over plain SMTP with pipelining; `began` has, by recipient, when its MAIL FROM
    was on the wire (time.monotonic)."""

    def __init__(self):
        self.began = {}
        self.loop = asyncio.new_event_loop()
        self.server = None
        self.port = None
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(10)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        writer.write(b"220 sink ESMTP\r\n")
        mail_from = 0.0
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"MAIL":
                    mail_from = time.monotonic()
                elif verb == b"RCPT":
                    self.began[TO.search(line).group(1).decode()] = mail_from
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                if verb == b"EHLO":
                    writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                else:
                    writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 ok\r\n")
                if verb == b"QUIT":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()
