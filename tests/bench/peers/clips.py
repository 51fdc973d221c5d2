"""The workload filter as a batch of CLIPS: a rule a campaign, and events that are calls with
constants, so that they are ready in memory."""

import csv
import os
import subprocess
import time

EVENTS_A_CALL = 500

HEAD = """\
(deftemplate seen (slot category) (slot country) (slot price))
(defglobal ?*count* = 0 ?*sum* = 0 ?*played* = 0)
(deffunction add (?campaign)
  (bind ?*count* (+ ?*count* 1))
  (bind ?*sum* (+ ?*sum* ?campaign)))
(deffunction m (?category ?country ?price)
  (bind ?event (assert (seen (category ?category) (country ?country) (price ?price))))
  (run)
  (retract ?event))
"""
TAIL = """\
(deffunction play (?seconds)
  (bind ?end (+ (time) ?seconds))
  (while (< (time) ?end) do
    (funcall (sym-cat go (mod ?*played* {calls})))
    (bind ?*played* (+ ?*played* 1))))
(reset)
(play {warm_up})
(printout t "begin " ?*played* crlf)
(play {seconds})
(printout t "end " ?*played* " " ?*count* " " ?*sum* crlf)
(exit)
"""


def rows(folder, name):
    with open(os.path.join(folder, name), encoding="ascii", newline="") as file:
        return list(csv.reader(file))


def write(path, folder, seconds, warm_up):
    events = rows(folder, "events.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write(HEAD)
        for number, (category, country, price) in enumerate(rows(folder, "rules.csv")):
            file.write(f"(defrule r{number} (seen (category {category}) (country {country}) "
                       f"(price ?p&:(> ?p {price}))) => (add {number}))\n")
        for first in range(0, len(events), EVENTS_A_CALL):
            calls = " ".join(f"(m {' '.join(row)})" for row in events[first:first + EVENTS_A_CALL])
            file.write(f"(deffunction go{first // EVENTS_A_CALL} () {calls})\n")
        file.write(TAIL.format(calls=len(events) // EVENTS_A_CALL, seconds=seconds,
                               warm_up=warm_up))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(core, folder, seconds, warm_up):
    """The same line that the other peers print, as a dictionary."""
    batch = os.path.join(folder, "filter.clp")
    write(batch, folder, seconds, warm_up)
    begin = time.monotonic()
    with subprocess.Popen(["taskset", "-c", str(core), "clips", "-f2", batch],
                          stdout=subprocess.PIPE, text=True) as clips:
        for line in clips.stdout:
            words = line.split()
            if words[:1] == ["begin"]:
                before, used, wall = int(words[1]), processor_seconds(clips.pid), time.monotonic()
            elif words[:1] == ["end"]:
                used = processor_seconds(clips.pid) - used
                played, count, total = (int(word) for word in words[1:])
                return {"events": played * EVENTS_A_CALL, "count": count, "sum": total,
                        "measured": (played - before) * EVENTS_A_CALL, "processor_seconds": used,
                        "wall_seconds": time.monotonic() - wall,
                        "set_up_seconds": wall - begin - warm_up}
            elif "[" in line:
                clips.kill()
                raise RuntimeError(line.strip())
    raise RuntimeError("CLIPS ended without a result")
