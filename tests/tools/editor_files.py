#!/usr/bin/env python3
"""Writes what editors know about the syntax, from grammar/Trig.g4: the TextMate grammar, Vim's
syntax file and the grammar of tree-sitter. With --check nothing is written, and a file that is not
up to date is an error.

    tests/tools/editor_files.py [--check]
"""
import hashlib
import json
import pathlib
import re
import sys

import antlr_grammar
import tree_sitter_grammar

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDITORS = ROOT / "editor-support"
SOURCE = "grammar/Trig.g4"
NAME = "[a-z][a-z0-9_]*"


class Words:
    """The words of the language by what they are, each in one list."""

    def __init__(self, grammar):
        reserved = grammar.words("reserved")
        self.constants = [word for word in reserved if word in ("true", "false")]
        self.operators = [word for word in reserved
                          if word in grammar.words("comparisonOp") + ["and", "or", "not", "no",
                                                                      "is", "between", "since"]]
        self.reserved = [word for word in reserved
                         if word not in self.constants + self.operators]
        self.units = grammar.words("unit")
        self.aggregates = grammar.words("aggregateOp")
        self.declarations = grammar.first_words("declaration")
        # These may be names too: what stands around them tells.
        self.soft = [word for word in grammar.words("name")
                     if word not in self.units + self.aggregates]
        self.types = re.findall(
            r'^    \{"(\w+)", ir::Kind::', (ROOT / "compiler/check/check_type.cpp").read_text(),
            re.M)
        if not self.types:
            raise SystemExit("check_type.cpp: no types found")


def alternatives(words):
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


# ------------------------------------------------------------------------------------- TextMate


def captured(match, *scopes):
    return {"match": match,
            "captures": {str(number): {"name": f"{scope}.trig"}
                         for number, scope in enumerate(scopes, 1) if scope}}


def simple(match, scope):
    return {"match": match, "name": f"{scope}.trig"}


def textmate_patterns(words):
    """In the order they are tried: at one place the first that matches wins."""
    units = alternatives(words.units)
    keyword = "keyword.control"
    return {
        "comment": [simple(r"#.*$", "comment.line.number-sign")],
        "text": [{
            "begin": '"', "end": r'"|$', "name": "string.quoted.double.trig",
            "patterns": [simple(r"\\.", "constant.character.escape")],
        }],
        "number": [
            simple(r"\b\d{4}-\d+-\d+\b", "constant.numeric.date"),
            simple(r"\b\d+:\d+\b", "constant.numeric.time"),
            captured(rf"\b(\d+(?:\.\d+)?)\s+({units})\b", "constant.numeric",
                     "keyword.other.unit"),
            captured(r"\b(\d+(?:\.\d+)?)\s*([A-Z]{3})\b", "constant.numeric",
                     "keyword.other.unit.currency"),
            simple(r"\b\d+(?:\.\d+)?\b", "constant.numeric"),
            simple(r"\b[A-Z]{3}\b", "keyword.other.unit.currency"),
        ],
        "declaration": [
            captured(rf"^({alternatives(words.declarations)})\b(?:\s+({NAME}))?",
                     "keyword.declaration", "entity.name.type"),
        ],
        "member": [
            captured(rf"(\.)\s*({NAME})\b", "punctuation.accessor", "variable.other.property"),
            captured(rf"\b(when)\s+(capped)\s*(:)", keyword, keyword, "punctuation.separator"),
            captured(rf"\b({NAME})\s*(:)\s*((?:list\s+of\s+)*)({alternatives(words.types)})"
                     r"(?=\s*(?:[?,)=}]|$|key\b|from\b|in\b))",
                     "variable.other.property", "punctuation.separator", keyword, "support.type"),
            captured(rf"\b({NAME})\s*(:)", "variable.other.property", "punctuation.separator"),
        ],
        "named": [
            captured(rf"\b(send)\s+(?!to\b)({NAME})\b", keyword, "entity.name.function"),
            captured(rf"\b(step)\s+({NAME})\b", keyword, "entity.name.section"),
            captured(rf"\b(as)\s+({NAME})\b", keyword, "variable.other"),
            captured(rf"\b(policy)\s+({NAME})\b", keyword, "entity.name.type"),
            captured(rf"\b(by)\s+({NAME})\b", keyword, "variable.other.property"),
            captured(rf"\b(per|every)\s+({units})\b", keyword, "keyword.other.unit"),
            captured(rf"\b({units})\s+(since)\b", "keyword.other.unit", "keyword.operator.word"),
            captured(r"\b(best)\s+(hour)\b", keyword, keyword),
        ],
        "word": [
            simple(rf"\b(?:{alternatives(words.constants)})\b", "constant.language"),
            simple(rf"\b(?:{alternatives(words.operators)})\b", "keyword.operator.word"),
            simple(rf"\b(?:{alternatives(words.reserved)})\b", keyword),
            captured(rf"\b({alternatives(words.aggregates)})\s*(?=\()", "support.function"),
            captured(r"\b(of)\s*(?=\()", keyword),
            captured(rf"\b({NAME})\s*(?=\()", "entity.name.function"),
            simple(r"\bperson\b(?=\s*(?:\.|(?:is|in|not)\b))", "variable.language"),
            simple(rf"\b(?:{alternatives(words.soft)})\b(?!\s*(?:[=!<>]=|[<>.?]))", keyword),
            simple(rf"\b{NAME}\b", "variable.other"),
        ],
        "sign": [
            simple(r"==|!=|<=|>=|[<>=+\-*/%?]", "keyword.operator"),
            simple(r"[{}()\[\],]", "punctuation"),
        ],
    }


