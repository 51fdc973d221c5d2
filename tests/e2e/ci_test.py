#!/usr/bin/env python3
"""What CI services get from the real program: formats, levels, fixes, baselines, diffs, coverage.

    ci_test.py TRIG [unittest arguments]
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

TRIG = ""
VOCABULARY = """\
use std.ecommerce

topic offers "Offers"
template thanks() from "templates/thanks.html.liquid"

policy marketing {
  consent required for offers
}

person {
  email: email key
}
"""
TEMPLATE = """\
---
subject: Thanks
---
<p>Thanks</p> <a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
"""
SETTINGS = """\
name = "shop"

[[senders]]
name = "us"
address = "us@example.com"
postal_address = "1 Example Street, 75001 Paris"
"""


def campaign(name, *lines):
    body = "".join(f"  {line}\n" for line in lines)
    return f"campaign {name} {{\n  policy marketing\n{body}}}\n"


ODD = campaign("hasty", "on cart_updated", "wait 10 seconds unless order_completed",
               "send thanks()")
CLEAN = campaign("calm", "on cart_updated", "wait 1 hour", "send thanks()")


class CiTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trig-ci-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("trig.toml", SETTINGS)
        self.write("vocabulary.trig", VOCABULARY)
        self.write("templates/thanks.html.liquid", TEMPLATE)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def trig(self, *arguments, where=None):
        return subprocess.run([TRIG, *arguments], cwd=where or self.folder, text=True,
                              capture_output=True, timeout=60, check=False)

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
                       cwd=self.folder, check=True, capture_output=True, timeout=60)

    def commit(self):
        if not os.path.exists(os.path.join(self.folder, ".git")):
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "state")

    def codes(self, *arguments):
        done = self.trig("check", "--format", "json", *arguments)
        return [d["code"] for d in json.loads(done.stdout)["diagnostics"]]


def sarif_mistakes(log):
    """What the SARIF 2.1.0 schema and GitHub demand of the parts that trig writes."""
    wrong = []

    def need(condition, what):
        if not condition:
            wrong.append(what)

    def place(location):
        physical = location["physicalLocation"]
        artifact = physical["artifactLocation"]
        need(artifact.get("uriBaseId") == "%SRCROOT%", "uriBaseId")
        need(artifact["uri"] and not artifact["uri"].startswith("/"), "uri is relative")
        region = physical["region"]
        need(region["startLine"] >= 1, "startLine")
        need((region.get("endLine", region["startLine"]), region.get("endColumn", 1)) >=
             (region["startLine"], region.get("startColumn", 1)), "a region goes forward")

    need(log["version"] == "2.1.0", "version")
    need(log["$schema"].endswith("sarif-2.1.0.json"), "$schema")
    need(len(log["runs"]) == 1, "one run")
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    need(run["tool"]["driver"]["name"] == "trig", "driver")
    need(len({rule["id"] for rule in rules}) == len(rules), "rules are unique")
    for rule in rules:
        need(rule["shortDescription"]["text"], "shortDescription")
        need(rule["help"]["text"], "help")
        need(rule["defaultConfiguration"]["level"] in ("error", "warning"), "level of a rule")
    need(len(run["results"]) <= 25000, "at most 25,000 results")
    for result in run["results"]:
        need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        need(result["level"] in ("error", "warning", "note", "none"), "level")
        need(result["message"]["text"], "message")
        need(len(result["locations"]) == 1, "one location")
        for location in result["locations"] + result.get("relatedLocations", []):
            place(location)
        need(re.fullmatch(r"[0-9a-f]{16}:\d+",
                          result["partialFingerprints"]["primaryLocationLineHash"]), "fingerprint")
        for fix in result.get("fixes", []):
            need(fix["description"]["text"], "description of a fix")
            for change in fix["artifactChanges"]:
                for replacement in change["replacements"]:
                    need(replacement["deletedRegion"]["startLine"] >= 1, "deletedRegion")
                    need("text" in replacement["insertedContent"], "insertedContent")
    return wrong


class Formats(CiTest):
    def sarif(self, *arguments, where=None):
        done = self.trig("check", "--format", "sarif", *arguments, where=where)
        log = json.loads(done.stdout)
        self.assertEqual(sarif_mistakes(log), [])
        return done.returncode, log["runs"][0]

    def test_sarif_holds_rules_results_and_fixes(self):
        self.write("hasty.trig", ODD + campaign("wrong", "on order_complete", "send thanks()"))
        code, run = self.sarif()
        self.assertEqual(code, 1)
        found = {result["ruleId"]: result for result in run["results"]}
        fix = found["E0101"]["fixes"][0]["artifactChanges"][0]["replacements"][0]
        self.assertEqual(fix["insertedContent"]["text"], "order_completed")
        code, run = self.sarif()
        self.write("hasty.trig", CLEAN)
        code, run = self.sarif()
        self.assertEqual((code, run["results"], run["tool"]["driver"]["rules"]), (0, [], []))

    def test_the_structure_test_finds_mistakes(self):
        self.write("hasty.trig", ODD)
        log = json.loads(self.trig("check", "--format", "sarif").stdout)
        log["runs"][0]["results"][0]["ruleIndex"] = 0
        log["runs"][0]["tool"]["driver"]["rules"].insert(0, dict(
            log["runs"][0]["tool"]["driver"]["rules"][0], id="W9999"))
        self.assertEqual(sarif_mistakes(log), ["ruleIndex"])

    def test_fingerprints_stay_when_lines_move(self):
        def names(text):
            self.write("hasty.trig", text)
            return [r["partialFingerprints"]["primaryLocationLineHash"]
                    for r in self.sarif()[1]["results"]]

        first = names(ODD)
        self.assertEqual(names("# moved\n\n\n" + ODD.replace("  wait", "      wait")), first)
        self.assertNotEqual(names(ODD.replace("10 seconds", "20 seconds")), first)
        twice = names(ODD + ODD.replace("hasty", "hasty_too"))
        self.assertEqual(twice[0], first[0])
        self.assertEqual(len(set(twice)), 2)

    def test_paths_are_from_the_root_of_the_repository(self):
        inner = os.path.join(self.folder, "mail", "shop")
        self.write("mail/shop/trig.toml", SETTINGS)
        self.write("mail/shop/templates/thanks.html.liquid", TEMPLATE)
        self.write("mail/shop/all.trig", VOCABULARY + ODD)
        self.git("init", "-q")
        for where, path in [(self.folder, "mail/shop"), (inner, ".")]:
            _, run = self.sarif(path, where=where)
            self.assertEqual(run["results"][0]["locations"][0]["physicalLocation"]
                             ["artifactLocation"]["uri"], "mail/shop/all.trig")
            self.assertIn("file=mail/shop/all.trig,",
                          self.trig("check", path, "--format", "github", where=where).stdout)

    def test_sarif_holds_no_more_than_github_takes(self):
        waits = ["wait 10 seconds"] * 490
        self.write("many.trig", "".join(
            campaign(f"hasty_{i}", "on cart_updated", *waits, "send thanks()",
                     "exit on order_completed") for i in range(52)))
        _, run = self.sarif()
        self.assertEqual(len(run["results"]), 25000)
        notes = run["invocations"][0]["toolExecutionNotifications"]
        self.assertEqual(notes[0]["message"]["text"], "480 more findings are left out")

    def test_sarif_without_a_place_has_one(self):
        os.remove(os.path.join(self.folder, "trig.toml"))
        _, run = self.sarif(".")
        self.assertEqual(run["results"][0]["ruleId"], "E0156")

    def test_github_shows_ten_of_a_level_and_the_rest_in_the_log(self):
        self.write("hasty.trig", "".join(ODD.replace("hasty", f"hasty_{i}") for i in range(13)))
        done = self.trig("check", "--format", "github")
        lines = done.stdout.splitlines()
        self.assertEqual(sum(line.startswith("::warning ") for line in lines), 10)
        self.assertIn("::group::3 more", lines)
        self.assertIn("::notice title=trig::0 errors and 13 warnings; "
                      "3 of them are in the log only", lines)
        self.assertEqual(done.returncode, 1)
        stop = lines.index("::stop-commands::trig-findings")
        self.assertLess(stop, lines.index("::trig-findings::"))

    def test_github_escapes_what_would_end_a_command(self):
        self.write("a,b.trig", campaign("odd", 'on cart_updated where url == "%:,"',
                                       "send nothing()"))
        done = self.trig("check", "--format", "github")
        self.assertIn("file=a%2Cb.trig,line=4,endLine=4,col=8,endColumn=15::no template",
                      done.stdout)
        self.assertIn("%0Ahint: ", done.stdout)

    def test_junit_has_a_case_for_each_finding_and_each_good_file(self):
        self.write("hasty.trig", ODD)
        done = self.trig("check", "--format", "junit")
        suites = xml.fromstring(done.stdout)
        cases = suites.findall("./testsuite/testcase")
        failed = [c for c in cases if c.find("failure") is not None]
        self.assertEqual([(c.get("classname"), c.get("name")) for c in failed],
                         [("hasty.trig", "W0114 at 4:8")])
        self.assertEqual(suites.get("failures"), "1")
        self.assertIn("vocabulary.trig", [c.get("classname") for c in cases if c not in failed])

    def test_junit_is_xml_whatever_a_project_holds(self):
        self.write("odd.trig", 'campaign a { on x where b == "<&]]>\x01\xff" }\n')
        xml.fromstring(self.trig("check", "--format", "junit").stdout)

    def test_json_says_what_may_be_applied(self):
        self.write("hasty.trig", campaign("noted", "on cart_updated", "wait 1 hour",
                                          "# trig: allow W0114 because it is late",
                                          "send thanks()"))
        row = json.loads(self.trig("check", "--format", "json").stdout)["diagnostics"][0]
        self.assertEqual((row["code"], row["certain"], row["edits"][0]["replacement"]),
                         ("W0191", True, ""))
        self.assertRegex(row["fingerprint"], r"^[0-9a-f]{16}:1$")


class Levels(CiTest):
    def set_level(self, text):
        self.write("trig.toml", SETTINGS + "\n[lints]\n" + text + "\n")

    def test_a_lint_is_an_error_a_warning_or_off(self):
        self.write("hasty.trig", ODD)
        for level, shown, code in [("error", "error[W0114]", 1), ("warning", "warning[W0114]", 1),
                                   ("off", "no findings", 0)]:
            self.set_level(f'W0114 = "{level}"')
            done = self.trig("check")
            self.assertIn(shown, done.stdout)
            self.assertEqual(done.returncode, code)

    def test_an_unknown_lint_is_an_error_with_a_hint(self):
        self.set_level('W0144 = "off"')
        done = self.trig("check")
        self.assertIn("error[E0151]: there is no setting `lints.W0144`", done.stdout)
        self.assertRegex(done.stdout, "hint: did you mean `W01.4`")
        self.set_level('E0101 = "off"')
        self.assertIn("there is no setting `lints.E0101`", self.trig("check").stdout)
        self.set_level('W0114 = "never"')
        self.assertIn('`lints.W0114` must be one of "error", "warning", "off"',
                      self.trig("check").stdout)

    def test_what_is_off_needs_no_note(self):
        self.set_level('W0114 = "off"')
        self.write("hasty.trig", ODD.replace(
            "  wait", "  # trig: allow W0114 because it is meant\n  wait"))
        self.assertEqual(self.codes(), [])


class Fix(CiTest):
    def test_certain_edits_are_applied_and_formatted(self):
        self.write("a.trig", campaign(
            "noted", "on order_completed where total > 100 EUR and total > 50 EUR",
            "# trig: allow W0114 because it is late", "wait 1 day unless order_refunded unless "
            "order_refunded", "send   thanks()"))
        done = self.trig("check", "--fix")
        self.assertEqual((done.returncode, done.stderr), (0, "trig: 3 findings mended in 1 file\n"))
        self.assertEqual(self.read("a.trig"), campaign(
            "noted", "on order_completed where total > 100 EUR", "wait 1 day unless order_refunded",
            "send thanks()"))

    def test_a_fix_makes_the_next_one_possible(self):
        # Quotes make it a project, then a condition says nothing, then an `unless` is said twice.
        self.write("a.trig", campaign(
            "rounds", "on cart_updated as cart where cart_id != 'x'",
            "wait 1 day", "unless order_completed where total > 9 EUR",
            "unless order_completed where total > 9 EUR and total > 5 EUR", "send thanks()"))
        done = self.trig("check", "--fix")
        self.assertEqual((done.returncode, done.stderr), (0, "trig: 3 findings mended in 1 file\n"))
        self.assertEqual(self.read("a.trig").count("unless"), 1)

    def test_guesses_are_left_alone(self):
        wrong = campaign("wrong", "on order_complete", "send thanks()")
        self.write("a.trig", wrong)
        done = self.trig("check", "--fix")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.read("a.trig"), wrong)

    def test_a_file_that_cannot_be_written_leaves_all_as_they_are(self):
        note = "# trig: allow W0114 because it is late\n"
        self.write("a.trig", note + CLEAN)
        self.write("b/b.trig", note + CLEAN.replace("calm", "calm_too"))
        os.makedirs(os.path.join(self.folder, "b", ".b.trig.new"))
        done = self.trig("check", "--fix")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot write", done.stderr)
        self.assertEqual(self.read("a.trig"), note + CLEAN)
        self.assertFalse(os.path.exists(os.path.join(self.folder, ".a.trig.new")))


class Baselines(CiTest):
    def test_only_new_lints_are_told(self):
        self.write("hasty.trig", ODD)
        done = self.trig("check", "--write-baseline", "known.json")
        self.assertEqual(done.returncode, 0)
        baseline = json.loads(self.read("known.json"))
        self.assertEqual([(baseline["version"], f["code"]) for f in baseline["findings"]],
                         [(1, "W0114")])
        self.write("hasty.trig", "# moved\n" + ODD)
        self.assertEqual(self.codes("--baseline", "known.json"), [])
        self.write("more.trig", ODD.replace("hasty", "new").replace("10", "20"))
        self.assertEqual(self.codes("--baseline", "known.json"), ["W0114"])
        self.write("hasty.trig", CLEAN)
        done = self.trig("check", "--baseline", "known.json")
        self.assertIn("0 findings of the baseline left out, 1 gone", done.stderr)

    def test_errors_are_never_part_of_one(self):
        self.write("wrong.trig", campaign("wrong", "on order_complete", "send thanks()"))
        done = self.trig("check", "--write-baseline", "known.json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(self.read("known.json"))["findings"], [])

    def test_what_is_no_baseline_could_not_be_used(self):
        for text in ["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']:
            self.write("known.json", text)
            self.assertEqual(self.trig("check", "--baseline", "known.json").returncode, 2)
        self.assertEqual(self.trig("check", "--baseline", "nowhere.json").returncode, 2)


class ChangedSince(CiTest):
    def test_only_lints_in_changed_lines_are_told(self):
        self.write("hasty.trig", ODD)
        self.commit()
        self.assertEqual(self.codes("--changed-since", "HEAD"), [])
        self.write("hasty.trig", "# a line more\n" + ODD)
        self.assertEqual(self.codes("--changed-since", "HEAD"), [])
        self.write("hasty.trig", ODD.replace("10 seconds", "20 seconds"))
        self.assertEqual(self.codes("--changed-since", "HEAD"), ["W0114"])
        self.write("hasty.trig", ODD)
        self.write("odd näme.trig", ODD.replace("hasty", "new"))
        self.assertEqual(self.codes("--changed-since", "HEAD"), ["W0114"])
        self.git("add", "-A")
        self.assertEqual(self.codes("--changed-since", "HEAD"), ["W0114"])

    def test_the_revision_stands_for_where_the_branch_began(self):
        self.write("calm.trig", CLEAN)
        self.commit()
        self.git("checkout", "-q", "-b", "work")
        self.write("hasty.trig", ODD)
        self.commit()
        self.git("checkout", "-q", "main")
        self.write("other.trig", ODD.replace("hasty", "other"))
        self.commit()
        self.git("checkout", "-q", "work")
        self.assertEqual(self.codes("--changed-since", "main"), ["W0114"])

    def test_errors_are_told_wherever_they_are(self):
        self.write("wrong.trig", campaign("wrong", "on order_complete", "send thanks()"))
        self.commit()
        self.assertEqual(self.codes("--changed-since", "HEAD"), ["E0101"])

    def test_what_git_does_not_know_could_not_be_compared(self):
        done = self.trig("check", "--changed-since", "HEAD")
        self.assertEqual(done.returncode, 2)
        self.assertIn("not a git repository", done.stderr)
        self.commit()
        for revision in ["nowhere", "--output=stolen", "-", ""]:
            done = self.trig("check", "--changed-since=" + revision)
            self.assertEqual(done.returncode, 2 if revision else done.returncode, revision)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "stolen")))


class Diff(CiTest):
    EVENT = "event asked {\n  topic: text\n  total: money\n}\n"

    def setUp(self):
        super().setUp()
        self.write("events.trig", self.EVENT)
        self.write("a.trig", campaign(
            "one", "on asked as question where total > 5 EUR", "wait 1 day", "send thanks()",
            "goal order_completed within 3 days"))
        self.write("b.trig", CLEAN)
        self.commit()

    def changes(self, code):
        done = self.trig("diff", "--against", "HEAD", "--format", "json")
        self.assertEqual(done.returncode, code, done.stderr)
        answer = json.loads(done.stdout)
        self.events = answer["events"]
        return {c["campaign"]: c["change"] for c in answer["campaigns"]
                if c["change"] != "unchanged"}

    def edit(self, name, old, new):
        text = self.read(name)
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def test_nothing_changed(self):
        self.assertEqual(self.changes(0), {})
        self.assertEqual(self.trig("diff", "--against", "HEAD").stdout, "2 campaigns unchanged\n")

    def test_classes(self):
        for name, old, new, wanted, code in [
                ("a.trig", "campaign one {", "# why\ncampaign one {", {}, 0),
                ("a.trig", "  wait 1 day", "  # why\n  wait 1 day", {"one": "wording"}, 0),
                ("a.trig", "campaign one {", 'campaign one "One" {', {"one": "wording"}, 0),
                ("templates/thanks.html.liquid", "<p>Thanks", "<p>Thank you",
                 {"one": "content", "calm": "content"}, 0),
                ("a.trig", "total > 5 EUR", "total > 6 EUR", {"one": "safe"}, 0),
                ("a.trig", "3 days", "5 days", {"one": "safe"}, 0),
                ("vocabulary.trig", "for offers", "for offers\n  at most 1 email per day",
                 {"one": "safe", "calm": "safe"}, 0),
                ("a.trig", "wait 1 day", "wait 2 days", {"one": "breaking"}, 1),
                ("a.trig", "on asked", "on cart_viewed or asked", {"one": "breaking"}, 1),
                ("a.trig", "campaign one", "campaign two", {"one": "breaking", "two": "added"}, 1),
        ]:
            with self.subTest(new=new):
                self.edit(name, old, new)
                if "cart_viewed" in new:
                    self.edit(name, " where total > 5 EUR", "")
                self.assertEqual(self.changes(code), wanted)
                self.git("checkout", "-q", "--", ".")

    def test_a_field_that_is_gone_lists_what_it_breaks(self):
        self.edit("events.trig", "  total: money\n", "")
        self.assertEqual(self.changes(1), {"one": "breaking"})
        self.assertEqual(self.events, [{"event": "asked", "field": "total", "what": "is gone",
                                        "campaigns": ["one"], "segments": [],
                                        "templates": []}])
        self.edit("events.trig", "text", "text?")
        text = self.trig("diff", "--against", "HEAD").stdout
        self.assertIn("event      `topic` of `asked` was text, is text?; no campaign reads it\n",
                      text)
        self.assertIn("event      `total` of `asked` is gone; read by one\n", text)
        markdown = self.trig("diff", "--against", "HEAD", "--format", "markdown").stdout
        self.assertIn("| `one` | breaking | `total` of `asked` is gone |\n", markdown)

    STEPS = """use std.email

