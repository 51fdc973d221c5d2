(comment) @comment

; The pattern of `matches` is a regular expression.
(comparison (comparison_op "matches") . (text) @regex)
