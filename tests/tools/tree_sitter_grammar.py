"""grammar/Trig.g4 as a grammar of tree-sitter: editor_files.py writes it to
editor-support/tree-sitter/grammar.js. Rules keep their names, in tree-sitter's spelling; a level of
the expressions is a node only where its operator stands.
"""
import json
import re

HEAD = """\
// Written by tests/tools/editor_files.py from grammar/Trig.g4; change that instead.
"""

# Level of the expressions → the node of its operator.
LEVELS = {
    "expression": "or_expression", "conjunction": "and_expression", "negation": "not_expression",
    "comparison": "comparison", "fallback": "or_else_expression", "sum": "sum",
    "product": "product", "unary": "negative", "present": "present_expression",
}
# Rules that are a choice of others and no node of their own.
HIDDEN = {"declaration", "policyRule", "step", "testStep", "triggerKind", "primary", "literal",
          "plainType", "word"}
LEFT_OUT = {"loneExpression", "reserved"}
TOKENS = {
    "WORD": "$.identifier", "CURRENCY": "$.currency", "NUMBER": "$._digits", "DATE": "$.date",
    "TIME": "$.time", "TEXT": "$._text",
}
TOKEN_RULES = """\
    identifier: _ => /[a-z][a-z0-9_]*/,
    currency: _ => /[A-Z][A-Z][A-Z]/,
    _digits: _ => /[0-9]+(\\.[0-9]+)?/,
    date: _ => /[0-9][0-9][0-9][0-9]-[0-9]+-[0-9]+/,
    time: _ => /[0-9]+:[0-9]+/,
    _text: _ => /"([^"\\\\\\r\\n]|\\\\[^\\r\\n])*"/,
    comment: _ => token(/#[^\\r\\n]*/),
"""
# Where the next word but one decides; tree-sitter then follows both ways.
CONFLICTS = [
    ["_fallback", "or_else_expression"], ["or_else_expression"],  # or · or else
    ["field_decl"],  # a field called `from`
    ["events", "sequence_trigger"], ["test_subscription"], ["test_event"],
    ["expect_send", "_word"], ["expect_send"], ["expect_no_send", "_word"], ["expect_journey"],
    ["number", "span"],
]


def snake(name):
    return re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name)


class Writer:
    def __init__(self, grammar):
        self.grammar = grammar

    def reference(self, name):
        if name in LEVELS or name in HIDDEN:
            return "$._" + snake(name)
        return "$." + snake(name)

    def part(self, part):
        kind, inside = part
        if kind == "word":
            return json.dumps(inside)
        if kind == "rule":
            return self.reference(inside)
        if kind == "token":
            return TOKENS[inside]
        if kind in ("choice", "sequence"):
            name = {"choice": "choice", "sequence": "seq"}[kind]
            return f"{name}({', '.join(self.part(each) for each in inside)})"
        return f"{kind}({self.part(inside)})"

    def words_as_names(self, words):
        return [f"alias({json.dumps(word)}, $.identifier)" for word in words]

    def level(self, name):
        """The hidden rule of a level, and the node of its operator."""
        rule = self.grammar.rules[name]
        through, nodes = [], []
        for way in rule[1] if rule[0] == "choice" else [rule]:
            if way[0] == "rule":
                through.append(self.reference(way[1]))
                continue
            first, *rest = way[1] if way[0] == "sequence" else [way]
            if first[0] == "rule" and len(rest) == 1 and rest[0][0] in ("repeat", "optional"):
                through.append(self.reference(first[1]))
                kind, more = rest[0]
                text = self.part(("repeat1", more) if kind == "repeat" else more)
                nodes.append(f"seq({self.reference(first[1])}, {text})")
            else:
                nodes.append(self.part(way))
        node = nodes[0] if len(nodes) == 1 else f"choice({', '.join(nodes)})"
        yield "_" + snake(name), f"choice({', '.join(through + ['$.' + LEVELS[name]])})"
        yield LEVELS[name], node

    def rules(self):
        for name, rule in self.grammar.rules.items():
            if name in LEFT_OUT:
                continue
            if name == "file":
                yield "source_file", "repeat($._declaration)"
            elif name in LEVELS:
                yield from self.level(name)
            elif name == "word":
                words = self.words_as_names(self.grammar.words("word"))
                yield "_word", f"choice({', '.join(['$.identifier'] + words)})"
            elif name in ("name", "label"):  # circles around `word`, without a node between
                own = [w for w in self.grammar.words(name)
                       if w not in self.grammar.words("word")]
                yield name, f"choice({', '.join(['$._word'] + self.words_as_names(own))})"
            elif name == "function":
                yield "function", "choice($._word, alias(\"person\", $.identifier))"
            elif name == "typeName":
                yield "type_name", "choice($._word, alias(\"person\", $.identifier))"
            else:
                yield ("_" if name in HIDDEN else "") + snake(name), self.part(rule)


def wrapped(name, body):
    """One rule, its choices on lines of their own where it is long."""
    line = f"    {name}: $ => {body},"
    if len(line) <= 100:
        return line + "\n"
    words, lines, now = body.split(" "), [], ""
    for word in words:
        if len(now) + len(word) > 92:
            lines.append(now.rstrip())
            now = ""
        now += word + " "
    lines.append(now.rstrip())
    return f"    {name}: $ =>\n" + "".join(f"      {each}\n" for each in lines)[:-1] + ",\n"


def grammar_js(grammar):
    writer = Writer(grammar)
    rules = "".join(wrapped(name, body) for name, body in writer.rules())
    conflicts = "".join(f"    [{', '.join('$.' + each for each in names)}],\n"
                        for names in CONFLICTS)
    return (HEAD + "module.exports = grammar({\n  name: 'trig',\n\n"
            "  word: $ => $.identifier,\n"
            "  extras: $ => [/[ \\t\\r\\n]/, $.comment],\n"
            f"  conflicts: $ => [\n{conflicts}  ],\n\n"
            f"  rules: {{\n{rules}{TOKEN_RULES}  }},\n}});\n")
