// The syntax of trig, all of it. Line ends mean nothing. A rule is called like its struct in
// compiler/ast/ast.h and is read by the function of that name in compiler/parse/.
//
// How to read on: declarations, fields and types, policy, campaign, triggers, steps, tests,
// expressions, names, tokens. How to add a construct: README.md beside this file.
grammar Trig;

// ------------------------------------------------------------------------------------ start rules

file : declaration* EOF ;
loneExpression : expression EOF ;   // what the REPL reads

// ------------------------------------------------------------------------------------ declarations

declaration
  : useDecl | eventDecl | recordDecl | personDecl | listDecl | catalogDecl | topicDecl
  | couponsDecl | segmentDecl | templateDecl | policyDecl | campaignDecl | testDecl
  ;

useDecl      : 'use' name ('.' label)* ;
eventDecl    : 'event' name ('from' text ('or' text)*)? fields ;
recordDecl   : 'record' name fields ;
personDecl   : 'person' fields ;
listDecl     : 'list' name 'from' text 'by' label fields? ;
catalogDecl  : 'catalog' name 'from' text 'key' label fields ;
topicDecl    : 'topic' name text? ;
couponsDecl  : 'coupons' name recordLiteral ;
segmentDecl  : 'segment' name ':' expression ;
templateDecl : 'template' name '(' (parameter (',' parameter)* ','?)? ')' 'from' text ;
parameter    : label ':' typeExpr ;

// ------------------------------------------------------------------------------- fields and types

fields    : '{' fieldDecl* '}' ;
fieldDecl : label ':' typeExpr 'key'? ('=' constant)? ('from' text ('or' text)*)? ('in' text)? ;
constant  : '-' constant | literal | '[' (constant (',' constant)* ','?)? ']' ;

typeExpr  : plainType '?'? ;        // `list of text?`: the list may be missing
plainType : 'list' 'of' plainType | 'one' 'of' '(' text (',' text)* ','? ')' | typeName ;
typeName  : word | 'person' ;

// ------------------------------------------------------------------------------------------ policy

policyDecl : 'policy' name '{' policyRule* '}' ;
policyRule : consentRule | capRule | quietRule | rateRule | whenCappedRule ;

consentRule    : 'consent' ('required' ('for' name)? | 'not' 'needed') ;
capRule        : 'at' 'most' cap (',' cap)* ;
cap            : NUMBER ('email' | 'emails') 'per' unit ;
quietRule      : 'quiet' TIME 'to' TIME 'local' ;
rateRule       : 'rate' NUMBER 'per' unit ;
whenCappedRule : 'when' 'capped' ':' ('wait' 'up' 'to' span | 'skip') ;

// ---------------------------------------------------------------------------------------- campaign

// The order is fixed: head, trigger, steps, tail.
campaignDecl
  : 'campaign' name text? '{'
      policyRef? priority? trigger? again? restart?
      step*
      exitOn* goal* edits?
    '}'
  ;

policyRef : 'policy' name ;
priority  : 'priority' ('high' | 'medium' | 'low') ;
again     : 'again' ('never' | 'when' 'finished' | 'after' span | 'always') ;
restart   : 'restart' 'while' 'waiting' ;
exitOn    : 'exit' 'on' occurrence ;
goal      : 'goal' occurrence 'within' span ('value' label)? ;
edits     : 'edits' ('pin' | 'move' | 'end') ;

events     : name ('or' name)* ;
binding    : 'as' name ;
occurrence : events binding? ('where' expression)? ;

// ---------------------------------------------------------------------------------------- triggers

trigger : 'on' triggerKind ('where' expression)? ('per' path)? ;
triggerKind
  : eventTrigger | countTrigger | sequenceTrigger | silenceTrigger | dateTrigger
  | segmentTrigger | recurringTrigger | onceTrigger
  ;

eventTrigger     : events binding? ;
countTrigger     : NUMBER events binding? 'within' span ;
sequenceTrigger  : name binding? sequencePart+ ;
sequencePart     : 'then' name binding? 'within' span ;
silenceTrigger   : silence ;
dateTrigger      : (span ('before' | 'after'))? name ('.' label)+ ('every' 'year')?
                   'at' localTime binding? ;
