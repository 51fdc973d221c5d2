#!/usr/bin/env python3
"""How many mails of 5 KB go out a second, rendering included, beside Postfix's smtp-source.

    mail_rate.py --build build/release [--mails N]

Both talk to one smtp-sink over 10 connections. mail_load is the server's postman: Liquid, MIME,
SMTP, the reply judged; smtp-source sends the same bytes again and again. They take turns, and each
keeps its best: others use this machine too. One JSON object.
"""

import argparse
import json
import subprocess
import sys
import time

from smtp_sink import SmtpSink, program

CONNECTIONS = 10
BYTES = 5120
TARGET = 0.7
TURNS = 3


def source_rate(port, mails):
    begin = time.perf_counter()
    subprocess.run([program("smtp-source"), "-d", "-m", str(mails), "-s", str(CONNECTIONS), "-l",
                    str(BYTES), "-f", "shop@load.example", "-t", "ana@load.example",
                    f"127.0.0.1:{port}"], check=True, timeout=600)
    return mails / (time.perf_counter() - begin)


def our_rate(build, port, mails):
    done = subprocess.run([f"{build}/tests/mail_load", "127.0.0.1", str(port), "--mails",
                           str(mails), "--connections", str(CONNECTIONS)],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return json.loads(done.stdout)["mails_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--mails", type=int, default=50_000)
    options = parser.parse_args()
    with SmtpSink() as sink:
        turns = [(source_rate(sink.port, options.mails),
                  our_rate(options.build, sink.port, options.mails)) for _ in range(TURNS)]
    limit, ours = (max(rates) for rates in zip(*turns))
    print(json.dumps({"name": "mails out, 5 KB", "value": ours, "unit": "mails/s",
                      "limit": round(limit), "ratio": round(ours / limit, 3), "target": TARGET,
                      "reached": ours / limit >= TARGET}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
