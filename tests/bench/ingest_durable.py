#!/usr/bin/env python3
"""How many events a second are durable and matched, beside bare RocksDB with the same bytes.

    ingest_durable.py --build build/release [--events N] [--lanes N]

Starts `trig serve` on a copy of examples/shop, lets one client (ingest_load) post events in batches
of 100, and kills the server with SIGKILL after the last answer. Then counts what the store holds:
every event must be there and have taken effect, and every journey that should have begun must have.
Before and after, rocksdb_limit writes batches of 100 rows, each as large as a posted event, and
syncs each. Prints one JSON object.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from processes import listening, processor_seconds

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WRITE_KEY = "shop-demo-key"
EVENTS_PER_BATCH = 100


def figures_of(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return json.loads(done.stdout)


def bare(build, folder, bytes_per_event, seconds):
    """Events a second of synced RocksDB batches, nothing else."""
    figures = figures_of(f"{build}/tests/rocksdb_limit", "--rows", str(EVENTS_PER_BATCH), "--bytes",
                         str(bytes_per_event), "--seconds", str(seconds), "--dir",
                         os.path.join(folder, "bare"))
    return figures["records_per_second"]


def serve_and_post(build, folder, options):
    shop = os.path.join(folder, "shop")
    shutil.copytree(os.path.join(ROOT, "examples", "shop"), shop)
    server = subprocess.Popen(
        [f"{build}/trig", "serve", shop, "--listen", "127.0.0.1:0", "--log-json", "--data",
         os.path.join(folder, "data")], stderr=subprocess.PIPE, text=True)
    try:
        posted = figures_of(f"{build}/tests/ingest_load", "--url", listening(server), "--key",
                            WRITE_KEY, "--events", str(options.events), "--lanes",
                            str(options.lanes))
        posted["processor_us"] = processor_seconds(server.pid) / posted["events"] * 1e6
        return posted
    finally:
        server.kill()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--lanes", type=int, default=1, help="calls at a time")
    parser.add_argument("--bare-seconds", type=float, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trig-bench-") as folder:
        posted = serve_and_post(options.build, folder, options)
        size = posted["bytes_per_event"]
        limits = [bare(options.build, folder, size, options.bare_seconds)]
        kept = figures_of(f"{options.build}/tests/store_count", os.path.join(folder, "data"))
        limits.append(bare(options.build, folder, size, options.bare_seconds))
    wanted = {"events": posted["events"], "applied": posted["events"], "people": posted["people"],
              "took_effect": posted["events"], "started": posted["journeys"]}
    found = {name: kept[name] for name in wanted}
    if found != wanted:
        print(f"ingest_durable: the store holds {found}, posted was {wanted}", file=sys.stderr)
        return 1
    limit = sum(limits) / len(limits)
    print(json.dumps({
        "events": posted["events"], "events_per_second": posted["events_per_second"],
        "bare_events_per_second": round(limit),
        "ratio": round(posted["events_per_second"] / limit, 2),
        "processor_us_per_event": round(posted["processor_us"], 1),
        "p50_ms": posted["p50_ms"], "p99_ms": posted["p99_ms"], "journeys": kept["started"],
        "bytes_per_event": size, "stored_bytes_per_event": kept["bytes"] // posted["events"],
        "load_average": round(os.getloadavg()[0], 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
