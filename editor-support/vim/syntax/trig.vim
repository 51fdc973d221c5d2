" Written by tests/tools/editor_files.py from grammar/Trig.g4; change that instead.
if exists('b:current_syntax')
  finish
endif

" Words that may be names too: beside a comparison they are.
syntax match trigKeyword /\<\%(anonymous\|campaign\|finished\|priority\|required\|template
      \\|because\|catalog\|consent\|coupons\|journey\|segment\|silence
      \\|waiting\|always\|before\|capped\|emails\|medium\|needed
      \\|person\|policy\|record\|after\|email\|ended\|event\|local
      \\|never\|quiet\|topic\|until\|value\|while\|best\|ever\|from
      \\|goal\|high\|late\|list\|most\|move\|rate\|skip\|step\|test
      \\|with\|end\|for\|key\|low\|one\|pin\|use\|as\|at\|by\|of\|to
      \\|up\)\>
      \\%(\s*\%([=!<>]=\|[<>.?]\)\)\@!/
syntax match trigReserved /\<\%(unsubscribes\|unsubscribe\|identifies\|subscribes
      \\|subscribe\|entering\|holdout\|leaving\|restart\|expect\|unless
      \\|within\|again\|edits\|every\|split\|where\|else\|emit\|exit
      \\|post\|send\|stop\|then\|wait\|when\|per\|set\|on\)\>/
syntax match trigOperatorWord /\<\%(contains\|between\|matches\|starts\|since\|and\|not\|in\|is
      \\|no\|or\)\>/
syntax match trigConstant /\<\%(false\|true\)\>/

syntax match trigFunction /\<[a-z][a-z0-9_]*\>\ze(/
syntax match trigKeyword /\<of\ze(/
syntax match trigReserved /\<\%(unsubscribes\|unsubscribe\|identifies\|subscribes
      \\|subscribe\|entering\|holdout\|leaving\|restart\|expect\|unless
      \\|within\|again\|edits\|every\|split\|where\|else\|emit\|exit
      \\|post\|send\|stop\|then\|wait\|when\|per\|set\|on\)\>\ze(/
syntax match trigOperatorWord /\<\%(contains\|between\|matches\|starts\|since\|and\|not\|in\|is
      \\|no\|or\)\>\ze(/
syntax match trigAggregate /\<\%(distinct\|count\|first\|last\|max\|min\|sum\)\>\ze\s*(/
syntax match trigPersonWord /\<person\ze\s*\%(\.\|\%(is\|in\|not\)\>\)/

syntax match trigUnit contained /\<\%(minutes\|seconds\|minute\|months\|second\|hours\|month
      \\|weeks\|years\|days\|hour\|week\|year\|day\)\>/
syntax match trigUnit /\<\%(minutes\|seconds\|minute\|months\|second\|hours\|month
      \\|weeks\|years\|days\|hour\|week\|year\|day\)\>\ze\s\+since\>/
syntax match trigReserved /\<\%(per\|every\)\>/ nextgroup=trigUnit skipwhite
syntax match trigKeyword /\<best\>/ nextgroup=trigUnit skipwhite
syntax match trigKeyword /\%(^\s*\)\@<=\<step\>/ nextgroup=trigName skipwhite
syntax match trigKeyword /\<\%(as\|by\)\>/ nextgroup=trigName skipwhite
syntax match trigKeyword /\<policy\>/ nextgroup=trigName skipwhite
syntax match trigReserved /\<send\>/ nextgroup=trigName skipwhite
syntax match trigDeclaration /^\<\%(campaign\|template\|catalog\|coupons\|segment\|person
      \\|policy\|record\|event\|topic\|list\|test\|use\)\>/ nextgroup=trigName skipwhite
syntax match trigName contained /\%(\<to\>\)\@!\<[a-z][a-z0-9_]*\>/

syntax match trigField /\<[a-z][a-z0-9_]*\>\ze\s*:/ nextgroup=trigColon skipwhite
syntax match trigReserved /\<when\ze\s\+capped\>/ nextgroup=trigCapped skipwhite
syntax match trigCapped contained /\<capped\>/
syntax match trigColon contained /:/ nextgroup=trigType,trigTypeOf skipwhite
syntax match trigTypeOf contained /\<list of\>/ nextgroup=trigType,trigTypeOf skipwhite
syntax match trigType contained /\<\%(campaign\|datetime\|duration\|language\|template\|timezone
      \\|boolean\|country\|integer\|message\|percent\|number\|email
      \\|money\|date\|text\|time\|url\)\>
      \\ze\s*\%([?,)=}]\|$\|key\>\|from\>\|in\>\)/
syntax match trigField /\.\s*\zs\<[a-z][a-z0-9_]*\>/

syntax match trigNumber /\<\d\+\%(\.\d\+\)\?\>/ nextgroup=trigUnit,trigCurrency skipwhite
syntax match trigDate /\<\d\{4}-\d\+-\d\+\>/
syntax match trigTime /\<\d\+:\d\+\>/
syntax match trigCurrency /\<[A-Z]\{3}\>/
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