campaign steps {
  policy service
  on asked as question
  wait for answered where topic == question.topic up to 3 days {
    post "https://partner.example.com/a" with { topic: question.topic }
  } else {
    wait 15 minutes of silence up to 4 hours
  }
  split "x" {
    50% left { wait 1 hour }
    50% right { emit noted { topic: question.topic } }
  }
  set person.level = "high"
  send told(topic: question.topic)
}
"""
    MORE = """
event answered { topic: text  total: money  note: text }
event noted { topic: text }
policy service { consent not needed }
template told(topic: text) from "templates/told.html.liquid"
template shown(answer: answered) from "templates/shown.html.liquid"
"""

    def more(self):
        self.edit("vocabulary.trig", "email: email key\n", "email: email key\n  level: text?\n")
        self.write("more.trig", self.MORE)
        self.write("templates/told.html.liquid",
                   "---\nsubject: Told\nclass: transactional\n---\n{{ topic }}\n")
        self.write("templates/shown.html.liquid",
                   "---\nsubject: Shown\nclass: transactional\n---\n{{ answer.note }}\n")

    def test_classes_of_steps(self):
        self.more()
        self.write("steps.trig", self.STEPS)
        self.commit()
        for old, new, wanted, reason in [
                ("50% left { wait 1 hour }\n    50%", "60% left { wait 1 hour }\n    40%", "safe",
                 "the shares of a split"),
                ("50% right {", "40% right { } 10% other {", "breaking", "the steps or exits"),
                ("50% right {", "50% wrong {", "breaking", "the steps or exits"),
                ("50% right { emit noted { topic: question.topic } }", "50% holdout", "breaking",
                 "the steps or exits"),
                ("up to 3 days", "up to 4 days", "breaking", "the steps or exits"),
                ("up to 4 hours", "up to 5 hours", "breaking", "the steps or exits"),
                ("15 minutes of", "20 minutes of", "breaking", "the steps or exits"),
                ("where topic == question.topic ", "", "breaking", "the steps or exits"),
                ("example.com/a", "example.com/b", "content", "what it posts"),
                ("with { topic:", "with { subject:", "content", "what it posts"),
                ("with { topic: question.topic }", "with { total: question.total }", "breaking",
                 "it reads `question.total`, which the people inside do not carry"),
                ("noted { topic: question.topic }", 'noted { topic: "all" }', "breaking",
                 "the steps or exits"),
                ('= "high"', '= "low"', "breaking", "the steps or exits"),
        ]:
            with self.subTest(new=new):
                self.edit("steps.trig", old, new)
                self.assertEqual(self.changes(1 if wanted == "breaking" else 0), {"steps": wanted})
                text = self.trig("diff", "--against", "HEAD").stdout
                self.assertIn(reason, text)
                self.git("checkout", "-q", "--", ".")

    READERS = {
        "in_wait": "on asked wait for answered where total > 5 EUR up to 1 day { }",
        "in_binding":
            "on asked wait for answered as a up to 1 day { when a.total > 5 EUR { stop } }",
        "in_count": "on 3 answered within 1 hour where total > 5 EUR",
        "in_sequence": "on answered as a then asked as b within 1 hour where a.total > b.total",
        "in_arm":
            'on answered as a split "x" { 50% y { when a.total > 5 EUR { stop } } 50% z { } }',
        "in_post": 'on answered as a post "https://partner.example.com/" with { total: a.total }',
        "in_emit": "on answered as a emit kept { total: a.total }",
        "in_segment": "on entering generous",
        "in_condition": "on asked when person is generous { stop }",
        "in_window": "on asked when sum(answered.total in 7 days) > 5 EUR { stop }",
        "in_goal": "on asked goal answered within 1 day value total",
        "in_unless": "on asked wait 1 day unless answered where total > 5 EUR",
        "in_exit": "on asked wait 1 day exit on answered where total > 5 EUR",
        "in_date": "on answered as a wait until a.due at 09:00 local",
        "in_recommend": "on asked send picked(a: recommend(goods, 2, viewed: answered))",
        "in_distance": "on answered as a when distance(a, lookup(shops, 1)) < 3 { stop }",
        "nowhere": "on answered wait 1 day",
    }
    READ = """
