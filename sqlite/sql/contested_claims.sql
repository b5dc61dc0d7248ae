SELECT c.aggregate_type, c.rule, c.value, c.aggregate_id,
	(SELECT h.aggregate_id FROM claims h
		WHERE h.aggregate_type = c.aggregate_type AND h.rule = c.rule AND h.value = c.value
		ORDER BY h.position LIMIT 1)
FROM claims c
WHERE EXISTS (SELECT 1 FROM claims h
	WHERE h.aggregate_type = c.aggregate_type AND h.rule = c.rule AND h.value = c.value AND h.position < c.position)
ORDER BY c.aggregate_type, c.rule, c.value, c.position
LIMIT ?1
