#!/usr/bin/env python3
"""Writes the pages of docs/reference that say what their sources say: stdlib.md from the comments
of stdlib/*.trig, functions.md from stdlib/builtins.def. With --check nothing is written, and a page
that is not up to date is an error.

    tests/tools/reference_docs.py [--check]
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STDLIB = ROOT / "stdlib"
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by tests/tools/reference_docs.py; change its source instead. -->\n"
DECLARATION = re.compile(r"(event|record|topic|policy|segment|template|list|catalog) (\w+)")


def paragraphs(comment):
    """Comment lines → paragraphs; an empty `#` parts them."""
    text = "\n".join(line[1:].strip() for line in comment)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def declarations(lines):
    """(comment above, lines) of each top-level declaration; of a section (its title, None)."""
    comment, at = [], 0
    while at < len(lines):
        line = lines[at]
        rule = re.fullmatch(r"# -+ (.+)", line)
        if rule:
            yield rule.group(1), None
            comment = []
        elif line.startswith("#"):
            comment.append(line)
        elif DECLARATION.match(line):
            end = at
            if line.rstrip().endswith("{"):
                end = lines.index("}", at)
            yield comment, lines[at : end + 1]
            comment, at = [], end
        else:
            comment = []
        at += 1


def module_page(path):
    lines = path.read_text().splitlines()
    head_end = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    name, _, about = paragraphs(lines[:head_end])[0].partition(": ")
    page = [f"## `{name}`", "", about[0].upper() + about[1:]]
    for paragraph in paragraphs(lines[:head_end])[1:]:
        page += ["", paragraph]
    for used in (line.split()[1] for line in lines if line.startswith("use ")):
        page += ["", f"It brings `{used}` along."]
    for comment, body in declarations(lines[head_end:]):
        if body is None:
            page += ["", f"### {comment.capitalize()}"]
            continue
        if not comment:
            sys.exit(f"{path.name}: `{body[0]}` has no comment above it")
        kind, declared = DECLARATION.match(body[0]).groups()
        page += ["", f"**{kind} `{declared}`**: " + " ".join(paragraphs(comment))]
        page += ["", "```", *body, "```"]
    return page


def stdlib_page():
    page = ["# The standard library", "", NOTE,
            "Modules are part of trig. `use std.NAME` at the top of a file brings one in, for the",
            "whole project.", ""]
    for path in sorted(STDLIB.glob("*.trig")):
        page += module_page(path) + [""]
    return "\n".join(page)


def functions_page():
    text = (STDLIB / "builtins.def").read_text()
    page = ["# Functions", "", NOTE, "| function | gives |", "|---|---|"]
    rows = re.findall(r"TRIG_BUILTIN\((\w+),\s*\(((?:\{[^}]*\},?\s*)+)\),\s*Gives::\w+,\s*"
                      r"((?:\"[^\"]*\"\s*)+)\)", text)
    if len(rows) != len(re.findall(r"^TRIG_BUILTIN\(", text, re.M)) or not rows:
        sys.exit("builtins.def: a row that this script cannot read")
    for name, parameters, documentation in rows:
        shown = []
        for parameter, takes in re.findall(r"\{\"(\w+)\",\s*Takes::k(\w+)\}", parameters):
            shown.append(f"{parameter}: …" if takes.startswith("Maybe") else parameter)
        says = "".join(re.findall(r"\"([^\"]*)\"", documentation))
        page.append(f"| `{name}({', '.join(shown)})` | {says} |")
    page += ["", "Windows over the history (`count`, …) and `days since` are no functions but",
             "part of the grammar.", ""]
    return "\n".join(page)


def main():
    check = sys.argv[1:] == ["--check"]
    stale = 0
    for name, text in (("stdlib.md", stdlib_page()), ("functions.md", functions_page())):
        page = PAGES / name
        if page.exists() and page.read_text() == text:
            continue
        stale += 1
        if check:
            print(f"docs/reference/{name} is stale: run tests/tools/reference_docs.py")
        else:
            page.write_text(text)
            print(f"wrote docs/reference/{name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
