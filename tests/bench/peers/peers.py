#!/usr/bin/env python3
"""The plain workloads through other engines: what they manage on one core, and whether they agree.

    peers.py --build build/release --workload filter|cart --campaigns N [--people N] [--seconds S]
             [--warm-up S] [NAME...]

One JSON object a peer: name, value (events per second of the processor; null where there is none),
and why if so; what it was set up like, and the figure that its own makers publish. Events are ready
in memory; a run whose matches or mails are not the right ones (workload_files says which are) has
no value. Nothing is fetched here: `./dev setup --peers` does that.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import clips

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS = {"filter": 50_000, "cart": 1_000_000}
# Setting up 10,000 rules takes some of them minutes.
PATIENCE_SECONDS = 600

JVM = "OpenJDK, serial collector, 4 GiB"
NO_TIMERS = "no timers"
# The faster ones first: where time runs out they are what trig is compared with.
PEERS = {
    "esper": {
        "title": "Esper 9.0.0",
        "filter": "a statement a campaign, its condition in the stream's filter, so that Esper "
                  "indexes it; object arrays through an event sender; internal timer, locks and "
                  f"delivery order off; {JVM}",
        "cart": "a named window a campaign, `#firstunique(cartId)#time(30 min)`, from which an "
                "order deletes; what leaves it as time passes is a mail; events are beans, time "
                "by advanceTime (three times as fast with 100,000 people as the pattern `every "
                f"cart -> (timer:interval(30 min) and not order)`); {JVM}",
        "published": "over 500,000 events/s with 1,000 statements (two processors of 2 GHz)",
        "source": "http://www.espertech.com/esper/release-5.2.0/esper-reference/html/"
                  "performance.html",
    },
    "drools": {
        "title": "Drools 9.44.0",
        "filter": "a rule a campaign, executable model, one stateful session; an event is "
                  f"inserted, rules fire, it is deleted; {JVM}",
        "cart": "executable model, stream mode, pseudo clock: a rule a campaign inserts a waiting "
                "journey unless there is one, two rules for all end it at the order or after 30 "
                f"minutes; {JVM}",
        "published": "none found by its makers",
        "source": "",
    },
    "clips": {
        "title": "CLIPS 6.30",
        "filter": "a rule a campaign on a template; an event is asserted, rules run, it is "
                  "retracted; a batch whose events are calls with constants, the first 10,000",
        "events": 10_000,
        "published": "none found by its makers",
        "source": "",
    },
    "flink": {
        "title": "Flink CEP 1.20.0",
        "filter": "a filter operator a campaign, chained to the source, objects reused, local "
                  f"environment, parallelism 1; {JVM}",
        "cart": "a pattern a campaign (`cart`, not followed by its `order`, within 30 minutes), "
                "keyed by person, event time, a watermark a simulated second, state on the heap; "
                f"mails of carts that came during an earlier wait are dropped; {JVM}",
        "published": "about 3,500 events/s for one operator after its timers were improved (2017)",
        "source": "https://issues.apache.org/jira/browse/FLINK-8106",
    },
    "siddhi": {
        "title": "Siddhi 5.1.21",
        "filter": f"a query a campaign on a synchronous stream; {JVM}",
        "cart": "a pattern a campaign: `every cart -> not order for 30 min`, in playback mode; the "
                "callback drops mails of carts that came during an earlier wait (a partition by "
                f"person was slower); {JVM}",
        "published": "a few million events/s within the JVM",
        "source": "https://wso2.com/library/blog-post/2013/08/cep-performance-processing-100k-to-"
                  "millions-of-events-per-second-using-wso2-complex-event/",
    },
    "json-rules-engine": {
        "title": "json-rules-engine 7.3.1",
        "filter": "a rule a campaign with three conditions; facts given as values; Node.js",
        "published": "none by its makers; a user reports 10 to 15 s for an event and 10,000 rules",
        "source": "https://github.com/CacheControl/json-rules-engine/issues/364",
    },
    "zen-engine": {
        "title": "@gorules/zen-engine 0.52.1",
        "filter": "a decision table with a row a campaign, all rows that hold, compiled once; "
                  "Node.js",
        "published": "91,000 evaluations/s on average over decisions of their own (M3, one core)",
        "source": "https://docs.gorules.io/developers/overview/performance",
    },
}


class Missing(Exception):
    """There is no measurement, and why."""


def line_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          timeout=PATIENCE_SECONDS)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode == 0 and lines:
        return json.loads(lines[-1])
    errors = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    raise Missing(f"ended with {done.returncode}: {' '.join(errors)[:200]}")


def on_jvm(name, core, arguments):
    target = os.path.join(HERE, "java", name, "target")
    if not shutil.which("java"):
        raise Missing("java is not installed")
    if not os.path.exists(os.path.join(target, name + ".jar")):
        raise Missing("not fetched: ./dev setup --peers")
    return line_of([
        "java", "-XX:+UseSerialGC", "-Xms2g", "-Xmx4g", "-Xss64m", "-cp",
        f"{target}/{name}.jar:{target}/lib/*", f"trig.peers.{name.capitalize()}Peer", *arguments,
        str(core)])


def on_node(name, core, arguments):
    if not shutil.which("node"):
        raise Missing("node is not installed")
    if not os.path.isdir(os.path.join(HERE, "js", "node_modules")):
        raise Missing("not fetched: ./dev setup --peers")
    return line_of(["taskset", "-c", str(core), "node", os.path.join(HERE, "js", "filter.mjs"),
                    name, *arguments[1:]])


def on_clips(core, folder, seconds, warm_up):
    if not shutil.which("clips"):
        raise Missing("not installed: ./dev setup --peers")
    try:
        return clips.run(core, folder, seconds, warm_up)
    except RuntimeError as error:
        raise Missing(str(error)[:200]) from error


def play(name, core, folder, options):
    if options.workload not in PEERS[name]:
        raise Missing(NO_TIMERS)
    arguments = [options.workload, folder, str(options.seconds), str(options.warm_up)]
    try:
        if name == "clips":
            return on_clips(core, folder, options.seconds, options.warm_up)
        return (on_node if "-" in name else on_jvm)(name, core, arguments)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"not done within {PATIENCE_SECONDS} s") from error


def workload_files(options, name, *arguments):
    events = PEERS[name].get("events", EVENTS[options.workload])
    command = [f"{options.build}/tests/workload_files", "--workload", options.workload,
               "--campaigns", str(options.campaigns), "--events", str(events),
               "--people", str(options.people)]
    return subprocess.run([*command, *arguments], stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def measure(name, core, folder, options):
    peer = PEERS[name]
    row = {"name": f"{options.workload} {options.campaigns}, {peer['title']}", "peer": name,
           "workload": options.workload, "campaigns": options.campaigns,
           "people": options.people, "value": None,
           "unit": "events/s", "configuration": peer.get(options.workload, NO_TIMERS),
           "published": peer["published"], "source": peer["source"]}
    try:
        workload_files(options, name, "--out", folder)
        ran = play(name, core, folder, options)
        wanted = json.loads(workload_files(options, name, "--expect", str(ran["events"])))
        found = {"count": ran["count"], "sum": ran["sum"]}
        row["events"] = ran["events"]
        row["count"] = ran["count"]
        if found != wanted:
            raise Missing(f"wrong: {found['count']} of {wanted['count']} expected, the sum of "
                          f"campaigns {found['sum']} of {wanted['sum']}")
        row["value"] = ran["measured"] / max(ran["processor_seconds"], 1e-9)
        row["set_up_seconds"] = round(ran["set_up_seconds"], 1)
    except Missing as reason:
        row["why"] = str(reason)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--workload", choices=list(EVENTS), default="filter")
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100_000, help="of cart")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PEERS))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in PEERS]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}")
    core = max(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="trig-peers-") as folder:
        for name in options.names or PEERS:
            print(json.dumps(measure(name, core, folder, options)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
