#!/usr/bin/env python3
"""The colours of editors are those of the language: vscode-textmate and Neovim colour every
example, and each token is held against what the grammar of tree-sitter takes it for. The extension
of VS Code is packed, and started with a stand-in for the editor.

    editors_test.py TRIG TREE_SITTER_TEST [unittest arguments]
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/e2e"
EDITORS = ROOT / "editor-support"
TRIG = LEAVES = ""
# What a token of a kind may be in; the kinds are those of `trig dump --stage tokens`, where a word
# that is a name in its place counts as a name.
TEXTMATE = {
    "keyword": r"keyword\.|constant\.language|support\.function|variable\.language",
    "name": r"variable\.|entity\.name|support\.type|punctuation",
    "text": r"string\.", "number": r"constant\.numeric", "date": r"constant\.numeric\.date",
    "time": r"constant\.numeric\.time", "currency": r"keyword\.other\.unit",
    "comment": r"comment\.",
}
VIM = {
    "keyword": r"trig(Keyword|Reserved|OperatorWord|Constant|Declaration|Unit|Aggregate|Capped"
               r"|TypeOf|PersonWord)$",
    "name": r"(trig(Name|Field|Function|Type|PersonWord))?$",
    "text": r"trigText$", "number": r"trigNumber$", "date": r"trigDate$", "time": r"trigTime$",
    "currency": r"trigCurrency$", "comment": r"trigComment$",
}


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=100,
                          **more).stdout


def nvim(script, **variables):
    run("nvim", "--headless", "--clean", "--cmd", f"set runtimepath^={EDITORS / 'vim'}",
        "-S", str(HERE / script), env={**os.environ, **variables})


def examples():
    files = sorted((ROOT / "examples").rglob("*.trig"))
    return [str(path) for path in files if "node_modules" not in path.parts]


def tokens_of(files):
    """(file, line, column) → (kind, text) of every token but signs, and of every comment."""
    leaves = {}
    for line in run(LEAVES, *files).splitlines():
        place, kind = line.split(" ", 1)
        leaves[place] = kind
    found = {}
    for file in files:
        for line in run(TRIG, "dump", "--stage", "tokens", file).splitlines():
            place, kind, text = line.split(" ", 2)
            if kind == "sign":
                continue
            if kind in ("word", "name"):
                kind = "name" if leaves[f"{file}:{place}"] == "identifier" else "keyword"
            found[(file, *map(int, place.split(":")))] = kind, text
    for place, kind in leaves.items():
        if kind == "comment":
            file, line, column = place.rsplit(":", 2)
            found[(file, int(line), int(column))] = kind, "#"
    return found


class Colours(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = examples()
        cls.tokens = tokens_of(cls.files)

    def judge(self, expected, groups):
        wrong, kinds = [], {}
        for place, (kind, text) in self.tokens.items():
            kinds[kind] = kinds.get(kind, 0) + 1
            if not re.match(expected[kind], groups.get(place, "nothing")):
                wrong.append(f"{place}: {kind} {text} is {groups.get(place)}")
        self.assertEqual(wrong[:20], [], f"{len(wrong)} of {len(self.tokens)}")
        self.assertEqual(set(kinds), set(expected))
        self.assertGreater(kinds["keyword"], 2000)

    def test_textmate(self):
        grammar = EDITORS / "vscode/syntaxes/trig.tmLanguage.json"
        found = json.loads(run("node", "textmate_scopes.mjs", grammar, *self.files, cwd=HERE))
        self.judge(TEXTMATE, {(file, line, begin): scope for file, tokens in found.items()
                              for line, begin, _, scope in tokens})

    def test_vim(self):
        with tempfile.TemporaryDirectory() as folder:
            places, groups = pathlib.Path(folder, "places"), pathlib.Path(folder, "groups")
            places.write_text("".join(f"{file}:{line}:{column}\n"
                                      for file, line, column in sorted(self.tokens)))
            nvim("vim_groups.vim", PLACES=str(places), GROUPS=str(groups))
            found = {}
            for line in groups.read_text().splitlines():
                place, filetype, group = line.split(" ")
                file, number, column = place.rsplit(":", 2)
                self.assertEqual(filetype, "trig")
                found[(file, int(number), int(column))] = group
        self.judge(VIM, found)

    def test_spots(self):
        """That the words at some places are what a reader would call them."""
        text = (ROOT / "examples/shop/campaigns/cart.trig").read_text().splitlines()
        cart = str(ROOT / "examples/shop/campaigns/cart.trig")
        for word, kind in (("campaign", "keyword"), ("abandoned_cart", "name"), ("high", "keyword"),
                           ("EUR", "currency"), ("minutes", "keyword"), ("value", "keyword"),
                           ("restart", "keyword"), ('"CART10"', "text"), ("items", "name")):
            line = next(number for number, line in enumerate(text)
                        if re.search(rf"(?<!\w){word}(?!\w)", line) and not line.startswith("#"))
            column = re.search(rf"(?<!\w){word}(?!\w)", text[line]).start()
            self.assertEqual(self.tokens[(cart, line + 1, column + 1)][0], kind, word)


class Vim(unittest.TestCase):
    def test_indent(self):
        """What is in the one format stays as it is when Neovim indents it."""
        files = examples() + [str(ROOT / "tests/scenario" / name) for name in (
            "sequence_trigger.trig", "unless.trig", "wait_for.trig", "windows.trig")]
        with tempfile.TemporaryDirectory() as folder:
            listed, changed = pathlib.Path(folder, "files"), pathlib.Path(folder, "changed")
            listed.write_text("".join(f"{file}\n" for file in files))
            nvim("vim_indent.vim", FILES=str(listed), CHANGED=str(changed))
            self.assertEqual(changed.read_text(), "")


def first_lens(file):
    """The command of the first code lens that the language server shows above a file."""
    uri = pathlib.Path(file).as_uri()
    document = {"textDocument": {"uri": uri}}
    opened = {"textDocument": {"uri": uri, "languageId": "trig", "version": 1,
                               "text": pathlib.Path(file).read_text(encoding="utf-8")}}
    sent = b""
    for number, (method, params) in enumerate([
            ("initialize", {"capabilities": {}}), ("textDocument/didOpen", opened),
            ("textDocument/codeLens", document), ("shutdown", None), ("exit", None)]):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if method not in ("textDocument/didOpen", "exit"):
            message["id"] = number
        body = json.dumps(message).encode()
        sent += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    said = subprocess.run([TRIG, "lsp"], input=sent, capture_output=True, timeout=100,
                          check=True).stdout
    for part in re.split(rb"Content-Length: \d+\r\n\r\n", said)[1:]:
        answer = json.loads(part)
        if answer.get("id") == 2:
            return answer["result"][0]["command"]
    raise AssertionError(said)


class VisualStudioCode(unittest.TestCase):
    def extension(self, bundle, file, lens):
        """What the extension asks of the editor when it is started and the lens is clicked."""
        return json.loads(run("node", str(HERE / "vscode_stand_in.js"),
                              str(EDITORS / "vscode/src/extension.js"), str(bundle), file,
                              json.dumps(lens)))

    def test_a_lens_runs_its_test(self):
        """What a click on the server's lens runs, run: that test and no other passes."""
        with tempfile.TemporaryDirectory() as folder:
            project = pathlib.Path(folder, "a shop")
            shutil.copytree(ROOT / "examples/shop", project)
            tests = project / "tests/cart.trig"
            # Its title is the beginning of another one's.
            text = tests.read_text(encoding="utf-8")
            tests.write_text(re.sub(r'^test "T03: a buyer gets no reminder"',
                                    'test "T03: a cart left alone for 30 minutes, then bought"',
                                    text, flags=re.MULTILINE), encoding="utf-8")
            lens = first_lens(tests)
            self.assertEqual((lens["title"], lens["command"]), ("run test", "trig.runTest"))
            told = self.extension(EDITORS / "vscode/src/extension.js", str(tests),
                                  lens["arguments"][0])
            _, words = told["run"][0]
            self.assertEqual(words, ["test", str(project), "--filter",
                                     "T03: a cart left alone for 30 minutes"])
            self.assertRegex(run(TRIG, *words), r"^1 passed, 0 failed")

    def test_package(self):
        """The packed extension starts the server, and runs a test when its lens is clicked."""
        with tempfile.TemporaryDirectory() as folder:
            vsix = pathlib.Path(folder, "trig.vsix")
            run(sys.executable, str(EDITORS / "vscode/package"), "-o", str(vsix))
            with zipfile.ZipFile(vsix) as archive:
                names = set(archive.namelist())
                archive.extractall(folder)
            package = json.loads(pathlib.Path(folder, "extension/package.json").read_text())
            given = package["contributes"]
            named = [package["main"], given["languages"][0]["configuration"],
                     given["grammars"][0]["path"], given["snippets"][0]["path"]]
            for name in named:
                self.assertIn("extension/" + name.removeprefix("./"), names)
            self.assertLess({"[Content_Types].xml", "extension.vsixmanifest"}, names)
            told = self.extension(pathlib.Path(folder, "extension", package["main"]),
                                  str(ROOT / "examples/shop/tests/cart.trig"),
                                  {"project": "/a project", "test": "T03: a"})
        self.assertEqual(told["server"], ["trig-of-the-setting", ["lsp"]])
        self.assertTrue(told["stopped"])
        self.assertEqual(told["bundle"], ["activate", "deactivate"])
        self.assertEqual(told["documents"], ["trig", "**/*.liquid", "**/trig.toml"])
        self.assertEqual(told["commands"], ["trig.restart", "trig.runTest", "trig.runTests"])
        self.assertEqual(told["run"], [
            ["trig-of-the-setting", ["test", "/a project", "--filter", "T03: a"]],
            ["trig-of-the-setting", ["test", str(ROOT / "examples/shop")]]])

    def test_snippets(self):
        """What a snippet writes has no syntax error once its places are filled in."""
        snippets = json.loads((EDITORS / "vscode/snippets/trig.json").read_text())
        in_a_campaign = {"Wait for an event", "When", "Split", "Exit"}
        with tempfile.TemporaryDirectory() as folder:
            for name, snippet in snippets.items():
                text = "\n".join(snippet["body"])
                text = re.sub(r"\$\{\d+\|([^,|]*)[^|]*\|\}", r"\1", text)
                text = re.sub(r"\$\{(\d+):([^}]*)\}", r"\2", text)
                text = re.sub(r"\{ \$\{\d+\} \}", "{ }", text)
                text = re.sub(r"\(\$\{\d+\}\)", "()", text)
                text = re.sub(r"^(\s*)\$\d+$", r"\1stop", text, flags=re.M)
                text = re.sub(r"\$\{?\d+\}?", "ana", text)
                self.assertNotIn("$", text)
                if name in in_a_campaign:
                    text = "campaign c {\n" + text + "\n}"
                file = pathlib.Path(folder, "a.trig")
                file.write_text(text + "\n")
                done = subprocess.run([TRIG, "dump", "--stage", "ast", str(file)], check=False,
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, f"{name}:\n{text}\n{done.stderr}")


if __name__ == "__main__":
    TRIG, LEAVES = (os.path.abspath(path) for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
