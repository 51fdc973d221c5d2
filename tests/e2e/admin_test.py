#!/usr/bin/env python3
"""The admin API and the commands that call it: plan, deploy, rollback, why.

    admin_test.py TRIG [unittest arguments]
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import gate

TOKEN = "token-of-ana-0123456789"
ADMIN = """
[admin]
listen = "127.0.0.1:0"
[admin.tokens]
ana = "env:GATE_ANA"
bob = "file:bob.token"
"""


def campaign(name, text, edits, wait="10 hours", step="pause", event="arrived"):
    return (f"campaign {name} {{\n  policy service\n  on {event}\n"
            f"  step {step} wait {wait}\n  step mail send hello(text: \"{text}\")\n"
            f"  edits {edits}\n}}\n")


class Gate(gate.GateTest):
    """A server with three campaigns that wait, one of each kind of `edits`."""

    settings = gate.SETTINGS + ADMIN
    environment = {"GATE_ANA": TOKEN}

    def setUp(self):
        super().setUp()
        self.write("bob.token", "token-of-bob-0123456789\n")
        for edits in ("pin", "move", "end"):
            self.write(f"{edits}.trig", campaign(f"to_{edits}", "first", edits))

    def serve(self, *arguments):
        super().serve(*arguments)
        self.admin = self.wait_for("admin listening")["url"]

    def send(self, people, event="Arrived"):
        """So many people of their own names arrive."""
        names = [f"{event.lower()}{i}" for i in range(people)]
        for begin in range(0, people, 500):
            batch = [{"type": "track", "userId": name, "event": event,
                      "properties": {"name": name},
                      "context": {"traits": {"email": f"{name}@example.com"}}}
                     for name in names[begin:begin + 500]]
            status, _ = self.call("POST", "/v1/batch", {"batch": batch}, url=self.ingest,
                                  authorization=gate.BASIC)
            self.assertEqual(status, 200)

    def call(self, method, path, body=None, token=TOKEN, url=None, authorization=None):
        host = (url or self.admin).removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        headers = {}
        if authorization or token:
            headers["Authorization"] = authorization or f"Bearer {token}"
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def files(self):
        files = {}
        for name in sorted(os.listdir(self.project)):
            if name.endswith((".trig", ".liquid", ".toml")):
                with open(os.path.join(self.project, name), encoding="utf-8") as file:
                    files[name] = file.read()
        return files

    def planned(self):
        status, plan = self.call("POST", "/v1/plan", {"version": 1, "files": self.files()})
        self.assertEqual(status, 200, plan)
        return plan

    def deploy(self, plan, files=None, **more):
        return self.call("POST", "/v1/deploy",
                         {"version": 1, "plan": plan, "files": files or self.files(), **more})

    def trig(self, *arguments, token=TOKEN):
        done = subprocess.run([gate.trig, *arguments], capture_output=True, text=True, timeout=120,
                              check=False,
                              env={**os.environ, "TRIG_ADMIN_TOKEN": token})
        return done.returncode, done.stdout, done.stderr

    def inside(self, plan, name):
        return next(one["inside"] for one in plan["campaigns"] if one["campaign"] == name)

    def journeys(self, name):
        status, answer = self.call("GET", f"/v1/journeys?campaign={name}")
        self.assertEqual(status, 200)
        return {(row["step"], row["current"]): row["journeys"] for row in answer["journeys"]}

    def running(self):
        _, answer = self.call("GET", "/v1/versions")
        return [row["number"] for row in answer["versions"] if row["running"]]

    def edit_all(self, text="second", **more):
        for edits in ("pin", "move", "end"):
            self.write(f"{edits}.trig", campaign(f"to_{edits}", text, edits, **more))


PEOPLE = int(os.environ.get("TRIG_PEOPLE", "10000"))


class Deploys(Gate):
    def test_a_deploy_does_what_the_plan_said_and_why_explains_it(self):
        self.serve()
        self.send(PEOPLE)
        self.edit_all(wait="11 hours")
        plan = self.planned()
        self.assertTrue(plan["changes"])
        nobody = {"stay": 0, "move": 0, "cannot move": 0, "end": 0}
        self.assertEqual(self.inside(plan, "to_pin"), {**nobody, "stay": PEOPLE})
        self.assertEqual(self.inside(plan, "to_move"), {**nobody, "move": PEOPLE})
        self.assertEqual(self.inside(plan, "to_end"), {**nobody, "end": PEOPLE})
        step = next(c for c in plan["campaigns"] if c["campaign"] == "to_move")["steps"][0]
        self.assertEqual(step["step"], "pause: wait 10 hours")
        sample = step["samples"][0]
        self.assertEqual(len(step["samples"]), 5)
        status, done = self.deploy(plan)
        self.assertEqual(status, 200, done)
        self.assertEqual(self.journeys("to_pin"), {("pause: wait 10 hours", False): PEOPLE})
        self.assertEqual(self.journeys("to_move"), {("pause: wait 11 hours", True): PEOPLE})
        self.assertEqual(self.journeys("to_end"), {})
        for name, word in (("to_pin", "pin"), ("to_move", "goes on at step `pause`"),
                           ("to_end", "the campaign was edited")):
            code, text, _ = self.trig("why", sample, name, "--server", self.admin)
            self.assertEqual(code, 0)
            self.assertIn(word, text)

    def test_who_cannot_move_is_told_before_and_stays(self):
        self.serve()
        self.send(3)
        self.write("move.trig", campaign("to_move", "second", "move", step="rest"))
        plan = self.planned()
        self.assertEqual(self.inside(plan, "to_move")["cannot move"], 3)
        step = next(c for c in plan["campaigns"] if c["campaign"] == "to_move")["steps"][0]
        self.assertEqual(step["how"], "step `pause` is gone")
        self.assertEqual(self.deploy(plan)[0], 200)
        self.assertEqual(self.journeys("to_move"), {("pause: wait 10 hours", False): 3})
        # Those who stayed are asked again by the next edit, on their own text.
        self.write("move.trig", campaign("to_move", "third", "move"))
        plan = self.planned()
        self.assertEqual(self.inside(plan, "to_move")["move"], 3)
        self.assertFalse(plan["campaigns"][0]["steps"][0]["current"])
        self.assertEqual(self.deploy(plan)[0], 200)
        self.assertEqual(self.journeys("to_move"), {("pause: wait 10 hours", True): 3})

    def test_a_removed_campaign_ends_its_journeys(self):
        self.serve()
        self.send(4)
        os.remove(os.path.join(self.project, "pin.trig"))
        self.write("more.trig", campaign("another", "new", "pin"))
        plan = self.planned()
        self.assertEqual(plan["files"], {"added": ["more.trig"], "changed": [],
                                         "removed": ["pin.trig"]})
        self.assertEqual({c["campaign"]: c["change"] for c in plan["campaigns"]},
                         {"to_pin": "removed", "another": "added"})
        self.assertEqual(self.inside(plan, "to_pin")["end"], 4)
        self.assertEqual(self.deploy(plan)[0], 200)
        self.assertEqual(self.journeys("to_pin"), {})
        code, text, _ = self.trig("why", "arrived0", "to_pin", "--server", self.admin)
        self.assertEqual(code, 0)
        self.assertIn("the campaign was removed", text)

    def test_a_plan_is_applied_once_and_only_to_what_it_was_made_for(self):
        self.serve()
        self.send(2)
        self.edit_all()
        plan = self.planned()
        files = self.files()
        changed = {**files, "pin.trig": files["pin.trig"].replace("second", "other")}
        status, answer = self.deploy(plan, changed)
        self.assertEqual((status, answer["changed"]), (409, "files"))
        self.assertEqual(self.deploy(plan)[0], 200)
        status, answer = self.deploy(plan)
        self.assertEqual((status, answer["changed"]), (409, "running version"))
        self.assertEqual(self.running(), [2])

    def test_a_plan_is_refused_when_more_people_are_inside(self):
        self.serve()
        self.send(2)
        self.edit_all()
        plan = self.planned()
        self.send(13)  # eleven new ones
        status, answer = self.deploy(plan)
        self.assertEqual((status, answer["changed"]), (409, "counts"))
        self.assertIn("to_end: 13 journeys end, the plan said 2", answer["counts"])
        plan = self.planned()
        self.send(14)
        self.assertEqual(self.deploy(plan, exact=True)[0], 409)
        self.assertEqual(self.deploy(plan)[0], 200)

    def test_of_two_deploys_at_once_one_is_refused(self):
        self.serve()
        self.send(20)
        plans = []
        for text in ("second", "third"):
            self.edit_all(text)
            plans.append((self.planned(), self.files()))
        answers = []
        threads = [threading.Thread(target=lambda p=p, f=f: answers.append(self.deploy(p, f)))
                   for p, f in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(status for status, _ in answers), [200, 409])

    def test_a_rollback_returns_and_a_restart_serves_what_was_deployed(self):
        self.serve()
        self.send(5)
        self.edit_all(wait="11 hours")
        self.assertEqual(self.deploy(self.planned())[0], 200)
        self.send(7, event="Arrived")
        self.assertEqual(self.journeys("to_pin"), {("pause: wait 10 hours", False): 5,
                                                   ("pause: wait 11 hours", True): 2})
        self.edit_all(text="folder", wait="12 hours")  # of the folder: nobody deploys it
        self.assertEqual(self.end(signal.SIGTERM), 0)
        self.serve()
        told = self.wait_for("serving the version deployed last")
        self.assertEqual((told["version"], told["folder"]), ("2", "differs"))
        self.assertEqual(self.running(), [2])

        status, done = self.call("POST", "/v1/rollback", {"version": 1})
        self.assertEqual((status, done["deployed"], done["before"]), (200, 1, 2), done)
        # Who began on the text that is back is on the current text again; the others finish theirs.
        self.assertEqual(self.inside(done["plan"], "to_pin")["stay"], 7)
        self.assertEqual(self.journeys("to_pin"), {("pause: wait 10 hours", True): 5,
                                                   ("pause: wait 11 hours", False): 2})
        self.assertEqual(self.journeys("to_move"), {("pause: wait 10 hours", True): 7})
        self.assertEqual(self.call("POST", "/v1/rollback", {"version": 1})[0], 409)
        self.assertEqual(self.call("POST", "/v1/rollback", {"version": 1, "to": 9})[0], 404)
        status, done = self.call("POST", "/v1/rollback", {"version": 1, "to": 2})
        self.assertEqual((status, self.running()), (200, [2]))

        # SIGHUP deploys the folder, and a restart serves that.
        self.process.send_signal(signal.SIGHUP)
        self.wait_for('"deployed"', 3)
        self.assertEqual(self.running(), [3])
        self.assertEqual(self.end(signal.SIGTERM), 0)
        self.serve()
        self.assertEqual(self.wait_for("serving the version")["folder"], "is the same")
        self.write("pin.trig", campaign("to_pin", "last", "pin"))
        self.assertEqual(self.end(signal.SIGTERM), 0)
        self.serve("--from-folder")
        self.assertEqual(self.running(), [4])
        _, answer = self.call("GET", "/v1/versions")
        self.assertEqual([row["served_at_start"] for row in answer["versions"]], [False] * 4)

    def test_a_kill_during_a_deploy_leaves_either_version(self):
        self.serve()
        self.send(200)
        seen = []
        rounds = 8
        began = time.monotonic()
        self.edit_all("warm up", wait="19 hours")
        self.assertEqual(self.deploy(self.planned())[0], 200)
        took = time.monotonic() - began  # of the plan too: the later kills come after the deploy
        for attempt in range(rounds):
            before = self.running()[0]
            self.edit_all(f"text {attempt}", wait=f"{20 + attempt} hours")
            plan = self.planned()
            thread = threading.Thread(target=self.deploy_and_be_cut, args=(plan,))
            thread.start()
            if attempt == rounds - 1:
                thread.join()
            else:
                time.sleep(took * attempt / rounds)
            self.end(signal.SIGKILL)
            thread.join()
            self.serve()
            now = self.running()[0]
            self.assertGreaterEqual(now, before)  # a number may be lost to a version cut off
            seen.append(now > before)
            wait = f"pause: wait {20 + attempt} hours"
            moved = self.journeys("to_move")
            if now == before:
                self.assertNotIn((wait, True), moved)
            else:
                self.assertEqual(moved, {(wait, True): 200})
                self.assertEqual(self.journeys("to_end"), {})
            self.assertEqual(sum(self.journeys("to_pin").values()), 200)
            self.assertEqual(sum(moved.values()), 200)
        self.assertEqual({seen[0], seen[-1]}, {False, True}, seen)

    def deploy_and_be_cut(self, plan):
        try:
            self.deploy(plan)
        except (OSError, http.client.HTTPException):
            pass

    def test_versions_are_bounded(self):
        self.serve()
        for number in range(22):
            self.write("pin.trig", campaign("to_pin", f"text {number}", "pin"))
            self.assertEqual(self.deploy(self.planned())[0], 200)
        _, answer = self.call("GET", "/v1/versions")
        numbers = [row["number"] for row in answer["versions"]]
        self.assertEqual(numbers, list(range(4, 24)))  # kMaxKeptVersions
        kept = os.listdir(os.path.join(self.project, "data", "versions", "files"))
        self.assertEqual(len(kept), 20 + 4)


class BackTests(Gate):
    """What a planned version would have done with the server's own events."""

    def setUp(self):
        super().setUp()
        self.write("greet.trig", "campaign greet {\n  policy service\n  on arrived\n"
                   "  send hello(text: \"first\")\n}\n")

    def send_known(self, people):
        """People whose addresses are known arrive: two events each."""
        self.call("POST", "/v1/batch", {"batch": [
            {"type": "identify", "userId": f"arrived{i}",
             "traits": {"email": f"arrived{i}@example.com"}} for i in range(people)]},
                  url=self.ingest, authorization=gate.BASIC)
        self.send(people)

    def edited(self):
        """The campaign that greets is gone, and another one greets whoever has a long name."""
        before = self.project + "-before"
        shutil.copytree(self.project, before, ignore=shutil.ignore_patterns("data", "log", "mails"))
        self.addCleanup(shutil.rmtree, before)
        os.remove(os.path.join(self.project, "greet.trig"))
        self.write("other.trig", "campaign other {\n  policy service\n"
                   "  on arrived where name contains \"1\"\n"
                   "  send hello(text: \"second\")\n}\n")
        return before

    def test_is_what_a_back_test_beside_the_server_says(self):
        self.serve()
        self.send_known(30)
        self.call("POST", "/v1/batch", {"batch": [
            {"type": "identify", "anonymousId": "x", "userId": "arrived3", "traits": {}},
            {"type": "alias", "userId": "arrived4", "previousId": "y"},
            {"type": "track", "userId": "arrived5", "event": "Of Nobody", "properties": {}}]},
                  url=self.ingest, authorization=gate.BASIC)
        before = self.edited()
        code, out, err = self.trig("plan", self.project, "--server", self.admin, "--json",
                                   "--backtest", "1d", "--warm-up", "0d")
        self.assertEqual(code, 1, err)
        plan = json.loads(out)
        found = plan["backtest"]
        self.assertEqual((found["version"], found["against"]), (1, "version 1"))
        total = found["difference"]["total"]
        self.assertEqual((total["added"], total["removed"], total["people_both"]), (12, 30, 12))
        done = subprocess.run(
            [gate.trig, "backtest", self.project, "--data", os.path.join(self.project, "data"),
             "--against", before, "--from", found["begin"], "--to", plan["at"], "--json"],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        beside = json.loads(done.stdout)
        for name in ("after", "before", "difference", "begin", "end", "left_out"):
            self.assertEqual(found[name], beside[name])

    def test_stands_in_the_plan_that_is_shown_saved_and_deployed(self):
        self.serve()
        self.send_known(30)
        saved = os.path.join(self.project, "saved.plan")
        arguments = ("plan", self.project, "--server", self.admin, "--backtest", "7d",
                     "--out", saved)
        code, out, err = self.trig(*arguments)
        self.assertEqual(code, 0, err)
        self.assertNotIn("back-test", out)  # nothing changes
        self.edited()
        code, out, err = self.trig(*arguments)
        self.assertEqual(code, 1, err)
        self.assertIn("60 events: +12 −30, 12 people get both changes\n", out)
        self.assertIn("    greet: +0 −30; 30 mails before, 0 after\n", out)
        code, out, err = self.trig("deploy", "--plan", saved, "--server", self.admin)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.running(), [2])

    def test_is_refused_where_it_cannot_be(self):
        self.serve()
        self.send_known(30)
        self.edited()
        arguments = ("plan", self.project, "--server", self.admin, "--backtest")
        for days in ("0d", "7", "367d", "d", "-1d", "7 days"):
            code, _, err = self.trig(*arguments, days)
            self.assertEqual((code, "should be days, from 1d to 366d" in err), (2, True), days)
        code, _, err = self.trig(*arguments, "7d", "--warm-up", "401d")
        self.assertEqual((code, "should be days, from 0d to 400d" in err), (2, True), err)
        code, _, err = self.trig(*arguments, "7d", "--max-events", "59")
        self.assertEqual((code, "more than 59 events" in err), (2, True), err)
        self.assertEqual(self.trig(*arguments, "7d", "--max-events", "60")[0], 1)


