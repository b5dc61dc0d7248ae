SELECT aggregate_id
FROM claims
WHERE aggregate_type = ?1 AND rule = ?2 AND value = ?3 AND aggregate_id <> ?4
ORDER BY position
LIMIT 1
