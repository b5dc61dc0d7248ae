SELECT c.aggregate_type, c.rule, c.aggregate_id, c.value, c.position, c.checksum,
	EXISTS (SELECT 1 FROM events e
		WHERE e.position = c.position AND e.aggregate_type = c.aggregate_type AND e.aggregate_id = c.aggregate_id)
FROM claims c
WHERE (c.aggregate_type, c.rule, c.aggregate_id) > (?1, ?2, ?3)
ORDER BY c.aggregate_type, c.rule, c.aggregate_id
LIMIT ?4