event answered { total: money  due: date  sku: text  latitude: number  longitude: number }
event kept { total: money }
policy service { consent not needed }
segment generous: max(answered.total in 30 days) > 50 EUR
catalog goods from "goods.csv" key sku { sku: text  category: text }
catalog shops from "shops.csv" key id { id: integer  latitude: number  longitude: number }
template picked(a: list of goods) from "templates/picked.html.liquid"
template shown(answer: answered) from "templates/shown.html.liquid"
"""

    def test_readers_in_every_construct(self):
        campaigns = "".join(f"campaign {name} {{\n  policy service\n  {text}\n}}\n"
                            for name, text in self.READERS.items())
        self.write("read.trig", self.READ + campaigns)
        self.write("goods.csv", "sku,category\na,b\n")
        self.write("shops.csv", "id,latitude,longitude\n1,2,3\n")
        self.write("templates/picked.html.liquid",
                   "---\nsubject: P\nclass: transactional\n---\n{{ a.size }}\n")
        self.write("templates/shown.html.liquid",
                   "---\nsubject: Shown\nclass: transactional\n---\n{{ answer.total }}\n")
        checked = self.trig("check")
        self.assertNotIn("error", checked.stdout)
        self.commit()
        readers = {}
        for field in ["total: money  ", "due: date  ", "sku: text  ", "latitude: number  "]:
            declared = self.READ.splitlines()[1]
            self.edit("read.trig", declared, declared.replace(field, "", 1))
            done = self.trig("diff", "--against", "HEAD", "--format", "json")
            for event in json.loads(done.stdout)["events"]:
                readers[event["field"]] = event
            self.git("checkout", "-q", "--", ".")
        others = {"in_date", "in_recommend", "in_distance", "nowhere"}
        self.assertEqual(set(readers["total"]["campaigns"]), set(self.READERS) - others)
        self.assertEqual(readers["total"]["segments"], ["generous"])
        self.assertEqual(readers["total"]["templates"], ["shown"])
        self.assertEqual(readers["due"]["campaigns"], ["in_date"])
        self.assertEqual(readers["sku"]["campaigns"], ["in_recommend"])
        self.assertEqual(readers["latitude"]["campaigns"], ["in_distance"])

    def test_what_git_says_is_bounded(self):
        tools = os.path.join(self.folder, "tools")
        self.write("tools/git", "#!/bin/sh\nexec head -c 600M /dev/zero\n")
        os.chmod(os.path.join(tools, "git"), 0o755)
        done = subprocess.run([TRIG, "diff", "--against", "HEAD"], cwd=self.folder, text=True,
                              capture_output=True, timeout=60, check=False,
                              env={**os.environ, "PATH": tools + ":" + os.environ["PATH"]})
        self.assertEqual(done.returncode, 2)
        self.assertIn("git says more than 536870912 bytes", done.stderr)

    def test_what_cannot_be_compared(self):
        self.assertEqual(self.trig("diff", "--against", "nowhere").returncode, 2)
        self.edit("a.trig", "on asked", "on nothing")
        self.commit()
        done = self.trig("diff", "--against", "HEAD")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the project of HEAD has errors: no event is called `nothing`", done.stderr)


class Tests(CiTest):
    BRANCHES = campaign("branched", "on cart_updated as cart", "wait 1 hour unless order_completed",
                        "when cart.total > 100 EUR { send thanks() } else { wait 1 day }",
                        "send thanks()")
    TEST = """
