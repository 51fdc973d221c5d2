"""Reads grammar/Trig.g4 for the scripts that make other things of it. A rule becomes a tree of
tuples: ("choice", parts), ("sequence", parts), ("optional" | "repeat" | "repeat1", part),
("word", spelling), ("rule", name) and ("token", NAME).

    grammar = Grammar(path.read_text())
    grammar.rules["span"]      # ("sequence", [("token", "NUMBER"), ("rule", "unit")])
    grammar.words("unit")      # every word that stands in that rule, also by way of other rules
"""
import re

PIECES = re.compile(r"'((?:[^'\\]|\\.)*)'|([a-z]\w*)|([A-Z]\w*)|([()|*+?;:])|(\S)")
WORD = re.compile(r"[a-z]+")
ENDING = {"*": "repeat", "+": "repeat1", "?": "optional"}


class Grammar:
    def __init__(self, text):
        # The parser's rules stand before the lexer's; comments hold no quotes that matter.
        parser_part = text[: text.index("// Declaration words;")]
        parser_part = re.sub(r"//[^\n]*", "", parser_part)
        parser_part = parser_part[parser_part.index("grammar Trig;") + len("grammar Trig;") :]
        self.pieces = [match.groups() for match in PIECES.finditer(parser_part)]
        self.at = 0
        self.rules = {}
        while self.at < len(self.pieces):
            name = self.take()[1]
            self.expect(":")
            self.rules[name] = self.choice()
            self.expect(";")

    def take(self):
        self.at += 1
        return self.pieces[self.at - 1]

    def sign(self):
        return self.pieces[self.at][3]

    def expect(self, sign):
        if self.take()[3] != sign:
            raise SystemExit(f"Trig.g4: expected {sign} before piece {self.at}")

    def choice(self):
        parts = [self.sequence()]
        while self.sign() == "|":
            self.take()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else ("choice", parts)

    def sequence(self):
        parts = []
        while self.sign() not in ("|", ")", ";"):
            parts.append(self.ended(self.atom()))
        return parts[0] if len(parts) == 1 else ("sequence", parts)

    def ended(self, part):
        return (ENDING[self.take()[3]], part) if self.sign() in ENDING else part

    def atom(self):
        spelling, rule, token, sign, other = self.take()
        if sign == "(":
            part = self.choice()
            self.expect(")")
            return part
        if spelling is not None:
            return ("word", spelling)
        if rule:
            return ("rule", rule)
        if token:
            return ("token", token)
        raise SystemExit(f"Trig.g4: cannot read {sign or other}")

    def words(self, rule):
        """The words (not the signs) of a rule and of the rules it is made of, in its order."""
        found, seen = [], set()

        def walk(part):
            kind, inside = part
            if kind == "word":
                if WORD.fullmatch(inside) and inside not in found:
                    found.append(inside)
            elif kind == "rule":
                if inside not in seen:
                    seen.add(inside)
                    walk(self.rules[inside])
            elif kind in ("choice", "sequence"):
                for each in inside:
                    walk(each)
            elif kind != "token":
                walk(inside)

        walk(("rule", rule))
        return found

    def first_words(self, rule):
        """The words that a text of this rule can begin with."""
        found = []

        def walk(part):
            """True where the part may be empty."""
            kind, inside = part
            if kind == "word":
                if WORD.fullmatch(inside) and inside not in found:
                    found.append(inside)
                return False
            if kind == "rule":
                return walk(self.rules[inside])
            if kind == "choice":
                return any([walk(each) for each in inside])
            if kind == "sequence":
                return all(walk(each) for each in inside)
            if kind == "token":
                return False
            walk(inside)
            return kind != "repeat1"

        walk(("rule", rule))
        return found
