#!/usr/bin/env python3
"""What the compiler cannot hold: folders, forbidden calls and headers, sizes, include direction.

    source_check.py ROOT       checks a source tree; prints file:line: rule for each finding
    source_check.py --canary   breaks every rule in a tree of its own; exits 1 if one is missed

"""

import os
import re
import sys
import tempfile

# DESIGN: the fixed top level. Dot-folders and files are free.
TOP_LEVEL = {
    "grammar", "compiler", "stdlib", "runtime", "examples", "tests", "editor-support", "docs",
    "console", "build",
}
SKIPPED = {".git", "build", "node_modules", "__pycache__"}
CODE = (".h", ".cpp")
WRITTEN_BY_A_TOOL = ("editor-support/tree-sitter/src/",)
MAX_COLUMNS = 100
MAX_LINES = 600

# (rule, pattern, folders where it is at home); looked for in C++ without its comments and texts,
# except for includes.
RULES = [
    ("only the edges read a clock: runtime/server, runtime/net, runtime/cli and tests",
     re.compile(r"\b(system|steady|high_resolution)_clock::now\b|\bclock_gettime\s*\("
                r"|\bgettimeofday\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)"),
     ("runtime/server", "runtime/net", "runtime/cli", "tests")),
    ("only runtime/net sees Asio and Beast",
     re.compile(r'#include\s*[<"]boost/(asio|beast)|\bboost::(asio|beast)\b'), ("runtime/net",)),
    ("only compiler/jit sees LLVM", re.compile(r'#include\s*[<"]llvm'), ("compiler/jit",)),
    ("only runtime/store and benchmarks see RocksDB",
     re.compile(r'#include\s*[<"]rocksdb/'), ("runtime/store", "tests/bench")),
    ("only compiler/parse sees ANTLR",
     re.compile(r'#include\s*[<"]antlr4|\bantlr4(rcpp)?::'), ("compiler/parse",)),
]
HEADER_RULE = "headers begin with a comment that says what they are for, then #pragma once"
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


def files_of(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), root)


def without_comments_and_texts(text):
    """Blanks them, keeping line ends; an #include keeps its path."""
    pattern = re.compile(
        r'(?P<include>^[ \t]*#include[^\n]*)|//[^\n]*|/\*.*?\*/'
        r'|R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
        re.S | re.M)
    return pattern.sub(
        lambda m: m.group() if m.group("include") else re.sub(r"[^\n]", " ", m.group()), text)


def check_code(path, text, findings):
    bare = without_comments_and_texts(text)
    for rule, pattern, homes in RULES:
        if any(path == h or path.startswith(h + "/") for h in homes):
            continue
        for match in pattern.finditer(bare):
            findings.append((path, bare.count("\n", 0, match.start()) + 1, rule))
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        findings.append((path, len(lines), f"a file has at most {MAX_LINES} lines"))
    if path.endswith(".h"):
        if not text.startswith("//") or "\n#pragma once\n" not in text:
            findings.append((path, 1, HEADER_RULE))


def check_lines(path, text, findings):
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_COLUMNS:
            findings.append((path, number, f"a line has at most {MAX_COLUMNS} columns"))
        if UNFINISHED.search(line) and not path.startswith("tests/tools/"):
            findings.append((path, number, "nothing is left unfinished"))


def libraries_of(cmake):
    """name → (layer, folder, linked names), from the list in CMakeLists.txt."""
    libraries = {}
    calls = re.findall(r"^trig_library\(\s*(\w+)\s+LAYER\s+(\d+)\s+FOLDER\s+(\S+?)(\s[^)]*)?\)",
                       cmake, re.M)
    for name, layer, folder, rest in calls:
        links = re.search(r"\bLINKS\s+((?:[a-z_]+\s*)+)", rest)
        libraries[name] = (int(layer), folder, links.group(1).split() if links else [])
    return libraries


