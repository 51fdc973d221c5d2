[(fields) (policy_decl) (campaign_decl) (block) (split) (test_decl) (record_literal) (list_literal)]
@fold
