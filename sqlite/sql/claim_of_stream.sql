SELECT value
FROM claims
WHERE aggregate_type = ?1 AND rule = ?2 AND aggregate_id = ?3
