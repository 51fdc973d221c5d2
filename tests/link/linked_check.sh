#!/usr/bin/env bash
# Runs a program and looks at what it is linked to: the shared libraries it asks for and the
# functions in it must not match a pattern.
#
#   linked_check.sh PROGRAM PATTERN [ARGUMENT…]
#                                              the program must be free of it, and exit with 0
#   linked_check.sh --canary PROGRAM PATTERN   the program must NOT be free of it
set -euo pipefail
expect=free
if [[ "$1" == "--canary" ]]; then
  expect=bound
  shift
fi
program=$1
pattern=$2

found="$({
  objdump -p "$program" | awk '$1 == "NEEDED" { print $2 }'
  nm -C --defined-only "$program"
  nm -DC --undefined-only "$program"
} | grep -Ei "$pattern" | head -5 || true)"

if [[ $expect == bound ]]; then
  [[ -n "$found" ]] && exit 0
  echo "linked_check: $program is free of $pattern, so the check proves nothing"
  exit 1
fi
if [[ -n "$found" ]]; then
  printf 'linked_check: %s must be free of %s, but it has:\n%s\n' "$program" "$pattern" "$found"
  exit 1
fi
"$program" "${@:3}"