class Doors(Gate):
    """Who is let in, and what with."""

    def test_a_token_is_needed(self):
        self.serve()
        for path in ("/v1/plan", "/v1/deploy", "/v1/rollback"):
            for token in (None, "", "token", TOKEN[:-1], TOKEN + "0", TOKEN.upper()):
                self.assertEqual(self.call("POST", path, {"version": 1}, token=token)[0], 401)
        for path in ("/v1/versions", "/v1/why?person=x", "/v1/journeys", "/v1/files", "/v1/events",
                     "/metrics", "/"):
            self.assertEqual(self.call("GET", path, token=None)[0], 401)
        self.assertEqual(self.call("GET", "/v1/versions", token=None,
                                   authorization=f"Basic {TOKEN}")[0], 401)
        self.assertEqual(self.call("GET", "/v1/versions", token="token-of-bob-0123456789")[0], 200)
        acts = [line for line in self.lines() if line["message"] == "admin"]
        self.assertEqual([act["who"] for act in acts[-2:]], ["nobody", "bob"])
        self.assertEqual(acts[-1]["act"], "GET /v1/versions")
        with open(self.log, encoding="utf-8") as file:
            self.assertNotIn("0123456789", file.read())

    def test_the_ingest_port_has_no_such_calls(self):
        self.serve()
        for method, path in (("POST", "/v1/plan"), ("POST", "/v1/deploy"), ("GET", "/v1/versions"),
                             ("GET", "/v1/why?person=x")):
            status, _ = self.call(method, path, url=self.ingest)
            self.assertEqual(status, 404)
        self.assertEqual(self.call("POST", "/v1/track", {"event": "Arrived"})[0], 404)

    def test_a_token_that_is_short_or_missing_stops_the_start(self):
        for secret in ("short", ""):
            self.write("bob.token", secret + "\n")
            done = subprocess.run([gate.trig, "serve", self.project],
                                  capture_output=True, text=True,
                                  timeout=60, check=False, env={**os.environ, "GATE_ANA": TOKEN})
            self.assertEqual(done.returncode, 2)
            self.assertIn("bob", done.stderr)

    def test_paths_lead_nowhere_but_into_the_project(self):
        self.serve()
        good = self.files()
        for path in ("../evil.trig", "/etc/evil.trig", "a/../../evil.trig", "a//b.trig", "./b.trig",
                     "..", "", "a\\..\\evil.trig", "a\u0000.trig", ".git/x.trig",
                     "node_modules/x.trig", "evil.sh", "a/" * 20 + "x.trig", "x" * 600 + ".trig",
                     "templates/../../evil.trig"):
            for call in ("/v1/plan", "/v1/deploy"):
                status, answer = self.call("POST", call, {"version": 1, "plan": {},
                                                          "files": {**good, path: "event e {}"}})
                self.assertEqual(status, 400, (path, answer))
        self.assertFalse(os.path.exists(os.path.join(os.path.dirname(self.project), "evil.trig")))

    def test_bodies_are_bounded_and_hostile_ones_refused(self):
        self.serve()
        bodies = [b"", b"{", b"[]", b"null", b'{"version":2,"files":{}}', b'{"version":1}',
                  b'{"version":1,"files":[]}', b'{"version":1,"files":{"a.trig":1}}',
                  b'{"version":1,"files":{"a.trig":{"base64":"%"}}}', b"[" * 100000,
                  b'{"version":1,"files":{"a.trig":"\xff"}}']
        for body in bodies:
            for call in ("/v1/plan", "/v1/deploy"):
                self.assertEqual(self.call("POST", call, body)[0], 400, body[:50])
        for plan in ({}, {"base": 1}, {"base": {}, "campaigns": [1]}, 7):
            status, _ = self.deploy(plan)
            self.assertIn(status, (400, 409))
        many = {f"f{i}.trig": "" for i in range(5001)}
        self.assertEqual(self.call("POST", "/v1/plan", {"version": 1, "files": many})[0], 400)
        large = {"a.trig": "#" * (4 * 1024 * 1024 + 1)}
        self.assertEqual(self.call("POST", "/v1/plan", {"version": 1, "files": large})[0], 400)
        host = self.admin.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.putrequest("POST", "/v1/plan")
        connection.putheader("Content-Length", str(96 * 1024 * 1024 + 1))  # kMaxAdminBodyBytes
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()
        self.assertEqual(self.call("GET", "/v1/versions")[0], 200)

    def test_the_servers_own_settings_stay_in_force(self):
        self.serve()
        files = self.files()
        files["trig.toml"] = files["trig.toml"].replace("env:GATE_ANA", "file:/etc/passwd")
        files["pin.trig"] = files["pin.trig"].replace("first", "second")
        status, plan = self.call("POST", "/v1/plan", {"version": 1, "files": files})
        self.assertEqual(status, 200)
        self.assertIn("trig.toml", plan["notes"][0])
        self.assertEqual(self.deploy(plan, files)[0], 200)
        self.assertEqual(self.end(signal.SIGTERM), 0)
        self.serve()
        self.assertEqual(self.running(), [2])

    def test_errors_come_with_their_places(self):
        self.serve()
        self.write("pin.trig", campaign("to_pin", "x", "pin").replace("send hello", "send helo"))
        status, answer = self.call("POST", "/v1/plan", {"version": 1, "files": self.files()})
        self.assertEqual(status, 422)
        self.assertEqual(answer["diagnostics"]["diagnostics"][0]["code"], "E0101")
        self.assertIn("did you mean `hello`", answer["text"])
        code, _, errors = self.trig("plan", self.project, "--server", self.admin)
        self.assertEqual(code, 2)
        self.assertIn("pin.trig:5", errors)

    def test_only_so_many_connections_are_served(self):
        self.serve()
        host, port = self.admin.removeprefix("http://").split(":")
        held = [socket.create_connection((host, int(port)), timeout=60) for _ in range(16)]
        time.sleep(0.2)
        with socket.create_connection((host, int(port)), timeout=60) as more:
            self.assertIn(b"503", more.recv(4096))
        for connection in held:
            connection.close()

    def test_only_so_many_wait(self):
        self.serve()
        self.send(500)
        self.edit_all()
        files = self.files()
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(
            self.call("POST", "/v1/plan", {"version": 1, "files": files})[0])) for _ in range(14)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(statuses) - {200, 503}, set())
        self.assertIn(200, statuses)