segmentTrigger   : ('entering' | 'leaving') name ;
recurringTrigger : 'every' name 'at' localTime 'for' name ;
onceTrigger      : DATE 'at' localTime 'for' name ;

// ------------------------------------------------------------------------------------------- steps

block : '{' step* '}' ;
step
  : stepName | waitSpan | waitUntil | waitForEvent | waitForSilence | when | stop | split
  | send | subscribe | unsubscribe | post | setField | emit
  ;

stepName       : 'step' name ;
waitSpan       : 'wait' span unless* ;
waitUntil      : 'wait' 'until' moment unless* ;
waitForSilence : 'wait' span 'of' 'silence' ('up' 'to' span)? unless* ;
waitForEvent   : 'wait' 'for' occurrence 'up' 'to' span block ('else' block)? ;
unless         : 'unless' occurrence ;
moment         : localTime | fallback ('at' localTime)? ;

when        : 'when' expression block ('else' 'when' expression block)* ('else' block)? ;
stop        : 'stop' ;
split       : 'split' text '{' splitArm+ '}' ;
splitArm    : NUMBER '%' (name block | 'holdout') ;
send        : 'send' name arguments binding? ('at' 'best' 'hour')? ('within' span)?
              ('or' 'skip' 'after' span)? ;
subscribe   : 'subscribe' name ;
unsubscribe : 'unsubscribe' name ;
post        : 'post' text 'with' recordLiteral ;
setField    : 'set' 'person' '.' label '=' expression ;
emit        : 'emit' name recordLiteral ;

// ------------------------------------------------------------------------------------------- tests

testDecl : 'test' text '{' testStep* '}' ;
testStep
  : testPerson | testAnonymous | testAt | testAfter | testEvent | testIdentifies
  | testSubscription | expectNoSend | expectSend | expectJourney
  ;

testPerson       : 'person' actor recordLiteral ;
testAnonymous    : 'anonymous' actor ;
testAt           : 'at' DATE TIME ;
testAfter        : 'after' span ;
testEvent        : actor name recordLiteral ('late' 'by' span)? ;
testIdentifies   : actor 'identifies' 'as' actor ;
testSubscription : actor ('subscribes' | 'unsubscribes') name? ;
expectNoSend     : 'expect' 'no' 'send' name? 'to' actor ;
expectSend       : 'expect' testAt? NUMBER? 'send' name? 'to' actor ('with' recordLiteral)? ;
expectJourney    : 'expect' 'journey' name 'of' actor
                   ('ended' ('because' text)? | 'waiting') ;

// ------------------------------------------------------------------------------------- expressions

// From loose to tight, one rule a level.
expression  : conjunction ('or' conjunction)* ;
conjunction : negation ('and' negation)* ;
negation    : 'not' negation | comparison ;
comparison
  : silence
  | fallback (comparisonOp fallback | 'between' fallback 'and' fallback | 'is' name)?
  ;
comparisonOp
  : '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not' 'in' | 'contains' | 'starts' 'with'
  | 'matches'
  ;
fallback : sum ('or' 'else' sum)* ;
sum      : product (('+' | '-') product)* ;
product  : unary (('*' | '/') unary)* ;
unary    : '-' unary | present ;
present  : primary '?'? ;
primary
  : aggregate | since | call | path | literal | listLiteral | recordLiteral
  | '(' expression ')'
  ;

silence   : 'no' events 'for' span ;
aggregate : aggregateOp '(' name ('.' label)? ('in' span | 'ever') ('where' expression)? ')' ;
aggregateOp : 'count' | 'sum' | 'min' | 'max' | 'first' | 'last' | 'distinct' ;
since     : unit 'since' primary ;
call      : function arguments ;
function  : word | 'person' ;
arguments : '(' (argument (',' argument)* ','?)? ')' ;
argument  : (label ':')? expression ;
path      : name ('.' label)* ;