def textmate(words):
    repository = {name: {"patterns": patterns}
                  for name, patterns in textmate_patterns(words).items()}
    grammar = {
        "information_for_contributors": f"Written by tests/tools/editor_files.py from {SOURCE}.",
        "name": "trig", "scopeName": "source.trig", "fileTypes": ["trig"],
        "patterns": [{"include": f"#{name}"} for name in repository],
        "repository": repository,
    }
    return json.dumps(grammar, indent=2) + "\n"


# ------------------------------------------------------------------------------------------ Vim


def vim_words(words, width=64):
    """`\\<\\%(a\\|b\\)\\>`, in lines that Vim joins."""
    lines, now = [], ""
    for word in sorted(words, key=lambda word: (-len(word), word)):
        piece = (r"\|" if lines or now else r"\<\%(") + word
        if len(now) + len(piece) > width:
            lines.append(now)
            now = ""
        now += piece
    return "\n      \\".join(lines + [now + r"\)\>"])


def vim(words):
    """The later of two that match at one place wins."""
    name = r"\<[a-z][a-z0-9_]*\>"
    return rf'''" Written by tests/tools/editor_files.py from {SOURCE}; change that instead.
if exists('b:current_syntax')
  finish
endif

" Words that may be names too: beside a comparison they are.
syntax match trigKeyword /{vim_words(words.soft)}
      \\%(\s*\%([=!<>]=\|[<>.?]\)\)\@!/
syntax match trigReserved /{vim_words(words.reserved)}/
syntax match trigOperatorWord /{vim_words(words.operators)}/
syntax match trigConstant /{vim_words(words.constants)}/

syntax match trigFunction /{name}\ze(/
syntax match trigKeyword /\<of\ze(/
syntax match trigReserved /{vim_words(words.reserved)}\ze(/
syntax match trigOperatorWord /{vim_words(words.operators)}\ze(/
syntax match trigAggregate /{vim_words(words.aggregates)}\ze\s*(/
syntax match trigPersonWord /\<person\ze\s*\%(\.\|\%(is\|in\|not\)\>\)/

syntax match trigUnit contained /{vim_words(words.units)}/
syntax match trigUnit /{vim_words(words.units)}\ze\s\+since\>/
syntax match trigReserved /\<\%(per\|every\)\>/ nextgroup=trigUnit skipwhite
syntax match trigKeyword /\<best\>/ nextgroup=trigUnit skipwhite
syntax match trigKeyword /\%(^\s*\)\@<=\<step\>/ nextgroup=trigName skipwhite
syntax match trigKeyword /\<\%(as\|by\)\>/ nextgroup=trigName skipwhite
syntax match trigKeyword /\<policy\>/ nextgroup=trigName skipwhite
syntax match trigReserved /\<send\>/ nextgroup=trigName skipwhite
syntax match trigDeclaration /^{vim_words(words.declarations)}/ nextgroup=trigName skipwhite
syntax match trigName contained /\%(\<to\>\)\@!{name}/

syntax match trigField /{name}\ze\s*:/ nextgroup=trigColon skipwhite
syntax match trigReserved /\<when\ze\s\+capped\>/ nextgroup=trigCapped skipwhite
syntax match trigCapped contained /\<capped\>/
syntax match trigColon contained /:/ nextgroup=trigType,trigTypeOf skipwhite
syntax match trigTypeOf contained /\<list of\>/ nextgroup=trigType,trigTypeOf skipwhite
syntax match trigType contained /{vim_words(words.types)}
      \\ze\s*\%([?,)=}}]\|$\|key\>\|from\>\|in\>\)/
syntax match trigField /\.\s*\zs{name}/

syntax match trigNumber /\<\d\+\%(\.\d\+\)\?\>/ nextgroup=trigUnit,trigCurrency skipwhite
syntax match trigDate /\<\d\{{4}}-\d\+-\d\+\>/
syntax match trigTime /\<\d\+:\d\+\>/
syntax match trigCurrency /\<[A-Z]\{{3}}\>/
syntax match trigEscape contained /\\./
syntax region trigText start=/"/ skip=/\\./ end=/"/ oneline contains=trigEscape
syntax match trigComment /#.*$/ contains=@Spell

highlight default link trigComment Comment
highlight default link trigText String
highlight default link trigEscape SpecialChar
highlight default link trigNumber Number
highlight default link trigDate Number
highlight default link trigTime Number
highlight default link trigUnit Special
highlight default link trigCurrency Special
highlight default link trigDeclaration Structure
highlight default link trigReserved Statement
highlight default link trigKeyword Statement
highlight default link trigCapped Statement
highlight default link trigTypeOf Statement
highlight default link trigOperatorWord Operator
highlight default link trigConstant Boolean
highlight default link trigAggregate Function
highlight default link trigFunction Function
highlight default link trigPersonWord Identifier
highlight default link trigField Identifier
highlight default link trigName Title
highlight default link trigType Type

let b:current_syntax = 'trig'
'''


# ----------------------------------------------------------------------------------------- files


def stale_parser():
    """The parser that the command line of tree-sitter made: of this grammar.js?"""
    folder = EDITORS / "tree-sitter"
    made_of = folder / "src/grammar.sha256"
    digest = hashlib.sha256((folder / "grammar.js").read_bytes()).hexdigest()
    return not made_of.exists() or made_of.read_text().strip() != digest


def main():
    check = sys.argv[1:] == ["--check"]
    grammar = antlr_grammar.Grammar((ROOT / SOURCE).read_text())
    words = Words(grammar)
    stale = 0
    for path, text in (
        (EDITORS / "vscode/syntaxes/trig.tmLanguage.json", textmate(words)),
        (EDITORS / "vim/syntax/trig.vim", vim(words)),
        (EDITORS / "tree-sitter/grammar.js", tree_sitter_grammar.grammar_js(grammar)),
    ):
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        name = path.relative_to(ROOT)
        if check:
            print(f"{name} is stale: run tests/tools/editor_files.py")
        else:
            path.write_text(text)
            print(f"wrote {name}")
    if stale_parser():
        stale += 1
        print("editor-support/tree-sitter/src is stale: run editor-support/tree-sitter/generate")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
