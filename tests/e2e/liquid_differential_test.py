#!/usr/bin/env python3
"""trig's Liquid beside liquidjs, on templates made from a seed.

    liquid_differential_test.py GOLDEN_LIQUID [--seed N] [--cases N] [--update]

Every template must give the same text, or fail, in both. The differences that are meant stand in
docs/reference/liquid-differences.md: each is shown to be one still, and the page to be what
liquid_differences.mjs says (--update writes its table).
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "docs", "reference", "liquid-differences.md")
TABLE = re.compile(r"(?<=<!-- table -->\n).*(?=<!-- end -->)", re.DOTALL)


def made(*arguments):
    done = subprocess.run(["node", "liquid_differential.mjs", *arguments], cwd=HERE, check=True,
                          stdout=subprocess.PIPE, text=True, timeout=300)
    return json.loads(done.stdout)["tests"]


def failing(golden_liquid, tests):
    """(names of the failing cases, everything that golden_liquid printed)."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"tests": tests}, file)
        file.flush()
        done = subprocess.run([golden_liquid, file.name, "--verbose"], stdout=subprocess.PIPE,
                              text=True, timeout=300, check=False)
    if done.returncode == 2:
        raise SystemExit(f"golden_liquid could not run:\n{done.stdout}")
    names = {test["name"] for test in tests}
    return [line for line in done.stdout.splitlines() if line in names], done.stdout


def code(text):
    text = text.replace("|", "\\|")
    return f"`{text}`" if text.strip() else f"`\"{text}\"`"


def table(differences):
    rows = ["| | template | trig | liquidjs |\n", "|---|---|---|---|\n"]
    for difference in differences:
        data = f" with {code(json.dumps(difference['data']))}" if difference["data"] else ""
        rows.append(f"| {difference['name']} | {code(difference['template'])}{data} "
                    f"| {code(difference['ours'])} | {code(difference['result'])} |\n")
    return "".join(rows)


def check_page(differences, update):
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    wanted = TABLE.sub(lambda _: table(differences), page)
    if update:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(wanted)
    elif page != wanted:
        yield f"{os.path.relpath(PAGE)} is not what liquid_differences.mjs says: run --update"


def problems(arguments):
    cases = made("--seed", str(arguments.seed), "--cases", str(arguments.cases))
    names, printed = failing(arguments.golden_liquid, cases)
    if names:
        yield f"{len(names)} of {len(cases)} templates differ:\n{printed[:4000]}"
    differences = made("--differences")
    ours = [{**one, "result": one["ours"]} for one in differences]
    for name in failing(arguments.golden_liquid, ours)[0]:
        yield f"{name}: trig no longer gives what the page says"
    known = set(failing(arguments.golden_liquid, differences)[0])
    for one in differences:
        if one["name"] not in known:
            yield f"{one['name']}: is no difference any more"
    yield from check_page(differences, arguments.update)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("golden_liquid", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    print(f"liquid_differential_test.py --seed {arguments.seed} --cases {arguments.cases}",
          flush=True)
    found = list(problems(arguments))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