test "a large cart" {
  person ana { email: "ana@example.com", subscribed: [offers] }
  at 2026-03-02 12:00   ana cart_updated { cart_id: "c1", total: 200 EUR }
  after 2 hours
  expect 2 send to ana
}
"""

    def test_coverage_names_what_no_test_came_to(self):
        self.write("a.trig", self.BRANCHES + self.TEST)
        done = self.trig("test", "--coverage")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("  57%  branched: 4 of 7\n", done.stdout)
        self.assertIn("a.trig:4: never ended a journey: order_completed\n", done.stdout)
        self.assertIn("a.trig:5: never false: cart.total > 100 EUR\n", done.stdout)
        self.assertIn("a.trig:5: never reached: wait 1 day\n", done.stdout)
        self.assertEqual(self.trig("test", "--coverage-threshold", "57").returncode, 0)
        self.assertEqual(self.trig("test", "--coverage-threshold", "58").returncode, 1)
        self.assertEqual(self.trig("test", "--coverage-threshold", "101").returncode, 2)

    WAYS = """event left { n: integer }
event gone { n: integer }
policy service { consent not needed }

campaign ways {
  policy service
  on cart_updated as cart
  wait for order_completed up to 1 day {
    wait 1 hour
  } else {
    wait 15 minutes of silence up to 4 hours
  }
  split "halves" {
    50% left { wait 1 hour }
    50% right { wait 2 hours }
  }
  wait 1 hour
    unless product_viewed
    unless order_refunded
  exit on left
  exit on gone
}
"""
    ANA = """
