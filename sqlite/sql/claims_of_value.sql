SELECT aggregate_id, position
FROM claims
WHERE aggregate_type = ?1 AND rule = ?2 AND value = ?3
ORDER BY position
LIMIT ?4
