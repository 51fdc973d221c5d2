#!/usr/bin/env python3
"""Writes what is made of the program's own help: docs/reference/commands.md, the man pages
docs/man/*.1, and the completion of commands and options for bash, zsh and fish,
docs/completion/trig.*. With --check nothing is written: the files must be what would be written.
zsh and fish are asked only where they are installed.

    tests/tools/commands.py TRIG [--check | --canary]
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import zsh_terminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTIONS = ("Positionals", "Options", "Subcommands")
# Of an entry of a list: the name, what the value looks like, and what it does.
ENTRY = re.compile(r"^  (\S+)((?: \S+)*?)(?:  +(\S.*))?$")
VALUE = re.compile(r"(?:TEXT|INT|UINT|FLOAT)(?::(\{[^}]*\}|\w+(?: in \[[^\]]*\])?))?(?:=(\S+))?")


def help_of(trig, words):
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run([trig, *words, "--help"], env=environment, capture_output=True, text=True,
                          timeout=60, check=True)
    return done.stdout


def parsed(text):
    """{"about", "usage", "Positionals": [(name, value, does)], …, "footer"}"""
    lines = text.rstrip("\n").split("\n")
    page = {"about": lines[0], "usage": lines[1].removeprefix("Usage: "), "footer": "",
            **{section: [] for section in SECTIONS}}
    section = None
    for line in lines[2:]:
        heading = line.rstrip(":")
        if line.endswith(":") and heading in SECTIONS and not page[heading]:
            section = heading
        elif section and line.startswith("      ") and page[section]:
            name, value, does = page[section][-1]
            page[section][-1] = (name, value, (does + " " + line.strip()).strip())
        elif section and line.startswith("  ") and ENTRY.match(line):
            name, value, does = ENTRY.match(line).groups()
            page[section].append((name, value.strip(), does or ""))
        else:
            section = None
            page["footer"] += line + "\n"
    page["footer"] = page["footer"].strip("\n")
    page["Options"] = [option for option in page["Options"] if option[0] != "--help-all"]
    return page


def pages_of(trig):
    """[(words, page)], the program first, each command before its own."""
    pages = []

    def visit(words):
        page = parsed(help_of(trig, words))
        pages.append((words, page))
        for name, _, _ in page["Subcommands"]:
            visit([*words, name])

    visit([])
    return pages


def value_text(value):
    """What stands for the value, and its default."""
    found = VALUE.search(value)
    if not found:
        return "", ""
    choices, default = found[1] or "", found[2] or ""
    if choices.startswith("{"):
        return choices[1:-1].replace(",", "|"), default
    return "VALUE", default


# ---------------------------------------------------------------------------------------- markdown

def markdown(pages):
    parts = ["<!-- Written by tests/tools/commands.py from the program's own help. -->\n",
             "# Commands\n", "Each command's `--help` says the same.\n"]
    for words, page in pages:
        if not words:
            continue
        parts.append(f"{'#' * (len(words) + 1)} trig {' '.join(words)}\n")
        parts.append(f"{page['about'][0].upper()}{page['about'][1:]}.\n")
        parts.append(f"```text\n{page['usage']}\n```\n")
        rows = []
        for section in ("Positionals", "Options"):
            for name, value, does in page[section]:
                shape, default = value_text(value)
                name = name.replace(",", "`, `")
                bare = section == "Positionals" or not shape
                shown = f"`{name}`" if bare else f"`{name} {shape}`"
                does = does.replace("|", "\\|").replace("<", "&lt;")
                rows.append(f"| {shown.replace('|', chr(92) + '|')} | {does}"
                            f"{f' (default: `{default}`)' if default else ''} |")
        if rows:
            parts.append("| argument | does |\n|---|---|\n" + "\n".join(rows) + "\n")
        if page["footer"]:
            parts.append(f"```text\n{page['footer']}\n```\n")
    return "\n".join(parts).rstrip() + "\n"


# ------------------------------------------------------------------------------------------ manual

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def manual(words, page, pages):
    name = "-".join(["trig", *words])
    lines = [".\\\" Written by tests/tools/commands.py from the program's own help.",
             f'.TH {name.upper()} 1 "" "trig" "trig manual"', ".SH NAME",
             f"{roff(name)} \\- {roff(page['about'])}", ".SH SYNOPSIS",
             f".B {roff(page['usage'])}"]
    for section, title in (("Positionals", "ARGUMENTS"), ("Options", "OPTIONS"),
                           ("Subcommands", "COMMANDS")):
        if page[section]:
            lines.append(f".SH {title}")
        for entry, value, does in page[section]:
            shape, default = value_text(value)
            bare = section != "Options" or not shape
            shown = entry if bare else f"{entry} {shape}"
            lines += [".TP", f".B {roff(shown)}",
                      roff(does + (f" (default: {default})" if default else "")) or "\\&"]
    if page["footer"]:
        lines += [".SH NOTES", ".nf", roff(page["footer"]), ".fi"]
    others = ["-".join(["trig", *other]) for other, _ in pages if other] if not words else ["trig"]
    lines.append(".SH SEE ALSO")
    lines += [f".BR {roff(other)} (1){',' if other != others[-1] else ''}" for other in others]
    return "\n".join(lines) + "\n"


# -------------------------------------------------------------------------------------- completion

def choices_of(page):
    """Options that take one of a few words, and these."""
    for name, value, _ in page["Options"]:
        shape, _ = value_text(value)
        if "|" in shape:
            yield name, shape.replace("|", " ")


def quoted_commands(pages):
    return " ".join(f'"{" ".join(words)}"' for words, _ in pages if words)


def completion(pages):
    """Commands and options after the commands that were named, choices after an option, files."""
    cases, choices = [], []
    for words, page in pages:
        options = [word for name, _, _ in page["Options"] for word in name.split(",")]
        commands = [name for name, _, _ in page["Subcommands"]]
        cases.append(f'    "{" ".join(words)}") words="{" ".join(commands + options)}" ;;')
        choices += [f'    "{" ".join(words)}:{name}") words="{offered}" ;;'
                    for name, offered in choices_of(page)]
    nested = quoted_commands(pages)
    return "\n".join([
        "# Completion of trig's commands and options for bash: source this file, or put it into",
        "# /usr/share/bash-completion/completions/trig.",
        "# Written by tests/tools/commands.py from the program's own help.",
        "_trig() {",
        '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"',
        '  local named="" words="" word known',
        '  for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do',
        f"    for known in {nested}; do",
        '      [[ "${named:+$named }$word" == "$known" ]] && named="$known" && break',
        "    done", "  done",
        '  case "$named:$before" in', *choices, "  esac",
        '  local chosen="$words"', '  if [[ -z "$words" ]]; then',
        '    case "$named" in', *cases, "    esac", "  fi",
        '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
        '  if [[ -n "$named" && -z "$chosen" && "$current" != -* ]]; then',
        '    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")',
        "  fi", "}", "complete -o filenames -F _trig trig", ""])


def zsh_completion(pages):
    """As for bash, with what each command and option does."""
    def entries(rows):
        texts = [f"{name}:{does}" for names, does in rows for name in names.split(",")]
        return "\n".join(f"        {shlex.quote(text)}" for text in texts)

    cases, choices = [], []
    for words, page in pages:
        options = [(name, does) for name, _, does in page["Options"]]
        commands = [(name, does) for name, _, does in page["Subcommands"]]
        cases += [f"    {shlex.quote(' '.join(words))})",
                  *(["      commands=(", entries(commands), "      )"] if commands else []),
                  "      options=(", entries(options), "      ) ;;"]
        choices += [f'    "{" ".join(words)}:{name}") compadd -- {offered}; return ;;'
                    for name, offered in choices_of(page)]
    nested = quoted_commands(pages)
    return "\n".join([
        "#compdef trig",
        "# Completion of trig's commands and options for zsh: source this file after compinit, or",
        "# put it as _trig into a folder of $fpath.",
        "# Written by tests/tools/commands.py from the program's own help.",
        "_trig() {",
        '  local before="${words[CURRENT-1]}" named="" word known',
        "  local -a commands options",
        '  for word in "${(@)words[2,CURRENT-1]}"; do',
        f"    for known in {nested}; do",
        '      [[ "${named:+$named }$word" == "$known" ]] && named="$known" && break',
        "    done", "  done",
        '  case "$named:$before" in', *choices, "  esac",
        '  case "$named" in', *cases, "  esac",
        "  (( $#commands )) && _describe command commands",
        "  _describe -o option options",
        '  if [[ -n "$named" && $#commands == 0 && "${words[CURRENT]}" != -* ]]; then',
        "    _files", "  fi", "}",
        'if [[ "${funcstack[1]}" == _trig ]]; then', '  _trig "$@"', "else",
        "  compdef _trig trig", "fi", ""])


def fish_quoted(text):
    text = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def fish_completion(pages):
    lines = []
    for words, page in pages:
        head = f"complete -c trig -n '__trig_in \"{' '.join(words)}\"'"
        for name, _, does in page["Subcommands"]:
            lines.append(f"{head} -f -a {name} -d {fish_quoted(does)}")
        for names, value, does in page["Options"]:
            shape, _ = value_text(value)
            flags = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                             for name in names.split(","))
            if "|" in shape:
                flags += f" -x -a '{shape.replace('|', ' ')}'"
            elif shape:
                flags += " -r"
            lines.append(f"{head} {flags} -d {fish_quoted(does)}")
    nested = " ".join(f"'{' '.join(words)}'" for words, _ in pages if words)
    return "\n".join([
        "# Completion of trig's commands and options for fish: source this file, or put it into",
        "# ~/.config/fish/completions.",
        "# Written by tests/tools/commands.py from the program's own help.",
        "function __trig_in -a command",
        "  set -l named ''", "  set -l before (commandline -opc)",
        "  for word in $before[2..]",
        "    set -l longer (string trim -- \"$named $word\")",
        f"    contains -- $longer {nested}; and set named $longer",
        "  end", '  test "$named" = "$command"', "end", *lines, ""])


def written(trig):
    pages = pages_of(trig)
    files = {"docs/reference/commands.md": markdown(pages),
             "docs/completion/trig.bash": completion(pages),
             "docs/completion/trig.zsh": zsh_completion(pages),
             "docs/completion/trig.fish": fish_completion(pages)}
    for words, page in pages:
        files[f"docs/man/{'-'.join(['trig', *words])}.1"] = manual(words, page, pages)
    return files


def mistakes(files):
    found = [f"{path} is not up to date: run tests/tools/commands.py build/release/trig"
             for path, text in files.items()
             if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    found += [f"docs/man/{path.name} is of no command" for path in (ROOT / "docs/man").glob("*.1")
              if f"docs/man/{path.name}" not in files]
    for path, text in files.items():
        if path.endswith(".1") and shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"], input=text, text=True,
                                  capture_output=True, timeout=60, check=False)
            found += [f"{path}: {line}" for line in done.stderr.splitlines()]
    lines = ["trig check --for", "trig check --format s", "trig co", "trig coupons ver"]
    for shell, completed in SHELLS.items():
        if shutil.which(shell) is None:
            print(f"{shell} is not installed, so its completion is not tried")
            continue
        words = completed(lines)
        if words != ["--format", "sarif", "coupons", "verify"]:
            found.append(f"{shell} completes otherwise: {words}")
    return found


def asked(command):
    """What the line's last word becomes, where that is one."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    return done.stdout.strip()


def completed_by_bash(lines):
    return [asked(["bash", "-c",
                   f"source {ROOT}/docs/completion/trig.bash; COMP_WORDS=({line}); "
                   'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _trig; echo "${COMPREPLY[@]}"'])
            for line in lines]


def completed_by_zsh(lines):
    zsh = zsh_terminal.Zsh(ROOT / "docs/completion/trig.zsh")
    try:
        return [zsh.completed(line).split()[-1] for line in lines]
    finally:
        zsh.close()


def completed_by_fish(lines):
    return [asked(["fish", "--no-config", "-c",
                   f"source {ROOT}/docs/completion/trig.fish; complete -C '{line}' | "
                   "string split -f1 \\t"]) for line in lines]


SHELLS = {"bash": completed_by_bash, "zsh": completed_by_zsh, "fish": completed_by_fish}


def main():
    files = written(sys.argv[1])
    if "--canary" in sys.argv:
        files["docs/reference/commands.md"] += "x"
        if not mistakes(files):
            sys.exit("a page that is not up to date was not found")
        return
    if "--check" not in sys.argv:
        for path, text in files.items():
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text)
    found = mistakes(files)
    for one in found:
        print(one, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