test "one person" {
  person ana { email: "ana@example.com" }
  at 2026-03-02 12:00   ana cart_updated { cart_id: "c1", total: 20 EUR }
  EVENTS
  expect no send to ana
}
"""

    @staticmethod
    def named(missed):
        """Without what hangs on the arm that somebody is in."""
        return [m for m in missed if "arm" not in m and not m.endswith("never reached")]

    def ways(self, *tests):
        played = "".join(self.ANA.replace("EVENTS", events).replace("one person", str(number))
                         for number, events in enumerate(tests))
        self.write("a.trig", self.WAYS + played)
        done = self.trig("test", "--coverage")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [line.split(": ", 1)[0].strip() + ": " + line.split(": ")[1]
                for line in done.stdout.splitlines() if line.startswith("         a.trig:")], \
            done.stdout

    ORDER = 'order_completed { order_id: "o1", total: 20 EUR }'

    def test_coverage_knows_the_ways_of_every_step(self):
        missed, text = self.ways("after 3 days")
        # One arm of the split, and what does not depend on the person.
        self.assertEqual(len([m for m in missed if "nobody in the arm" in m]), 1)
        self.assertEqual(self.named(missed), [
            "a.trig:8: never came", "a.trig:11: never came to the bound",
            "a.trig:18: never ended a journey", "a.trig:19: never ended a journey",
            "a.trig:20: never ended a journey", "a.trig:21: never ended a journey"])
        self.assertIn("  35%  ways: 5 of 14\n", text)
        busy = " ".join(f"after 10 minutes ana {self.OTHER}" for _ in range(30))
        missed, text = self.ways(
            "after 3 days",
            f"after 1 hour ana {self.ORDER} after 1 day",
            f"after 23 hours after 50 minutes ana {self.OTHER} {busy} after 1 day",
            "after 1 day after 90 minutes ana order_refunded { order_id: \"o1\" }",
            "after 1 hour ana left { n: 1 } after 1 day")
        self.assertEqual(self.named(missed), [
            "a.trig:18: never ended a journey", "a.trig:21: never ended a journey"])

    OTHER = 'cart_updated { cart_id: "c2", total: 20 EUR }'

    def test_junit_has_a_case_for_each_test(self):
        self.write("a.trig", self.BRANCHES + self.TEST +
                   self.TEST.replace("a large cart", "one < two").replace("2 send", "3 send"))
        done = self.trig("test", "--junit", "out.xml")
        self.assertEqual(done.returncode, 1)
        suites = xml.fromstring(self.read("out.xml"))
        self.assertEqual((suites.get("tests"), suites.get("failures")), ("2", "1"))
        cases = {c.get("name"): c.find("failure") for c in suites.iter("testcase")}
        self.assertIsNone(cases["a large cart"])
        self.assertIn("expected 3 sends to ana", cases["one < two"].text)

    def hollow(self, test):
        self.write("a.trig", self.BRANCHES + test)
        done = self.trig("test")
        self.assertIn("1 passed, 0 failed", done.stdout)
        self.assertEqual(done.returncode, 0)
        return re.findall(r"W0190\]: (.*)", done.stdout)

    def test_the_page_of_w0190_keeps_its_promise(self):
        page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                            "compiler/diagnostics/explain/W0190.md")
        with open(page, encoding="utf-8") as file:
            wrong, right = re.findall(r"```trig\n(.*?)```", file.read(), re.S)
        self.write("vocabulary.trig", "")
        for text, found in [(wrong, 1), (right, 0)]:
            self.write("a.trig", text)
            done = self.trig("test")
            self.assertIn("1 passed, 0 failed", done.stdout)
            self.assertEqual(done.stdout.count("W0190"), found)

    def test_a_silence_that_says_nothing_is_told(self):
        none = self.TEST.replace("expect 2 send", "expect no send")
        self.assertEqual(self.hollow(none.replace(", subscribed: [offers]", "")),
                         ["this holds only because `ana` never subscribed"])
        other = none.replace('cart_updated { cart_id: "c1", total: 200 EUR }',
                             "products_searched {}")
        self.assertEqual(self.hollow(other), ["this holds only because no event of this test "
                                              "concerns a campaign that sends it"])
        noted = other.replace("  expect", "  # trig: allow W0190 because searches start nothing\n"
                              "  expect")
        self.assertEqual(self.hollow(noted), [])
        bought = none.replace("  after 2 hours", '  after 5 minutes   ana order_completed '
                              '{ order_id: "o1", total: 200 EUR }\n  after 2 hours')
        self.assertEqual(self.hollow(bought), [])
        left = none.replace("  after 2 hours", "  ana unsubscribes offers\n  after 2 hours")
        self.assertEqual(self.hollow(left), [])


class Cost(CiTest):
    def test_the_table_names_events_and_campaigns(self):
        self.write("a.trig", campaign(
            "often", "on cart_updated where count(order_completed in 7 days) > 2 per cart_id",
            "send thanks()", "wait 1 day unless order_completed where total > 5 EUR",
            "send thanks()"))
        done = self.trig("check", "--cost")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"\norder_completed +0 +1 +3 +\S.* 10000 +\d+ B +\d+ KiB\n")
        self.assertRegex(done.stdout, r"\ncount\(order_completed in 7 days\) +running +10000 "
                                      r"+\d+ KiB +80 B +7 days\n")
        self.assertRegex(done.stdout, r"\noften +4 +2 +1 +1000 +4\n")
        self.assertEqual(self.trig("check", "--cost", "--format", "json").returncode, 2)

    def test_the_table_follows_every_step(self):
        self.write("a.trig", "segment busy: count(cart_updated in 7 days) > 3\n" + campaign(
            "ways", "on no order_completed for 30 days",
            "wait for product_viewed up to 3 days { send thanks() } else { }",
            'split "x" { 40% a { send thanks() send thanks() } '
            '40% b { send thanks() } 20% holdout }',
            'post "https://partner.example.com/" with { n: count(order_completed in 7 days) + 1 }')
            + campaign("entered", "on entering busy", "send thanks()"))
        done = self.trig("check", "--cost")
        self.assertEqual(done.returncode, 0, done.stdout)
        # One mail on arrival and two of the longer arm, not all four; the sum has three operations.
        self.assertRegex(done.stdout, r"\nways +\d+ +3 +1 +\d+ +\d+\n")
        self.assertRegex(done.stdout, r"\norder_completed +1 +0 +0 ")
        # What a segment reads may let someone in: a comparison, a count and a number.
        self.assertRegex(done.stdout, r"\ncart_updated +1 +0 +3 ")


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