class Commands(Gate):
    def test_plan_and_deploy_by_hand(self):
        self.serve()
        self.send(3)
        server = ("--server", self.admin)
        code, text, errors = self.trig("plan", self.project, *server)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("nothing to change", text)
        self.edit_all(wait="11 hours")
        saved = os.path.join(self.project, "saved.plan")
        code, text, errors = self.trig("plan", self.project, *server, "--out", saved)
        self.assertEqual((code, errors), (1, ""))
        self.assertIn("inside: 3 move", text)
        self.assertIn("goes on at step `pause` of the new text   #1 #2 #3", text)
        code, text, errors = self.trig("deploy", "--plan", saved, *server)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("version 2 is deployed", text)
        code, _, errors = self.trig("deploy", "--plan", saved, *server)
        self.assertEqual(code, 2)
        self.assertIn("changed: running version", errors)
        self.edit_all(wait="12 hours")
        code, _, errors = self.trig("deploy", self.project, *server)
        self.assertEqual(code, 2)
        self.assertIn("nobody agreed", errors)
        code, text, errors = self.trig("deploy", self.project, *server, "--yes", "--json")
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(json.loads(text)["deployed"], 3)
        code, text, errors = self.trig("rollback", *server)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("version 2 is deployed", text)
        code, text, errors = self.trig("rollback", "--list", *server)
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(text, r"1 .*the project's folder\n +2 .*  ana  runs now\n +3 .*  ana\n")
        code, _, errors = self.trig("plan", self.project, *server, token="wrong-token-0123456789")
        self.assertEqual(code, 2)
        self.assertIn("the token is none of [admin.tokens]", errors)
        code, _, errors = self.trig("plan", self.project, "--server", self.ingest)
        self.assertEqual(code, 2)
        self.assertIn("no admin API is there", errors)

    def test_a_refusal_says_what_to_do(self):
        self.serve()
        server = ["--server", self.admin]
        code, _, errors = self.trig("rollback", *server)
        self.assertEqual((code, errors), (2, "trig: no version ran before this one\n"))
        saved = os.path.join(self.project, "saved.plan")
        self.edit_all()
        self.assertEqual(self.trig("plan", self.project, *server, "--out", saved)[0], 1)
        self.assertEqual(self.trig("deploy", "--plan", saved, *server)[0], 0)
        code, _, errors = self.trig("deploy", "--plan", saved, *server)
        self.assertEqual(code, 2)
        self.assertIn("(changed: running version); `trig plan` says what would be done", errors)

    def test_a_token_never_goes_in_the_clear_to_another_machine(self):
        for url in ("http://example.com:8081", "http://127.0.0.1.example.com", "ftp://127.0.0.1",
                    "http://localhost@example.com", "http://localhost:1@example.com/"):
            code, _, errors = self.trig("rollback", "--server", url)
            self.assertEqual(code, 2, url)
            self.assertRegex(errors, "in the clear|should be a URL")