def check_includes(root, path, text, libraries, findings):
    """A header of another library comes from a lower layer, through a link."""
    home = next((n for n, (_, f, _) in libraries.items() if path.startswith(f + "/")), None)
    if home is None:
        return
    reachable, todo = set(), [home]
    while todo:
        name = todo.pop()
        if name not in reachable:
            reachable.add(name)
            todo += [n for n in libraries.get(name, (0, "", []))[2] if n in libraries]
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#include\s*"((?:compiler|runtime|stdlib)/[^"]+)"', line)
        if not include:
            continue
        target = next((n for n, (_, f, _) in libraries.items()
                       if os.path.dirname(include.group(1)) == f), None)
        if target is not None and target not in reachable:
            findings.append(
                (path, number, f"{home} includes {target}, which it does not link to"))


def check_tree(root):
    findings = []
    for name in sorted(os.listdir(root)):
        if os.path.isdir(os.path.join(root, name)) and not name.startswith("."):
            if name not in TOP_LEVEL and not name.startswith("build"):
                findings.append((name, 1, "the top-level folders are those of the design"))
    cmake_path = os.path.join(root, "CMakeLists.txt")
    libraries = {}
    if os.path.exists(cmake_path):
        with open(cmake_path, encoding="utf-8") as file:
            libraries = libraries_of(file.read())
    for path in files_of(root):
        is_code = path.endswith(CODE)
        if path.startswith(WRITTEN_BY_A_TOOL):
            continue
        if not is_code and not path.endswith((".py", ".sh", ".cmake", "CMakeLists.txt")):
            continue
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        check_lines(path, text, findings)
        if is_code:
            check_code(path, text, findings)
            check_includes(root, path, text, libraries, findings)
    return findings


CANARY = {  # path → (text, what must be found there)
    "CMakeLists.txt": ("trig_library(base LAYER 0 FOLDER compiler/base)\n"
                       "trig_library(ports LAYER 5 FOLDER runtime/ports LINKS base)\n", []),
    "misc/notes.h": ("// Notes.\n#pragma once\n", []),
    "compiler/base/clock.cpp": ("auto t = std::chrono::system_clock::now();\n"
                                "auto u = steady_clock::now();\n", ["clock", "clock"]),
    "runtime/engine/loop.cpp": ("#include <boost/asio/post.hpp>\n", ["Asio"]),
    "compiler/exec/fast.cpp": ("#include <llvm/IR/Module.h>\n", ["LLVM"]),
    "runtime/engine/rows.cpp": ("#include <rocksdb/db.h>\n", ["RocksDB"]),
    "compiler/check/walk.cpp": ("#include <antlr4-runtime.h>\n", ["ANTLR"]),
    "compiler/base/up.cpp": ('#include "runtime/ports/store.h"\n', ["does not link"]),
    "compiler/base/wide.cpp": ("//" + "x" * 100 + "\n", ["columns"]),
    "compiler/base/long.cpp": ("int x;\n" * 601, ["lines"]),
    "compiler/base/later.cpp": ("// TODO: later\n", ["unfinished"]),
    "compiler/base/bare.h": ("int f();\n", ["headers begin"]),
    # What must not be found: comments and texts, and the rules' own homes.
    "compiler/base/fine.cpp": ('// system_clock::now()\nconst char* t = "steady_clock::now()";\n',
                               []),
    "runtime/net/home.cpp": ("#include <boost/asio/post.hpp>\nauto t = steady_clock::now();\n", []),
    "runtime/store/home.cpp": ("#include <rocksdb/db.h>\n", []),
}


def canary():
    with tempfile.TemporaryDirectory() as root:
        for path, (text, _) in CANARY.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        findings = check_tree(root)
    wrong = []
    if not any(path == "misc" for path, _, _ in findings):
        wrong.append("a folder of its own at the top was not found")
    for path, (_, expected) in CANARY.items():
        found = [rule for p, _, rule in findings if p == path]
        if len(found) != len(expected) or any(e not in r for e, r in zip(expected, found)):
            wrong.append(f"{path}: expected {expected}, found {found}")
    for line in wrong:
        print(line)
    print(f"canary: {len(findings)} violations found, {len(wrong)} missed or invented")
    return 1 if wrong else 0


def main(arguments):
    if arguments == ["--canary"]:
        return canary()
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    findings = check_tree(arguments[0])
    for path, line, rule in findings:
        print(f"{path}:{line}: {rule}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
