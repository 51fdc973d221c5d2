#!/usr/bin/env python3
"""Every use case has a test: its id stands in the title of a `test` block of an example.

    use_cases.py [FOLDER]     lists the use cases with the number of their tests; exits with 1 if
                              one that is wanted has none, or a title names one that does not exist
    use_cases.py --canary     proves that it would notice

FOLDER holds the examples (default: examples).
"""

import pathlib
import re
import sys
import tempfile

# What the examples are to show so far. A use case is added here before its campaign is written.
WANTED = {
    "T01": "registration: confirmation and double opt-in",
    "T02": "welcome, and a welcome series in several mails",
    "T03": "cart abandonment",
    "T04": "cart abandonment, second touch",
    "T05": "browse abandonment",
    "T06": "recent purchase: cross-sell",
    "T07": "inactivity: re-activation",
    "T08": "onboarding, next step not done",
    "T09": "birthday, in the person's own zone",
    "T10": "credits or points expire",
    "T11": "order confirmation",
    "T12": "shipment notification, then delivery",
    "T13": "billing and payment notice, failed payment",
    "T14": "cancellation, refund, bonus",
    "T15": "account-setting change, security alert",
    "T16": "password recovery",
    "T17": "information request, customer-service reply",
    "T18": "legal update to everyone concerned",
    "T19": "a click in an earlier mail triggers the next",
    "T20": "order not finished",
    "T21": "conditions combined freely",
    "T22": "search for a destination; time spent on content",
    "T23": "satisfaction survey, follow-up by the answer",
    "T24": "loyalty invitation after the Nth purchase",
    "T25": "event from a third party by webhook",
    "T26": "a contract's end, loaded from a file",
    "P01": "target by geography, life stage, behaviour",
    "P02": "personalised subject and blocks",
    "P03": "recommendations from the browsing history",
    "P04": "fallback content for every missing value",
    "P05": "send-time optimisation per person",
    "P06": "A/B test with hold-out",
    "P07": "partner actions: webhook",
    "O01": "offers and transactional mail from one place, with different rules",
    "O03": "debounce, caps, priorities",
    "O04": "opt-in respected",
    "O05": "one person, many ids",
}
TITLE = re.compile(r'^test\s+"((?:[^"\\]|\\.)*)"', re.MULTILINE)
ID = re.compile(r"\b[TPO]\d\d\b")


def titles(folder):
    return [(path, title) for path in sorted(pathlib.Path(folder).rglob("*.trig"))
            for title in TITLE.findall(path.read_text(encoding="utf-8"))]


def findings(folder):
    """(lines to print, mistakes) of the examples in `folder`."""
    count = dict.fromkeys(WANTED, 0)
    mistakes = []
    for path, title in titles(folder):
        for use_case in ID.findall(title):
            if use_case in count:
                count[use_case] += 1
            else:
                mistakes.append(f'{path}: test "{title}" names {use_case}, which is not wanted')
    mistakes += [f"{use_case} has no test: {WANTED[use_case]}"
                 for use_case, tests in count.items() if tests == 0]
    lines = [f"{use_case}  {tests:3}  {WANTED[use_case]}" for use_case, tests in count.items()]
    return lines, mistakes


def canary():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.trig")
        all_of_them = "\n".join(f'test "{use_case}: x" {{}}' for use_case in WANTED)
        path.write_text(all_of_them, encoding="utf-8")
        assert not findings(folder)[1], "complains about nothing"
        path.write_text(all_of_them.replace("T03", "t03"), encoding="utf-8")
        assert findings(folder)[1] == ["T03 has no test: cart abandonment"], "misses a missing test"
        path.write_text(all_of_them + '\ntest "T99: x" {}', encoding="utf-8")
        assert len(findings(folder)[1]) == 1, "misses an unknown use case"
        path.write_text(all_of_them.replace('test "T04', '# test "T04'), encoding="utf-8")
        assert len(findings(folder)[1]) == 1, "counts a comment"


def main(arguments):
    if arguments == ["--canary"]:
        canary()
        return 0
    lines, mistakes = findings(arguments[0] if arguments else "examples")
    print("\n".join(lines))
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
