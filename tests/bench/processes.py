"""What a measurement asks of a process beside it."""

import json
import os
import threading


def processor_seconds(pid):
    """What the process spent in user and system mode: says more than the rate on a busy machine."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def listening(server):
    """The address at which a `trig serve --log-json` that was just started listens; what it writes
    from then on is read and forgotten, so that it never waits for a reader."""
    for line in server.stderr:
        entry = json.loads(line)
        if "url" in entry:
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return entry["url"]
    raise SystemExit("the server did not start")
