INSERT INTO claim_rules (aggregate_type, rule, declaration, upto)
VALUES (?1, ?2, ?3, nullif(?4, -1))
ON CONFLICT DO UPDATE SET declaration = excluded.declaration, upto = excluded.upto
