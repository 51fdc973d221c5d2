#compdef trig
# Completion of trig's commands and options for zsh: source this file after compinit, or
# put it as _trig into a folder of $fpath.
# Written by tests/tools/commands.py from the program's own help.
_trig() {
  local before="${words[CURRENT-1]}" named="" word known
  local -a commands options
  for word in "${(@)words[2,CURRENT-1]}"; do
    for known in "new" "check" "fmt" "test" "repl" "backtest" "diff" "diagram" "preview" "serve" "plan" "deploy" "rollback" "events" "mails" "why" "coupons" "coupons verify" "explain" "dump" "lsp"; do
      [[ "${named:+$named }$word" == "$known" ]] && named="$known" && break
    done
  done
  case "$named:$before" in
    "check:--format") compadd -- text json sarif github junit; return ;;
    "backtest:--format") compadd -- text json markdown; return ;;
    "diff:--format") compadd -- text json markdown; return ;;
    "diagram:--format") compadd -- svg mermaid dot; return ;;
    "preview:--format") compadd -- text html eml png; return ;;
    "mails:--state") compadd -- expired failed in-doubt pending sending sent suppressed; return ;;
    "dump:--stage") compadd -- tokens ast ir index llvm; return ;;
  esac
  case "$named" in
    '')
      commands=(
        'new:makes a small project that works'
        'check:reads, type-checks and lints a project, and says what is wrong'
        'fmt:puts .trig files in the one format'
        'test:runs the project'"'"'s tests in virtual time'
        'repl:tries declarations, people, events and time, one line at a time'
        'backtest:says what would have been sent for recorded events'
        'diff:says what changed in meaning since a revision'
        'diagram:draws campaigns as pictures'
        'preview:shows a mail as somebody would get it'
        'serve:takes events, runs the campaigns, sends the mail'
        'plan:says what deploying a project to a running server would do'
        'deploy:makes a running server run a project'
        'rollback:makes a running server run an earlier version again'
        'events:lists what came in and what became of it'
        'mails:lists the mails decided and where each stands'
        'why:tells what happened to a person, and why'
        'coupons:asks about codes that mails carried'
        'explain:says more about a finding; without a code, lists them'
        'dump:prints what the compiler makes of a text'
        'lsp:serves editors: mistakes while typing, completion, renaming'
      )
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--version:Display program version information and exit'
      ) ;;
    new)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
      ) ;;
    check)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--format:how findings are written'
        '--fix:mend what has one certain remedy'
        '--baseline:leave out the lints this file holds'
        '--write-baseline:write the lints there are to this file'
        '--changed-since:only lints in lines that changed since this git revision'
        '--cost:also print what each event and campaign may cost'
      ) ;;
    fmt)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--check:change nothing; exit with 1 if a file would change'
      ) ;;
    test)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--filter:only tests whose title contains this, or the one whose title it is'
        '--junit:also write the outcome to this file'
        '--coverage:say which steps, ways from them and ends no test came to'
        '--coverage-threshold:exit with 1 below this share, in percent'
        '--no-jit:interpret conditions, make no native code of them'
      ) ;;
    repl)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--data:a server'"'"'s data directory, only read: its people can be asked about'
        '--events:recorded events, files or folders of NDJSON and CSV, in place of a data directory'
      ) ;;
    backtest)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--events:recorded events: files or folders of NDJSON and CSV, - for the input'
        '--data:a server'"'"'s data directory, beside the server'
        '--from:figures count from this day or time on'
        '--to:the back-test ends at this day or time'
        '--sort:take each event as received when it occurred, in that order'
        '--subscribed:topics everybody is subscribed to from the first event on, or all'
        '--against:compare with this git revision, or with the project in this folder'
        '--samples:show the histories of so many people'
        '--max-sends-per-person-day:a day of a person with more mails is a finding'
        '--fail-if:a finding if this holds: "total.sends > 1.5 * before"'
        '--format:how it is written'
        '--json:the same as --format json'
        '--html:also write a page with plots to this file'
        '--threads:threads to play on'
        '--no-jit:interpret conditions, make no native code of them'
      ) ;;
    diff)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--against:a git revision'
        '--format:how it is written'
      ) ;;
    diagram)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--format:svg: a picture; mermaid, dot: a text that others draw'
        '-o:a file; of several campaigns a folder, with a file for each'
        '--output:a file; of several campaigns a folder, with a file for each'
        '--data:a server'"'"'s data directory: how many people wait at each step, and how many mails it has sent'
        '--backtest:what `trig backtest --json` wrote: how many mails each step would have sent'
      ) ;;
    preview)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--project:the project'"'"'s folder'
        '--format:text, html, eml: the whole message; png: a picture, by Chromium'
        '--test:with the person and the values of the first test whose title contains this and that sends the mail'
        '--set:NAME=VALUE of a parameter, or person.NAME=VALUE; lists and records as JSON'
        '-o:a file; of several mails a folder'
        '--output:a file; of several mails a folder'
      ) ;;
    serve)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--listen:HOST:PORT instead of trig.toml'"'"'s; port 0 takes a free one'
        '--data:the data directory instead of trig.toml'"'"'s'
        '--speed:for demonstrations: the clock runs this many times faster'
        '--from-folder:serve the folder although a version was deployed through the admin API'
        '--log-json:log lines as JSON'
        '--no-jit:interpret conditions, make no native code of them'
      ) ;;
    plan)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--server:the admin API of a running server, such as http://127.0.0.1:8081'
        '--token-file:a file with the token; otherwise it is read from $TRIG_ADMIN_TOKEN'
        '--backtest:play the last days of the server'"'"'s events through both versions, such as 7d'
        '--warm-up:play so many days before these too, without counting'
        '--subscribed:topics everybody is subscribed to from the first event on, or all'
        '--max-events:fetch no more events for it than these'
        '--no-jit:interpret conditions, make no native code of them'
        '--out:save the plan for `trig deploy --plan`'
        '--json:one JSON object'
      ) ;;
    deploy)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--plan:what `trig plan --out` saved: done as it says, or refused'
        '--server:the admin API of a running server, such as http://127.0.0.1:8081'
        '--token-file:a file with the token; otherwise it is read from $TRIG_ADMIN_TOKEN'
        '--yes:do not ask'
        '--exact:refuse if one person more or fewer is inside than the plan says'
        '--json:one JSON object'
      ) ;;
    rollback)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--list:only list the versions that are kept'
        '--server:the admin API of a running server, such as http://127.0.0.1:8081'
        '--token-file:a file with the token; otherwise it is read from $TRIG_ADMIN_TOKEN'
        '--json:one JSON object'
      ) ;;
    events)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--data:the data directory instead of trig.toml'"'"'s'
        '--rejected:only what was not understood, and why'
        '--json:one JSON object a line'
      ) ;;
    mails)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--data:the data directory instead of trig.toml'"'"'s'
        '--state:only these: expired, failed, in-doubt, pending, sending, sent, suppressed'
        '--json:one JSON object a line'
      ) ;;
    why)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--project:the project'"'"'s folder'
        '--data:the data directory instead of trig.toml'"'"'s'
        '--server:the admin API of a running server, such as http://127.0.0.1:8081'
        '--token-file:a file with the token; otherwise it is read from $TRIG_ADMIN_TOKEN'
        '--json:one JSON object'
      ) ;;
    coupons)
      commands=(
        'verify:says whether a code was made by this project'
      )
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
      ) ;;
    'coupons verify')
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
      ) ;;
    explain)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
      ) ;;
    dump)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--stage:tokens, ast: of files; ir, index, llvm: of a project'
      ) ;;
    lsp)
      options=(
        '-h:Print this help message and exit'
        '--help:Print this help message and exit'
        '--stdio:as some editors call every language server; it is always so'
      ) ;;
  esac
  (( $#commands )) && _describe command commands
  _describe -o option options
  if [[ -n "$named" && $#commands == 0 && "${words[CURRENT]}" != -* ]]; then
    _files
  fi
}
if [[ "${funcstack[1]}" == _trig ]]; then
  _trig "$@"
else
  compdef _trig trig
fi
