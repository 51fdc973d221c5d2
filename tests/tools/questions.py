#!/usr/bin/env python3
"""docs/reference/semantics.md answers the questions that engines like this one leave open, by
number. Each has a sentence and names what proves it; this looks whether that is so: every question
is answered, every story and test program that is named exists, and one of them says the number of
the question.

    tests/tools/questions.py [--canary]
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "semantics.md"
QUESTIONS = 34
ROW = re.compile(r"^\| ((?:Q\d+(?:, )?)+) \| (.+?) \| (.+?) \|$", re.M)
NAME = re.compile(r"`([\w.]+)`")
# The number may stand as Q16, as "question 16" or within "questions 16 to 18".
RANGE = re.compile(r"[Qq]uestions? (\d+)(?: to (\d+))?")


def file_of(name):
    """The file that a name stands for; None: there is none."""
    if name.endswith(".trig"):
        places = [ROOT / "tests" / "scenario" / name]
    elif name.endswith(".py"):
        places = [ROOT / "tests" / "tools" / name, ROOT / "tests" / "e2e" / name]
    elif name == "sim":
        places = [ROOT / "tests" / "sim"]
    else:
        places = [ROOT / "tests" / folder / f"{name}.cpp" for folder in ("sim", "unit")]
    for place in places:
        if place.exists():
            return place
    # A suite of GoogleTest.
    for place in sorted((ROOT / "tests").glob("*/*.cpp")):
        if re.search(rf"TEST(_F)?\({name},", place.read_text()):
            return place
    return None


def numbers_in(text):
    numbers = {int(number) for number in re.findall(r"\bQ(\d+)\b", text)}
    for first, last in RANGE.findall(text):
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def mistakes(text):
    found = []
    answered = {}
    for questions, answer, proofs in ROW.findall(text):
        for number in re.findall(r"\d+", questions):
            answered[int(number)] = (answer, NAME.findall(proofs))
    for number in range(1, QUESTIONS + 1):
        if number not in answered:
            found.append(f"Q{number} has no answer")
            continue
        answer, names = answered[number]
        if len(answer.split()) < 4:
            found.append(f"the answer of Q{number} is no sentence")
        files = [file_of(name) for name in names]
        found += [f"Q{number}: there is no {name}" for name, place in zip(names, files)
                  if place is None]
        if not any(place and number in numbers_in(place.read_text()) for place in files):
            found.append(f"Q{number}: none of {', '.join(names) or 'nothing'} says its number")
    for proof in re.findall(r"^Proved by ((?:.|\n)+?)\n\n", text, re.M):
        for name in NAME.findall(proof):
            if re.fullmatch(r"\w+(_test|\.trig)|Engine\w+", name) and file_of(name) is None:
                found.append(f"a paragraph is proved by {name}, which is not there")
    return found


def main():
    text = PAGE.read_text()
    if "--canary" in sys.argv:
        broken = text.replace("| Q7 |", "| Q77 |").replace("`keys.trig`", "`no_keys.trig`")
        if len(mistakes(broken)) < len(mistakes(text)) + 3:
            sys.exit("planted mistakes were not found")
        return
    found = mistakes(text)
    for one in found:
        print(one, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
