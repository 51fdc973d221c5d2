"""The judge of the kill test: the ledger, the mails the sinks wrote, and `trig events`.

Each check gives sentences; none means that it holds.
"""

import collections
import datetime

from kill_relay import CUT

# A reply that the dead process had for this long, in seconds, must be on its disk.
RECORDING = 0.5
# The wall clock may be set back a little while the test runs.
CLOCK_SLACK = 0.002


def seconds_of(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def check_events(ledger, rows):
    """Everything answered 200 took effect once, in the time it was under way."""
    found = collections.Counter(row["message_id"] for row in rows)
    for name, entry in ledger.items():
        if entry.acked_at and not found[name]:
            yield f"event {name} was answered 200 and is not in `trig events`"
    for row in rows:
        name = row["message_id"]
        entry = ledger.get(name)
        if entry is None:
            yield f"event {name} was never posted"
            continue
        if found[name] > 1:
            yield f"event {name} took effect {found[name]} times"
        if row["fate"] == "rejected":
            yield f"event {name} was rejected: {row['reason']}"
        at = seconds_of(row["received_at"])
        if not entry.posted_at - CLOCK_SLACK <= at:
            yield f"event {name} was received at {at}, before it was posted at {entry.posted_at}"
        if entry.acked_at and at > entry.acked_at + CLOCK_SLACK:
            yield f"event {name} was received at {at}, after its 200 at {entry.acked_at}"


def check_mails(ledger, files):
    """One mail an event, to its person, saying what it should."""
    message_ids = collections.defaultdict(set)
    for name, message_id, recipient, text in files:
        entry = ledger.get(name)
        if entry is None or entry.kind != "track":
            yield f"a mail tells of event {name}, which nobody posted"
            continue
        message_ids[name].add(message_id)
        if recipient != f"{entry.person}@example.net":
            yield f"the mail of event {name} went to {recipient}, not to {entry.person}"
        if f"Order {name} after {entry.delay} s".encode() not in text:
            yield f"the mail of event {name} does not say what it should"
    for name, entry in ledger.items():
        if entry.kind != "track":
            continue
        if entry.acked_at and not message_ids[name]:
            yield f"the mail of event {name} is lost: it was answered 200 and no sink has it"
        if len(message_ids[name]) > 1:
            yield f"event {name} has {len(message_ids[name])} Message-IDs"


def check_waits(ledger, rows, mails):
    """No mail began before its wait had passed, by the server's receipt or the client's posting."""
    received = {row["message_id"]: seconds_of(row["received_at"]) for row in rows}
    for mail in mails:
        entry = ledger.get(mail.event)
        if entry is None:
            continue
        since = max(received.get(mail.event, 0.0), entry.posted_at)
        if mail.begun_at + CLOCK_SLACK < since + entry.delay:
            yield (f"the wait of event {mail.event} ended early: {mail.begun_at - since:.6f} s "
                   f"instead of {entry.delay} s")


class Copies:
    """Every copy of a mail but the last needs a reason why another one was sent after it: the sink
    hung up, or the process died with the mail begun and no reply to it on the disk (P5)."""

    def __init__(self, mails, died_at, open_at_death):
        self.died_at = died_at              # number of a process → when it was killed
        self.open_at_death = open_at_death  # … → the mails its disk then had as `sending`
        self.by_cut = 0           # the sink hung up
        self.by_kill = 0          # the process died before the relay gave it the reply
        self.by_kill_recording = 0  # … had the reply, and died before it was recorded
        self.longest_recording = 0.0
        self.sentences = []
        by_id = collections.defaultdict(list)
        for mail in mails:
            by_id[mail.message_id].append(mail)
        for copies in by_id.values():
            copies.sort(key=lambda mail: mail.dot_at)
            for copy, following in zip(copies, copies[1:]):
                self.judge(copy, following)

    def judge(self, copy, following):
        if following.process == copy.process and copy.sink != CUT:
            self.blame(copy, following)
        elif copy.sink == CUT:
            self.by_cut += 1
        elif copy.message_id.split("@")[0] not in self.open_at_death.get(copy.process, ()):
            self.blame(copy, following)
        elif not copy.replied_at:
            self.by_kill += 1
        elif self.died_at[copy.process] - copy.replied_at <= RECORDING:
            self.by_kill_recording += 1
            self.longest_recording = max(self.longest_recording,
                                         self.died_at[copy.process] - copy.replied_at)
        else:
            self.blame(copy, following)

    def blame(self, copy, following):
        after = ""
        if copy.replied_at:
            after = f" though trig had its reply {following.dot_at - copy.replied_at:.3f} s before"
        death = self.died_at.get(copy.process)
        killed = "not killed"
        if death:
            killed = f"killed {death - copy.dot_at:.3f} s after its final dot"
        open_then = copy.message_id.split("@")[0] in self.open_at_death.get(copy.process, ())
        self.sentences.append(
            f"the mail of event {copy.event} was sent again{after}; its process was {killed}, with "
            f"{'no' if open_then else 'a'} reply on its disk")
