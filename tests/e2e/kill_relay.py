"""The mail side of the kill test: two of Postfix's smtp-sink behind a relay that watches.

One sink keeps every mail (-d), the other keeps it and then hangs up without a reply (-q .). The
relay passes every connection on to the first, command by command, but gives some mails, each at its
first coming only, to the second. It writes down of every mail when it came, when its final dot went
on, and when (if ever) the reply was given to the server. Now and then it holds a reply, so that a
DATA is open when the server is killed.
"""

import asyncio
import dataclasses
import os
import random
import re
import shutil
import socket
import subprocess
import threading
import time

KEPT, CUT = "kept", "cut"
HOLD_SHORT, HOLD_LONG = (0.005, 0.040), (0.100, 0.300)  # seconds
SUBJECT = re.compile(rb"^Subject: Order (\S+)\r?$", re.M)
MESSAGE_ID = re.compile(rb"^Message-I[Dd]: <([^>]+)>\r?$", re.M)
CUT_ODDS = 0.1   # of a mail, while there are cuts left
LIMIT = 1 << 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclasses.dataclass
class Mail:
    """One copy of a mail as it passed the relay; times are the wall clock's, in seconds."""
    process: int        # number of the server process that sent it
    begun_at: float     # MAIL FROM
    sink: str = KEPT
    event: str = ""
    message_id: str = ""
    dot_at: float = 0.0
    replied_at: float = 0.0  # 0: the server never had the reply


class Sink:
    """smtp-sink, writing each mail it took to a file of its own."""

    def __init__(self, folder, *options):
        program = shutil.which("smtp-sink", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise RuntimeError("smtp-sink is missing: ./dev setup")
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        self.folder, self.port = folder, free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [program, *user, *options, "-d", os.path.join(folder, "mail."),
             f"127.0.0.1:{self.port}", "100"])

    def wait_until_it_listens(self):
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("smtp-sink does not listen")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def mails(self):
        """(event, Message-ID, recipient, whole file) of each mail kept."""
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name), "rb") as file:
                text = file.read()
            event, message_id = SUBJECT.search(text), MESSAGE_ID.search(text)
            recipient = re.search(rb"^X-Rcpt-Args: <([^>]*)>", text, re.M)
            yield (event.group(1).decode() if event else f"(none, in {name})",
                   message_id.group(1).decode() if message_id else "(none)",
                   recipient.group(1).decode() if recipient else "(none)", text)


class Relay:
    def __init__(self, seed, kept, cut):
        self.random = random.Random(seed)
        self.ports = {KEPT: kept.port, CUT: cut.port}
        self.mails = []        # of which the final dot went on to a sink
        self.process = None    # number of the server that runs now, if one does
        self.cuts_left = 0     # mails still to be given to the sink that hangs up
        self.seen = set()      # Message-IDs
        self.before_dot = 0    # DATA open: before its final dot …
        self.after_dot = 0     # … and after it, the reply not yet given
        self.fault = None
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        self.server = None
        self.tasks = set()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(10)

    async def listen(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", self.port, limit=LIMIT)

    def stop(self):
        async def close():
            self.server.close()
            for task in list(self.tasks):
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(close(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def open_data(self):
        return self.before_dot, self.after_dot

    def process_dies(self):
        """From now on no reply is given any more."""
        self.process = None

    def process_comes(self, number):
        # What the dead one still had in the queue is taken, and dropped, before.
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), self.loop).result(10)
        self.process = number

    async def accept(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        peer, process = None, self.process
        try:
            if process is None:
                return
            peer = await self.connect(KEPT)
            await self.pass_on(reader, writer, *peer, process)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one side has gone
        except Exception as error:  # pylint: disable=broad-except
            self.fault = error
        finally:
            self.tasks.discard(task)
            for end in [writer, peer[1] if peer else None]:
                if end is not None:
                    end.close()

    async def connect(self, sink):
        return await asyncio.open_connection("127.0.0.1", self.ports[sink], limit=LIMIT)

    async def pass_on(self, reader, writer, sink_reader, sink_writer, process):
        writer.write(await reply_of(sink_reader))
        begun_at, envelope = 0.0, []
        while command := await reader.readline():
            verb = command[:4].upper()
            if verb == b"MAIL":
                begun_at, envelope = time.time(), []
            envelope.append(command)
            if verb == b"DATA":
                await self.pass_mail(Mail(process, begun_at), envelope, reader, writer,
                                     sink_reader, sink_writer)
                continue
            sink_writer.write(command)
            writer.write(await reply_of(sink_reader))

    async def pass_mail(self, mail, envelope, reader, writer, sink_reader, sink_writer):
        self.before_dot += 1
        try:
            sink_writer.write(envelope[-1])
            go_ahead = await reply_of(sink_reader)
            await self.hold()
            writer.write(go_ahead)
            body = await reader.readuntil(b"\r\n.\r\n")
        finally:
            self.before_dot -= 1
        head = body.split(b"\r\n\r\n", 1)[0]
        event, message_id = SUBJECT.search(head), MESSAGE_ID.search(head)
        mail.event = event.group(1).decode() if event else "(none)"
        mail.message_id = message_id.group(1).decode() if message_id else "(none)"
        first = mail.message_id not in self.seen
        self.seen.add(mail.message_id)
        self.after_dot += 1
        try:
            if first and self.cuts_left > 0 and self.random.random() < CUT_ODDS:
                self.cuts_left -= 1
                mail.sink = CUT
                await self.give_and_lose(mail, envelope, body)
            self.went_on(mail)
            sink_writer.write(body)
            reply = await reply_of(sink_reader)
            await self.hold()
            if mail.process == self.process:
                mail.replied_at = time.time()
                writer.write(reply)
        finally:
            self.after_dot -= 1

    def went_on(self, mail):
        mail.dot_at = time.time()
        self.mails.append(mail)

    async def give_and_lose(self, mail, envelope, body):
        """To the sink that hangs up; so does the relay then."""
        reader, writer = await self.connect(CUT)
        try:
            await reply_of(reader)
            for command in [b"HELO relay\r\n", *envelope]:
                writer.write(command)
                await reply_of(reader)
            self.went_on(mail)
            writer.write(body)
            await reader.read()
        finally:
            writer.close()
        raise ConnectionError("the sink hung up")

    async def hold(self):
        lot = self.random.random()
        if lot < 0.02:
            await asyncio.sleep(self.random.uniform(*HOLD_LONG))
        elif lot < 0.15:
            await asyncio.sleep(self.random.uniform(*HOLD_SHORT))


async def reply_of(reader):
    """A whole reply, of one or several lines."""
    reply = b""
    while True:
        line = await reader.readuntil(b"\n")
        reply += line
        if line[3:4] != b"-":
            return reply