listLiteral   : '[' (expression (',' expression)* ','?)? ']' ;
recordLiteral : '{' (fieldValue (',' fieldValue)* ','?)? '}' ;
fieldValue    : label ':' expression ;

literal
  : money | percent | span | number | text | TIME | DATE | 'true' | 'false'
  ;
money     : NUMBER CURRENCY ;
percent   : NUMBER '%' ;
number    : NUMBER ;
span      : NUMBER unit ;           // 30 minutes
localTime : TIME 'local' ;          // 09:00 local
text      : TEXT ;
unit
  : 'second' | 'seconds' | 'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'
  | 'week' | 'weeks' | 'month' | 'months' | 'year' | 'years'
  ;

// ------------------------------------------------------------------------------------------- names

// Only verbs and operators are reserved. Three circles of words:
//   word   no statement or type begins with it: it can stand anywhere a name can
//   name   and those that begin one somewhere: what declarations and expressions use
//   label  any word at all: after `.` and before `:`
actor : word ;
name  : word | aggregateOp | 'person' | 'anonymous' | 'at' | 'after' | 'list' | 'one' ;
label : name | reserved ;

word
  : WORD | unit
  | 'event' | 'record' | 'catalog' | 'segment' | 'template' | 'policy' | 'topic' | 'coupons'
  | 'campaign' | 'test' | 'use' | 'from' | 'by' | 'key' | 'of' | 'as' | 'for' | 'to' | 'with'
  | 'consent' | 'required' | 'needed' | 'most' | 'email' | 'emails' | 'quiet' | 'local' | 'rate'
  | 'capped' | 'up' | 'skip' | 'priority' | 'high' | 'medium' | 'low' | 'never' | 'finished'
  | 'always' | 'while' | 'waiting' | 'goal' | 'value' | 'pin' | 'move' | 'end' | 'before'
  | 'step' | 'until' | 'silence' | 'best' | 'ever' | 'late' | 'journey' | 'ended' | 'because'
  ;

reserved
  : 'on' | 'every' | 'entering' | 'leaving' | 'then' | 'where' | 'per' | 'within' | 'again'
  | 'restart' | 'exit' | 'edits' | 'wait' | 'unless' | 'when' | 'else' | 'stop' | 'split'
  | 'holdout' | 'send' | 'subscribe' | 'unsubscribe' | 'post' | 'set' | 'emit' | 'expect'
  | 'identifies' | 'subscribes' | 'unsubscribes' | 'and' | 'or' | 'not' | 'in' | 'no' | 'is'
  | 'between' | 'contains' | 'starts' | 'matches' | 'since' | 'true' | 'false'
  ;

// ------------------------------------------------------------------------------------------ tokens

// Declaration words; after a mistake the parser goes on at the next of them at column 0.
USE: 'use'; EVENT: 'event'; RECORD: 'record'; PERSON: 'person'; LIST: 'list';
CATALOG: 'catalog'; TOPIC: 'topic'; COUPONS: 'coupons'; SEGMENT: 'segment';
TEMPLATE: 'template'; POLICY: 'policy'; CAMPAIGN: 'campaign'; TEST: 'test';

FROM: 'from'; BY: 'by'; KEY: 'key'; OF: 'of'; ONE: 'one'; AS: 'as'; FOR: 'for'; TO: 'to';
WITH: 'with';

CONSENT: 'consent'; REQUIRED: 'required'; NEEDED: 'needed'; AT: 'at'; MOST: 'most';
EMAIL: 'email'; EMAILS: 'emails'; QUIET: 'quiet'; LOCAL: 'local'; RATE: 'rate';
CAPPED: 'capped'; UP: 'up'; SKIP_: 'skip';

PRIORITY: 'priority'; HIGH: 'high'; MEDIUM: 'medium'; LOW: 'low';
AGAIN: 'again'; NEVER: 'never'; FINISHED: 'finished'; AFTER: 'after'; ALWAYS: 'always';
RESTART: 'restart'; WHILE: 'while'; WAITING: 'waiting';
EXIT: 'exit'; GOAL: 'goal'; WITHIN: 'within'; VALUE: 'value';
EDITS: 'edits'; PIN: 'pin'; MOVE: 'move'; END: 'end';

