# Completion of trig's commands and options for bash: source this file, or put it into
# /usr/share/bash-completion/completions/trig.
# Written by tests/tools/commands.py from the program's own help.
_trig() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
  local named="" words="" word known
  for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    for known in "new" "check" "fmt" "test" "repl" "backtest" "diff" "diagram" "preview" "serve" "plan" "deploy" "rollback" "events" "mails" "why" "coupons" "coupons verify" "explain" "dump" "lsp"; do
      [[ "${named:+$named }$word" == "$known" ]] && named="$known" && break
    done
  done
  case "$named:$before" in
    "check:--format") words="text json sarif github junit" ;;
    "backtest:--format") words="text json markdown" ;;
    "diff:--format") words="text json markdown" ;;
    "diagram:--format") words="svg mermaid dot" ;;
    "preview:--format") words="text html eml png" ;;
    "mails:--state") words="expired failed in-doubt pending sending sent suppressed" ;;
    "dump:--stage") words="tokens ast ir index llvm" ;;
  esac
  local chosen="$words"
  if [[ -z "$words" ]]; then
    case "$named" in
    "") words="new check fmt test repl backtest diff diagram preview serve plan deploy rollback events mails why coupons explain dump lsp -h --help --version" ;;
    "new") words="-h --help" ;;
    "check") words="-h --help --format --fix --baseline --write-baseline --changed-since --cost" ;;
    "fmt") words="-h --help --check" ;;
    "test") words="-h --help --filter --junit --coverage --coverage-threshold --no-jit" ;;
    "repl") words="-h --help --data --events" ;;
    "backtest") words="-h --help --events --data --from --to --sort --subscribed --against --samples --max-sends-per-person-day --fail-if --format --json --html --threads --no-jit" ;;
    "diff") words="-h --help --against --format" ;;
    "diagram") words="-h --help --format -o --output --data --backtest" ;;
    "preview") words="-h --help --project --format --test --set -o --output" ;;
    "serve") words="-h --help --listen --data --speed --from-folder --log-json --no-jit" ;;
    "plan") words="-h --help --server --token-file --backtest --warm-up --subscribed --max-events --no-jit --out --json" ;;
    "deploy") words="-h --help --plan --server --token-file --yes --exact --json" ;;
    "rollback") words="-h --help --list --server --token-file --json" ;;
    "events") words="-h --help --data --rejected --json" ;;
    "mails") words="-h --help --data --state --json" ;;
    "why") words="-h --help --project --data --server --token-file --json" ;;
    "coupons") words="verify -h --help" ;;
    "coupons verify") words="-h --help" ;;
    "explain") words="-h --help" ;;
    "dump") words="-h --help --stage" ;;
    "lsp") words="-h --help --stdio" ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ -n "$named" && -z "$chosen" && "$current" != -* ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _trig trig
