; The later of two captures of one node wins. Words that are names in their place are `identifier`.

(comment) @comment
(text) @string
[(number) (money) (percent) (date) (time) (span)] @number
(unit) @keyword
(currency) @constant
["true" "false"] @boolean

["use" "event" "record" "list" "catalog" "topic" "coupons" "segment" "template" "policy" "campaign"
 "test" "person"] @keyword

["from" "by" "key" "of" "as" "for" "to" "with" "one"
 "consent" "required" "needed" "most" "email" "emails" "quiet" "local" "rate" "capped" "up" "skip"
 "priority" "high" "medium" "low" "again" "never" "finished" "after" "always" "restart" "while"
 "waiting" "exit" "goal" "within" "value" "edits" "pin" "move" "end"
 "on" "then" "before" "every" "entering" "leaving" "where" "per" "at"
 "step" "wait" "until" "silence" "unless" "split" "holdout" "send" "best" "hour" "subscribe"
 "unsubscribe" "post" "set" "emit"
 "anonymous" "expect" "identifies" "subscribes" "unsubscribes" "late" "journey" "ended" "because"]
@keyword

["when" "else" "stop"] @conditional

["and" "or" "not" "in" "no" "is" "between" "contains" "starts" "matches" "since" "ever"]
@keyword.operator

(aggregate_op) @function.builtin
["==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "=" "?" "%"] @operator
["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter

(name) @variable
(actor) @variable
(label) @property
(type_name) @type
(function) @function

(event_decl (name) @type)
(record_decl (name) @type)
(list_decl (name) @type)
(catalog_decl (name) @type)
(topic_decl (name) @constant)
(coupons_decl (name) @constant)
(segment_decl (name) @type)
(template_decl (name) @function)
(policy_decl (name) @namespace)
(policy_ref (name) @namespace)
(campaign_decl (name) @type)
(send (name) @function)
(step_name (name) @label)
(events (name) @type)
(parameter (label) @parameter)
