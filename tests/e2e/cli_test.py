#!/usr/bin/env python3
"""The commands of the real program, as a user calls them.

    cli_test.py TRIG [unittest arguments]
"""

import json
import os
import pty
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

TRIG = ""
COMMANDS = ["new", "check", "fmt", "test", "diff", "serve", "events", "mails", "why",
            "explain", "coupons", "dump", "diagram", "preview"]


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trig-cli-")
        self.addCleanup(shutil.rmtree, self.folder)

    def trig(self, *arguments, given="", **environment):
        done = subprocess.run([TRIG, *arguments], cwd=self.folder, input=given, text=True,
                              capture_output=True, timeout=60, check=False,
                              env={**os.environ, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def project(self, **files):
        self.write("trig.toml", 'name = "shop"\n')
        for name, text in files.items():
            self.write(name + ".trig", text)


class Coupons(CliTest):
    def project_with_coupons(self):
        self.write("trig.toml", 'name = "shop"\n[coupons]\ncart10 = "file:keys/cart10"\n')
        self.write("keys/cart10", "a secret of the shop, 32 bytes or more\n")
        self.write("shop.trig", 'coupons cart10 { prefix: "CART10" }\n')

    # The example of docs/reference/coupons.md, run as it stands there.
    def shop_says(self, code):
        page = os.path.join(os.path.dirname(__file__), "../../docs/reference/coupons.md")
        with open(page, encoding="utf-8") as file:
            example = re.search(r"```python\n(.*?)```", file.read(), re.S).group(1)
        names = {}
        exec(example, names)  # pylint: disable=exec-used
        return names["is_genuine"](code, "CART10", "cart10",
                                   "a secret of the shop, 32 bytes or more")

    def test_a_genuine_code_is_told_from_others(self):
        self.project_with_coupons()
        genuine = "CART10-8SF4-NFKH-ZJVX-GUVQ"
        for code, word, exit_code in [(genuine, "genuine: a code of cart10", 0),
                                      (genuine.lower().replace("-", " "), "genuine", 0),
                                      (genuine[:-1] + "R", "mistyped", 1),
                                      ("CART10-2222-2222-2222-2222", "forged", 1),
                                      ("SPRING-2222", "not a code of this project", 1)]:
            done = self.trig("coupons", "verify", ".", code)
            self.assertEqual(done.code, exit_code, code)
            self.assertTrue(done.out.startswith(word), done.out)
            self.assertEqual(self.shop_says(code), exit_code == 0, code)

    def test_without_coupons_or_key_it_cannot_run(self):
        self.project()
        self.assertEqual(self.trig("coupons", "verify", ".", "A").code, 2)
        self.project_with_coupons()
        os.remove(os.path.join(self.folder, "keys/cart10"))
        done = self.trig("coupons", "verify", ".", "CART10")
        self.assertEqual(done.code, 2)
        self.assertIn("keys/cart10", done.err)


class Program(CliTest):
    def test_says_its_version(self):
        done = self.trig("--version")
        self.assertEqual(done.code, 0)
        self.assertRegex(done.out, r"^trig \d+\.\d+\.\d+\n$")

    def test_every_command_has_help_with_an_example(self):
        overview = self.trig("--help")
        self.assertEqual(overview.code, 0)
        for command in COMMANDS:
            self.assertRegex(overview.out, rf"\n  {command} +\S")
            done = self.trig(command, "--help")
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertRegex(done.out, rf"Example:\s+trig {command}")

    def test_a_wrong_call_exits_with_2_and_says_why(self):
        for arguments, message in [
                ([], "COMMAND --help"),
                (["chek"], "there is no command chek, did you mean check?"),
                (["qqqqqqqq"], "there is no command qqqqqqqq: `trig --help` lists them"),
                (["check", "--format", "xml"], "--format"),
                (["check", "--colour"], "`trig check --help` says how it is called"),
                (["dump"], "--stage"),
                (["new"], "folder"),
        ]:
            with self.subTest(arguments=arguments):
                done = self.trig(*arguments)
                self.assertEqual((done.code, done.out), (2, ""))
                self.assertIn(message, done.err)


class Check(CliTest):
    WRONG = "campaign c {\n  policy nobody\n}\n"

    def test_a_clean_project_exits_with_0_and_says_what_was_read(self):
        self.project()
        done = self.trig("check")
        self.assertEqual(
            (done.code, done.out, done.err),
            (0, "no findings in 1 file: 0 campaigns, 0 templates, 0 tests\n", ""))

    def test_findings_exit_with_1_and_show_their_place(self):
        self.project(wrong=self.WRONG)
        done = self.trig("check")
        self.assertEqual((done.code, done.err), (1, ""))
        self.assertRegex(done.out, r"(?m)^error\[E\d{4}\]: ")
        self.assertIn("--> wrong.trig:2:10\n", done.out)
        self.assertIn(" ^^^^^^\n", done.out)
        self.assertRegex(done.out, r"\n\d errors?( and \d warnings?)? in 2 files: [^\n]*\n$")
        self.assertNotIn("\x1b", done.out)

    def test_the_project_of_a_file_or_folder_within_is_found(self):
        self.project()
        self.write("campaigns/wrong.trig", self.WRONG)
        for path in ["campaigns", "campaigns/wrong.trig"]:
            self.assertIn("--> campaigns/wrong.trig:2:10\n", self.trig("check", path).out)

    def test_a_mistake_in_trig_toml_has_a_place_and_a_hint(self):
        self.write("trig.toml", 'name = "shop"\ntime_zone = "UTC"\n')
        done = self.trig("check", self.folder)
        self.assertEqual(done.code, 1)
        self.assertIn("error[E0151]: there is no setting `time_zone`", done.out)
        self.assertIn("--> trig.toml:2:1\n", done.out)
        self.assertIn("hint: did you mean `timezone`?", done.out)

    def test_json_is_for_programs(self):
        self.project(wrong=self.WRONG)
        done = self.trig("check", "--format", "json")
        self.assertEqual((done.code, done.err), (1, ""))
        answer = json.loads(done.out)
        self.assertEqual(answer["version"], 1)
        places = [(d["range"]["path"], d["range"]["start"]["line"], d["range"]["start"]["column"])
                  for d in answer["diagnostics"] if "range" in d]
        self.assertIn(("wrong.trig", 2, 10), places)
        self.project(wrong="")
        clean = json.loads(self.trig("check", "--format", "json").out)
        self.assertEqual(clean["diagnostics"], [])

    def test_what_is_no_project_is_said_so(self):
        empty = os.path.join(self.folder, "empty")
        os.mkdir(empty)
        done = self.trig("check", empty)
        self.assertEqual(done.code, 1)
        self.assertIn("error[E0156]: this folder has no trig.toml", done.out)
        done = self.trig("check", "nowhere")
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertEqual(done.err, "trig: there is no file or folder nowhere\n")

    def on_terminal(self, **environment):
        """What `trig check` prints when its output is a terminal."""
        master, slave = pty.openpty()
        process = subprocess.Popen([TRIG, "check"], cwd=self.folder, stdout=slave, stderr=slave,
                                   env={**os.environ, "TERM": "xterm", **environment})
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:  # the other side is gone
            pass
        os.close(master)
        process.wait(timeout=60)
        return seen.decode()

    def test_colour_is_for_terminals_and_no_color_is_heeded(self):
        self.project(wrong=self.WRONG)
        self.assertIn("\x1b[", self.on_terminal(NO_COLOR=""))
        self.assertNotIn("\x1b[", self.on_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.on_terminal(NO_COLOR="", TERM="dumb"))


class Fmt(CliTest):
    UGLY = "topic   offers    \"Offers\"\n"
    NEAT = "topic offers \"Offers\"\n"

    def test_formats_in_place_once(self):
        path = self.write("a.trig", self.UGLY)
        os.chmod(path, 0o640)
        self.write("b.trig", self.NEAT)
        done = self.trig("fmt", ".")
        self.assertEqual((done.code, done.out, done.err), (0, "formatted a.trig\n", ""))
        self.assertEqual(self.read("a.trig"), self.NEAT)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.trig", "b.trig"])
        self.assertEqual(self.trig("fmt", ".").out, "")

    def test_check_changes_nothing(self):
        self.write("a.trig", self.UGLY)
        done = self.trig("fmt", "--check", ".")
        self.assertEqual((done.code, done.out), (1, "not in the format: a.trig\n"))
        self.assertEqual(self.read("a.trig"), self.UGLY)
        self.write("a.trig", self.NEAT)
        done = self.trig("fmt", "--check", "a.trig")
        self.assertEqual((done.code, done.out), (0, "1 file in the format\n"))

    def test_the_standard_input_goes_to_the_standard_output(self):
        done = self.trig("fmt", "-", given=self.UGLY)
        self.assertEqual((done.code, done.out, done.err), (0, self.NEAT, ""))
        self.assertEqual(self.trig("fmt", "--check", "-", given=self.UGLY).code, 1)

    def test_a_file_with_a_syntax_error_is_left_alone(self):
        self.write("a.trig", "topic offers offers\n")
        self.write("b.trig", self.UGLY)
        done = self.trig("fmt", ".")
        self.assertEqual(done.code, 1)
        self.assertRegex(done.err, r"error\[E\d{4}\]")
        self.assertEqual(self.read("a.trig"), "topic offers offers\n")
        self.assertEqual(self.read("b.trig"), self.NEAT)

    def test_a_link_stays_a_link(self):
        self.write("real/a.trig", self.UGLY)
        os.symlink("real/a.trig", os.path.join(self.folder, "link.trig"))
        self.assertEqual(self.trig("fmt", "link.trig").code, 0)
        self.assertTrue(os.path.islink(os.path.join(self.folder, "link.trig")))
        self.assertEqual(self.read("real/a.trig"), self.NEAT)

    def test_no_file_is_an_error(self):
        self.assertEqual(self.trig("fmt", "nowhere").code, 2)
        done = self.trig("fmt")
        self.assertEqual((done.code, done.err), (2, "trig: there is no .trig file in .\n"))


class Explain(CliTest):
    def test_gives_the_page_of_a_code(self):
        for code in ["E0151", "e0151"]:
            done = self.trig("explain", code)
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertTrue(done.out.startswith("E0151: unknown setting\n"))
            self.assertIn('\n    time_zone = "Europe/Paris"\n', done.out)
            self.assertNotIn("```", done.out)

    def test_suggests_a_code(self):
        done = self.trig("explain", "E01511")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, r"there is no code E01511, did you mean E015\d\?")

    def test_without_a_code_lists_them_and_each_has_its_page(self):
        lines = self.trig("explain").out.splitlines()
        self.assertGreater(len(lines), 50)
        without = []
        for line in lines:
            code = re.match(r"([EWRD]\d{4})  \S", line)
            self.assertIsNotNone(code, line)
            if not self.trig("explain", code[1]).out.count("\n") > 2:
                without.append(code[1])
        self.assertEqual(without, [])


class Dump(CliTest):
    def test_each_stage_is_text(self):
        self.project(a='topic offers "Offers"\n')
        tokens = self.trig("dump", "--stage", "tokens", "a.trig")
        self.assertEqual((tokens.code, tokens.err), (0, ""))
        self.assertIn("offers", tokens.out)
        tree = self.trig("dump", "--stage", "ast", "a.trig")
        self.assertEqual((tree.code, tree.err), (0, ""))
        self.assertIn("offers", tree.out)
        self.assertNotEqual(tree.out, tokens.out)
        self.assertEqual(self.trig("dump", "--stage", "ast", "-", given=self.read("a.trig")).out,
                         tree.out)

    def test_the_program_of_a_project(self):
        self.assertEqual(self.trig("new", "shop").code, 0)
        done = self.trig("dump", "--stage", "ir", "shop")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("campaign", done.out)
        self.assertIn("first_steps", done.out)

    def test_how_events_find_campaigns(self):
        self.assertEqual(self.trig("new", "shop").code, 0)
        index = self.trig("dump", "--stage", "index", "shop")
        self.assertEqual((index.code, index.err), (0, ""))
        self.assertRegex(index.out, r"(?m)^index \w+: \d+$")
        native = self.trig("dump", "--stage", "llvm", "shop")
        if native.code == 0:
            self.assertIn("define internal void @part(ptr", native.out)
        else:
            self.assertIn("without native code", native.err)

    def test_a_mistake_goes_to_the_error_stream(self):
        self.project(a="topic offers offers\n")
        for stage in ["ast", "ir"]:
            done = self.trig("dump", "--stage", stage, "a.trig")
            self.assertEqual(done.code, 1)
            self.assertRegex(done.err, r"error\[E\d{4}\]")

    def test_several_files_have_their_names(self):
        self.project(a='topic a "A"\n', b='topic b "B"\n')
        out = self.trig("dump", "--stage", "tokens", ".").out
        self.assertLess(out.index("# ./a.trig\n"), out.index("# ./b.trig\n"))


class New(CliTest):
    def test_makes_a_project_without_findings_in_the_one_format(self):
        done = self.trig("new", "my shop")
        self.assertEqual((done.code, done.err), (0, ""))
        check = self.trig("check", "my shop")
        self.assertEqual(
            check.out,
            "no findings in 6 files: 2 campaigns, 2 templates, 3 tests\n")
        self.assertEqual(check.code, 0)
        formatted = self.trig("fmt", "--check", "my shop")
        self.assertEqual((formatted.code, formatted.out), (0, "3 files in the format\n"))
        self.assertIn('name = "myshop"\n', self.read("my shop/trig.toml"))

    def test_its_keys_are_its_own_and_private(self):
        self.trig("new", "a")
        self.trig("new", "b")
        for key in ["keys/website", "keys/links", "keys/admin"]:
            path = os.path.join(self.folder, "a", key)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            self.assertGreater(len(self.read("a/" + key)), 30)
            self.assertNotEqual(self.read("a/" + key), self.read("b/" + key))
        self.assertIn("/keys/\n", self.read("a/.gitignore"))

    def test_touches_no_folder_with_something_in_it(self):
        self.write("shop/precious", "mine")
        done = self.trig("new", "shop")
        self.assertEqual(done.code, 2)
        self.assertEqual(done.err, "trig: shop is there already and is no empty folder\n")
        self.assertEqual(os.listdir(os.path.join(self.folder, "shop")), ["precious"])

    def test_an_empty_folder_will_do(self):
        os.mkdir(os.path.join(self.folder, "shop"))
        self.assertEqual(self.trig("new", "shop").code, 0)


if __name__ == "__main__":
    TRIG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
