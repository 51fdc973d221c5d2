#!/usr/bin/env python3
"""Kills `trig serve` with SIGKILL, again and again, under load, and holds it to its promises.

    kill_test.py --trig build/release/trig [--rounds N] [--seed N]

A round: the server starts; from the first 200 on it takes events and sends mails for a seeded 0.05
to 1.5 s; then kill -9. In the end it runs until nothing is left to do, and the client's ledger, the
mails that smtp-sink wrote and `trig events` are compared: every event answered 200 took effect
once, no wait ended early, no mail is lost, and a mail came twice, under the same Message-ID, only
where the reply after its final dot was cut.

--serve-with PROGRAM runs that server instead; --must-find SENTENCE turns the verdict around: the
test succeeds if it fails with that sentence. Exit code: 0 it holds, 1 it does not, 2 it could not
run.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from kill_load import Load
from kill_oracle import Copies, check_events, check_mails, check_waits
from kill_relay import CUT, Relay, Sink, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
EARLIEST, LATEST = 0.05, 1.5   # the kill, in seconds after the round's first 200
START_TIMEOUT = 60
QUIET_TIMEOUT = 180            # a reply that was cut is asked for again after up to 30 s, then 60
CUTS_PER_ROUND = 3             # in the first quarter of the rounds: retries take their time
LEAST_EVENTS, LEAST_MAILS = 200, 50   # per second, while the server answers


class CouldNotRun(Exception):
    pass


def listed(program, command, project, *options):
    done = subprocess.run([program, command, project, "--json", *options],
                          capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise CouldNotRun(f"`trig {command}` failed: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


class Server:
    """`trig serve`, one process after the other on the same port and data directory."""

    def __init__(self, program, project):
        self.program, self.project = program, project
        self.port = free_port()
        self.number = 0
        self.process = None
        self.died_at = {}        # number of a process → when it was killed
        self.open_at_death = {}  # … → the mails begun of which its disk had no reply
        self.log = open(os.path.join(project, "log"), "ab")

    def start(self):
        self.number += 1
        self.process = subprocess.Popen(
            [self.program, "serve", self.project, "--listen", f"127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def kill(self):
        """False if it had ended by itself."""
        if self.process.poll() is not None:
            return False
        self.died_at[self.number] = time.time()
        self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def note_open_mails(self, reader):
        """What the dead process left on its disk, before the next one comes."""
        rows = listed(reader, "mails", self.project, "--state", "sending")
        self.open_at_death[self.number] = {row["mail"] for row in rows}

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def log_tail(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-15:])


class Run:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)
        self.sentences = []
        self.windows = []          # (first 200, kill) of each round
        self.open_before = self.open_after = self.open_any = 0
        self.closers = []
        try:
            self.set_up(folder)
        except BaseException:
            self.close()
            raise

    def set_up(self, folder):
        kept = self.closing(Sink(os.path.join(folder, "kept")))
        cut = self.closing(Sink(os.path.join(folder, "cut"), "-q", "."))
        self.sinks = [kept, cut]
        for sink in self.sinks:
            sink.wait_until_it_listens()
        self.relay = self.closing(Relay(self.arguments.seed, kept, cut))
        self.project = os.path.join(folder, "project")
        shutil.copytree(os.path.join(HERE, "kill_project"), self.project)
        settings = os.path.join(self.project, "trig.toml")
        with open(settings, encoding="utf-8") as file:
            text = file.read()
        with open(settings, "w", encoding="utf-8") as file:
            file.write(text.replace("port = 2525", f"port = {self.relay.port}"))
        program = self.arguments.serve_with or self.arguments.trig
        self.server = Server(program, self.project)
        self.closers.append(self.server.close)
        self.load = Load(self.arguments.seed, self.server.port, "kill-test-key",
                         self.arguments.orders)

    def closing(self, thing):
        self.closers.append(thing.stop)
        return thing

    def close(self):
        for close in reversed(self.closers):
            close()

    # ------------------------------------------------------------------------------- the rounds

    def start_server(self):
        self.relay.process_comes(self.server.number + 1)
        self.load.arm()
        self.server.start()

    def await_first_ack(self):
        until = time.monotonic() + START_TIMEOUT
        while not self.load.first_ack.wait(0.1):
            if self.server.process.poll() is not None:
                raise CouldNotRun(f"the server ended by itself:\n{self.server.log_tail()}")
            if self.load.fault or time.monotonic() > until:
                raise CouldNotRun(f"no answer from the server ({self.load.fault}, refused "
                                  f"{self.load.refusals}):\n{self.server.log_tail()}")

    def kill_once(self, number):
        moment = self.random.uniform(EARLIEST, LATEST)
        self.relay.cuts_left = CUTS_PER_ROUND if number <= self.arguments.rounds / 4 + 1 else 0
        self.start_server()
        self.await_first_ack()
        time.sleep(max(0.0, self.load.first_ack_at + moment - time.time()))
        before, after = self.relay.open_data()
        self.relay.process_dies()
        if not self.server.kill():
            raise CouldNotRun(f"the server ended by itself:\n{self.server.log_tail()}")
        self.server.note_open_mails(self.arguments.trig)
        self.windows.append((self.load.first_ack_at, self.server.died_at[self.server.number]))
        self.open_before += before > 0
        self.open_after += after > 0
        self.open_any += before + after > 0

    def run_until_quiet(self):
        """The last process; gives its last figures."""
        self.relay.cuts_left = 0
        self.start_server()
        self.await_first_ack()
        if not self.load.finish(START_TIMEOUT) or self.load.fault:
            raise CouldNotRun(f"the client did not finish: {self.load.fault}")
        until = time.monotonic() + self.arguments.quiet
        while True:
            if self.server.process.poll() is not None:
                raise CouldNotRun(f"the server ended by itself:\n{self.server.log_tail()}")
            now = self.server.metrics()
            open_work = {
                "journeys": now["trig_journeys_started_total"] - now["trig_journeys_ended_total"],
                "mails": now['trig_mails{state="pending"}'] + now['trig_mails{state="sending"}'],
                "in flight": now["trig_attempts_in_flight"], "inbox": now["trig_inbox_events"]}
            if not any(open_work.values()):
                return now
            if time.monotonic() > until:
                self.sentences.append(f"not quiet after {self.arguments.quiet} s: {open_work}")
                return now
            time.sleep(0.2)

    def play(self):
        self.load.start()
        for number in range(1, self.arguments.rounds + 1):
            self.kill_once(number)
        figures = self.run_until_quiet()
        code = self.server.stop()
        if code != 0:
            self.sentences.append(f"the server was told to stop and exited with {code}")
        self.judge(figures)

    # ------------------------------------------------------------------------------ the verdict

    def judge(self, figures):
        ledger, mails = self.load.ledger, self.relay.mails
        rows = listed(self.arguments.trig, "events", self.project)
        files = [mail for sink in self.sinks for mail in sink.mails()]
        orders = sum(entry.kind == "track" for entry in ledger.values())
        copies = Copies(mails, self.server.died_at, self.server.open_at_death)
        self.sentences += check_events(ledger, rows)
        self.sentences += check_mails(ledger, files)
        self.sentences += check_waits(ledger, rows, mails)
        self.sentences += copies.sentences
        if len(files) != len(mails):
            self.sentences.append(f"the relay passed on {len(mails)} mails, the sinks have "
                                  f"{len(files)}")
        for what, figure, wanted in [("events", 'trig_events_total{result="applied"}', len(ledger)),
                                     ("journeys", "trig_journeys_started_total", orders),
                                     ("mails", 'trig_mails{state="sent"}', orders)]:
            if figures[figure] != wanted:
                self.sentences.append(f"trig counts {figures[figure]:.0f} {what}, the client "
                                      f"{wanted}")
        if self.relay.fault:
            raise CouldNotRun(f"the relay failed: {self.relay.fault!r}")
        self.report(ledger, mails, files, copies)

    def report(self, ledger, mails, files, copies):
        def inside(moment):
            return any(begin <= moment <= end for begin, end in self.windows)
        seconds = sum(end - begin for begin, end in self.windows)
        acked = [entry for entry in ledger.values() if entry.acked_at]
        events_in = sum(inside(entry.acked_at) for entry in acked) / seconds
        mails_out = sum(inside(mail.dot_at) for mail in mails) / seconds
        reposted = sum(entry.posts > 1 for entry in ledger.values())
        lost = sum("is lost" in sentence for sentence in self.sentences)
        rounds = self.arguments.rounds
        print(f"{rounds} rounds, {len(self.windows)} kills: {self.open_any} with a DATA open "
              f"({self.open_before} before a final dot, {self.open_after} after one)")
        print(f"{len(acked)} events answered 200, {reposted} of them posted more than once")
        print(f"{events_in:.0f} events/s in, {mails_out:.0f} mails/s out, in the {seconds:.1f} s "
              f"between the first 200 of a round and its kill")
        print(f"{len(files)} mails written by smtp-sink, {lost} lost; sent twice: {copies.by_cut} "
              f"where the sink hung up, {copies.by_kill} where the kill cut the reply, "
              f"{copies.by_kill_recording} where the kill came before the reply was recorded "
              f"(at most {copies.longest_recording * 1000:.0f} ms after it)")
        if self.arguments.any_load:
            return
        if self.open_any < min(10, rounds):
            self.sentences.append(f"only {self.open_any} kills met an open DATA")
        if events_in < LEAST_EVENTS or mails_out < LEAST_MAILS:
            self.sentences.append(f"the load was below {LEAST_EVENTS} events/s and {LEAST_MAILS} "
                                  f"mails/s")
        if not any(mail.sink == CUT for mail in mails):
            self.sentences.append("the sink that hangs up met no mail")


def verdict(arguments, sentences):
    alike = {}  # one sentence of each kind is shown
    for sentence in sentences:
        alike.setdefault(re.sub(r"\S*\d\S*", "…", sentence), []).append(sentence)
    for kind in alike.values():
        print(f"FOUND: {kind[0]}" + (f" (and {len(kind) - 1} more)" if len(kind) > 1 else ""))
    if not arguments.must_find:
        print(f"the promises {'do not hold' if sentences else 'hold'}")
        return 1 if sentences else 0
    missed = [wanted for wanted in arguments.must_find
              if not any(wanted in sentence for sentence in sentences)]
    for wanted in missed:
        print(f"MISSED: nothing says “{wanted}”")
    if not missed:
        for wanted in arguments.must_find:
            count = sum(wanted in sentence for sentence in sentences)
            print(f"the planted fault was found: “{wanted}”, {count} times")
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--trig", required=True, type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--orders", type=int, default=300, help="asked for per second")
    parser.add_argument("--quiet", type=int, default=QUIET_TIMEOUT,
                        help="seconds to wait for the end of all work")
    parser.add_argument("--any-load", action="store_true",
                        help="do not judge rates and counts that a busy machine does not reach")
    parser.add_argument("--serve-with", type=os.path.abspath)
    parser.add_argument("--must-find", action="append", default=[])
    parser.add_argument("--keep", action="store_true", help="keep the folder, as after a failure")
    arguments = parser.parse_args()
    print(f"kill_test.py --seed {arguments.seed} --rounds {arguments.rounds}", flush=True)
    # Stopped from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    folder = tempfile.mkdtemp(prefix="trig-kill-")
    os.chmod(folder, 0o755)
    run, code = None, 2
    try:
        run = Run(arguments, folder)
        run.play()
        code = verdict(arguments, run.sentences)
    except CouldNotRun as error:
        print(f"kill_test.py: {error}", file=sys.stderr)
    finally:
        if run is not None:
            run.close()
        if arguments.keep or code == 1:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