ON: 'on'; THEN: 'then'; BEFORE: 'before'; EVERY: 'every'; ENTERING: 'entering';
LEAVING: 'leaving'; WHERE: 'where'; PER: 'per';

STEP: 'step'; WAIT: 'wait'; UNTIL: 'until'; SILENCE: 'silence'; UNLESS: 'unless';
WHEN: 'when'; ELSE: 'else'; STOP: 'stop'; SPLIT: 'split'; HOLDOUT: 'holdout'; SEND: 'send';
BEST: 'best'; SUBSCRIBE: 'subscribe'; UNSUBSCRIBE: 'unsubscribe'; POST: 'post'; SET: 'set';
EMIT: 'emit';

ANONYMOUS: 'anonymous'; EXPECT: 'expect'; IDENTIFIES: 'identifies'; SUBSCRIBES: 'subscribes';
UNSUBSCRIBES: 'unsubscribes'; LATE: 'late'; JOURNEY: 'journey'; ENDED: 'ended';
BECAUSE: 'because';

AND: 'and'; OR: 'or'; NOT: 'not'; IN: 'in'; NO: 'no'; IS: 'is'; BETWEEN: 'between';
CONTAINS: 'contains'; STARTS: 'starts'; MATCHES: 'matches'; SINCE: 'since'; EVER: 'ever';
TRUE: 'true'; FALSE: 'false';
COUNT: 'count'; SUM: 'sum'; MIN: 'min'; MAX: 'max'; FIRST: 'first'; LAST: 'last';
DISTINCT: 'distinct';

SECOND: 'second'; SECONDS: 'seconds'; MINUTE: 'minute'; MINUTES: 'minutes'; HOUR: 'hour';
HOURS: 'hours'; DAY: 'day'; DAYS: 'days'; WEEK: 'week'; WEEKS: 'weeks'; MONTH: 'month';
MONTHS: 'months'; YEAR: 'year'; YEARS: 'years';

OPEN_BRACE: '{'; CLOSE_BRACE: '}'; OPEN_PAREN: '('; CLOSE_PAREN: ')'; OPEN_BRACKET: '[';
CLOSE_BRACKET: ']'; COLON: ':'; COMMA: ','; DOT: '.'; QUESTION: '?'; PERCENT: '%';
ASSIGN: '='; EQUAL: '=='; NOT_EQUAL: '!='; LESS: '<'; LESS_OR_EQUAL: '<='; GREATER: '>';
GREATER_OR_EQUAL: '>='; PLUS: '+'; MINUS: '-'; STAR: '*'; SLASH: '/';

// The lexer reads bytes; every byte of a multi-byte character is 0x80 or more. What a literal
// means (30 February, an unknown escape) is judged when the tree is built.
WORD     : [a-z] [a-z0-9_]* ;
CURRENCY : [A-Z] [A-Z] [A-Z] ;
NUMBER   : [0-9]+ ('.' [0-9]+)? ;
DATE     : [0-9] [0-9] [0-9] [0-9] '-' [0-9]+ '-' [0-9]+ ;
TIME     : [0-9]+ ':' [0-9]+ ;
TEXT     : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;

COMMENT  : '#' ~[\r\n]* -> channel(HIDDEN) ;
BLANK    : [ \t\r\n]+ -> skip ;

// What is wrong in every place, as tokens of their own so that the message can say why.
BAD_NAME      : [A-Za-z_] [A-Za-z0-9_]* ;
BAD_NUMBER    : [0-9]+ '.' ([0-9]* '.')* [0-9]* ;
UNCLOSED_TEXT : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
SINGLE_QUOTED : '\'' ~['"\r\n]* '\'' ;
FOREIGN       : '&&' | '||' | '!' | '<>' | '===' | '!==' | '=>' | '=<' | '->' | ';' | '&' | '|' | '//' ;
UNKNOWN       : [\u0080-\u00ff]+ | . ;
