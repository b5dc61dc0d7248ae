SELECT aggregate_type, rule, declaration, coalesce(upto, -1)
FROM claim_rules
