(campaign_decl) @scope
(test_decl) @scope

(binding (name) @definition.var)
(step_name (name) @definition.constant)
(test_person (actor) @definition.var)
(test_anonymous (actor) @definition.var)
(path . (name) @reference)
(test_event . (actor) @reference)