class Why(Gate):
    """What `why` says of decisions with their values, and of what did not happen."""

    CAMPAIGNS = """
campaign tall {
  policy service
  on arrived as a where floors > 10 and name != "zed"
  again after 3 days
  step pause wait 5 hours
  when a.floors > 20 { step hi send hello(text: "x") }
}
campaign subscribers { policy offered  on arrived  send hello(text: "x") }
campaign daily { policy capped  on arrived  again always  send hello(text: "x") }
campaign by_day { policy quiet_now  on arrived  send hello(text: "x") }
campaign once { policy service  on arrived  again never  send hello(text: "x") }
campaign left { policy service  on departed  send hello(text: "x") }
"""
    WORDS = """
event arrived { name: text  floors: number }
event departed { name: text }
person { email: email key }
topic offers "Offers"
template hello(text: text) from "hello.liquid"
policy service { consent not needed }
policy offered { consent required for offers }
policy capped { consent not needed  at most 1 email per day }
policy quiet_now { consent not needed  quiet 00:00 to 23:59 local }
"""

    def setUp(self):
        super().setUp()
        for name in ("pin", "move", "end"):
            os.remove(os.path.join(self.project, f"{name}.trig"))
        self.write("vocabulary.trig", self.WORDS)
        self.write("campaigns.trig", self.CAMPAIGNS)

    def take(self, **event):
        key = gate.BASIC
        status, _ = self.call("POST", "/v1/batch", {"batch": [{"userId": "ana", **event}]},
                              url=self.ingest, authorization=key)
        self.assertEqual(status, 200)

    def arrive(self, floors, **more):
        self.take(type="track", event="Arrived",
                  properties={"name": "ana", "floors": floors}, **more)

    def why(self, name, until=""):
        """What it says, once it says `until`: the postman has a thread of its own."""
        for _ in range(200):
            text = self.why_now(name)
            if until in text:
                break
            time.sleep(0.05)
        return text

    def why_now(self, name):
        code, text, errors = self.trig("why", "ana", name, "--server", self.admin)
        self.assertEqual((code, errors), (0, ""))
        return text

    def test_decisions_with_their_values(self):
        self.serve()
        self.take(type="identify", traits={"email": "ana@example.com"})
        self.arrive(5)
        self.assertIn("tall: not started, `where` is false: floors = 5", self.why("tall"))
        self.assertIn("not inside; starts on arrived", self.why("tall"))
        self.arrive(25)
        self.arrive(26)
        self.arrive(27, timestamp="2026-01-01T00:00:00Z")
        text = self.why("tall")
        self.assertIn('tall: started, arrived where floors = 25, name = "ana"', text)
        self.assertIn("tall: not started, already inside", text)
        self.assertIn("occurred 2026-01-01 00:00 Etc/UTC; so late that it starts nothing", text)
        self.assertRegex(text, "now +inside since .* at step `pause`, waits until ")
        self.assertRegex(text, "now +`arrived` came last at ")
        text = self.why("subscribers")
        self.assertIn("suppressed, not subscribed to offers", text)
        self.assertIn("a mail could not go now: not subscribed to offers", text)
        text = self.why("daily", until="daily: sent")
        self.assertIn("attempt 1 to ana@example.com", text)
        self.assertIn("daily: sent", text)
        self.assertIn("daily: suppressed, cap: 1 of 1 in this day", text)
        self.assertRegex(text, "a mail could not go now: cap: 1 of 1 in this day, until ")
        text = self.why("by_day")
        self.assertIn("held back, quiet hours, 00:00 to 23:59, until ", text)
        self.assertRegex(text, "now +its mail waits until .*: quiet hours")
        text = self.why("once")
        self.assertIn("once: not started, was inside before", text)
        self.assertRegex(text, "now +would not start now: was inside before")
        text = self.why("left")
        self.assertRegex(text, "now +not inside; starts on departed")
        self.assertRegex(text, "now +`departed` has not come since ")

    def test_the_data_directory_says_the_same(self):
        self.serve()
        self.arrive(25)
        server = self.why("tall")
        code, text, errors = self.trig("why", "ana", "tall", "--project", self.project)
        self.assertEqual((code, errors, text), (0, "", server))

    def test_nobody_and_no_campaign(self):
        self.serve()
        self.arrive(25)
        self.assertEqual(self.call("GET", "/v1/why")[0], 400)
        self.assertEqual(self.call("GET", "/v1/why?person=eve")[0], 404)
        status, answer = self.call("GET", "/v1/why?person=ana&campaign=tal")
        self.assertEqual((status, answer["error"]),
                         (404, "no campaign is called `tal`; did you mean `tall`?"))
        self.assertEqual(self.call("GET", "/v1/why?person=%61na&campaign=")[0], 200)
        status, answer = self.call("GET", "/v1/why?person=%61na&campaign=tall")
        self.assertEqual((status, answer["version"], answer["person"]), (200, 1, "#1"))


if __name__ == "__main__":
    gate.main()
