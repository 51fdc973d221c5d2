# Completion of trig's commands and options for bash: source this file, or put it into
# /usr/share/bash-completion/completions/trig.
# Written by tests/tools/commands.py from the program's own help.
_trig() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
  local named="" words="" word known
  for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    for known in "new" "check" "fmt" "test" "repl" "diff" "serve" "events" "mails" "why" "coupons" "coupons verify" "explain" "dump"; do
      [[ "${named:+$named }$word" == "$known" ]] && named="$known" && break
    done
  done
  case "$named:$before" in
    "check:--format") words="text json sarif github junit" ;;
    "diff:--format") words="text json markdown" ;;
    "mails:--state") words="expired failed in-doubt pending sending sent suppressed" ;;
    "dump:--stage") words="tokens ast ir index llvm" ;;
  esac
  local chosen="$words"
  if [[ -z "$words" ]]; then
    case "$named" in
    "") words="new check fmt test repl diff serve events mails why coupons explain dump -h --help --version" ;;
    "new") words="-h --help" ;;
    "check") words="-h --help --format --fix --baseline --write-baseline --changed-since --cost" ;;
    "fmt") words="-h --help --check" ;;
    "test") words="-h --help --filter --junit --coverage --coverage-threshold --no-jit" ;;
    "repl") words="-h --help --data" ;;
    "diff") words="-h --help --against --format" ;;
    "serve") words="-h --help --listen --data --speed --log-json --no-jit" ;;
    "events") words="-h --help --data --rejected --json" ;;
    "mails") words="-h --help --data --state --json" ;;
    "why") words="-h --help --project --data --json" ;;
    "coupons") words="verify -h --help" ;;
    "coupons verify") words="-h --help" ;;
    "explain") words="-h --help" ;;
    "dump") words="-h --help --stage" ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ -n "$named" && -z "$chosen" && "$current" != -* ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _trig trig
